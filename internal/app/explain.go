package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Explain asks about words: a lint rule, an attribute or element, an open choice, a rule of the decision, a text or
// code of http_plugin.log, or a topic.
type Explain struct{ Words []string }

// Run returns the pages of each word. Several words that are one phrase of the log are taken together.
func (e *Explain) Run() (pages []string, err error) {
	words := e.Words
	if phrase := strings.Join(words, " "); len(words) > 1 && explainLog(phrase) != "" {
		words = []string{phrase} // GSK 414, errno 111
	}
	for _, word := range words {
		text := pagesOf(word)
		if text == "" {
			text = explainTopic(word)
		}
		if text == "" {
			return pages, misuse("nothing is known of %q%s; --list shows all that is", word,
				diag.DidYouMean(word, ExplainWords()))
		}
		pages = append(pages, text)
	}
	return pages, nil
}

// pagesOf returns all pages that a word names, "" for none.
func pagesOf(word string) string {
	var pages []string
	if r := lint.Lookup(rules.All(), word); r != nil {
		pages = append(pages, r.Page())
	}
	for _, r := range choices.Rules() {
		if strings.EqualFold(r.ID, word) {
			pages = append(pages, explainRule(r))
		}
	}
	for c, ch := range choices.All() {
		if strings.EqualFold(ch.Name, word) {
			pages = append(pages, explainChoice(choices.Choice(c)))
		}
	}
	pages = append(pages, explainSession(word)...)
	for _, f := range choices.OpenFacts() {
		if strings.EqualFold(f.Name, word) {
			pages = append(pages, explainFact(f))
		}
	}
	element, attribute := "", word
	if e, a, ok := strings.Cut(word, "/"); ok {
		element, attribute = e, strings.TrimPrefix(a, "@")
	}
	for _, a := range parser.AttributesNamed(attribute) {
		if element == "" || strings.EqualFold(a.Element, element) {
			pages = append(pages, explainAttribute(a))
		}
	}
	if element == "" {
		for _, t := range parser.ElementsNamed(word) {
			pages = append(pages, explainElement(t))
		}
	}
	if page := explainLog(word); page != "" && len(pages) == 0 {
		pages = append(pages, page)
	}
	return strings.Join(pages, "\n")
}

func explainRule(r choices.RuleInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the plug-in's decision (%s)\n\n%s\n", r.ID, r.Mark, r.Says)
	for _, ch := range choices.All() {
		if ch.Rule == r.ID {
			fmt.Fprintf(&b, "\nOpen choice %s (%s): %s.\n", ch.Name, strings.Join(ch.Values, ", "), ch.Meaning)
		}
	}
	for _, f := range choices.OpenFacts() {
		if f.Rule == r.ID {
			fmt.Fprintf(&b, "\nFact %s: an answer that hangs on it holds only where %s.\n", f.Name, f.Where)
		}
	}
	for _, f := range choices.LevelFacts() {
		if f.Rule == r.ID {
			fmt.Fprintf(&b, "\nBy level, %s: %s.\n", f.Name, byLevel(f))
		}
	}
	related(&b, lint.Citing(rules.All(), r.ID))
	if r.Source != "" {
		fmt.Fprintf(&b, "\nSource: %s\n", r.Source)
	}
	return b.String()
}

// related names lint rules.
func related(b *strings.Builder, rules []*lint.Rule) {
	var names []string
	for _, r := range rules {
		names = append(names, r.Code+" "+r.Name)
	}
	if len(names) > 0 {
		fmt.Fprintf(b, "\nLint rules: %s\n", strings.Join(names, ", "))
	}
}

// misconceptions corrects what is often believed of an attribute.
func misconceptions(name string) string {
	switch name {
	case "IgnoreAffinityRequests":
		return "It does not switch affinity off: sessions stay on their server either way. It only says whether their requests count for\nthe weights of round robin (R34)."
	case "LoadBalanceWeight":
		return "Only the ratio counts: weights are divided by their highest common factor, so 20/20/20 acts as 1/1/1 and every round\nresets all weights (R31). 20/20/19 stays as it is. Backups and LoadBalance Random do not use weights (R35, R38)."
	case "RetryInterval":
		return "It belongs on ServerCluster. On Server, where guides show it, it is believed to be ignored, and 60 seconds stay in force."
	case "ServerIOTimeout":
		return "A positive value does not mark a server down: the request fails or moves on, and affinity sends the next one to the same\nhung server (R54). A negative value marks it down (R55). 0 and absent wait for ever."
	case "MaxConnections":
		return "It counts pending requests of one web server process: two processes with 10 allow 20. A full server is skipped, not\nmarked down; when all are full the client gets 503 (R60)."
	case "PostBufferSize":
		return "It is no limit of the size of a request, which is PostSizeLimit: it is how much of a body is kept to send it again (R57)."
	case "BackupServers":
		return "Backups are used only when all primaries are unavailable, in list order and without weights (R38). Without PrimaryServers\nevery server is primary and there is no backup (R37)."
	case "AppServerPortPreference":
		return "It never changes which Route matches, only the port that the server is told and builds redirects with (R10)."
	case "CloneID":
		return "Letter case counts: CloneId, as a vendor's manual writes it, gives no affinity and no message. Two servers with one CloneID\nshare their sessions by accident (R22)."
	}
	return ""
}

