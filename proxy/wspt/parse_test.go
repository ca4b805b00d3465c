package wspt

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/wasplug/wasplug/internal/golden"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]map[string][]string{
		"":                                {},
		"1158590921=a":                    {"1158590921": {"a"}},
		"18446744073709551615=a,b;12=b,c": {"18446744073709551615": {"a", "b"}, "12": {"b", "c"}},
	} {
		got, err := Parse(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		"a=b":                               `"a=b" is not PARTITION=CLONE`,
		"12":                                `"12" is not PARTITION=CLONE`,
		"=a":                                `"=a" is not PARTITION=CLONE`,
		"12=a;":                             `"" is not PARTITION=CLONE`,
		"12=":                               `"" of 12 is no clone ID`,
		"12=a,,b":                           `"" of 12 is no clone ID`,
		"12=a b":                            `"a b" of 12 is no clone ID`,
		"12=a=b":                            `"a=b" of 12 is no clone ID`,
		"12=a;12=b":                         "12 stands there twice",
		"123456789012345678901=a":           `"123456789012345678901=a" is not PARTITION=CLONE`,
		"12=a" + strings.Repeat(",a", most): `"a" of 12 is no clone ID`,
	} {
		if got, err := Parse(text); err == nil || err.Error() != "partition table: "+want {
			t.Errorf("%.40s: %v, %v; want %s", text, got, err, want)
		}
	}
}

// FuzzParse: what is read can be written and read again, and has no names that a table cannot have.
func FuzzParse(f *testing.F) {
	f.Add("1158590921=a,b;12=b")
	f.Add("12=a;12=b")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Parse(text)
		if err != nil {
			return
		}
		var entries []string
		for _, id := range slices.Sorted(maps.Keys(table)) {
			entries = append(entries, id+"="+strings.Join(table[id], ","))
		}
		again, err := Parse(strings.Join(entries, ";"))
		if diff := cmp.Diff(table, again); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	})
}
