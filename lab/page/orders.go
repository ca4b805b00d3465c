package page

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser/diag"
)

// ordersOf are the buttons of a member in a state; a member that is starting has none.
func ordersOf(m *lab.Member, down bool) []button {
	switch m.State() {
	case lab.Up:
		list := []button{{"kill", "kill -9"}, {"stop", "stop"}, {"shutdown", "shut down"}}
		// it writes no sessions by itself, and has no store to be cut off from
		if m.InGrid() {
			return list
		}
		list = append(list, button{"tick", "look now"})
		switch outside := m.Outside(); {
		case outside != "" && down:
			list = append(list, button{"store-up", outside + " up"})
		case outside != "":
			list = append(list, button{"store-down", outside + " down"})
		}
		return list
	case lab.Stopped:
		return []button{{"continue", "continue"}, {"kill", "kill -9"}}
	case lab.Dead:
		return []button{{"start", "start"}}
	}
	return nil
}

// button is an order and what stands on it.
type button struct{ Do, Label string }

// order does what a button says. It returns when it is done, so that the page which follows shows it.
func (h *Handler) order(ctx context.Context, order, name string) error {
	if order == "advance" {
		return h.Lab.Advance(ctx, time.Minute)
	}
	m := h.Lab.Member(name)
	if m == nil {
		return diag.Errorf("no member is named %q", name)
	}
	control := func(path, query string) error { _, err := m.Control(ctx, path, query); return err }
	switch order {
	case "kill":
		return m.Kill()
	case "stop":
		return m.Stop()
	case "continue":
		return m.Continue()
	case "shutdown":
		return m.Shutdown(ctx)
	case "start":
		return m.Start(ctx)
	case "tick":
		return control("/tick", "")
	case "store-down":
		return control("/store", "down=1")
	case "store-up":
		return control("/store", "down=0")
	}
	return diag.Errorf("no order is named %q", order)
}

// Feed keeps the last events of all members. The zero value is ready.
type Feed struct {
	mu    sync.Mutex
	lines []string
}

// kept is how many events the page shows.
const kept = 30

// Add takes an event in.
func (f *Feed) Add(e lab.Event) {
	line := worded(e)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line)
	f.lines = f.lines[max(len(f.lines)-kept, 0):]
}

// worded is a line about an event. A line that is no event in JSON stands as it is.
func worded(e lab.Event) string {
	var told struct {
		session.Event
		Ready bool
		Pid   int
	}
	if err := json.Unmarshal(e.Line, &told); err != nil {
		return e.Member + " " + string(e.Line)
	}
	if told.Ready {
		return fmt.Sprintf("%s serves, pid %d", e.Member, told.Pid)
	}
	at := time.UnixMilli(int64(told.At)).UTC().Format("15:04:05.000")
	line := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", at, e.Member, told.Event.Event, told.App,
		told.Session)), " ")
	if told.WriteNo > 0 {
		line += fmt.Sprintf(", write %d", told.WriteNo)
	}
	if told.Text != "" {
		line += ": " + told.Text
	}
	return line
}

// latest lists them, the last one first.
func (f *Feed) latest() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]string, 0, len(f.lines))
	for i := len(f.lines) - 1; i >= 0; i-- {
		out = append(out, f.lines[i])
	}
	return out
}
