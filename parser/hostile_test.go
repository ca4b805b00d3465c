package parser_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
)

const million = 1_000_000

// many is how often an error is repeated whose limit lies far below: a tenth where the long tests are not asked for.
func many() int {
	if sharedtest.Long() {
		return million
	}
	return million / 10
}

// TestHostile reads files made to exhaust memory, stack or time. Each ends in one diagnostic about a limit, or in a
// bounded number.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	manyNames := func(n int) string {
		var b strings.Builder
		b.WriteString("<Config>")
		for i := range n {
			name := strconv.Itoa(i)
			b.WriteString("<Log a" + name + "='' b" + name + "=''/>")
		}
		b.WriteString("</Config>")
		return b.String()
	}
	type hostile struct {
		name string
		src  string
		want string // in the message of a diagnostic
		max  int    // diagnostics at most
	}
	tests := []hostile{
		{"nested elements", strings.Repeat("<Server>", million), "more than 1000 elements within", 1},
		{"attributes of one element", "<Config" + attributes(million) + "/>", "more than 1000 attributes", 1},
		{"100 MB", "<Config>" + strings.Repeat(" ", 100<<20) + "</Config>", "104857617 bytes, more than", 1},
		{"elements", "<Config>" + strings.Repeat("<a/>", million+many()) + "</Config>", "more than 1000000 elements",
			1},
		{"a value", "<Config Name='" + strings.Repeat("&amp;", 10*many()) + "'/>", "", 0},
		{"a name", "<Config><" + strings.Repeat("a", 50*many()) + "/></Config>", "", 0},
		{"a bad name", "<Config><" + strings.Repeat("!", 10*many()) + "/></Config>", "", 2},
		{"doubled attributes", "<Config" + strings.Repeat(" a=''", million) + "/>", "more than 1000",
			parser.MaxErrors + 1},
		{"stray <", strings.Repeat("<", 60*many()), "more than 1000 errors", parser.MaxErrors + 1},
		{"stray &", "<Config>" + strings.Repeat("&", 60*many()) + "</Config>", "more than 1000 errors",
			parser.MaxErrors + 1},
		{"open quotes", strings.Repeat("<Uri Name=\"\n", 4*many()), "more than 1000 errors", parser.MaxErrors + 1},
		{"open comments", "<Config>" + strings.Repeat("<!--\n", 4*many()), "more than 1000 errors",
			parser.MaxErrors + 1},
		{"comments with a lost end", "<Config>" + strings.Repeat("<!-- --\n", 4*many()) + "--></Config>",
			"more than 1000 errors", parser.MaxErrors + 1},
		{"open sections", "<Config>" + strings.Repeat("<![CDATA[\n", 4*many()), "more than 1000 errors",
			parser.MaxErrors + 1},
		{"open instructions", "<Config>" + strings.Repeat("<?x\n", 4*many()), "more than 1000 errors",
			parser.MaxErrors + 1},
		{"open declarations", "<Config>" + strings.Repeat("<!DOCTYPE a [\n", 4*many()), "more than 1000 errors",
			parser.MaxErrors + 1},
		{"end tags", "<Config>" + strings.Repeat("</a>", 10*many()), "more than 1000 errors", parser.MaxErrors + 1},
		{"words", "<Config" + strings.Repeat(" a", 10*many()) + "/>", "is not an attribute", 1},
		{"control characters", "<Config>" + strings.Repeat("\x01a", 10*many()) + "</Config>", "more than 1000 errors",
			parser.MaxErrors + 1},
		{"dashes", "<Config><!--" + strings.Repeat("-", 10*many()) + "--></Config>", "within a comment", 1},
		{"no ASCII", "<Config a='" + strings.Repeat("\xe9", 10*many()) + "'/>", "is not UTF-8", 1},
	}
	if sharedtest.Long() { // three quarters of the time of all, for a limit that "elements" meets, too
		tests = append(tests, hostile{"attributes of all", manyNames(2*million + 1), "more than 1000000 elements", 1})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := []byte(test.src)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			cfg, ds := parser.Parse(1, src)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<30 {
				t.Errorf("%d MB allocated for %d MB", used>>20, len(src)>>20)
			}
			if len(ds) > test.max {
				t.Errorf("%d diagnostics, the last: %s", len(ds), ds[len(ds)-1].Message)
			}
			found := test.want == ""
			for _, d := range ds {
				found = found || strings.Contains(d.Message, test.want)
				if len(d.Message) > 400 {
					t.Errorf("a message of %d bytes", len(d.Message))
				}
			}
			if !found {
				t.Errorf("no %q among %d diagnostics: %v", test.want, len(ds), ds[:min(len(ds), 3)])
			}
			if err := parser.Write(new(bytes.Buffer), cfg.Doc); err != nil {
				t.Error(err)
			}
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

// TestMemoryIsLinear: eight times the file takes eight times the memory, and an eighth more for the rounding of
// blocks.
func TestMemoryIsLinear(t *testing.T) {
	file := func(n int) []byte {
		return []byte("<Config>" + strings.Repeat("<UriGroup Name='g'><Uri Name='/a/*' AffinityCookie='C'/><!-- c "+
			"--></UriGroup>\n", n) + "</Config>")
	}
	parser.Parse(1, file(1)) // decodes the table
	measure := func(src []byte) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		parser.Parse(1, src)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(len(src))
	}
	small, large := measure(file(4000)), measure(file(32000))
	if large > small*1.125 {
		t.Errorf("%.1f bytes for a byte of a small file, %.1f of a large one", small, large)
	}
}
