package cause

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Wanted is a cluster, or one of its members, that somebody expects a request to go to, or not to.
type Wanted struct {
	Cluster match.ClusterID
	Member  match.MemberID // NoMember: any of the cluster
	Not     bool
	Config  *parser.Config // of the table, where changes of the file are to be asked, too
}

// Explain is explain.Explain with the cause of each answer, where the detail has steps and Routes: why it is not what
// a healthy request would get, or not what somebody wanted.
func Explain(t *match.Table, files *diag.Files, sc *explain.Scenario, sem choices.Assumptions, fixed []choices.Choice,
	detail explain.Detail, wanted ...Wanted) []explain.Decision {
	decisions := explain.Explain(t, files, sc, sem, fixed, detail)
	if both := explain.WithSteps | explain.WithRoutes; detail&both != both {
		return decisions
	}
	for i := range decisions {
		q := inquiry{t: t, files: files, sc: sc, sem: sem, rq: &sc.Requests[i].Request, d: &decisions[i]}
		// Lines are made last, of all that the decision says by then.
		q.answer(wanted)
		q.d.Lines = lines(t, q.d)
	}
	return decisions
}

const mostAsked = 1000 // changed requests of one kind, for one answer

// inquiry looks for the causes of an answer. It reads what the explanation recorded, and asks about changed requests.
type inquiry struct {
	t      *match.Table
	files  *diag.Files
	sc     *explain.Scenario
	sem    choices.Assumptions
	rq     *match.Request
	d      *explain.Decision // that is filled in
	causes []found
	asked  int // changed requests so far

	m   *match.Match // the winning Route; nil where there is none
	c   *match.Cluster
	a   affinity.Affinity // of the request, where its session does not get home
	ids []string          // what stands behind separators, of all identifiers, or of the one that was mended
}

// found is a cause that applies.
type found struct {
	explain.Cause
	rank int // its place in the order of all causes
}

// answer puts the first cause and the codes of the others into the decision.
func (q *inquiry) answer(wanted []Wanted) {
	if o := q.d.Result; o.Matched {
		q.m, q.c = &o.Match, &q.t.Clusters[o.Match.Cluster]
	}
	switch {
	case q.d.Result.Rejected:
		q.rejected()
	case q.m == nil:
		q.declined()
	case q.d.Decision == explain.Errored:
		q.failed()
	default:
		q.lookForHome()
		q.moved()
		q.failedOver()
	}
	// A margin is told below a plain answer alone, an unmet wish always.
	q.plainMargin()
	q.unexpected(wanted)
	if len(q.causes) == 0 {
		return
	}
	// The ranks are those of words.Causes.
	slices.SortStableFunc(q.causes, func(a, b found) int { return cmp.Compare(a.rank, b.rank) })
	q.d.Cause = &q.causes[0].Cause
	for _, c := range q.causes[1:] {
		if c.Code != q.d.Cause.Code && !slices.Contains(q.d.Also, c.Code) {
			q.d.Also = append(q.d.Also, c.Code)
		}
	}
}

// mostNear is how many near misses people are told of.
const mostNear = 3

// add tells a cause in one of its forms. facts are names and values that fill it in; the cluster is among them.
func (q *inquiry) add(code, when string, near []explain.Near, facts ...string) *explain.Cause {
	if q.c != nil {
		facts = append(facts, "cluster", q.c.Name, "at", q.where(q.c.At))
	}
	told, rank := words.Tell(code, when, facts...)
	q.causes = append(q.causes, found{explain.Cause{Code: code, Effect: told.Effect, Text: told.Text,
		Near: append([]explain.Near{}, near[:min(mostNear, len(near))]...), Advice: told.Advice}, rank})
	return &q.causes[len(q.causes)-1].Cause
}

func (q *inquiry) place(s diag.Span) *diag.Position { return explain.Place(q.files, s) }

// where is the place of something, to stand behind its name.
func (q *inquiry) where(s diag.Span) string {
	at := q.place(s)
	if at == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d:%d)", at.File, at.Line, at.Column)
}
