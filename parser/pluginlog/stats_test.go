package pluginlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// at returns a line of thread 1 at a second.
func at(second int, text string) string {
	return fmt.Sprintf("[06/Oct/2017:19:06:%02d.00000] 00000001 00000001 - %s\n", second, text)
}

// TestSpan: the span of time covers lines that say nothing of interest, and files in any order.
func TestSpan(t *testing.T) {
	var s Stats
	for _, log := range []string{at(9, "ERROR: x") + at(10, "TRACE: nothing of interest"),
		"junk\n" + at(2, "ERROR: y")} {
		one, err := Read(strings.NewReader(log), Options{}, func(*Event) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		s.Add(one)
	}
	if s.First.String() != "2017-10-06 19:06:02" || s.Last.String() != "2017-10-06 19:06:10" {
		t.Errorf("%s to %s", s.First, s.Last)
	}
}

// TestClockSteps: a clock that runs backwards is said with its line, also where a block ends there; what processes
// are out of order by is not.
func TestClockSteps(t *testing.T) {
	const filler = "TRACE: ws_common: nothing: of interest, and long enough that lines fill a block soon"
	var log strings.Builder
	line := 0
	add := func(second int, text string) { log.WriteString(at(second, text)); line++ }
	var want []int64
	for block := range 6 {
		for range 6000 {
			add(50, filler)
		}
		add(49, "TRACE: one second is nothing")
		if block%2 == 0 {
			add(20, "ERROR: earlier")
			want = append(want, int64(line))
		}
	}
	stats, err := Read(strings.NewReader(log.String()), Options{}, func(*Event) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, step := range stats.Backwards {
		if step.From.String() != "2017-10-06 19:06:49" || step.To.String() != "2017-10-06 19:06:20" {
			t.Errorf("line %d: %s to %s", step.Line, step.From, step.To)
		}
		got = append(got, step.Line)
	}
	if diff := cmp.Diff(want, got); diff != "" || stats.MoreBack != 0 {
		t.Error(diff, stats.MoreBack)
	}
	exact := strings.Repeat(at(50, strings.Repeat("x", 464)), 1024) // blocks end at 512 KB
	stats, err = Read(strings.NewReader(strings.Repeat(exact+at(1, "y"), 30)), Options{},
		func(*Event) error { return nil })
	if err != nil || len(stats.Backwards) != maxSteps || stats.MoreBack != 30-maxSteps {
		t.Errorf("%d steps, %d more, %v", len(stats.Backwards), stats.MoreBack, err)
	}
}
