package answers

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// Unmet is an expectation that a request does not meet.
type Unmet struct {
	Request  int
	Expected string
	ByChance bool   // it is met by some of the answers that chance allows
	Answers  string // that are possible, as reports name them
}

// expectation is what must hold of every request.
type expectation struct {
	text   string                    // as it was given, "not " before that of --not
	holds  func(explain.Answer) bool // of one of the answers that chance allows
	wanted *cause.Wanted             // nil where it is about neither a cluster nor a member
	not    bool
}

// readExpectations reads member:X, cluster:X, status:N, declined, and bare words where only one of them fits. flag is
// expect, or not.
func readExpectations(t *routecheck.Table, flag string, texts []string) ([]expectation, error) {
	var out []expectation
	// A name may hold a colon: what stands before one is a kind only where it is one of the four.
	for _, text := range texts {
		kind, value, ok := strings.Cut(text, ":")
		if text == explain.Declined {
			kind, ok = text, true
		}
		if !ok || kind != "member" && kind != "cluster" && kind != "status" && kind != explain.Declined {
			var err error
			if kind, err = bareKind(t, flag, text); err != nil {
				return nil, err
			}
			value = text
		}
		e, err := expectationOf(t, kind, value)
		if err != nil {
			return nil, app.Wrong(flag, " %q: %w", text, err)
		}
		e.text = text
		if flag == "not" {
			e.negate()
		}
		out = append(out, e)
	}
	return out, nil
}

// bareKind finds what a bare word means.
// A number may be a member's name, and a cluster may be called as its member: then nothing is guessed.
func bareKind(t *routecheck.Table, flag, word string) (string, error) {
	var kinds []string
	if _, err := strconv.Atoi(word); err == nil {
		kinds = append(kinds, "status")
	}
	if _, ok := t.ClusterByName(word); ok {
		kinds = append(kinds, "cluster")
	}
	_, _, err := names.Member(t, word)
	if several := (*names.AmbiguousMember)(nil); err == nil || errors.As(err, &several) {
		kinds = append(kinds, "member")
	}
	switch len(kinds) {
	case 1:
		return kinds[0], nil
	case 0:
		return "", app.Wrong(flag, " %q: no member and no cluster has that name; "+
			"want member:X, cluster:X, status:N or declined", word)
	}
	return "", app.Wrong(flag, " %q can mean a %s: write %s:%s", word, strings.Join(kinds, " or a "), kinds[0], word)
}

// negate turns an expectation into that of --not: no answer may be so.
func (e *expectation) negate() {
	holds := e.holds
	e.text, e.not, e.holds = "not "+e.text, true, func(a explain.Answer) bool { return !holds(a) }
	if e.wanted != nil {
		e.wanted.Not = true
	}
}

// wantedOf are the clusters and members that are expected, or not.
func wantedOf(all []expectation, cfg *parser.Config) (wanted []cause.Wanted) {
	for _, e := range all {
		if e.wanted != nil {
			e.wanted.Config = cfg
			wanted = append(wanted, *e.wanted)
		}
	}
	return wanted
}

func expectationOf(t *routecheck.Table, kind, value string) (e expectation, err error) {
	switch kind {
	case explain.Declined:
		if value != "" && value != explain.Declined {
			return e, fmt.Errorf("nothing stands behind declined")
		}
		e.holds = func(a explain.Answer) bool { return a.Decision == explain.Declined }
	// 200 and the like are the member's to answer, and nothing here knows it: the plug-in itself answers errors alone.
	case "status":
		status, err := strconv.Atoi(value)
		if err != nil || status < 400 || status > 599 {
			return e, errors.New("want status:N with an error from 400 to 599, such as status:503; " +
				"for a request that is forwarded, name a member or a cluster")
		}
		e.holds = func(a explain.Answer) bool { return a.Decision == explain.Errored && a.Status == status }
	case "cluster":
		cluster, err := names.Cluster(t, value)
		if err != nil {
			return e, err
		}
		e.wanted = &cause.Wanted{Cluster: cluster, Member: match.NoMember}
		e.holds = func(a explain.Answer) bool { return a.Cluster == cluster }
	default:
		cluster, member, err := names.Member(t, value)
		if err != nil {
			return e, err
		}
		e.wanted = &cause.Wanted{Cluster: cluster, Member: member}
		// A member that passed on an error is not where the request went (decision "error"), though it answered.
		e.holds = func(a explain.Answer) bool {
			return a.Decision == explain.Forward && a.Cluster == cluster && a.Member == member
		}
	}
	return e, nil
}

// unmet lists what does not hold for every answer that chance allows.
func unmet(decisions []routecheck.Decision, expect []expectation) (all []Unmet) {
	for i := range decisions {
		d := &decisions[i]
		for _, e := range expect {
			// Ends are all answers that chance allows. An expectation must hold of each: one that holds by luck
			// fails on another day.
			held := 0
			for _, a := range d.Ends {
				if e.holds(a) {
					held++
				}
			}
			if held < len(d.Ends) {
				all = append(all, Unmet{d.Request, e.text, held > 0 && !e.not, d.Answers})
			}
		}
	}
	return all
}
