package evidence

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// MemberTimes is how long requests took that a member served, as the access log has it.
type MemberTimes struct {
	Member string // host:port
	Took   story.Times
	// Phases that the web server itself takes (PH47518).
	Connect, Body, Wait, Read story.Times
}

// maxMembers bounds of how many addresses the times are kept.
const maxMembers = 500

// took notes how long a request took.
func (a *AccessJoin) took(r *accesslog.Record) {
	// Micros below 0: the log has no time. Phases are milliseconds, those of the whole are microseconds (%D).
	if r.WAS == "" || r.Micros < 0 && !r.Phases.Known {
		return
	}
	m := a.members[r.WAS]
	if m == nil {
		if len(a.members) >= maxMembers {
			a.Further++
			return
		}
		// The record's texts are parts of a block that is read over: what is kept is cloned.
		m = &MemberTimes{Member: strings.Clone(r.WAS)}
		a.members[m.Member] = m
	}
	if r.Micros >= 0 {
		m.Took.Add(time.Duration(r.Micros) * time.Microsecond)
	}
	if p := r.Phases; p.Known {
		m.Connect.Add(time.Duration(p.Connect) * time.Millisecond)
		m.Body.Add(time.Duration(p.Body) * time.Millisecond)
		m.Wait.Add(time.Duration(p.Wait) * time.Millisecond)
		m.Read.Add(time.Duration(p.Read) * time.Millisecond)
	}
}

// settle lists the members by their address.
func (a *AccessJoin) settle() {
	for _, m := range a.members {
		a.Members = append(a.Members, m)
	}
	slices.SortFunc(a.Members, func(x, y *MemberTimes) int { return cmp.Compare(x.Member, y.Member) })
}
