package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestSuppression: a finding takes those of other rules away that are about the same thing, and no others.
func TestSuppression(t *testing.T) {
	suppresses := func(codes ...string) func(*lint.Rule) { return func(r *lint.Rule) { r.Suppresses = codes } }
	server := finds("T1", "Server", diag.Warning, suppresses("T2"))
	uri := finds("T2", "Uri", diag.Warning, suppresses("T3"))
	route := finds("T3", "Route", diag.Warning)
	tags := &lint.Rule{Code: "T1", Severity: diag.Warning, NeedsWellFormed: true, Check: func(p *lint.Pass) {
		each(p, "Server", func(n *parser.Node) { p.Report(n.Tag, "a tag") })
	}}
	broken := &lint.Rule{Code: diag.XMLSyntax, Severity: diag.Error, Check: func(p *lint.Pass) { p.Adopt(p.Reports) }}
	for _, tt := range []struct {
		name  string
		rules []*lint.Rule
		text  string
		o     lint.Options
		want  string
	}{
		{name: "the same", rules: []*lint.Rule{server, uri}, want: "2 T1",
			text: "<Config>\n<Server Name='a'/>\n<Uri Name='a'/></Config>"},
		{name: "something else", rules: []*lint.Rule{server, uri}, want: "2 T1, 3 T2",
			text: "<Config>\n<Server Name='a'/>\n<Uri Name='b'/></Config>"},
		{name: "about nothing", rules: []*lint.Rule{server, uri}, want: "2 T1, 3 T2",
			text: "<Config>\n<Server/>\n<Uri/></Config>"},
		{name: "whatever the order of the rules", rules: []*lint.Rule{uri, server}, want: "2 T1",
			text: "<Config>\n<Server Name='a'/>\n<Uri Name='a'/></Config>"},
		{name: "one that is dropped drops all the same", rules: []*lint.Rule{server, uri, route}, want: "2 T1",
			text: "<Config>\n<Server Name='a'/>\n<Uri Name='a'/>\n<Route Name='a'/></Config>"},
		{name: "not what is off", rules: []*lint.Rule{server, uri}, want: "3 T2",
			o:    lint.Options{Rules: map[string]lint.RuleSetting{"T1": {Off: true}}},
			text: "<Config>\n<Server Name='a'/>\n<Uri Name='a'/></Config>"},
		{name: "an ignored one drops all the same", rules: with(onComments(), server, uri), want: "",
			text: "<Config>\n<!-- wasplug:ignore T1 why -->\n<Server Name='a'/>\n<Uri Name='a'/></Config>"},
		{name: "and one that is not shown", rules: []*lint.Rule{finds("T1", "Server", diag.Info, suppresses("T2")), uri},
			want: "", text: "<Config>\n<Server Name='a'/>\n<Uri Name='a'/></Config>"},
		{name: "in broken text", want: "2 WP101, 3 T1",
			rules: []*lint.Rule{broken, tags}, text: "<Config>\n<Server Name='a' Name='b'/>\n<Server/></Config>"},
		{name: "whoever does not need it whole", rules: []*lint.Rule{broken, server}, want: "2 T1, 2 WP101",
			text: "<Config>\n<Server Name='a' Name='b'/></Config>"},
	} {
		if got := run(tt.rules, tt.text, tt.o); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestSeverities: the settings say more than the profile, and the profile more than the rule.
func TestSeverities(t *testing.T) {
	set := func(code string, s lint.RuleSetting) lint.Options {
		return lint.Options{Rules: map[string]lint.RuleSetting{code: s}}
	}
	profile := func(name string, o lint.Options) lint.Options { o.Profile = name; return o }
	rules := []*lint.Rule{finds("T1", "Server", diag.Error), finds("T2", "Uri", diag.Info),
		finds(diag.IOTimeoutZero, "Log", diag.Warning),
		finds("T4", "Route", diag.Info, func(r *lint.Rule) { r.Category = lint.Security })}
	for _, tt := range []struct {
		name string
		o    lint.Options
		want string
	}{
		{"default", lint.Options{}, "error T1, warning WP502"},
		{"an unknown profile is the default", profile("none", lint.Options{}), "error T1, warning WP502"},
		{"pedantic", profile("pedantic", lint.Options{}), "error T1, info T2, warning WP502, info T4"},
		{"raised into sight", set("T2", lint.RuleSetting{Severity: diag.Warning}),
			"error T1, warning T2, warning WP502"},
		{"lowered out of sight", set("T1", lint.RuleSetting{Severity: diag.Info}), "warning WP502"},
		{"off", set("T1", lint.RuleSetting{Off: true}), "warning WP502"},
		{"what Liberty writes everywhere", profile("liberty", lint.Options{}), "error T1"},
		{"and is wanted nevertheless", profile("liberty", set("WP502", lint.RuleSetting{Severity: diag.Error})),
			"error T1, error WP502"},
		{"security, with its advice", profile("security", lint.Options{}), "info T4"},
	} {
		files, inputs := read(file{"f.xml", "<Config><Server/><Uri/><Log/><Route/></Config>"})
		ds := lint.Run(rules, files, inputs, tt.o)
		if got := severities(ds); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		// What was found elsewhere is treated alike.
		var found []diag.Diagnostic
		for _, r := range rules {
			found = append(found, diag.Diagnostic{Rule: r.Diag(), Severity: r.Severity})
		}
		if got := severities(tt.o.Apply(rules, found)); got != tt.want {
			t.Errorf("%s, applied: got %s, want %s", tt.name, got, tt.want)
		}
	}
	own := lint.Options{Rules: map[string]lint.RuleSetting{"T1": {Off: true}}}
	if got := own.Apply(rules, []diag.Diagnostic{{Message: "of no rule"}, {Rule: rules[0].Diag()}}); len(got) != 1 {
		t.Errorf("of one diagnostic without a rule and one that is off are left: %v", got)
	}
}

func severities(ds []diag.Diagnostic) string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Severity.String()+" "+d.Rule.Code)
	}
	return strings.Join(out, ", ")
}

