package schemas

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// TestMessages: each kind of finding in words of ours, at the place where it can be mended.
func TestMessages(t *testing.T) {
	for _, test := range []struct{ schema, src, want string }{
		{"topology", "version: 2\n", `t.yaml:1:1: error: the file needs "clusters"
t.yaml:1:10: error: version is "2"; it must be one of 1
`},
		{"topology", "[a]\n", "t.yaml:1:1: error: the file is a list, it must be a map\n"},
		{"topology", "version: 1\nclusters: {shop: {members: }}\n",
			"t.yaml:2:19: error: clusters.shop.members is empty, it must be a list\n"},
		{"topology", "version: 1\nclusters: {shop: {members: [], loadBalance: {a: 1}}}\n",
			"t.yaml:2:45: error: clusters.shop.loadBalance is a map, it must be text\n"},
		{"topology", "version: 1\nclusters: {shop: {members: [{host: h, extendedHandshake: \"true\"}]}}\n",
			"t.yaml:2:59: error: clusters.shop.members[0].extendedHandshake is \"true\", it must be a boolean; " +
				"write true or false, without quotes\n"},
		{"topology", "version: 1\nallow: [WP12]\nclusters: {}\n", "t.yaml:2:9: error: allow[0] is \"WP12\"; it " +
			"must be "},
		{"suite", "config: c.xml\ntests: [{name: '', requests: []}]\n",
			`t.yaml:2:10: error: tests[0].name is ""
t.yaml:2:30: error: tests[0].requests is empty
`},
		{"accept", "version: 1\naccept: [{key: k, reason: r, until: tomorrow}]\n",
			"t.yaml:2:37: error: accept[0].until is \"tomorrow\"; it must be a date such as 2027-01-31\n"},
		{"nosuch", "a: 1\n", "t.yaml:1:1: error: the schema cannot be used: no schema \"nosuch\""},
	} {
		_, ds, files := load(test.src, test.schema)
		if got := sharedtest.Lines(files, ds); !strings.HasPrefix(got, test.want) || test.want == "" {
			t.Errorf("%s: %q:\n%s\nwant\n%s", test.schema, test.src, got, test.want)
		}
	}
}

// TestOneOfSeveral: keys are told as a choice only where the forms say nothing else.
func TestOneOfSeveral(t *testing.T) {
	form := func(keys ...any) map[string]any { return map[string]any{"required": keys} }
	more := form("b")
	more["properties"] = map[string]any{}
	for _, test := range []struct {
		forms []any
		want  []string
	}{
		{nil, nil},
		{[]any{form("a"), form("b")}, []string{"a", "b"}},
		{[]any{form("a"), form("b", "c")}, nil},
		{[]any{form("a"), more}, nil},
	} {
		if got := eitherOf(map[string]any{"anyOf": test.forms}); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v, want %v", test.forms, got, test.want)
		}
	}
}

// TestUnreadable: a file that is no YAML is not held against a schema.
func TestUnreadable(t *testing.T) {
	root, ds, files := load("version: 1\nversion: 1\nnonsense: x\n", "topology")
	want := "t.yaml:2:1: error: key \"version\" is given twice, first on line 1\n"
	if got := sharedtest.Lines(files, ds); got != want || root == nil {
		t.Errorf("%s, want %s", got, want)
	}
}
