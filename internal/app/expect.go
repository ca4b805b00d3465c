package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Unmet is an expectation that a request does not meet.
type Unmet struct {
	Request  int
	Expected string
	ByChance bool // it can be met
	Answers  string
}

// expectation is what must hold of every request.
type expectation struct {
	text  string
	holds func(failover.Answer) bool
}

// readExpectations reads member:X, cluster:X, status:N, declined, and bare words where only one of them fits.
func readExpectations(t *routecheck.Table, texts []string) ([]expectation, error) {
	var out []expectation
	for _, text := range texts {
		kind, value, ok := strings.Cut(text, ":")
		if text == failover.Declined {
			kind, ok = text, true
		}
		if !ok || kind != "member" && kind != "cluster" && kind != "status" && kind != failover.Declined {
			var err error
			if kind, err = bareKind(t, text); err != nil {
				return nil, err
			}
			value = text
		}
		holds, err := expectationOf(t, kind, value)
		if err != nil {
			return nil, wrong("expect", " %q: %w", text, err)
		}
		out = append(out, expectation{text, holds})
	}
	return out, nil
}

// bareKind finds what a bare word means.
func bareKind(t *routecheck.Table, word string) (string, error) {
	var kinds []string
	if _, err := strconv.Atoi(word); err == nil {
		kinds = append(kinds, "status")
	}
	if _, ok := t.ClusterByName(word); ok {
		kinds = append(kinds, "cluster")
	}
	_, _, err := t.FindMember(word)
	if several := (*match.AmbiguousMember)(nil); err == nil || errors.As(err, &several) {
		kinds = append(kinds, "member")
	}
	switch len(kinds) {
	case 1:
		return kinds[0], nil
	case 0:
		return "", wrong("expect", " %q: no member and no cluster has that name; "+
			"want member:X, cluster:X, status:N or declined", word)
	}
	return "", wrong("expect", " %q can mean a %s: write %s:%s", word, strings.Join(kinds, " or a "), kinds[0], word)
}

func expectationOf(t *routecheck.Table, kind, value string) (func(failover.Answer) bool, error) {
	switch kind {
	case failover.Declined:
		if value != "" && value != failover.Declined {
			return nil, fmt.Errorf("nothing stands behind declined")
		}
		return func(a failover.Answer) bool { return a.Decision == failover.Declined }, nil
	case "status":
		status, err := strconv.Atoi(value)
		if err != nil || status < 400 || status > 599 {
			return nil, errors.New("want status:N with an error from 400 to 599, such as status:503; " +
				"for a request that is forwarded, name a member or a cluster")
		}
		return func(a failover.Answer) bool { return a.Decision == failover.Errored && a.Status == status }, nil
	case "cluster":
		cluster, err := t.FindCluster(value)
		return func(a failover.Answer) bool { return a.Cluster == cluster }, err
	}
	cluster, member, err := t.FindMember(value)
	return func(a failover.Answer) bool {
		return a.Decision == failover.Forward && a.Cluster == cluster && a.Member == member
	}, err
}

// unmet lists what does not hold for every answer that chance allows.
func unmet(decisions []routecheck.Decision, expect []expectation) (all []Unmet) {
	for i := range decisions {
		d := &decisions[i]
		for _, e := range expect {
			held := 0
			for _, a := range d.Ends {
				if e.holds(a) {
					held++
				}
			}
			if held < len(d.Ends) {
				all = append(all, Unmet{d.Request, e.text, held > 0, d.Answers})
			}
		}
	}
	return all
}
