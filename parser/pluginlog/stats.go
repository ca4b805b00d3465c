package pluginlog

import "time"

// Stats counts what [Read] saw.
type Stats struct {
	Bytes, Lines int64
	Blank        int64 // empty lines, which levels up to 8.0 leave behind glued ones
	Glued        int64 // lines that held two
	Events       int64 // lines of a form that this package knows
	Other        int64 // lines of the log's form that say nothing of interest here
	Unknown      int64 // lines that are not of the log's form at all

	Levels [LevelTrace + 1]int64 // lines by the level that they name

	First, Last Time        // the earliest and the latest time of any line
	Noisiest    Level       // the most talkative level of any line: LogLevel is at least that
	Backwards   []ClockStep // lines that are earlier than the one before them, the first of them
	MoreBack    int64       // further ones
}

// ClockStep is a line whose time is before that of the line in front of it, by more than processes that share a log
// can differ.
type ClockStep struct {
	Line     int64
	From, To Time
}

type timedLine struct {
	line int64
	time Time
}

const (
	// lines of several processes may be out of order by a little, and old levels write whole seconds
	jitter   = Time(time.Second)
	maxSteps = 20 // that are kept: of a clock that goes to and fro the first ones tell enough
)

// timeline is the first and the last line with a time. Blocks are parsed side by side, so each has one of its own, and
// follow compares where two of them meet.
type timeline struct{ begin, end timedLine }

// note takes the level and the time of a line, 0 where it shows none.
func (s *Stats) note(t *timeline, level Level, number int64, at Time) {
	s.Noisiest = max(s.Noisiest, level)
	s.Levels[level]++
	if at == 0 {
		return
	}
	line := timedLine{number, at}
	s.step(t, line)
	if s.First == 0 || at < s.First {
		s.First = at
	}
	s.Last, t.end = max(s.Last, at), line
}

// step compares a line with the one before it.
func (s *Stats) step(t *timeline, next timedLine) {
	switch {
	case t.begin.time == 0:
		t.begin = next
	case t.end.time-next.time > jitter:
		s.back(ClockStep{next.line, t.end.time, next.time})
	}
}

// back notes a step backwards.
func (s *Stats) back(step ClockStep) {
	if len(s.Backwards) >= maxSteps {
		s.MoreBack++
		return
	}
	s.Backwards = append(s.Backwards, step)
}

// follow adds the counts of the next block of the same file.
func (s *Stats) follow(t *timeline, b *block) {
	if next := b.times; next.begin.time != 0 {
		s.step(t, timedLine{next.begin.line + s.Lines, next.begin.time})
		t.end = timedLine{next.end.line + s.Lines, next.end.time}
	}
	for _, step := range b.stats.Backwards {
		step.Line += s.Lines
		s.back(step)
	}
	s.MoreBack += b.stats.MoreBack
	s.add(&b.stats)
}

// add adds all but Backwards, whose lines count from the start of a block or a file, and MoreBack, which goes with it.
func (s *Stats) add(t *Stats) {
	s.Bytes += t.Bytes
	s.Lines += t.Lines
	s.Blank += t.Blank
	s.Glued += t.Glued
	s.Events += t.Events
	s.Other += t.Other
	s.Unknown += t.Unknown
	for level, n := range t.Levels {
		s.Levels[level] += n
	}
	if s.First == 0 || t.First != 0 && t.First < s.First {
		s.First = t.First
	}
	s.Last, s.Noisiest = max(s.Last, t.Last), max(s.Noisiest, t.Noisiest)
}

// Add adds the counts of another file. Where its clock runs backwards is its own affair.
func (s *Stats) Add(t Stats) { s.add(&t) }
