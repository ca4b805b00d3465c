package member

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// TestLines: what is held back comes before what is said after it, and is not lost at the end.
func TestLines(t *testing.T) {
	var out strings.Builder
	l := &lines{to: &out, timing: true} // as if the timer were set
	l.tell(session.Event{Event: session.Written, Session: "1"})
	l.tell(session.Event{Event: session.Written, Session: "2"})
	if out.Len() > 0 {
		t.Errorf("said at once: %s", &out)
	}
	l.tell(session.Event{Event: session.TakenOver, Session: "3"})
	l.tell(session.Event{Event: session.Written, Session: "4"})
	l.flush()
	var order string
	for line := range strings.Lines(out.String()) {
		for _, id := range []string{"1", "2", "3", "4"} {
			if strings.Contains(line, `"`+id+`"`) {
				order += id
			}
		}
	}
	if order != "1234" {
		t.Errorf("in the order %s: %s", order, &out)
	}
}
