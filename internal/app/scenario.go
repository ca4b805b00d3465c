package app

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
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

// into resolves the members, and adds what is said of them to a scenario.
func (m *Members) into(t *routecheck.Table, sc *explain.Scenario, notes *Notes) error {
	var once once
	for _, s := range m.Down {
		fact, err := readDown(t, s)
		if err == nil {
			err = once.say("down", fact.Cluster, fact.Member)
		}
		if err != nil {
			return wrong("down", " %q: %w", s, err)
		}
		sc.Conditions = append(sc.Conditions, fact)
	}
	for _, field := range []struct {
		name   string
		values []string
	}{{"marked", m.Marked}, {"pending", m.Pending}, {"weight", m.Weight}, {"next", m.Next}} {
		for _, s := range field.values {
			fact, err := readMemberFact(t, field.name, s)
			if err == nil {
				err = once.say(field.name, fact.Cluster, fact.Member)
			}
			if err != nil {
				return wrong(field.name, " %q: %w", s, err)
			}
			sc.Members = append(sc.Members, fact)
		}
	}
	for _, s := range m.Partition {
		entry, err := readPartition(t, s)
		if err != nil {
			return wrong("partition", " %q: %w", s, err)
		}
		if err := explain.FitsPartition(t, entry); err != nil {
			notes.say("warning: --partition %s is followed, but %v", diag.Quote(s), err)
		}
		sc.Partition = append(sc.Partition, entry)
	}
	return nil
}

// once refuses a flag that says two things about one member.
type once map[string]bool

func (o *once) say(flag string, cluster match.ClusterID, member match.MemberID) error {
	key := fmt.Sprint(flag, cluster, "/", member)
	if (*o)[key] {
		return errors.New("this member is given twice")
	}
	if *o == nil {
		*o = once{}
	}
	(*o)[key] = true
	return nil
}

func readPartition(t *routecheck.Table, s string) (entry explain.PartitionEntry, err error) {
	id, member, ok := strings.Cut(s, "=")
	if !ok || id == "" {
		return entry, fmt.Errorf("want ID=MEMBER")
	}
	entry.ID = id
	entry.Cluster, entry.Member, err = t.FindMember(member)
	return entry, err
}

func readDown(t *routecheck.Table, s string) (explain.MemberCondition, error) {
	cluster, member, how, err := memberAndValue(t, s)
	if err != nil {
		return explain.MemberCondition{}, err
	}
	fault := explain.Refused
	if how != "" || strings.HasSuffix(s, "=") {
		if fault, err = explain.ParseFailureMode(how); err != nil {
			return explain.MemberCondition{}, err
		}
	}
	fact := explain.MemberCondition{Cluster: cluster, Member: member, Failure: fault}
	return fact, explain.Fits(t, fact)
}

func readMemberFact(t *routecheck.Table, flag, s string) (explain.MemberFact, error) {
	cluster, member, value, err := memberAndValue(t, s)
	fact := explain.MemberFact{Cluster: cluster, Member: member}
	if err != nil {
		return fact, err
	}
	switch flag {
	case "next":
		fact.Next = true
		if value != "" {
			return fact, fmt.Errorf("want a member only")
		}
	case "marked":
		ago := 0.0
		if value != "" || strings.HasSuffix(s, "=") {
			if ago, err = strconv.ParseFloat(value, 64); err != nil || !(ago >= 0 && ago < 1e9) {
				return fact, fmt.Errorf("want MEMBER or MEMBER=SECONDS, from 0 on")
			}
		}
		n := nanos(ago)
		fact.Marked = &n
	default:
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil || flag == "pending" && n < 0 {
			return fact, fmt.Errorf("want MEMBER=N with a whole number")
		}
		n32 := int32(n)
		if fact.Pending = &n32; flag == "weight" {
			fact.Pending, fact.Weight = nil, &n32
		}
	}
	return fact, explain.FitsState(t, fact)
}

var errNoMember = errors.New("want MEMBER or CLUSTER/MEMBER")

// memberAndValue splits "MEMBER=VALUE" at the last "=" whose left side is a member; without one the value is "".
func memberAndValue(t *routecheck.Table, s string) (cluster match.ClusterID, member match.MemberID,
	value string, err error) {
	if s == "" {
		return 0, 0, "", errNoMember
	}
	cluster, member, err = t.FindMember(s)
	if err == nil {
		return cluster, member, "", nil
	}
	if i := strings.LastIndexByte(s, '='); i >= 0 {
		cluster, member, err = t.FindMember(s[:i])
		return cluster, member, s[i+1:], err
	}
	return cluster, member, "", err
}

func nanos(seconds float64) match.Nanos { return match.Nanos(math.Round(seconds * 1e9)) }
