package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// folder parses files that are given by their aliases and the weight of the one member.
func folder(files *diag.Files, name string, all map[string][2]string) map[string]*parser.Config {
	out := map[string]*parser.Config{}
	for path, c := range all {
		hosts := ""
		for alias := range strings.FieldsSeq(c[0]) {
			hosts += `<VirtualHost Name="` + alias + `"/>`
		}
		src := []byte(`<Config RefreshInterval="` + c[1] + `"><VirtualHostGroup Name="v">` + hosts +
			`</VirtualHostGroup></Config>`)
		out[path], _ = parser.Parse(files.Add(name+"/"+path, src), src)
	}
	return out
}

// TestPairs: a file stands for the one of its path, else for one with the same aliases, in whatever order and letter
// case; the others stand alone, last, those that are gone first.
func TestPairs(t *testing.T) {
	files := diag.NewFiles()
	old := folder(files, "old", map[string][2]string{"a.xml": {"h:80", "1"}, "web1/b.xml": {"i:80 j:81", "1"},
		"gone.xml": {"k:80", "1"}, "bare.xml": {"", "1"}})
	new := folder(files, "new", map[string][2]string{"a.xml": {"other:80", "2"}, "b/web1.xml": {"J:81 i:80", "1"},
		"come.xml": {"l:80", "1"}, "none.xml": {"", "1"}})
	var got []string
	for _, p := range Pairs(old, new) {
		got = append(got, p.Old+" -> "+p.New)
	}
	want := []string{"a.xml -> a.xml", "web1/b.xml -> b/web1.xml", "bare.xml -> ", "gone.xml -> ", " -> come.xml",
		" -> none.xml"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestFolders: one line for each pair, then the reports of those that differ.
func TestFolders(t *testing.T) {
	files := diag.NewFiles()
	old := folder(files, "old", map[string][2]string{"a.xml": {"h:80", "1"}, "b.xml": {"i:80", "1"}, "x.xml": {"x:80",
		"1"}})
	new := folder(files, "new", map[string][2]string{"a.xml": {"h:80", "2"}, "b.xml": {"i:80", "1"}, "y.xml": {"y:80",
		"1"}})
	pairs := Pairs(old, new)
	for i := range pairs {
		if p := &pairs[i]; p.Old != "" && p.New != "" {
			p.Report = both(old[p.Old], new[p.New])
		} else {
			p.Trouble = "there is no other"
		}
	}
	f := Folders{OldName: "old", NewName: "new", Pairs: pairs}
	written := func(format string) string {
		var b strings.Builder
		if err := f.Write(&b, files, format, Options{}); err != nil {
			return err.Error()
		}
		return b.String()
	}
	const verdict = "no consequence for requests and sessions; 1 value in effect differs"
	wantText := `a.xml: ` + verdict + `
b.xml: same in effect
x.xml (only in old): cannot be compared: there is no other
y.xml (only in new): cannot be compared: there is no other

a.xml: ` + verdict + `
values in effect
~ Config RefreshInterval: 1 -> 2 (old/a.xml:1:26, new/a.xml:1:26)
`
	if d := cmp.Diff(wantText, written("text")); d != "" {
		t.Error(d)
	}
	markdown := written("markdown")
	for _, want := range []string{"- x.xml (only in old): cannot be compared: there is no other\n",
		"\n\n## a.xml\n\n**" + verdict + "**\n", "| `Config RefreshInterval` | `1` | `2` |\n"} {
		if !strings.Contains(markdown, want) {
			t.Errorf("no %q in\n%s", want, markdown)
		}
	}
	if json := written("json"); f.Same() || !strings.Contains(json, `"same": false`) ||
		strings.Count(json, `"report": null`) != 2 || !strings.Contains(json,
		`"old": null,`+"\n      "+`"new": "y.xml"`) {
		t.Error(json)
	}
	if got := written("yaml"); !strings.Contains(got, `no format "yaml"`) {
		t.Error(got)
	}
	f.Pairs = pairs[1:2]
	if !f.Same() {
		t.Error("two equal files are a difference")
	}
}

// TestRenamed: a member with another name is found by its clone ID, else by its addresses, and is neither gone nor
// new.
func TestRenamed(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"by its clone ID": {`Name="m2" CloneID="c2"`, `Name="x" CloneID="c2"`,
			"- m2 of C: its name is x now, its clone ID c2 is the same: its sessions go on"},
		"by its addresses": {`Name="m2" CloneID="c2"`, `Name="x" CloneID="y"`,
			"- m2 of C: its name is x now, its addresses are the same"},
		"two that swap their names": {`Name="m2" CloneID="c2"`, `Name="m1" CloneID="c2"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(lists, c.from, c.to, 1)
			if !strings.Contains(c.to, `"m1"`) {
				changed = strings.Replace(changed, `<Server Name="m2"/>`, `<Server Name="x"/>`, 1)
			}
			_, got := compare(lists, changed)
			if strings.Contains(got, "members with another name") != (c.want != "") || !strings.Contains(got, c.want) {
				t.Errorf("no %q in\n%s", c.want, got)
			}
			if c.want != "" && (strings.Contains(got, "the member is gone") || strings.Contains(got, "new: ")) {
				t.Error(got)
			}
		})
	}
}

// TestOutageWords: what a member's failure costs, at the ends of each range.
func TestOutageWords(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no retry interval": {`RetryInterval="60"`, `RetryInterval="0"`,
			"a member that is down is tried again after 60 s -> 0 s by each process, with a request of a user: 1 a " +
				"minute -> as many as come"},
		"no body": {`RetryInterval="60"`, `RetryInterval="60" PostBufferSize="0"`,
			"a request body that can be sent to another member: up to 64 KB -> none (R57)"},
		"every body": {`RetryInterval="60"`, `RetryInterval="60" PostBufferSize="-1"`,
			"a request body that can be sent to another member: up to 64 KB -> of any size (R57)"},
		"no table of partitions": {`RetryInterval="60" GetDWLMTable="true"`, `RetryInterval="60"`,
			"GetDWLMTable is off: sessions that a partition ID names are not found (R28)"},
	} {
		t.Run(name, func(t *testing.T) {
			with := func(attributes string) string {
				return strings.Replace(lists, `RetryInterval="60"`, attributes, 1)
			}
			if _, got := compare(with(c.from), with(c.to)); !strings.Contains(got, c.want) {
				t.Errorf("no %q in\n%s", c.want, got)
			}
		})
	}
}

// TestNewHosts: names that must be found when the file is loaded; of many the first ones are told, and addresses none.
func TestNewHosts(t *testing.T) {
	old := func(n int) string {
		servers := ""
		for i := range n {
			servers += fmt.Sprintf(`<Server Name="s%d"><Transport Hostname="h%d" Port="1"/></Server>`, i, i+1)
		}
		return strings.Replace(lists, `<Server Name="d" `, servers+
			`<Server Name="e"><Transport Hostname="10.0.0.1" Port="1"/></Server><Server Name="d" `, 1)
	}
	for n, want := range map[int]string{3: "", 4: "new host name h4: looked",
		9: "new host names h4, h5, h6 and 3 more: looked"} {
		_, got := compare(lists, old(n))
		if strings.Contains(got, "new host name") != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%d: no %q in\n%s", n, want, got)
		}
	}
	_, got := compare(lists, strings.Replace(old(4), "<Config>", `<Config IgnoreDNSFailures="true">`, 1))
	if !strings.Contains(got, "is unusable until the next load (IgnoreDNSFailures)") {
		t.Error(got)
	}
}

// TestMarkdownIsText: names of a file are no markup of a comment on a change.
func TestMarkdownIsText(t *testing.T) {
	files := diag.NewFiles()
	parse := func(name, weight string) *parser.Config {
		src := []byte(strings.NewReplacer(`"m2"`, `"m|2`+"`"+`"`, `"19"`, weight).Replace(lists))
		cfg, _ := parser.Parse(files.Add(name, src), src)
		return cfg
	}
	r := both(parse("old.xml", `"19"`), parse("new.xml", `"0"`))
	var b strings.Builder
	if err := r.Write(&b, files, "markdown", Options{AllValues: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**m\\|2' gets no new sessions**\n",
		"| `m\\|2' of C` | 48.7 % -> 0 %, LoadBalanceWeight is 0 | `old.xml:5:15` | `new.xml:5:15` |\n",
		"| `ServerCluster \"C\" Server \"m\\|2'\" LoadBalanceWeight` | `19` | `0` |\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
