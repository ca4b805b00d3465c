package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// Selection is what part of a log is asked about. What is empty selects all.
type Selection struct {
	Since, Until string   // in one of the forms of timeForms
	PID          string   // hexadecimal, as the log shows it
	Member       string   // incidents and requests that it has to do with
	Kinds        []string // of incidents
}

// Chosen is a selection that was understood.
type Chosen struct {
	Since, Until pluginlog.Time // both included, 0 without one
	PID          uint64         // 0 without one
	Member       string
	Kinds        []story.Kind
}

// timeForms are what --since and --until take.
const timeForms = "want 15:40 (of the day on which the log ends), 2026-11-29T15:40, a time as the log shows it, " +
	"or -2h (before the log's end)"

// choice reads a selection.
func (run *traceRun) choice(s *Selection) (err error) {
	c := &run.Chosen
	c.Member = s.Member
	if c.Kinds, err = kindsNamed("kind", s.Kinds); err != nil {
		return err
	}
	if s.PID != "" {
		if c.PID, err = strconv.ParseUint(s.PID, 16, 64); err != nil || c.PID == 0 {
			return wrongFlag("pid", "%q is no process of the log: give it as its lines show it, in hexadecimal", s.PID)
		}
	}
	if c.Since, err = run.moment("since", s.Since); err != nil {
		return err
	}
	if c.Until, err = run.moment("until", s.Until); err != nil {
		return err
	}
	if c.Since != 0 && c.Until != 0 && c.Since > c.Until {
		return wrongFlag("since", "%s is after --until %s", c.Since, c.Until)
	}
	return nil
}

func wrongFlag(flag, format string, args ...any) error {
	return &app.RequestError{Field: flag, Err: fmt.Errorf("--"+flag+" "+format, args...)}
}

// kindsNamed finds the kinds of incidents that a flag names.
func kindsNamed(flag string, names []string) (all []story.Kind, err error) {
	var known []string
	for _, k := range story.Kinds() {
		known = append(known, k.String())
	}
	for _, name := range names {
		n := slices.Index(known, name)
		if n < 0 {
			return nil, wrongFlag(flag, "%q%s: want one of %s", name, diag.DidYouMean(name, known),
				strings.Join(known, ", "))
		}
		all = append(all, story.Kinds()[n])
	}
	return all, nil
}

// moment reads a time; 0 for an empty one.
func (run *traceRun) moment(flag, text string) (pluginlog.Time, error) {
	if text == "" {
		return 0, nil
	}
	// Copied out of the log, perhaps with its brackets.
	if t, ok := pluginlog.ParseTime(strings.Trim(text, "[]")); ok {
		return t, nil
	}
	// A zone is not taken: the log's times have none, so all are the clock of the web server.
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return pluginlog.TimeOf(t), nil
		}
	}
	relative, isRelative := relativeTime(text)
	if !isRelative {
		return 0, wrongFlag(flag, "%q is no time: %s", text, timeForms)
	}
	if len(run.files) == 0 {
		return 0, wrongFlag(flag, "%s: only a log of the plug-in says when that is: give a date and a time", text)
	}
	// "15:40" and "-2h" are reckoned from the end of the log, not from now: logs are read days later.
	end, err := run.lastTime()
	switch {
	case err != nil:
		return 0, err
	case end == 0:
		return 0, wrongFlag(flag, "%s: the log shows no time that it could be reckoned from", text)
	}
	return relative(end), nil
}

// relativeTime reads a time that hangs on where the log ends.
func relativeTime(text string) (of func(end pluginlog.Time) pluginlog.Time, ok bool) {
	const day = pluginlog.Time(24 * time.Hour)
	// Parsed as a time of the first day of all: its distance from midnight is what is wanted.
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse("2006-01-02 "+layout, "1970-01-01 "+text); err == nil {
			return func(end pluginlog.Time) pluginlog.Time { return end - end%day + pluginlog.TimeOf(t) }, true
		}
	}
	back, err := time.ParseDuration(text)
	// A duration without its minus would mean the future.
	if err != nil || back >= 0 {
		return nil, false
	}
	return func(end pluginlog.Time) pluginlog.Time { return end + pluginlog.Time(back) }, true
}

