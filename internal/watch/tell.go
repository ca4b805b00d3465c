package watch

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// What is why an incident is told.
type What string

// The reasons.
const (
	Begins  What = "begins"
	Changes What = "changes" // it is worse than it was when it was told, or another one has joined it
	Ends    What = "ends"
	Was     What = "was"    // it had ended before it could be told
	Notice  What = "notice" // worth knowing, and no trouble
)

// Told is an incident as it stands when it is told.
type Told struct {
	At       pluginlog.Time // by the clock that the log shows
	What     What
	Incident *story.Incident
}

const (
	// calm is how long an incident must be over before that is told: members that flap would be told of all the time.
	calm = time.Minute
	// pause is how long nothing more is told of an incident that only gets worse.
	pause = time.Minute
	// mostKnown is how many incidents are known at a time: no log is to fill the memory.
	mostKnown = 1 << 13
)

// tolds is what was told. An incident is known again by its kind, its member and its reason: there is one of them at
// a time.
type tolds struct {
	window time.Duration // how long an incident may be silent
	known  map[string]*known
	until  pluginlog.Time // what was over then was told by the run before
}

// known is an incident that was told.
type known struct {
	Kind        story.Kind     `json:"kind"`
	Member      string         `json:"member"`
	Host        string         `json:"host"`
	OSError     int32          `json:"osError"`
	GSK         pluginlog.GSK  `json:"gsk"`
	First, Last pluginlog.Time // as it was when it was looked at last; Last 0: no line shows a time
	Over        bool
	Told        bool           // by itself, not only under another one
	Weight      int            // see weight; as it was when it was told
	At          pluginlog.Time // when it was told
}

func newTolds(window time.Duration) tolds { return tolds{window: window, known: map[string]*known{}} }

func keyOf(kind story.Kind, member, host string, osError int32, gsk pluginlog.GSK) string {
	return fmt.Sprintf("%d %s %d %s %d", kind, cmp.Or(member, host), gsk.Code, gsk.Name, osError)
}

func (t *tolds) key(i *story.Incident) string {
	return keyOf(i.Kind, i.Member, i.Host, i.OSError, i.GSK)
}

// quiet reports whether nothing is known that may go on.
func (t *tolds) quiet() bool { return len(t.known) == 0 }

// pass looks at all incidents, and returns what is to be told. At first only what goes on is.
func (t *tolds) pass(all []*story.Incident, now pluginlog.Time, first bool) (tell []Told) {
	seen := map[string]bool{}
	for _, i := range all {
		if t.before(i) {
			continue
		}
		what, over := t.judge(i, now), t.over(i, now)
		for _, one := range group(i) {
			seen[t.key(one)] = true
			k := t.note(one)
			if k.Over = over || k.Over && what == ""; one == i && what != "" {
				k.Told, k.At, k.Weight = true, now, weight(i)
			}
		}
		// what was over, or worth a notice, up to there the run before has told; what goes on is known by its entry
		past := (what == Was || what == Notice) && i.End() != 0 && i.End() <= t.until
		if what != "" && !past && (!first || what == Begins) {
			tell = append(tell, Told{now, what, i})
		}
	}
	return append(tell, t.gone(seen, now)...)
}

func group(i *story.Incident) []*story.Incident { return append([]*story.Incident{i}, i.Parts...) }

// judge says why an incident is to be told, "" where it is not.
func (t *tolds) judge(i *story.Incident, now pluginlog.Time) What {
	k, over := t.find(i), t.over(i, now)
	switch {
	case k == nil && i.Kind.Notice():
		return Notice
	case i.Kind.Notice(): // once is enough
		return ""
	case k == nil && over:
		return Was
	case over && k.Told && !k.Over:
		return Ends
	case over: // its end was told, or nobody has heard of it but as a part of another one
		return ""
	case k == nil || k.Over && !k.Told: // over as a part of another one, and now by itself
		return Begins
	// from here on it was told, and goes on; k.Over: it had ended, and has begun again within the window
	case k.Over || t.joined(i) || weight(i) > k.Weight && now.Sub(k.At) >= pause:
		return Changes
	}
	return ""
}

// find returns what is known of an incident, nil where it is another one than that: of the same kind at the same
// member, but begun after a silence that ends one.
func (t *tolds) find(i *story.Incident) *known {
	if k := t.known[t.key(i)]; k != nil && i.First.Sub(k.Last) <= t.window {
		return k
	}
	return nil
}

// before reports whether an incident was over before the one began that is known now: lines that are read again tell
// of both.
func (t *tolds) before(i *story.Incident) bool {
	k := t.known[t.key(i)]
	return k != nil && i.End() != 0 && i.End() < k.First
}

// joined reports whether a part was not there when the incident was told.
func (t *tolds) joined(i *story.Incident) bool {
	for _, p := range i.Parts {
		if t.find(p) == nil {
			return true
		}
	}
	return false
}

// over reports whether an incident and all its parts have been over for a while. One without a time was before all
// that have one: the log begins in the middle of it.
func (t *tolds) over(i *story.Incident, now pluginlog.Time) bool {
	if i.End() == 0 {
		return now != 0
	}
	patience := calm
	if i.Kind >= story.StaleStreams {
		patience = t.window // nothing shows when they end
	}
	if i.Open || now.Sub(i.End()) < patience {
		return false
	}
	for _, p := range i.Parts {
		if !t.over(p, now) {
			return false
		}
	}
	return true
}

// weight grows by one whenever the errors or the processes have doubled: an incident that grows for hours is told a
// few times, not each minute.
func weight(i *story.Incident) int {
	return bits.Len64(uint64(i.Clients.Errors)) + bits.Len(uint(len(i.Processes)))
}

// note keeps how an incident stands.
func (t *tolds) note(i *story.Incident) *known {
	k := t.find(i)
	if k == nil {
		k = &known{Kind: i.Kind, Member: i.Member, Host: i.Host, OSError: i.OSError, GSK: i.GSK, First: i.First}
		t.known[t.key(i)] = k
	}
	k.Last = max(k.Last, i.End())
	return k
}

// gone lets go of what can go on no more. What the log does not show any longer, because it was replaced meanwhile,
// ends with as much as is known.
func (t *tolds) gone(seen map[string]bool, now pluginlog.Time) (tell []Told) {
	for key, k := range t.known {
		if seen[key] || k.Last != 0 && now.Sub(k.Last) <= t.window && len(t.known) < mostKnown {
			continue
		}
		delete(t.known, key)
		if k.Told && !k.Over && !k.Kind.Notice() {
			tell = append(tell, Told{now, Ends, &story.Incident{Kind: k.Kind, Member: k.Member, Host: k.Host,
				OSError: k.OSError, GSK: k.GSK, First: k.First, Last: k.Last}})
		}
	}
	slices.SortFunc(tell, func(a, b Told) int {
		return cmp.Or(cmp.Compare(a.Incident.First, b.Incident.First), cmp.Compare(a.Incident.Kind, b.Incident.Kind),
			cmp.Compare(a.Incident.Member, b.Incident.Member), cmp.Compare(a.Incident.Host, b.Incident.Host))
	})
	return tell
}
