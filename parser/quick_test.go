package parser_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
)

// TestQuickAttributes: an attribute that the quick way reads is the one that the careful way reads. A blank around "="
// keeps the quick way from one, and a reference in front of the value.
func TestQuickAttributes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	pick := func(from string, most int) string {
		var b strings.Builder
		for range rng.IntN(most + 1) {
			runes := []rune(from)
			b.WriteRune(runes[rng.IntN(len(runes))])
		}
		return b.String()
	}
	clean := 0
	for range 15_000 {
		var quick, careful strings.Builder
		quick.WriteString("<Config")
		careful.WriteString("<Config")
		for range 1 + rng.IntN(4) {
			name := []string{"a", "Z", "_", ":", "é", ""}[rng.IntN(6)] + pick("aZ9-._:é", 3)
			value := pick(" ab=/'>é\t;\n&<", 5)
			gap := pick(" \n", 2)
			quick.WriteString(gap + name + `="` + value + `"`)
			careful.WriteString(gap + name + ` ="&#x2a;` + value + `"`)
		}
		end := pick(" /", 2) + ">"
		quick.WriteString(end)
		careful.WriteString(end)
		q, qs := parser.Parse(1, []byte(quick.String()))
		c, cs := parser.Parse(1, []byte(careful.String()))
		if (len(qs) > 0) != (len(cs) > 0) {
			t.Fatalf("%q has %d errors, %q has %d", quick.String(), len(qs), careful.String(), len(cs))
		}
		if len(qs) > 0 {
			continue // behind an error the two see something else
		}
		clean++
		for i, a := range q.Node.Attrs {
			if b := c.Node.Attrs[i]; b.Name != a.Name || b.Value != "*"+a.Value {
				t.Fatalf("%q has %s=%q, %q has %s=%q", quick.String(), a.Name, a.Value, careful.String(), b.Name,
					b.Value)
			}
		}
	}
	if clean < 500 {
		t.Errorf("only %d tags were without errors", clean)
	}
}
