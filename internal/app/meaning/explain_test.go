package meaning

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestExplain: a page for each word, of words that are one phrase of a log one page; what is unknown ends the list.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words string
		pages int
		err   string
	}{
		{"WP303", 1, ""}, {"RetryInterval score-tie", 2, ""}, {"GSK 414", 1, ""}, {"errno 111", 1, ""},
		{"WP303 RetryIntervall", 1, `"RetryIntervall" (did you mean "RetryInterval"?)`}, {"", 0, ""},
	} {
		pages, err := (&Explain{Words: strings.Fields(c.words)}).Run()
		var request *app.RequestError
		if len(pages) != c.pages || (err != nil) != errors.As(err, &request) || (err != nil) != (c.err != "") ||
			err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %d pages, %v", c.words, len(pages), err)
		}
	}
}
