package scenario

import (
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/session"
)

// facts are what the predictor is told of a request before it is sent: the state of the web server process, how
// attempts on members end, what the servers do with sessions, and how the owner of the session went.
type facts struct {
	scenario explain.Scenario
	failure  session.Failure
	exact    bool // the moment of the failure is known exactly, so what is predicted to be lost is lost
	inFlight bool // the request meets a failpoint
	cut      bool // its answer breaks off in the middle: the client has none, and nobody sends it again (R58)
}

// facts gathers them. before is the session cookie that the client sends.
func (st *stage) facts(b *browser, q *request, before string) (*facts, error) {
	f := &facts{}
	rq, err := written.URL("http://" + st.hostOf(q) + q.path)
	if err != nil {
		return nil, err
	}
	rq.Port = st.lab.Port()
	if before != "" {
		if err := written.Cookie(&rq, st.cookie+"="+before); err != nil {
			return nil, err
		}
	}
	// whether a request is sent again depends on its body (R57)
	if q.form != nil {
		rq.Body = int64(len(q.form.Encode()))
	}
	f.scenario.Requests = explain.Repeat(rq, 1, 0)
	process := st.lab.Proxy(q.process)
	f.scenario.Members, f.scenario.Partition = process.Facts(), process.PartitionTable()
	st.conditions(f, q)
	f.failure = st.failure(b, q, f)
	// Settled has all session choices: what members do was settled when they were configured (MemberSettings).
	f.scenario.Sessions = &explain.Sessions{Failure: f.failure, Settled: ^session.Set(0), Owner: bare(b.owner),
		Ended: b.ended, Remembers: st.remembering(b), Restarted: st.restarted(b),
		Policy: func(cluster string) session.Policy {
			p, _ := st.setup.policy(st.source, cluster) // it was read without an error
			return p
		}}
	return f, nil
}

// conditions say how attempts end on the members that are not up, and on the one that this request brings down. A
// killed member's port is closed and refuses; a stopped one's is taken by the kernel, and nobody answers. A member
// that is down cannot meet a failpoint, so its fate comes first.
func (st *stage) conditions(f *facts, q *request) {
	now := st.elapsed()
	for i := range st.table.Clusters {
		c := &st.table.Clusters[i]
		for j := range c.Members {
			cond := explain.MemberCondition{Cluster: match.ClusterID(i), Member: match.MemberID(j)}
			if gone := st.fates[c.Members[j].Name]; gone != nil {
				// since when, told from now: who died before whom decides who holds copies (L8)
				cond.Failure, cond.From = explain.Refused, match.Nanos(gone.at-now)
				if gone.how == doStop {
					cond.Failure = explain.NoAnswer
				}
			} else if st.refusals[c.Members[j].Name] > 0 {
				cond.Failure = explain.Refused
			} else if s := st.armed[c.Members[j].Name]; s != nil && s.breaks(q) {
				cond.Failure = explain.Reset
				if s.how == doStop {
					cond.Failure = explain.NoAnswer
				}
			} else {
				continue
			}
			f.scenario.Conditions = append(f.scenario.Conditions, cond)
		}
	}
}

// breaks reports that a failpoint leaves the client of a request without an answer of the member: not with a delay,
// nor when half of the answer is out, nor where it was flushed before the moment.
func (s *Step) breaks(q *request) bool {
	flushed := q.has("flush") &&
		(s.moment == "before-write" || s.moment == "after-write" || s.moment == "before-answer")
	return s.how != "delay" && s.moment != "mid-answer" && !flushed
}

// elapsed is the real time since the stage began, by which failures are told apart: members notice each other's death
// by real time, whatever their clocks say.
func (st *stage) elapsed() time.Duration { return time.Since(st.began) }