// TestSeveralFiles: findings come by the names of the files, whatever the order in which these are given, and a rule
// sees the other files of its group.
func TestSeveralFiles(t *testing.T) {
	met := &lint.Rule{Code: "T1", Severity: diag.Warning, Check: func(p *lint.Pass) {
		for _, q := range p.Run {
			if q.Config != p.Config && p.Grouped(q) {
				p.Report(p.Config.Node.NameSpan, "beside %s", p.Where(q.Config.Node.NameSpan)).
					See(q.Config.Node.NameSpan, "this one, on %s", p.Where(q.Config.Node.NameSpan))
			}
		}
	}}
	files, inputs := read(file{"a.xml", "<Config/>"}, file{"b.xml", "<Config/>"}, file{"c.xml", "\n<Config/>"})
	for name, tt := range map[string]struct {
		groups [3][]string
		want   string
	}{
		"without groups": {[3][]string{}, "a.xml b.xml, a.xml c.xml, b.xml a.xml, b.xml c.xml, c.xml a.xml, c.xml b.xml"},
		"one beside two": {[3][]string{{"x"}, {"x", "y"}, {"y"}}, "a.xml b.xml, b.xml a.xml, b.xml c.xml, c.xml b.xml"},
		"each alone":     {[3][]string{{"x"}, {"y"}, nil}, ""},
	} {
		for i := range inputs {
			inputs[i].Groups = tt.groups[i]
		}
		for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
			var shuffled []lint.Input
			for _, i := range order {
				shuffled = append(shuffled, inputs[i])
			}
			var got []string
			for _, d := range lint.Run([]*lint.Rule{met}, files, shuffled, lint.Options{}) {
				other := files.Start(d.Related[0].Span)
				got = append(got, files.Name(d.Span.File)+" "+other.File)
				said, want := d.Related[0].Message, fmt.Sprintf("this one, on %s:%d", other.File, other.Line)
				if said != want {
					t.Errorf("%s: %q, want %q", name, said, want)
				}
			}
			if got := strings.Join(got, ", "); got != tt.want {
				t.Errorf("%s, order %v: got %s, want %s", name, order, got, tt.want)
			}
		}
	}
}

