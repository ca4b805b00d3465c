package answers

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// Members says how the members are doing, each MEMBER or CLUSTER/MEMBER.
type Members struct {
	Down      []string // MEMBER[=HOW]: how attempts on it end, refused by default
	Marked    []string // MEMBER[=SECONDS]: marked down that long ago
	Pending   []string // MEMBER=N requests of this process
	Weight    []string // MEMBER=N, its current weight
	Next      []string // MEMBER where round robin stands
	Partition []string // ID=MEMBER, entries of the partition table
}

// memberField is what one field says of members.
type memberField struct {
	name   string
	values []string
	read   func(value string, written bool) (suite.Fact, error) // written: a "=" stands there, if before nothing
}

// into resolves the members, and adds what is said of them to a scenario.
func (m *Members) into(t *routecheck.Table, sc *explain.Scenario, notes *app.Notes) error {
	given := map[string]bool{} // field and member
	for _, field := range []memberField{
		{"down", m.Down, readDown}, {"marked", m.Marked, readMarked}, {"pending", m.Pending, readPending},
		{"weight", m.Weight, readWeight}, {"next", m.Next, readNext},
	} {
		for _, s := range field.values {
			if err := field.addTo(sc, t, s, given); err != nil {
				return app.Wrong(field.name, " %q: %w", s, err)
			}
		}
	}
	for _, s := range m.Partition {
		entry, err := readPartition(t, s)
		if err != nil {
			return app.Wrong("partition", " %q: %w", s, err)
		}
		// A note only: what the cluster would do with a table that it never asks for is a fair question.
		if err := explain.FitsPartition(t, entry); err != nil {
			notes.Say("warning: --partition %s is followed, but %v", diag.Quote(s), err)
		}
		sc.Partition = append(sc.Partition, entry)
	}
	return nil
}

// addTo adds what one value says. Two about one member are refused.
func (f *memberField) addTo(sc *explain.Scenario, t *routecheck.Table, s string, given map[string]bool) error {
	cluster, member, value, err := memberAndValue(t, s)
	if err != nil {
		return err
	}
	fact, err := f.read(value, value != "" || strings.HasSuffix(s, "="))
	if err != nil {
		return err
	}
	// By what the name means, not by how it is written: m1 and C/m1 may be one member.
	key := fmt.Sprint(f.name, cluster, "/", member)
	if given[key] {
		return errors.New("this member is given twice")
	}
	given[key] = true
	stateErr, downErr := fact.AddTo(sc, t, cluster, member)
	return errors.Join(stateErr, downErr) // a field says one of the two
}

func readPartition(t *routecheck.Table, s string) (entry explain.PartitionEntry, err error) {
	id, member, ok := strings.Cut(s, "=")
	if !ok || id == "" {
		return entry, fmt.Errorf("want ID=MEMBER")
	}
	entry.ID = id
	entry.Cluster, entry.Member, err = names.Member(t, member)
	return entry, err
}

func readDown(value string, written bool) (f suite.Fact, err error) {
	how := explain.Refused
	if written {
		how, err = explain.ParseFailureMode(value)
	}
	f.Down = &how
	return f, err
}

func readMarked(value string, written bool) (f suite.Fact, err error) {
	ago := 0.0
	if written {
		// Written so that NaN, which ParseFloat takes, is refused as well.
		if ago, err = strconv.ParseFloat(value, 64); err != nil || !(ago >= 0 && ago < 1e9) {
			return f, errors.New("want MEMBER or MEMBER=SECONDS, from 0 on")
		}
	}
	n := nanos(ago)
	f.State = &explain.MemberFact{Marked: &n}
	return f, nil
}

func readPending(value string, _ bool) (f suite.Fact, err error) {
	n, err := readNumber(value)
	if err == nil && n < 0 {
		err = errNoNumber
	}
	f.State = &explain.MemberFact{Pending: &n}
	return f, err
}

func readWeight(value string, _ bool) (f suite.Fact, err error) {
	n, err := readNumber(value)
	f.State = &explain.MemberFact{Weight: &n}
	return f, err
}

var errNoNumber = errors.New("want MEMBER=N with a whole number")

func readNumber(value string) (int32, error) {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		err = errNoNumber
	}
	return int32(n), err
}

func readNext(value string, _ bool) (f suite.Fact, err error) {
	if value != "" {
		err = errors.New("want a member only")
	}
	f.State = &explain.MemberFact{Next: true}
	return f, err
}

var errNoMember = errors.New("want MEMBER or CLUSTER/MEMBER")

// memberAndValue splits "MEMBER=VALUE" at the last "=" whose left side is a member; without one the value is "".
func memberAndValue(t *routecheck.Table, s string) (cluster match.ClusterID, member match.MemberID,
	value string, err error) {
	if s == "" {
		return 0, 0, "", errNoMember
	}
	// The whole text is tried first: a member may be called "a=b".
	cluster, member, err = names.Member(t, s)
	if err == nil {
		return cluster, member, "", nil
	}
	if i := strings.LastIndexByte(s, '='); i >= 0 {
		cluster, member, err = names.Member(t, s[:i])
		return cluster, member, s[i+1:], err
	}
	return cluster, member, "", err
}

func nanos(seconds float64) match.Nanos { return match.Nanos(math.Round(seconds * 1e9)) }
