package lint_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestIgnoreScopes: a comment holds for the element behind it with all within, before the root for the file, and behind
// something on its line for that alone.
func TestIgnoreScopes(t *testing.T) {
	rules := with(onComments(), finds("T1", "Server", diag.Warning), finds("T2", "Transport", diag.Warning))
	const both = "<Server><Transport/></Server>"
	for _, tt := range []struct{ name, text, want string }{
		{"none", "<Config>\n" + both + "</Config>", "2 T1, 2 T2"},
		{"behind it", "<Config>\n<!-- wasplug:ignore T1 why -->\n" + both + "</Config>", "3 T2"},
		{"within what is behind it", "<Config>\n<!-- wasplug:ignore T2 why -->\n" + both + "</Config>", "3 T1"},
		{"not what follows", "<Config>\n<!-- wasplug:ignore T1 why -->\n<Server/>\n<Server/></Config>", "4 T1"},
		{"by its name", "<Config>\n<!-- wasplug:ignore FINDS-SERVER why -->\n<Server/></Config>", ""},
		{"two codes", "<Config>\n<!-- wasplug:ignore T1,T2 why -->\n" + both + "</Config>", ""},
		{"two comments", "<Config>\n<!-- wasplug:ignore T1 why -->\n<!-- wasplug:ignore T2 why -->\n" + both +
			"</Config>", ""},
		{"over a line break", "<Config>\n<!-- wasplug:ignore T1\n why -->\n<Server/></Config>", ""},
		{"before the root", "<!-- wasplug:ignore T1 why -->\n<Config>\n<Server/><Server/></Config>", ""},
		{"behind an element", "<Config>\n<Server/> <!-- wasplug:ignore T1 why -->\n<Server/></Config>", "3 T1"},
		{"behind a start tag", "<Config>\n<Server> <!-- wasplug:ignore T1,T2 why -->\n<Transport/></Server></Config>",
			"2 WP901, 3 T2"},
		{"last in its element", "<Config>\n<Server/>\n<!-- wasplug:ignore T1 why -->\n</Config>", "2 T1, 3 WP901"},
		{"within another", "<!-- wasplug:ignore T1 why -->\n<Config>\n<!-- wasplug:ignore T1 why -->\n<Server/></Config>",
			""},
		{"of another rule", "<Config>\n<!-- wasplug:ignore T2 why -->\n<Server/></Config>", "2 WP901, 3 T1"},
		{"another comment", "<Config>\n<!-- see wasplug:ignore T1 why -->\n<Server/></Config>", "3 T1"},
	} {
		if got := run(rules, tt.text, lint.Options{}); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestInvalidIgnores: what cannot be understood has no effect, and says so.
func TestInvalidIgnores(t *testing.T) {
	rules := with(onComments(), finds("T1", "Server", diag.Warning))
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for words, says := range map[string]string{
		"":                          "names no rule: want wasplug:ignore WP501 reason",
		"T1":                        "gives no reason",
		"T1 until 2027-01-01":       "gives no reason",
		"T11 why":                   `names no rule "T11"`,
		"T1,finds-sever why":        `did you mean "finds-server"?`,
		"T1 until 2026-05-31 why":   "expired on 2026-05-31",
		"T1 until next week it is":  `until "next": want a date`,
		"T1 until 2026-02-30 since": `until "2026-02-30": want a date`,
	} {
		files, inputs := read(file{"f.xml", "<Config><!-- wasplug:ignore " + words + " --><Server/></Config>"})
		ds := lint.Run(rules, files, inputs, lint.Options{Now: now})
		if len(ds) != 2 || ds[0].Rule.Code != diag.IgnoreInvalid || !strings.Contains(ds[0].Message, says) ||
			!strings.Contains(ds[0].Message, "the ignore has no effect") || ds[1].Rule.Code != "T1" {
			t.Errorf("%q: want %q and the finding, got %v", words, says, ds)
		}
	}
	for words, at := range map[string]time.Time{
		"T1 until 2026-06-01 the last day counts": now,
		"T1 until 2020-01-01 no date is judged":   {},
		"T1 until":                                now, // a reason like any other
	} {
		text := "<Config>\n<!-- wasplug:ignore " + words + " -->\n<Server/></Config>"
		if got := run(rules, text, lint.Options{Now: at}); got != "" {
			t.Errorf("%q: got %s", words, got)
		}
	}
}

// TestUnusedIgnores: only rules that were asked can show that an ignore is of no use.
func TestUnusedIgnores(t *testing.T) {
	rules := with(onComments(), finds("T1", "Server", diag.Warning), finds("T2", "Transport", diag.Info))
	const text = "<Config>\n<!-- wasplug:ignore T1,T2 why -->\n<Log/>\n" +
		"<!-- wasplug:ignore T2 why -->\n<Transport/></Config>"
	for _, tt := range []struct {
		name, want string
		o          lint.Options
	}{
		{"both", "2 WP901, 2 WP901", lint.Options{}}, // T2 was asked, though the profile would not show it
		{"T1 off", "2 WP901", lint.Options{Rules: map[string]lint.RuleSetting{"T1": {Off: true}}}},
		{"of no category that is asked", "", lint.Options{Profile: "security"}},
		{"not wanted", "", lint.Options{Rules: map[string]lint.RuleSetting{diag.IgnoreUnused: {Off: true}}}},
	} {
		if got := run(rules, text, tt.o); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
