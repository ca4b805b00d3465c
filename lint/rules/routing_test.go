package rules_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser/diag"
)

// found returns the findings of some rules, one a line, as "line code message".
func found(text string, o lint.Options, wanted ...string) string {
	ds, files := lintText(text, o)
	var b strings.Builder
	for _, d := range ds {
		for _, code := range wanted {
			if d.Rule.Code == code {
				b.WriteString(strconv.Itoa(files.Start(d.Span).Line) + " " + code + " " + d.Message + "\n")
			}
		}
	}
	return b.String()
}

// aliasesToTwoClusters has one Route for each of two groups of aliases and of Uris.
func aliasesToTwoClusters(hosts1, hosts2 string, uris1, uris2 []string) string {
	return complete(example.TwoServers("c1", "c2") + example.HostGroup("default_host", strings.Fields(hosts1)...) +
		example.HostGroup("bank_host", strings.Fields(hosts2)...) +
		example.UriGroup("shop_uris", uris1...) + example.UriGroup("bank_uris", uris2...) + example.TwoHostRoutes)
}

// TestTwoClustersCountUris: what is counted are Uris, not the places that were tried, and the scores are those of the
// core.
func TestTwoClustersCountUris(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want, not  []string
	}{
		{"one Uri each", aliasesToTwoClusters("*:80 *:443", "*:80 *:443", []string{"/app/*"}, []string{"/app/*"}),
			[]string{"WP601", "(URI 5, virtual host 2)"}, []string{"more Uri", "WP603"}},
		{"two Uris each", aliasesToTwoClusters("*:80", "*:80", []string{"/app/*", "/b/*"},
			[]string{"/app/*", "/b/*", "/c"}),
			[]string{"WP601", "(and 1 more Uri of the same Routes)"}, []string{"WP603"}},
		{"three Uris each", aliasesToTwoClusters("*:80", "*:80", []string{"/a/*", "/b", "*.jsp"},
			[]string{"/a/*", "/b", "*.jsp"}),
			[]string{"WP601", "(and 2 more Uris of the same Routes)"}, nil},
		{"the port is written in one of two equal aliases", aliasesToTwoClusters("*:80", "*", []string{"/app/*"},
			[]string{"/app/*"}),
			[]string{"WP603", `on alias "*" (URI 5, virtual host 0) with vhost-score=classes score-tie=last`,
				`on alias "*:80" (URI 5, virtual host 2;`}, []string{"WP601", "more Uri"}},
		{"the same with a host", aliasesToTwoClusters("www.example.com:80", "www.example.com", []string{"/app/*"},
			[]string{"/app/*"}),
			[]string{"WP603", "(URI 5, virtual host 15"}, []string{"WP601"}},
	} {
		got := found(tt.text, lint.Options{}, "WP601", "WP603")
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", tt.name, want, got)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", tt.name, not, got)
			}
		}
	}
}

// TestOnePairOfGroupsToTwoClusters: two Routes with the same groups are one mistake, and one finding.
func TestOnePairOfGroupsToTwoClusters(t *testing.T) {
	routes := strings.ReplaceAll(example.TwoRoutes, "bank_uris", "shop_uris")
	for _, uris := range [][]string{{"/app/*"}, {"/app/*", "/b", "*.jsp"}} {
		for _, hosts := range [][]string{{"*:80"}, {"*:80", "*", "www.example.com:443"}} {
			ds, files := lintText(complete(example.TwoServers("c1", "c2")+example.HostGroup("default_host", hosts...)+
				example.UriGroup("shop_uris",
					uris...)+routes), onlyCategory(lint.Routing, lint.References))
			if codes(ds) != "WP601" {
				t.Errorf("%v on %v: got\n%s", uris, hosts, describe(ds, files))
			}
		}
	}
}

// onlyCategory are options under which the rules of some categories alone run, in the default profile.
func onlyCategory(categories ...string) lint.Options {
	o := lint.Options{Rules: map[string]lint.RuleSetting{}}
	for _, r := range rules.All() {
		off := true
		for _, c := range categories {
			off = off && r.Category != c
		}
		o.Rules[r.Code] = lint.RuleSetting{Off: off || r.Severity == diag.Info || r.Code == "WP607"}
	}
	return o
}
