package session

import (
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// Settings are what somebody wrote about the sessions of a cluster: a topology, a suite or flags, in the words of
// words.go. The zero value of a field means that it is not written; [Settings.Policy] puts the default there.
type Settings struct {
	Persistence, WriteFrequency, WriteContents, TuningLevel, Schema, Mode string

	Replicas      *int // -1: a copy on every member; nil: not written, which 0 would not tell from "no copies"
	WriteInterval int  // seconds
	Timeout       time.Duration

	NoAffinitySwitchBack, IDReuse bool
	ExpectedCloneIDs              []string
}

// Policy is what the servers of a cluster do with sessions, defaults included. The zero value keeps them in memory
// only.
type Policy struct {
	Persistence Persistence
	Replicas    int // copies under memory-to-memory; -1: on every member
	Frequency   Frequency
	Interval    int // seconds between writes under time based
	Contents    Contents
	Schema      Schema
	Mode        Mode

	NoSwitchBack     bool // a take-over puts the clone ID in front (S9)
	IDReuse          bool // a new session takes the ID of the request (S15)
	ExpectedCloneIDs []string

	defaults *defaults // where the write frequency is not written: a note says whose default it is
}

// defaults are what servers do when nobody says otherwise.
type defaults struct {
	name      string
	frequency Frequency
	interval  int
	contents  Contents
}

// The defaults by flavor. Traditional WAS's console says of the contents "all", the files that it writes hold "only
// updated": what loses more is assumed.
var (
	traditional = defaults{"traditional WAS", TimeBased, 10, OnlyUpdated}
	liberty     = defaults{"Liberty", EndOfService, 120, OnlyUpdated}
)

func defaultsOf(flavor string) *defaults {
	if flavor == "liberty" {
		return &liberty
	}
	return &traditional
}

// tuningLevels are the console's short forms. A level "custom" says nothing. Interval 0: the level has none, as
// nothing is written by time.
var tuningLevels = map[string]struct {
	frequency Frequency
	interval  int
	contents  Contents
}{
	"very high": {TimeBased, 300, OnlyUpdated},
	"high":      {TimeBased, 300, AllAttributes},
	"medium":    {EndOfService, 0, OnlyUpdated},
	"low":       {EndOfService, 0, AllAttributes},
}

// Policy completes settings with the tuning level that they name and then with the defaults of a flavor, was or
// liberty ("" is was).
func (s Settings) Policy(flavor string) (Policy, error) {
	d := defaultsOf(flavor)
	// from the weakest word to the strongest: flavor, tuning level, what is written
	p := Policy{Replicas: 1, Frequency: d.frequency, Interval: d.interval, Contents: d.contents,
		NoSwitchBack: s.NoAffinitySwitchBack, IDReuse: s.IDReuse, ExpectedCloneIDs: s.ExpectedCloneIDs}
	if level, ok := tuningLevels[s.TuningLevel]; ok {
		p.Frequency, p.Contents = level.frequency, level.contents
		if level.interval > 0 {
			p.Interval = level.interval
		}
	} else if s.WriteFrequency == "" {
		p.defaults = d
	}
	if s.Replicas != nil {
		p.Replicas = *s.Replicas
	}
	if s.WriteInterval > 0 {
		p.Interval = s.WriteInterval
	}
	if err := s.words(&p); err != nil {
		return p, err
	}
	return p, s.check(&p)
}

// outside reports a store that is no member's: it can be out of reach, or come back empty.
func (p *Policy) outside() bool { return p.Persistence == Database || p.Persistence == Grid }

// words reads the settings that are words; an empty one leaves what the policy has.
func (s Settings) words(p *Policy) error {
	for _, w := range []struct {
		setting, word string
		words         vocabulary
		set           func(uint8)
	}{
		{"persistence", s.Persistence, persistences, func(v uint8) { p.Persistence = Persistence(v) }},
		{"write frequency", s.WriteFrequency, frequencies, func(v uint8) { p.Frequency = Frequency(v) }},
		{"write contents", s.WriteContents, contents, func(v uint8) { p.Contents = Contents(v) }},
		{"schema", s.Schema, schemas, func(v uint8) { p.Schema = Schema(v) }},
		{"mode", s.Mode, modes, func(v uint8) { p.Mode = Mode(v) }},
	} {
		if w.word == "" {
			continue
		}
		v, err := w.words.read(w.setting, w.word)
		if err != nil {
			return err
		}
		w.set(v)
	}
	return nil
}

// check refuses numbers that mean nothing.
func (s Settings) check(p *Policy) error {
	switch {
	case p.Replicas < -1:
		return diag.Errorf("replicas %d: want a number of copies, or -1 for one on every member", p.Replicas)
	case s.WriteInterval < 0:
		return diag.Errorf("write interval %d: want seconds from 1 on", s.WriteInterval)
	}
	return nil
}

// Fits reports a moment that the write frequency does not know: a thread looks for changes only under time based, and
// only manual update has a sync(). Where sessions are not persistent every moment is as good as another.
func (p *Policy) Fits(m Moment) error {
	needs := p.Frequency
	switch m {
	case untilLook, afterLook:
		needs = TimeBased
	case notSynced, synced:
		needs = Manual
	case beforeWrite, afterWrite, flushedBeforeWrite:
		needs = EndOfService
	}
	if needs != p.Frequency && p.Persistence != None {
		return diag.Errorf("moment %s belongs to write frequency %s, and sessions are written by %s", m, needs,
			p.Frequency)
	}
	return nil
}

// scan is how often the thread that writes under time based looks at the sessions, whatever the interval (W4).
const scan = 10

// bound is the age from which on no change is lost under time based, when the session was idle at each look: a look
// every 10 s writes what is older than the interval. Where the interval is exact (time-based-scan), it is the bound.
func (p *Policy) bound(exact bool) time.Duration {
	if exact {
		return time.Duration(p.Interval) * time.Second
	}
	return time.Duration(scan*(p.Interval/scan+1)) * time.Second
}

// firstWrite is the age at which a new session is written under time based: at the first look, since it never was.
func (p *Policy) firstWrite(exact bool) time.Duration {
	if exact {
		return time.Duration(p.Interval) * time.Second
	}
	return scan * time.Second
}
