package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// noon is when the logs of these tests begin.
var noon = pluginlog.TimeOf(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))

// after is a time of them.
func after(d time.Duration) pluginlog.Time { return noon + pluginlog.Time(d) }

// teller is a Story that gets its lines one by one, as who follows a log gives them.
type teller struct {
	*story.Story
	requests requests.Assembler
	line     int64
	hits     []int // numbers of the incidents of requests that are over, in their order
}

func newTeller(opt story.Options) *teller {
	s := &teller{Story: story.New(opt)}
	s.requests = requests.Assembler{Line: s.Line, Done: func(r *requests.Request) {
		s.Done(r)
		s.hits = append(s.hits, s.Hit(r)...)
	}}
	return s
}

// add gives the Story a line of a process.
func (s *teller) add(pid uint64, at time.Duration, e pluginlog.Event) {
	s.line++
	e.Line, e.Time, e.Thread = s.line, after(at), pluginlog.Thread{PID: pid, TID: 1}
	s.requests.Add(&e)
}

// mark is what a process writes at LogLevel Error about a connect that was refused.
func (s *teller) mark(pid uint64, at time.Duration, member string) {
	s.add(pid, at, pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: "h1", OSError: 111})
	s.add(pid, at, pluginlog.Event{Kind: pluginlog.StreamFailed})
	s.add(pid, at, pluginlog.Event{Kind: pluginlog.MarkedDown, Member: member})
	s.add(pid, at, pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: member, Host: "h1", Retry: true})
}

// usable is the check of a member that is not marked down.
func (s *teller) usable(pid uint64, at time.Duration, member string) {
	s.add(pid, at, pluginlog.Event{Kind: pluginlog.StatusChecked, Member: member,
		Check: pluginlog.Check{WLBAllows: true}})
}

// TestMarked: a mark is held until a line shows that it is not, or else until a retry is due.
func TestMarked(t *testing.T) {
	s := newTeller(story.Options{RetryInterval: 20 * time.Second})
	s.mark(1, 0, "m1")
	s.mark(2, 0, "m1")
	s.mark(2, time.Second, "m2")
	for _, step := range []struct {
		at   time.Duration
		do   func()
		want map[string]int
	}{
		{2 * time.Second, func() {}, map[string]int{"m1": 2, "m2": 1}},
		{5 * time.Second, func() { s.usable(1, 5*time.Second, "m1") }, map[string]int{"m1": 1, "m2": 1}},
		{20500 * time.Millisecond, func() {}, map[string]int{"m2": 1}},
		{22 * time.Second, func() {}, map[string]int{}},
	} {
		step.do()
		if diff := cmp.Diff(step.want, s.Marked(after(step.at))); diff != "" {
			t.Errorf("after %s: %s", step.at, diff)
		}
	}
}

// TestBack: an incident is over for a process with the first line that shows its mark gone, not with lines of others,
// nor with such as may have been under way when it was marked.
func TestBack(t *testing.T) {
	s := newTeller(story.Options{})
	s.mark(1, 0, "m1")
	s.mark(2, 0, "m1")
	s.usable(2, 500*time.Millisecond, "m1") // within a second: of before the mark, perhaps
	s.usable(1, 10*time.Second, "m1")
	show := func() string {
		all, _ := s.Incidents(0)
		if len(all) != 1 {
			t.Fatalf("%d incidents", len(all))
		}
		marked, back, first, last := all[0].Back()
		return fmt.Sprintf("%d of %d, %s to %s, open %t", back, marked, first, last, all[0].Open)
	}
	if got, want := show(), "1 of 2, 2026-01-01 12:00:10 to 2026-01-01 12:00:10, open true"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.usable(2, 70*time.Second, "m1")
	if got, want := show(), "2 of 2, 2026-01-01 12:00:10 to 2026-01-01 12:01:10, open false"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestHit: a request knows the incidents that it belongs to by the numbers that these have.
func TestHit(t *testing.T) {
	s := newTeller(story.Options{})
	s.mark(1, 0, "m1")
	s.mark(1, time.Second, "m2")
	s.add(1, time.Second, pluginlog.Event{Kind: pluginlog.NoAppServer})
	s.add(1, time.Second, pluginlog.Event{Kind: pluginlog.RequestFailed})
	s.requests.Close()
	all, _ := s.Incidents(0)
	numbers := map[int]string{}
	for _, i := range flatten(all) {
		numbers[i.Number()] = fmt.Sprint(i.Kind, " ", i.Member)
	}
	var got []string
	for _, n := range s.hits {
		got = append(got, numbers[n])
	}
	if diff := cmp.Diff([]string{"member-down m1", "member-down m2"}, got); diff != "" {
		t.Errorf("%s of %v", diff, numbers)
	}
}

// TestForget: what is over is let go of once it was told, what goes on stays.
func TestForget(t *testing.T) {
	s := newTeller(story.Options{})
	s.mark(1, 0, "m1")
	s.usable(1, 10*time.Second, "m1")
	s.mark(2, 9*time.Minute, "m2")
	told := func() (kinds []string) {
		all, _ := s.Incidents(0)
		for _, i := range all {
			kinds = append(kinds, i.Member)
		}
		return kinds
	}
	s.Forget(after(9 * time.Minute))
	if diff := cmp.Diff([]string{"m2"}, told()); diff != "" {
		t.Error(diff)
	}
	if marked := s.Marked(after(9 * time.Minute)); marked["m2"] != 1 {
		t.Errorf("marked is %v", marked)
	}
	s.Forget(after(time.Hour))
	if got := told(); got != nil {
		t.Errorf("after an hour there is still %v", got)
	}
}

// TestRefusedFile: a file that was refused is an incident until one is taken, however long that takes.
func TestRefusedFile(t *testing.T) {
	s := newTeller(story.Options{})
	s.add(1, 0, pluginlog.Event{Kind: pluginlog.ErrorLine, Level: pluginlog.LevelError,
		Text: "ws_common: websphereUpdateConfig: Failed to parse the config file"})
	refused := func(now time.Duration) *story.Incident {
		all, _ := s.Incidents(after(now))
		for _, i := range all {
			if i.Kind == story.ReloadFailed {
				return i
			}
		}
		t.Fatal("no such incident")
		return nil
	}
	if i := refused(5 * time.Hour); !i.Open || !strings.HasPrefix(i.Recovery(), "no later line says") {
		t.Errorf("open is %t: %s", i.Open, i.Recovery())
	}
	s.add(1, 6*time.Hour, pluginlog.Event{Kind: pluginlog.ConfigReloaded})
	if i := refused(6 * time.Hour); i.Open || i.Recovery() != "a file was taken later" {
		t.Errorf("open is %t: %s", i.Open, i.Recovery())
	}
}