// TestTwiceTheSame: what two rules, or two web servers of one topology, find at one place is told once by each rule.
func TestTwiceTheSame(t *testing.T) {
	twice := finds("T1", "Server", diag.Warning)
	once := twice.Check
	twice.Check = func(p *lint.Pass) { once(p); once(p) }
	files, inputs := read(file{"f.xml", "<Config>\n<Server/>\n<Server/></Config>"})
	both := []*lint.Rule{twice, finds("T2", "Server", diag.Warning)}
	for name, inputs := range map[string][]lint.Input{"one": inputs, "two of a file": {inputs[0], inputs[0]}} {
		got := places(files, lint.Run(both, files, inputs, lint.Options{}))
		if want := "2 T1, 2 T2, 3 T1, 3 T2"; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestLetterCaseIsOneMistake: what a rule says only while a name is in the wrong letter case follows from that, and is
// told with it when it is an error.
func TestLetterCaseIsOneMistake(t *testing.T) {
	wrong := &lint.Rule{Code: diag.WrongLetterCase, Severity: diag.Warning, Check: func(p *lint.Pass) {
		each(p, "Server", func(n *parser.Node) {
			for i := range n.Attrs {
				if right := lint.FoldedAttr(parser.TypeOf(n), n.Attrs[i].Name); right != "" {
					p.Report(n.Attrs[i].NameSpan, "it is written %s", right)
				}
			}
		})
	}}
	unnamed := func(severity diag.Severity) *lint.Rule {
		return &lint.Rule{Code: "T1", Severity: severity, Check: func(p *lint.Pass) {
			each(p, "Server", func(n *parser.Node) {
				if n.Attr("Name") == nil {
					p.Report(n.NameSpan, "nobody can name it")
				}
			})
		}}
	}
	const text = "<Config><ServerCluster>\n<Server name='a'/>\n<Server/></ServerCluster></Config>"
	for severity, want := range map[diag.Severity]string{
		diag.Warning: "warning WP109 it is written Name, warning T1 nobody can name it",
		diag.Error:   "error WP109 it is written Name; so nobody can name it, error T1 nobody can name it",
	} {
		files, inputs := read(file{"f.xml", text})
		var got []string
		for _, d := range lint.Run([]*lint.Rule{wrong, unnamed(severity)}, files, inputs, lint.Options{}) {
			got = append(got, d.Severity.String()+" "+d.Rule.Code+" "+d.Message)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestRuleOptions: the settings say a number, else the rule does.
func TestRuleOptions(t *testing.T) {
	var first int
	var all []int
	r := &lint.Rule{Code: "T1", Options: []lint.Option{{Name: "ports", Default: []int{80, 443}}},
		Check: func(p *lint.Pass) { first, all = p.Option("ports"), p.OptionList("ports") }}
	for _, tt := range []struct {
		name string
		set  map[string][]int
		want []int
	}{
		{"unset", nil, []int{80, 443}},
		{"set", map[string][]int{"ports": {8080}}, []int{8080}},
		{"set to nothing", map[string][]int{"ports": {}}, []int{80, 443}},
		{"another", map[string][]int{"processes": {2}}, []int{80, 443}},
	} {
		run([]*lint.Rule{r}, "<Config/>", lint.Options{Rules: map[string]lint.RuleSetting{"T1": {Options: tt.set}}})
		if first != tt.want[0] || !slices.Equal(all, tt.want) {
			t.Errorf("%s: got %d of %v, want %v", tt.name, first, all, tt.want)
		}
	}
}
