package lint_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestMessages: names are clipped where they would hide the sentence, what has no name is not called "", and nothing of
// the file reaches a terminal as it is.
func TestMessages(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, tt := range []struct {
		format string
		args   []any
		want   string
	}{
		{"server %q is down", []any{"m1"}, `server "m1" is down`},
		{"server %q of cluster %q", []any{"", ""}, "the server without Name"},
		{"cluster %q has %d", []any{"", 2}, "the cluster without Name has 2"},
		{"value %q", []any{""}, `value ""`},
		{"%s", []any{strings.Repeat("x", 4*lint.LongWord)}, strings.Repeat("x", 4*lint.LongWord)}, // still a text, no name
	} {
		if got := message(tt.format, tt.args...); got != tt.want {
			t.Errorf("%q of %q: got %q, want %q", tt.format, tt.args, got, tt.want)
		}
	}
	if got := message("server %q", long); len(got) > 2*lint.LongWord || !strings.Contains(got, "...") {
		t.Errorf("a long name gives %q", got)
	}
	if got := message("%s", "red \x1b[31m"); strings.Contains(got, "\x1b") {
		t.Errorf("a control character is left in %q", got)
	}
}

// message is what a finding of these words says.
func message(format string, args ...any) string {
	r := &lint.Rule{Code: "T1", Severity: diag.Warning, Check: func(p *lint.Pass) {
		p.Report(p.Config.Node.NameSpan, format, args...)
	}}
	files, inputs := read(file{"f.xml", "<Config/>"})
	return lint.Run([]*lint.Rule{r}, files, inputs, lint.Options{})[0].Message
}

// TestLookups: rules are found by code and name, by what they judge, and by what their source rests on.
func TestLookups(t *testing.T) {
	rules := []*lint.Rule{
		{Code: "T1", Name: "first-one", Subjects: []string{"Server", "Server/CloneID"}, Doc: lint.Doc{Source: "R22; S10"}},
		{Code: "T2", Name: "second-one", Subjects: []string{"Server/CloneID"}, Doc: lint.Doc{Source: "follows from R2."}},
	}
	for word, want := range map[string]string{"T1": "T1", "t2": "T2", "First-One": "T1", "T3": "", "": "", "first": ""} {
		r := lint.Lookup(rules, word)
		if (r == nil) != (want == "") || r != nil && r.Code != want {
			t.Errorf("%q: got %v, want %s", word, r, want)
		}
	}
	codes := func(all []*lint.Rule) (out string) {
		for _, r := range all {
			out += r.Code + " "
		}
		return strings.TrimSpace(out)
	}
	for subject, want := range map[string]string{"Server": "T1", "Server/CloneID": "T1 T2", "CloneID": ""} {
		if got := codes(lint.About(rules, subject)); got != want {
			t.Errorf("about %s: got %s, want %s", subject, got, want)
		}
	}
	for name, want := range map[string]string{"R22": "T1", "R2": "T2", "S10": "T1", "R": ""} {
		if got := codes(lint.Citing(rules, name)); got != want {
			t.Errorf("citing %s: got %s, want %s", name, got, want)
		}
	}
}

// TestPage: a page leaves out what a rule has not, and names each option with its default.
func TestPage(t *testing.T) {
	r := &lint.Rule{Code: "T1", Name: "one", Category: "structure", Severity: diag.Warning, Otherwise: "info for others",
		Fix: lint.ConditionallySafe, Options: []lint.Option{{Name: "ports", Default: []int{80, 443}, Doc: "TCP ports"}},
		Doc: lint.Doc{Title: "Something", Why: "It matters.", Bad: "<a>\n</a>\n", Source: "R1"}}
	const want = "T1 one\nSomething.\n\nCategory: structure. Severity: warning; info for others. " +
		"Fix: safe where only one meaning is possible.\n\nIt matters.\n\nReported:\n\n    <a>\n    </a>\n\nOptions:\n" +
		"    ports: TCP ports (default 80, 443)\n\nSource: R1\n"
	if got := r.Page(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFragmentsAreTold: a text that is no Config may lack what stands around it.
func TestFragmentsAreTold(t *testing.T) {
	for text, want := range map[string]bool{"<Config/>": false, "<Server/>": true, "<Server/><Server/>": true} {
		got := false
		run([]*lint.Rule{{Code: "T1", Check: func(p *lint.Pass) { got = p.Fragment }}}, text, lint.Options{})
		if got != want {
			t.Errorf("%s: fragment %t", text, got)
		}
	}
}

// TestFolded: a name in another letter case has one that is right; a name that is right, or unknown, has none.
func TestFolded(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte("<Config><servercluster/><ServerCluster cloneid='x'/><Foo/></Config>"))
	var got []string
	for _, n := range cfg.Doc.Nodes[0].Children {
		got = append(got, n.Name+"="+lint.FoldedElement(n))
	}
	if want := "servercluster=ServerCluster ServerCluster= Foo="; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
	server := parser.TypeOf(cfg.Doc.Nodes[0]).Child("ServerCluster").Child("Server")
	for name, want := range map[string]string{"cloneid": "CloneID", "CloneID": "", "clone": ""} {
		if got := lint.FoldedAttr(server, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if lint.ChildNames(nil) != nil || len(lint.ChildNames(parser.TypeOf(cfg.Doc.Nodes[0]))) == 0 {
		t.Error("the children of an unknown element, or none of Config")
	}
}