// failure is how the owner of the client's session went, and what is known of its last change. There are two ways to
// it: a request that is about to meet a failpoint, whose own change is the last one, and an owner that went before,
// whose last change stands in the client's trail.
func (st *stage) failure(b *browser, q *request, f *facts) session.Failure {
	t := &b.trail
	out := session.Failure{InPlace: t.inPlace, OtherSet: t.inPlace && t.set, New: st.isNew(t),
		StoreDown: st.storeDown() || st.replicatorsGone(), StoreLost: t.losses < st.losses && !st.storeDown(),
		App: appOf(q), Covered: t.covered && st.outside()}
	if s := st.armed[b.owner]; s != nil && s.breaks(q) {
		f.inFlight, f.exact = true, true
		out.Moment = momentOf(s.moment)
		// its own change is in flight and not in the trail yet
		out.New, out.InPlace = t.changes == 0, q.inPlace()
		out.OtherSet = out.InPlace && (q.has("other") || q.has("save"))
		return out
	}
	if s := st.armed[b.owner]; s != nil && s.moment == "mid-answer" && s.how != "delay" {
		f.cut = true
	}
	gone := st.died[b.owner]
	if gone == nil {
		return out
	}
	f.exact = valueOf(st.setup.Assumptions.Session, "replication-ack") == "wait" // else it hangs on an instant
	switch frequency := st.policy.Frequency; {
	case gone.how == doShutdown:
		out.Moment = moment("orderly-stop")
	case (gone.moment != "" || t.refused > 0) && frequency == session.EndOfService:
		out.Moment = moment("flushed-before-write")
	case frequency == session.TimeBased && st.real:
		out.Aged, out.Age, f.exact = true, gone.clock-t.at, false
	case frequency == session.TimeBased && t.unwritten > 0:
		out.Moment = moment("before-look")
	case frequency == session.TimeBased:
		out.Moment = moment("after-look")
	case frequency == session.Manual && t.unwritten > 0:
		out.Moment = moment("not-synced")
	case frequency == session.Manual:
		out.Moment = moment("synced")
	default:
		out.Moment = moment("after-answer")
	}
	return out
}

// replicatorsGone reports that none of the members that only hold copies is up.
func (st *stage) replicatorsGone() bool {
	if st.setup.Replicators == 0 {
		return false
	}
	for _, m := range st.lab.Members() {
		if m.CloneID == "" && m.State() == lab.Up {
			return false
		}
	}
	return true
}

// remembering are the members that have had the session before, and were not started again since. They have an older
// state in memory, which they trust while the store is down (row 24).
func (st *stage) remembering(b *browser) (names []string) {
	for name := range b.served {
		if name != b.owner {
			names = append(names, bare(name))
		}
	}
	return names
}

// restarted are the members that have died and begun anew since the session was served last, and too late to have got
// it from its owner: back only after that one had gone. One that came back earlier got what it must hold (L9).
func (st *stage) restarted(b *browser) (names []string) {
	owner := st.died[b.owner]
	if owner == nil || owner.how == doStop || owner.at < b.touched {
		return nil
	}
	for name, f := range st.died {
		if f.how != doStop && f.back > owner.at {
			names = append(names, bare(name))
		}
	}
	return names
}

// isNew reports a session of which no attribute has been written yet, as far as can be known from outside. At the end
// of service only the last change can be missing in the store, so it is new where that was the first; else until a
// look or a sync().
func (st *stage) isNew(t *trail) bool {
	if st.policy.Frequency == session.EndOfService {
		return t.changes <= 1
	}
	return t.never
}

// moment is one of the predictor's words, which stand in this package only.
func moment(word string) session.Moment {
	m, _ := session.ParseMoment(word)
	return m
}

// momentOf says a failpoint in the predictor's words, of which there are fewer: before the service no more is lost
// than during it, and what is written and not answered is after-write.
func momentOf(at string) session.Moment {
	switch at {
	case "before-service":
		at = "during"
	case "before-answer":
		at = "after-write"
	}
	return moment(at)
}

// appOf is the kind of application of a servlet.
func appOf(q *request) session.App {
	word := map[string]string{"wizard": "wizard", "note": "post", "nofailover": "portlet", "login": "login",
		"me": "login"}[q.servlet()]
	if word == "" {
		word = "ordinary"
	}
	app, _ := session.ParseApp(word) // it is one of them
	return app
}

// predict asks what becomes of the request. All open choices are settled at the values of the test, unless certainty
// is asked for: then the walk over them is what is wanted.
func (st *stage) predict(f *facts, detail explain.Detail) *explain.Decision {
	sem := st.setup.Assumptions
	var settled []choices.Choice
	if detail&explain.WithCertainty == 0 {
		for c := range choices.NumChoices {
			settled = append(settled, c)
		}
	}
	return &explain.Explain(st.table, st.source.Files, &f.scenario, sem, settled, detail)[0]
}

// served is who can answer, in the prediction, and with which status the web server itself may: several where chance
// decides.
func served(t *match.Table, d *explain.Decision) (members []string, statuses []int) {
	for _, e := range d.Ends {
		if e.Decision == "forward" {
			members = append(members, t.MemberName(e.Cluster, e.Member))
		} else {
			statuses = append(statuses, e.Status)
		}
	}
	return members, statuses
}

// bare is the name of a member without its cluster. The lab calls the second of two members of one name
// CLUSTER/MEMBER, the file and its predictions do not.
func bare(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
