package question

import (
	"strings"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A story makes the steps of a question about a cluster, none where it does not suit.
type story struct {
	name     string
	tell     func(*kit) []Step
	affinity bool // sessions of members that are well: this can be asked of servers that are not ours
	crowd    bool // it suits members that take few requests at once
}

// stories are all that clusters are asked. Which of them tell values of choices apart, and of which, is found by
// playing them (plan.go): none says it here.
var stories = []story{
	{"turns", turns, false, false},
	{"home", func(k *kit) []Step {
		if !k.cloned(2) {
			return nil
		}
		return []Step{k.home(k.primary[1]), k.home(k.primary[0]), k.home(k.primary[1])}
	}, true, false},
	{"two cookies", twoCookies, true, false},
	{"an unknown clone ID first", func(k *kit) []Step {
		if !k.cloned(2) {
			return nil
		}
		name := k.m.Cookie() + "="
		return times(3, k.with(name+k.value("none"), name+k.value(k.c.Members[k.primary[1]].CloneID)))
	}, true, false},
	{"another letter case", func(k *kit) []Step {
		if !k.cloned(2) {
			return nil
		}
		return times(4, k.with(k.m.Cookie()+"="+k.value(swapCase(k.c.Members[k.primary[1]].CloneID))))
	}, true, false},
	{"SSLJSESSION", func(k *kit) []Step {
		if !k.cloned(2) {
			return nil
		}
		return times(4, k.with("SSLJSESSION="+k.value(k.c.Members[k.primary[1]].CloneID)))
	}, true, false},
	{"a session of a backup", func(k *kit) []Step {
		if len(k.backup) == 0 || k.c.Members[k.backup[0]].CloneID == "" {
			return nil
		}
		return times(2, k.home(k.backup[0]))
	}, true, false},
	{"failover", func(k *kit) []Step { return k.failing(explain.Refused) }, false, false},
	{"all refuse", allRefuse, false, false},
	{"a lost stream", func(k *kit) []Step { return k.failing(explain.Reset) }, false, false},
	{"a malformed answer", func(k *kit) []Step { return k.failing(explain.Malformed) }, false, false},
	{"no answer in time", func(k *kit) []Step {
		if !k.cloned(2) || k.c.Members[k.primary[0]].IOTimeout == 0 {
			return nil
		}
		return k.failing(explain.NoAnswer)
	}, false, false},
	{"all are busy", func(k *kit) []Step {
		if len(k.primary) < 2 || !k.small() {
			return nil
		}
		return []Step{begin(k.plain(), all(k.primary, explain.Busy)...)}
	}, false, false},
	{"a busy home", func(k *kit) []Step {
		if !k.cloned(2) || !k.small() {
			return nil
		}
		return []Step{begin(k.home(k.primary[0]), all(k.primary, explain.Busy)...),
			begin(k.home(k.primary[0]), all(k.primary, explain.Healthy)...)} // which has marked nobody
	}, false, false},
	{"turns behind no answer", func(k *kit) []Step { return k.turnsBehind(explain.NoAnswer) }, false, false},
	{"turns behind malformed answers", func(k *kit) []Step { return k.turnsBehind(explain.Malformed) }, false, false},
	{"turns behind sessions", func(k *kit) []Step { return k.behindSessions(0) }, false, false},
	{"turns behind one session more", func(k *kit) []Step { return k.behindSessions(1) }, false, false},
	{"a body", func(k *kit) []Step { return []Step{k.body(100)} }, false, false},
	{"too large a body", func(k *kit) []Step {
		if k.c.PostLimit < 0 || k.c.PostLimit > 64<<10 {
			return nil
		}
		return []Step{k.body(k.c.PostLimit + 1)}
	}, false, false},
	{"a body is lost", func(k *kit) []Step {
		if !k.cloned(2) {
			return nil
		}
		s := k.home(k.primary[0])
		s.Request.Body = 100
		return []Step{begin(s, Fault{k.primary[0], explain.Reset}), k.home(k.primary[1])}
	}, false, false},
	{"the ClusterAddress refuses", func(k *kit) []Step {
		if k.c.Address == match.NoMember {
			return nil
		}
		return []Step{k.plain(), begin(k.plain(), Fault{k.c.Address, explain.Refused})}
	}, false, false},
	{"a full member", func(k *kit) []Step {
		if !k.cloned(2) || k.c.Members[k.primary[0]].MaxConnections != 1 {
			return nil
		}
		first := k.home(k.primary[0])
		first.Hold = true
		return []Step{first, k.home(k.primary[0])}
	}, false, true},
	{"two come when a retry is due", twoProbe, false, false},
	{"a retry is answered 503", busyProbe, false, false},
	{"draws", draws, false, false},
	{"the retry clock starts", func(k *kit) []Step { return k.clock(0) }, false, false},
	{"the retry clock, looked at early", func(k *kit) []Step { return k.clock(4 * match.Second / 10) }, false, false},
	{"the retry clock, looked at late", func(k *kit) []Step { return k.clock(15 * match.Second / 10) }, false, false},
}

// mostCycle bounds the cycles of round robin that are asked.
const mostCycle = 8

// turns are new requests for two cycles.
func turns(k *kit) []Step {
	if len(k.primary) < 2 || k.cycle() > mostCycle || k.c.Random {
		return nil
	}
	return times(2*k.cycle()+2, k.plain())
}

// twoCookies of one name: which of them counts?
func twoCookies(k *kit) []Step {
	if !k.cloned(2) {
		return nil
	}
	name := k.m.Cookie() + "="
	one, two := k.c.Members[k.primary[0]].CloneID, k.c.Members[k.primary[1]].CloneID
	return []Step{k.with(name+k.value(two), name+k.value(one)), k.with(name+k.value(one), name+k.value(two))}
}

// failing lets the home of a session fail, be well, and looks whether it is still passed over.
func (k *kit) failing(how explain.FailureMode) []Step {
	if !k.cloned(2) {
		return nil
	}
	m := k.primary[0]
	return []Step{begin(k.home(m), Fault{m, how}), begin(k.home(m), Fault{m, explain.Healthy}), k.plain()}
}

// allRefuse looks what comes when everybody is marked down, and well again.
func allRefuse(k *kit) []Step {
	if !k.cloned(2) || !k.small() {
		return nil
	}
	everybody := append(append([]match.MemberID{}, k.primary...), k.backup...)
	return []Step{begin(k.home(k.primary[0]), all(everybody, explain.Refused)...),
		begin(k.home(k.primary[0]), all(everybody, explain.Healthy)...), k.plain()}
}

// turnsBehind looks what failures that mark nobody have cost.
func (k *kit) turnsBehind(how explain.FailureMode) []Step {
	if len(k.primary) < 2 || k.cycle() > mostCycle || k.c.Random {
		return nil
	}
	m := k.primary[0]
	if how == explain.NoAnswer && (k.c.Members[m].IOTimeout == 0 || k.c.Members[m].MarkOnIO) {
		return nil
	}
	steps := []Step{k.plain(), begin(k.plain(), Fault{m, how}), k.plain(), begin(k.plain(), Fault{m, explain.Healthy})}
	return append(steps, times(2*k.cycle()+1, k.plain())...)
}

// behindSessions looks what requests of sessions have cost. How many of them show it hangs on what was asked before.
func (k *kit) behindSessions(more int) []Step {
	if !k.cloned(2) || k.cycle() > mostCycle || k.c.Random {
		return nil
	}
	return append(times(k.cycle()+more, k.home(k.primary[0])), times(2*k.cycle()+2, k.plain())...)
}

// body is a request with one.
func (k *kit) body(size int64) Step {
	s := k.plain()
	s.Request.Body = size
	return s
}

// longest is the retry interval that is waited for.
const longest = 5 * match.Second

// margin is what a wait is longer than the interval: the web server may be late, and whoever waits has other things to
// do.
const margin = 7 * match.Second / 10

// marked marks a member down and lets it be well again; its retry is due at the last step.
func (k *kit) marked() (steps []Step, ok bool) {
	if !k.cloned(2) || k.c.RetryInterval > longest || k.c.RetryInterval == 0 {
		return nil, false
	}
	m := k.primary[0]
	due := after(k.c.RetryInterval+margin, begin(k.home(m), Fault{m, explain.Healthy}))
	return []Step{begin(k.home(m), Fault{m, explain.Refused}), due}, true
}

// twoProbe sends two requests to a member whose retry is due.
func twoProbe(k *kit) []Step {
	steps, ok := k.marked()
	if !ok {
		return nil
	}
	steps[1].Hold = true
	return append(steps, k.home(k.primary[0]))
}

// busyProbe lets a retry be answered 503, and looks who is asked afterwards.
func busyProbe(k *kit) []Step {
	steps, ok := k.marked()
	if !ok {
		return nil
	}
	m := k.primary[0]
	steps[1].Set = []Fault{{m, explain.Busy}}
	well := begin(k.home(m), Fault{m, explain.Healthy})
	return append(steps, well, after(k.c.RetryInterval+margin, k.home(m)))
}

// draws lets all members but the last two be marked down, and draws. An unusable draw moves to the next usable in list
// order (R35), or is drawn anew: by that the shares of the two that are left are unequal, or equal.
func draws(k *kit) []Step {
	if !k.c.Random || !k.cloned(5) || len(k.primary) > 14 {
		return nil
	}
	var steps []Step
	down := k.primary[:len(k.primary)-2]
	for _, m := range down {
		steps = append(steps, begin(k.home(m), Fault{m, explain.Refused}))
	}
	return append(steps, times(60, k.plain())...)
}

// clock lets a member fail late, and looks whether its retry is due: counted from when the request came, or from when
// it failed; for a request that comes, or, with a delay, for one that came before and looks later.
func (k *kit) clock(delay match.Nanos) []Step {
	if !k.cloned(3) {
		return nil
	}
	a, b := k.primary[0], k.primary[1]
	one := &k.c.Members[a]
	if !one.MarkOnIO || !k.c.Members[b].MarkOnIO || k.c.RetryInterval > longest || one.IOTimeout >= k.c.RetryInterval {
		return nil
	}
	first := begin(k.home(a), Fault{a, explain.NoAnswer})
	if delay == 0 {
		// due since when it came, not since when it failed
		return []Step{first, after(k.c.RetryInterval-one.IOTimeout/2, begin(k.home(a), Fault{a, explain.Healthy}))}
	}
	return []Step{first, after(delay, begin(k.home(b), Fault{a, explain.Healthy}, Fault{b, explain.NoAnswer}))}
}

// swapCase turns capitals into small letters, and the other way round.
func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if up := strings.ToUpper(string(r)); up != string(r) {
			return []rune(up)[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, s)
}