// lastTime finds the latest time of the log. Packed files, and such whose clock goes back, are read whole for it.
func (run *traceRun) lastTime() (last pluginlog.Time, err error) {
	if slices.Contains(run.files, "-") {
		return 0, app.Misuse("trace: where stdin ends is known only when it was read: give --since and --until a date")
	}
	// Stats are wanted, and no events: of BuildVersion there are few.
	none := func(*pluginlog.Event) error { return nil }
	for i := range run.files {
		if in := run.index(i); in != nil {
			last = max(last, in.Last())
			in.Close()
			continue
		}
		stats, err := run.readEvents(i, pluginlog.KindsOf(pluginlog.BuildVersion), none)
		if err != nil {
			return 0, err
		}
		last = max(last, stats.Last)
	}
	return last, nil
}

// chosenEvents hands on the events of the time and the process. A line that shows no time is of the moment of the
// line before it.
func (c *Chosen) chosenEvents(add func(*pluginlog.Event) error) func(*pluginlog.Event) error {
	if c.Since == 0 && c.Until == 0 && c.PID == 0 {
		return add
	}
	var now pluginlog.Time
	return func(e *pluginlog.Event) error {
		if e.Time != 0 {
			now = e.Time
		}
		if now < c.Since || c.Until != 0 && now > c.Until || c.PID != 0 && e.PID != c.PID {
			return nil
		}
		return add(e)
	}
}

// second reports whether a second of the web server's clock is chosen. One that is not known is where nothing else is
// asked for.
func (c *Chosen) second(at int64) bool {
	if c.Since == 0 && c.Until == 0 {
		return true
	}
	return at != 0 && at >= wholeSecond(c.Since) && (c.Until == 0 || at <= wholeSecond(c.Until))
}

// hides reports whether a request has nothing to do with the member that is asked about.
func (c *Chosen) hides(r *requests.Request) bool {
	if c.Member == "" {
		return false
	}
	return !slices.ContainsFunc(r.Attempts, func(at requests.Attempt) bool { return at.Member == c.Member })
}

// choose returns the incidents of the kinds and the member that are asked about, with those that they are folded with.
func (c *Chosen) choose(all []*story.Incident) []*story.Incident {
	// An incident that is folded into another one shows it where either is asked for.
	return slices.DeleteFunc(all, func(i *story.Incident) bool {
		return !slices.ContainsFunc(append([]*story.Incident{i}, i.Parts...), func(i *story.Incident) bool {
			return (c.Kinds == nil || slices.Contains(c.Kinds, i.Kind)) &&
				(c.Member == "" || i.Member == c.Member || slices.Contains(i.Members, c.Member))
		})
	})
}

// chooseSeries returns that of the member that is asked about.
func (c *Chosen) chooseSeries(s *story.Series) *story.Series {
	if s != nil && c.Member != "" {
		s.Members = slices.DeleteFunc(s.Members, func(m story.MemberSeries) bool { return m.Member != c.Member })
	}
	return s
}

// FailOn says which incidents make the exit code 1.
type FailOn struct {
	kinds     []story.Kind
	open, any bool
}

// ParseFailOn reads names of kinds, and "open" and "any", which means all but notices.
func ParseFailOn(names []string) (f FailOn, err error) {
	var kinds []string
	for _, name := range names {
		switch name {
		case "open":
			f.open = true
		case "any":
			f.any = true
		default:
			kinds = append(kinds, name)
		}
	}
	f.kinds, err = kindsNamed("fail-on", kinds)
	return f, err
}

// Fails reports whether one of the incidents makes the exit code 1.
func (f *FailOn) Fails(all []*story.Incident) bool {
	return slices.ContainsFunc(all, func(i *story.Incident) bool {
		return slices.Contains(f.kinds, i.Kind) || f.open && i.Open || f.any && !i.Kind.Notice() || f.Fails(i.Parts)
	})
}
