package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// misconceptions corrects what is often believed of an attribute or an element, "" where nothing is.
func misconceptions(name string) string {
	switch name {
	case "IgnoreAffinityRequests":
		return "It does not switch affinity off: sessions stay on their server either way. It only says whether " +
			"their requests count for\nthe weights of round robin (R34)."
	case "LoadBalanceWeight":
		return "Only the ratio counts: weights are divided by their highest common factor, so 20/20/20 acts as " +
			"1/1/1 and every round\nresets all weights (R31). 20/20/19 stays as it is. Backups and LoadBalance " +
			"Random do not use weights (R35, R38)."
	case "RetryInterval":
		return "It belongs on ServerCluster. On Server, where guides show it, it is believed to be ignored, and 60 " +
			"seconds stay in force."
	case "ServerIOTimeout":
		return "A positive value does not mark a server down: the request fails or moves on, and affinity sends the " +
			"next one to the same\nhung server (R54). A negative value marks it down (R55). 0 and absent wait " +
			"for ever."
	case "MaxConnections":
		return "It counts pending requests of one web server process: two processes with 10 allow 20. A full server " +
			"is skipped, not\nmarked down; when all are full the client gets 503 (R60)."
	case "PostBufferSize":
		return "It is no limit of the size of a request, which is PostSizeLimit: it is how much of a body is kept " +
			"to send it again (R57)."
	case "BackupServers":
		return "Backups are used only when all primaries are unavailable, in list order and without weights (R38). " +
			"Without PrimaryServers\nevery server is primary and there is no backup (R37)."
	case "AppServerPortPreference":
		return "It never changes which Route matches, only the port that the server is told and builds redirects " +
			"with (R10)."
	case "CloneID":
		return "Letter case counts: CloneId, as a vendor's manual writes it, gives no affinity and no message. Two " +
			"servers with one CloneID\nshare their sessions by accident (R22)."
	}
	return ""
}

// attributePage is the page of one row: an attribute that several elements have has as many pages.
func attributePage(a *parser.Attribute) string {
	var b strings.Builder
	kind := "attribute of"
	if a.Property {
		kind = "Property of"
	}
	fmt.Fprintf(&b, "%s, %s %s\n\n%s\n", a.Name, kind, a.Element, a.Doc.Meaning)
	if text := misconceptions(a.Name); text != "" {
		fmt.Fprintf(&b, "\nOften mistaken: %s\n", text)
	}
	b.WriteByte('\n')
	if a.Ignored {
		b.WriteString("Not an attribute of the plug-in: it is seen in files and ignored.\n")
	}
	doc := a.Doc
	doc.Default = defaultByLevel(a)
	facts(&b, string(a.Type), doc)
	related(&b, lint.About(rules.All(), a.Element+"/"+a.Name))
	return b.String()
}

// defaultByLevel says what holds without an attribute: the table of what plug-in levels change is asked before the
// attribute's own row.
func defaultByLevel(a *parser.Attribute) string {
	if strings.HasPrefix(a.Doc.Default, "as ") {
		return a.Doc.Default // of a ClusterAddress: as on a Server
	}
	for _, f := range choices.LevelFacts() {
		if f.Name != a.Name+" absent" {
			continue
		}
		return byLevel(f)
	}
	return a.Doc.Default
}

// elementPage names the attributes and elements below; each has a page of its own.
func elementPage(t *parser.ElementType) string {
	var b strings.Builder
	where := "in " + strings.Join(t.Parents, " or ")
	if slices.Contains(t.Parents, "") {
		where = "the root"
	}
	fmt.Fprintf(&b, "<%s>, an element (%s)\n\n%s\n", t.Name, where, t.Doc.Meaning)
	if text := misconceptions(t.Name); text != "" {
		fmt.Fprintf(&b, "\nOften mistaken: %s\n", text)
	}
	b.WriteByte('\n')
	facts(&b, "element", t.Doc)
	var attributes, children []string
	for _, a := range t.Attributes {
		attributes = append(attributes, a.Name)
	}
	for _, c := range t.Children {
		children = append(children, c.Name)
	}
	if len(attributes) > 0 {
		fmt.Fprintf(&b, "Attributes: %s\n", strings.Join(attributes, ", "))
	}
	if len(children) > 0 {
		fmt.Fprintf(&b, "Elements: %s\n", strings.Join(children, ", "))
	}
	related(&b, lint.About(rules.All(), t.Name))
	return b.String()
}

// facts writes what the table says; a "~" marks what is recalled and not confirmed.
func facts(b *strings.Builder, typ string, d parser.Doc) {
	for _, row := range []struct{ name, text string }{
		{"Type", typ}, {"Values", d.Allowed}, {"How often", d.Cardinality}, {"Without it", d.Default},
		{"WebSphere writes", d.WAS}, {"Liberty writes", d.Liberty},
		{"Since", d.Since}, {"Deprecated", map[bool]string{true: "", false: d.Deprecated}[d.Deprecated == "no"]},
		{"Hazard", d.Hazard}, {"Evidence", d.Evidence}, {"Source", d.Source},
	} {
		if row.text != "" {
			fmt.Fprintf(b, "%-17s %s\n", row.name+":", row.text)
		}
	}
}