func explainAttribute(a *parser.Attribute) string {
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

func explainElement(t *parser.ElementType) string {
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
		{"Type", typ}, {"Values", d.Allowed}, {"How often", d.Cardinality}, {"Without it", d.Default}, {"WebSphere writes", d.WAS}, {"Liberty writes", d.Liberty},
		{"Since", d.Since}, {"Deprecated", map[bool]string{true: "", false: d.Deprecated}[d.Deprecated == "no"]},
		{"Hazard", d.Hazard}, {"Evidence", d.Evidence}, {"Source", d.Source},
	} {
		if row.text != "" {
			fmt.Fprintf(b, "%-17s %s\n", row.name+":", row.text)
		}
	}
}

// ExplainWords lists everything that explain knows.
func ExplainWords() []string {
	words := lint.Words(rules.All())
	for _, r := range choices.Rules() {
		words = append(words, r.ID)
	}
	for _, ch := range choices.All() {
		words = append(words, ch.Name)
	}
	words = append(words, sessionWords()...)
	for _, f := range choices.OpenFacts() {
		words = append(words, f.Name)
	}
	for _, a := range parser.Attributes() {
		words = append(words, a.Name)
	}
	for _, t := range parser.ElementTypes() {
		words = append(words, t.Name)
	}
	for _, t := range topics() {
		words = append(words, t.names[0])
	}
	for _, e := range catalogue.All() {
		words = append(words, e.Name)
	}
	return words
}

// ExplainList lists everything that can be explained, by kinds.
func ExplainList() string {
	w := new(strings.Builder)
	fmt.Fprintln(w, "Topics:")
	for _, t := range topics() {
		fmt.Fprintf(w, "  %s\n", strings.Join(t.names, ", "))
	}
	fmt.Fprintln(w, "\nLint rules:")
	for _, r := range rules.All() {
		fmt.Fprintf(w, "  %s  %-7s  %-34s  %s\n", r.Code, r.Severity, r.Name, r.Doc.Title)
	}
	fmt.Fprintln(w, "\nOpen choices:")
	for _, ch := range choices.All() {
		fmt.Fprintf(w, "  %-28s  %s\n", ch.Name, strings.Join(ch.Values, ", "))
	}
	fmt.Fprintln(w, "\nSession choices:")
	for _, ch := range session.Choices() {
		fmt.Fprintf(w, "  %-28s  %s\n", ch.Name, strings.Join(ch.Values, ", "))
	}
	fmt.Fprintln(w, "\nFacts that an answer can hang on:")
	for _, f := range choices.OpenFacts() {
		fmt.Fprintf(w, "  %-28s  it holds only where %s\n", f.Name, f.Where)
	}
	fmt.Fprintln(w, "\nRules of the decision:")
	for _, r := range choices.Rules() {
		fmt.Fprintf(w, "  %-4s  %s\n", r.ID, r.Says)
	}
	fmt.Fprintln(w, "\nRules of the session manager:")
	for _, r := range session.Rules() {
		fmt.Fprintf(w, "  %-4s  %s\n", r.ID, r.Says)
	}
	fmt.Fprintln(w, "\nAttributes and Properties:")
	seen := map[string][]string{}
	var order []string
	for _, a := range parser.Attributes() {
		if seen[a.Name] == nil {
			order = append(order, a.Name)
		}
		if !slices.Contains(seen[a.Name], a.Element) {
			seen[a.Name] = append(seen[a.Name], a.Element)
		}
	}
	slices.Sort(order)
	for _, name := range order {
		fmt.Fprintf(w, "  %-32s  %s\n", name, strings.Join(seen[name], ", "))
	}
	fmt.Fprintln(w, "\nCodes and texts of http_plugin.log:")
	for _, e := range catalogue.All() {
		fmt.Fprintf(w, "  %-52s  %s\n", e.Name, e.Meaning)
	}
	return w.String()
}
