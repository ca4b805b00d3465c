package wrap

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestExamplesAreContinuedAsAShellTakesIt: a long example can be copied.
func TestExamplesAreContinuedAsAShellTakesIt(t *testing.T) {
	example := "wasplug why -c plugin-cfg.xml --cookie JSESSIONID=0000abc:shop1a --down shop1 " +
		"http://shop.example.com/shop/cart"
	got := strings.Join(strings.Fields(strings.ReplaceAll(Fill("   "+example, 0), "\\\n", " ")), " ")
	if got != example {
		t.Errorf("got %s", got)
	}
}

func TestFill(t *testing.T) {
	word := strings.Repeat("x", Width-3)
	got := Fill("one two\nthree "+word+" four\n\nfive\n", 2)
	if want := "  one two three\n  " + word + "\n  four\n\n  five\n\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
