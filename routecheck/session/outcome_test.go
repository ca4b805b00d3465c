package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// abc is a cluster of three, of which a owns the session and is down, and b serves.
func abc(s Settings) Case {
	p, err := s.Policy("was")
	if err != nil {
		panic(err)
	}
	return Case{
		Policy: p, Members: []Member{{"a", "a"}, {"b", "b"}, {"c", "c"}},
		Serves: []int{1}, Down: []Death{{Member: 0}},
		Separator: ':', Value: p.first() + "id:a",
	}
}

const eos = "end of servlet service"

func replicas(n int) *int { return &n }

var (
	none       = Settings{}
	db         = Settings{Persistence: "database", WriteFrequency: eos, WriteContents: "all session attributes"}
	dbTimed    = Settings{Persistence: "database", WriteFrequency: "time based", WriteInterval: 10}
	dbManual   = Settings{Persistence: "database", WriteFrequency: "manual update"}
	dbUpdated  = Settings{Persistence: "database", WriteFrequency: eos, WriteContents: "only updated attributes"}
	dbMulti    = Settings{Persistence: "database", WriteFrequency: eos, Schema: "multi-row"}
	dbGetSet   = Settings{Persistence: "database", WriteFrequency: eos, WriteContents: "get and set attributes"}
	m2m        = Settings{Persistence: "memory-to-memory", WriteFrequency: eos}
	m2mNone    = Settings{Persistence: "memory-to-memory", WriteFrequency: eos, Replicas: replicas(0)}
	m2mTwo     = Settings{Persistence: "memory-to-memory", WriteFrequency: eos, Replicas: replicas(2)}
	m2mAll     = Settings{Persistence: "memory-to-memory", WriteFrequency: eos, Replicas: replicas(-1)}
	m2mClient  = Settings{Persistence: "memory-to-memory", WriteFrequency: eos, Mode: "client"}
	grid       = Settings{Persistence: "grid", WriteFrequency: eos}
	gridTimed  = Settings{Persistence: "grid", WriteFrequency: "time based", WriteInterval: 10}
	storeLost  = Failure{StoreLost: true}
	inPlace    = Failure{InPlace: true}
	otherSet   = Failure{InPlace: true, OtherSet: true}
	firstLost  = Failure{New: true}
	storeDown  = Failure{StoreDown: true}
	beforeLook = Failure{Moment: untilLook}
)

// with changes a case.
func with(s Settings, change func(c *Case)) Case {
	c := abc(s)
	change(&c)
	return c
}

// after is a case with a failure.
func after(s Settings, f Failure) Case { return with(s, func(c *Case) { c.Failure = f }) }

func at(m Moment) Failure { return Failure{Moment: m} }

func aged(seconds int) Failure { return Failure{Aged: true, Age: time.Duration(seconds) * time.Second} }

// in is a case under another value of a session choice.
func in(c Case, choice Choice, value uint8) Case {
	c.Assumed[choice] = value
	return c
}

// TestOutcomes: session, changes with their bound, how often the request in flight takes effect, cookie, and the
// rules that must be named.
func TestOutcomes(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    Case
		want string
	}{
		{"1 not persistent", abc(none), "new lost 0s 0-0 0000<new>:b first-screen S15 S9"},
		{"2 the ID is used again", with(none, func(c *Case) { c.Policy.IDReuse = true }),
			"new lost 0s 0-0 0000<id>:a:b first-screen S15"},
		{"takeover-id=same", in(abc(none), takeoverID, sameID), "new lost 0s 0-0 0000<id>:a:b first-screen S15"},
		{"3 during a request", after(none, at(during)), "new lost 0s 1-1 0000<new>:b first-screen S15"},
		{"at home", with(none, func(c *Case) { c.Serves = []int{0} }), "home all 0s 0-0  goes-on"},
		{"no session", with(none, func(c *Case) { c.Owner = -1 }), "none all 0s 0-0  goes-on"},
		{"nobody answers", with(none, func(c *Case) { c.Serves, c.Fails = nil, true }),
			"none all 0s 0-0  send-again"},

		{"5 between requests", abc(db), "kept all 0s 0-0 0002<id>:a:b goes-on W1 D5 D4 S4 S9"},
		{"6 during service", after(db, at(during)), "kept all 0s 1-1 0002<id>:a:b goes-on W9"},
		{"7 before the write", after(db, at(beforeWrite)), "kept all 0s 1-1 0002<id>:a:b goes-on W9"},
		{"7 answered before it", in(after(db, at(beforeWrite)), earlyAnswer, answerBeforeWrite),
			"kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W1"},
		{"8 after the write", after(db, at(afterWrite)), "kept all 0s 2-2 0002<id>:a:b goes-on W9"},
		{"8 answered before it", in(after(db, at(afterWrite)), earlyAnswer, answerBeforeWrite),
			"kept all 0s 0-0 0002<id>:a:b goes-on W1"},
		{"9 a POST that cannot be sent again",
			with(db, func(c *Case) { c.Failure.Moment, c.Serves, c.Fails = afterWrite, nil, true }),
			"none all 0s 1-1  send-again"},
		{"9 before the write",
			with(db, func(c *Case) { c.Failure.Moment, c.Serves, c.Fails = beforeWrite, nil, true }),
			"none all 0s 0-0  send-again"},
		{"10 flushed", after(db, at(flushedBeforeWrite)), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W1"},

		{"11 time based", abc(dbTimed), "kept none-lost-older-than 20s 0-0 0002<id>:a:b goes-on W4 D7"},
		{"11 a change of 5 s", after(dbTimed, aged(5)), "kept none-lost-older-than 20s 0-0 0002<id>:a:b goes-on W4"},
		{"11 at the bound", after(dbTimed, aged(20)), "kept none-lost-older-than 20s 0-0 0002<id>:a:b goes-on W4"},
		{"11 older", after(dbTimed, aged(21)), "kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"11 exact", in(after(dbTimed, aged(15)), timeBasedScan, exactInterval),
			"kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"12 before the look", after(dbTimed, beforeLook), "kept unwritten-lost 20s 0-0 0002<id>:a:b goes-on W4"},
		{"12 after it", after(dbTimed, at(afterLook)), "kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"13 a new session", after(dbTimed, Failure{New: true, Moment: untilLook}),
			"empty lost 0s 0-0 0002<id>:a:b first-screen W3 D1"},
		{"13 end of service",
			in(after(dbTimed, Failure{New: true, Moment: untilLook}), newSessionWrite, atEndOfService),
			"kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"a new session of an unknown age", after(dbTimed, firstLost),
			"empty lost 0s 0-0 0002<id>:a:b first-screen W3"},
		{"a new session of 11 s", after(dbTimed, Failure{New: true, Aged: true, Age: 11 * time.Second}),
			"kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"a new session in its first request", after(db, Failure{New: true, Moment: afterWrite}),
			"new lost 0s 1-1 0001<new>:b first-screen W9"},
		{"its answer flushed", after(db, Failure{New: true, Moment: flushedBeforeWrite}),
			"empty lost 0s 0-0 0002<id>:a:b first-screen W3"},
		{"14 an orderly stop", after(dbTimed, at(orderlyStop)), "kept all 0s 0-0 0002<id>:a:b goes-on D11"},
		{"in flight, time based", after(dbTimed, at(afterWrite)),
			"kept none-lost-older-than 20s 1-2 0002<id>:a:b goes-on W9"},
		{"15 without sync", after(dbManual, at(notSynced)), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W2 D8"},
		{"15 after it", after(dbManual, at(synced)), "kept all 0s 0-0 0002<id>:a:b goes-on W2"},
		{"a new one without sync", after(dbManual, Failure{New: true, Moment: notSynced}),
			"empty lost 0s 0-0 0002<id>:a:b first-screen W3"},
		{"orderly stop, manual", after(dbManual, at(orderlyStop)),
			"kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W2"},

		{"16 in place", after(dbUpdated, inPlace), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W6"},
		{"16 and another set", after(dbUpdated, otherSet), "kept all 0s 0-0 0002<id>:a:b goes-on W6"},
		{"17 multi-row", after(dbMulti, otherSet), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W6"},
		{"17 replicas", after(m2m, otherSet), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on W6"},
		{"18 all", after(db, inPlace), "kept all 0s 0-0 0002<id>:a:b goes-on W6"},
		{"18 get and set", after(dbGetSet, inPlace), "kept all 0s 0-0 0002<id>:a:b goes-on W6"},
		{"19 a portlet", after(db, Failure{App: portlet}), "kept all 0s 0-0 0002<id>:a:b portlet-unavailable W7"},
		{"20 a wizard", after(db, Failure{App: wizard}), "kept all 0s 0-0 0002<id>:a:b first-screen W8"},
		{"21 a POST and its redirect", after(db, Failure{App: post}), "kept all 0s 0-0 0002<id>:a:b send-again W8"},
		{"login in the session", after(none, Failure{App: login}), "new lost 0s 0-0 0000<new>:b log-in"},
		{"24 the database is down", after(db, storeDown), "new lost 0s 0-0 0001<new>:b first-screen D4"},
		{"24 another one that has it in memory",
			with(db, func(c *Case) { c.Failure, c.Remembers = storeDown, []int{1} }),
			"kept lost 0s 0-0 0001<id>:a:b goes-on D4"},
		{"it has it in memory, and asks the database", with(db, func(c *Case) { c.Remembers = []int{1} }),
			"kept all 0s 0-0 0002<id>:a:b goes-on D4"},
		{"30 a hung member has written over it",
			after(db, Failure{Covered: true}), "kept lost 0s 0-0 0002<id>:a:b goes-on D12"},
		{"46 restarted, a database keeps",
			with(db, func(c *Case) { c.Serves, c.Down, c.Restarted = []int{0}, nil, []int{0} }),
			"kept all 0s 0-0 0002<id>:a goes-on S4"},
		{"46 restarted, memory is gone",
			with(none, func(c *Case) { c.Serves, c.Down, c.Restarted = []int{0}, nil, []int{0} }),
			"new lost 0s 0-0 0000<new>:a first-screen S15"},
		{"42 the cluster restarted at once", with(m2m, func(c *Case) {
			c.Serves, c.Down, c.Restarted = []int{0}, nil, []int{0, 1, 2}
		}), "new lost 0s 0-0 0001<new>:a first-screen L7"},
		{"2 the ID is used again, with its cache ID", with(db, func(c *Case) {
			c.Policy.IDReuse, c.Failure, c.Value = true, storeDown, "0005id:a"
		}), "new lost 0s 0-0 0005<id>:a:b first-screen D4"},
		{"23 at home meanwhile", with(db, func(c *Case) { c.Failure, c.Serves = storeDown, []int{0} }),
			"home all 0s 0-0  goes-on"},

		{"a grid, as 5", abc(grid), "kept all 0s 0-0 0002<id>:a:b goes-on G1 D4 W1 S4 S9"},
		{"a grid, as 8", after(grid, at(afterWrite)), "kept all 0s 2-2 0002<id>:a:b goes-on G1 W9"},
		{"a grid, as 12", after(gridTimed, beforeLook), "kept unwritten-lost 20s 0-0 0002<id>:a:b goes-on G1 W4"},
		{"a grid, as 17", after(grid, otherSet), "kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on G2 W6"},
		{"a grid, as 24", after(grid, storeDown), "new lost 0s 0-0 0001<new>:b first-screen G4"},
		{"a grid, as 23", with(grid, func(c *Case) { c.Failure, c.Serves = storeDown, []int{0} }),
			"home all 0s 0-0  goes-on"},
		{"a grid that has lost all", after(grid, storeLost), "new lost 0s 0-0 0001<new>:b first-screen G1 G5"},
		{"the owner finds it out",
			with(grid, func(c *Case) { c.Failure, c.Serves, c.Down = storeLost, []int{0}, nil }),
			"new lost 0s 0-0 0001<new>:a first-screen D2 G1"},
		{"or does not, time based",
			with(gridTimed, func(c *Case) { c.Failure, c.Serves, c.Down = storeLost, []int{0}, nil }),
			"home all 0s 0-0  goes-on"},
		{"so with a database", with(db, func(c *Case) { c.Failure, c.Serves, c.Down = storeLost, []int{0}, nil }),
			"new lost 0s 0-0 0001<new>:a first-screen D2 D4"},
		{"replicas have no such store",
			with(m2m, func(c *Case) { c.Failure, c.Serves, c.Down = storeLost, []int{0}, nil }),
			"home all 0s 0-0  goes-on"},

		{"28 switch-back", with(db, func(c *Case) {
			c.Owner, c.Serves, c.Down, c.Value = 1, []int{0}, nil,
				"0002id:a:b"
		}),
			"kept all 0s 0-0 0003<id>:a:b goes-on S4 S9"},
		{"29 no switch-back", with(db, func(c *Case) { c.Policy.NoSwitchBack = true }),
			"kept all 0s 0-0 0002<id>:b:a goes-on S9"},
		{"31b switch-back, time based", with(dbTimed, func(c *Case) {
			c.Owner, c.Serves, c.Down, c.Value = 1, []int{0}, nil,
				"0002id:a:b"
		}),
			"kept none-lost-older-than 20s 0-0 0003<id>:a:b goes-on W4"},
		{"after 9999 comes 1", with(db, func(c *Case) { c.Value = "9999id:a" }),
			"kept all 0s 0-0 0001<id>:a:b goes-on S4"},
		{"44 m1 and m10", with(db, func(c *Case) {
			c.Members[0].Clone, c.Members[1].Clone, c.Value = "m10", "m1",
				"0001id:m10"
		}),
			"kept all 0s 0-0 0002<id>:m10 goes-on S9"},
		{"44 no switch-back", with(db, func(c *Case) {
			c.Members[0].Clone, c.Members[1].Clone, c.Value, c.Policy.NoSwitchBack = "m10", "m1", "0001id:x:m10", true
		}), "kept all 0s 0-0 0002<id>:m1:x0 goes-on S9"},
		{"S11 a foreign clone ID", with(db, func(c *Case) {
			c.Value, c.Policy.ExpectedCloneIDs = "0001id:z:a", []string{"a", "b",
				"c"}
		}),
			"kept all 0s 0-0 0002<id>:b goes-on S9"},
		{"another separator", with(db, func(c *Case) { c.Separator, c.Value = '+', "0001id+a" }),
			"kept all 0s 0-0 0002<id>+a+b goes-on S9"},
		{"a member without clone ID", with(db, func(c *Case) { c.Members[1].Clone = "" }),
			"kept all 0s 0-0 0002<id>:a goes-on S9"},

		{"34 one replica of three", abc(m2m), "kept all 0s 0-0 0002<id>:a:b goes-on M3 L7 L4"},
		{"35 the holder died before",
			with(m2m, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{1, time.Minute}, {Member: 0}} }),
			"kept all 0s 0-0 0002<id>:a:c goes-on L8"},
		{"35 never", in(
			in(with(m2m, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{1, time.Minute}, {Member: 0}} }),
				replicaRetarget, never), replicaHolder, nextInList), "new lost 0s 0-0 0001<new>:c first-screen L4"},
		{"35 next write", in(with(m2m, func(c *Case) {
			c.Serves, c.Down, c.Failure = []int{2}, []Death{{1, time.Minute}, {Member: 0}}, aged(30)
		}), replicaRetarget, nextWrite), "kept all 0s 0-0 0002<id>:a:c goes-on L8"},
		{"36 owner and holder",
			in(with(m2m, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{Member: 0}, {Member: 1}} }),
				replicaHolder, nextInList), "new lost 0s 0-0 0001<new>:c first-screen L4"},
		{"36 nobody knows the holder",
			with(m2m, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{Member: 0}, {Member: 1}} }),
			"depends all 0s 0-0  first-screen M9"},
		{"the holder is known",
			with(m2m, func(c *Case) {
				c.Serves, c.Down, c.Holders = []int{2}, []Death{{Member: 0}, {Member: 1}}, []int{1}
			}),
			"new lost 0s 0-0 0001<new>:c first-screen L7"},
		{"the other one is",
			with(m2m, func(c *Case) {
				c.Serves, c.Down, c.Holders = []int{2}, []Death{{Member: 0}, {Member: 1}}, []int{2}
			}),
			"kept all 0s 0-0 0002<id>:a:c goes-on L7"},
		{"37 two replicas",
			with(m2mTwo, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{Member: 0}, {Member: 1}} }),
			"kept all 0s 0-0 0002<id>:a:c goes-on L4"},
		{"37 everywhere",
			with(m2mAll, func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{Member: 0}, {Member: 1}} }),
			"kept all 0s 0-0 0002<id>:a:c goes-on L4"},
		{"39 no replica", abc(m2mNone), "new lost 0s 0-0 0001<new>:b first-screen M1"},
		{"40 right after the answer", after(m2m, at(afterAnswer)),
			"kept unwritten-lost 0s 0-0 0002<id>:a:b goes-on M8"},
		{"40 waits", in(after(m2m, at(afterAnswer)), replicationAck, ackWaits),
			"kept all 0s 0-0 0002<id>:a:b goes-on M8"},
		{"41 client/server", abc(m2mClient), "kept all 0s 0-0 0002<id>:a:b goes-on M2"},
		{"41 without replicators", after(m2mClient, storeDown), "new lost 0s 0-0 0001<new>:b first-screen M2"},
		{"the owner lives", with(m2m, func(c *Case) { c.Down = nil }), "kept all 0s 0-0 0002<id>:a:b goes-on L7"},
		{"the owner lives, the holder does not", in(with(m2m, func(c *Case) {
			c.Owner, c.Serves, c.Down, c.Value = 1, []int{0}, []Death{{Member: 2}}, "0002id:a:b"
		}), replicaHolder, nextInList), "kept all 0s 0-0 0003<id>:a:b goes-on L7"},
		{"40 some time after the answer", after(m2m, Failure{Moment: afterAnswer, Aged: true, Age: time.Second}),
			"kept all 0s 0-0 0002<id>:a:b goes-on W1"},
		{"a new session is written whole", after(dbTimed, Failure{New: true, InPlace: true, Moment: afterLook}),
			"kept all 0s 0-0 0002<id>:a:b goes-on W4"},
		{"partition ID", with(m2m, func(c *Case) { c.Value, c.Partition = "0001id:1158590921", true }),
			"kept all 0s 0-0 0002<id>:1158590921 goes-on S4"},
		{"clone ID behind it", in(with(m2m, func(c *Case) { c.Value, c.Partition = "0001id:1158590921", true }),
			partitionAfterTakeover, cloneAppended),
			"kept all 0s 0-0 0002<id>:1158590921:b goes-on S4"},
		{"by chance the same", with(db, func(c *Case) { c.Serves = []int{1, 2} }),
			"kept all 0s 0-0 0002<id>:a:b or 0002<id>:a:c goes-on S4"},
		{"by chance at home", with(none, func(c *Case) { c.Serves = []int{0, 1} }),
			"depends lost 0s 0-0 0000<new>:b first-screen S15"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := tc.c.Predict(0)
			got := fmt.Sprintf("%s %s %v %d-%d %s %s",
				p.Session, p.Changes, p.Bound, p.Applied[0], p.Applied[1], p.Cookie, p.User)
			wantRules := strings.Fields(tc.want)
			if !strings.HasPrefix(tc.want, got) {
				t.Fatalf("got  %s\nwant %s", got, tc.want)
			}
			for _, r := range wantRules[len(strings.Fields(got)):] {
				if !slices.Contains(p.Rules, r) {
					t.Errorf("rule %s is not among %v", r, p.Rules)
				}
			}
			for _, r := range p.Rules {
				if !slices.ContainsFunc(Rules(), func(info RuleInfo) bool { return info.ID == r }) {
					t.Errorf("nobody knows rule %s", r)
				}
			}
		})
	}
}

// TestHangs: the choices that would change an outcome, and what they would give.
func TestHangs(t *testing.T) {
	bothDown := func(c *Case) { c.Serves, c.Down = []int{2}, []Death{{Member: 0}, {Member: 1}} }
	for _, tc := range []struct {
		name, hangs, fates string
		c                  Case
		fixed              Set
	}{
		{"database, end of service", "", "", abc(db), 0},
		{"none: the cookie", "takeover-id", "new", abc(none), 0},
		{"settled", "", "", abc(none), Of(takeoverID)},
		{"time based: the bound", "time-based-scan", "changes younger than 10 s lost", abc(dbTimed), 0},
		{"old enough either way", "", "", after(dbTimed, aged(21)), 0},
		{"between them", "time-based-scan", "kept", after(dbTimed, aged(15)), 0},
		{"a new session", "new-session-write", "kept", after(dbManual, firstLost), 0},
		{"one replica, nobody else down", "", "", abc(m2m), 0},
		{"the holder", "replica-holder", "new", with(m2m, bothDown), 0},
		{"the instant after the answer", "replication-ack", "kept", after(m2m, at(afterAnswer)), 0},
		{"the answer before the write", "answer-before-write",
			"unwritten changes lost", after(db, at(beforeWrite)), 0},
		{"two at once", "new-session-write time-based-scan",
			"", after(dbTimed, Failure{New: true, Aged: true, Age: 9 * time.Second}), 0},
		{"partition ID", "partition-after-takeover",
			"kept", with(m2m, func(c *Case) { c.Value, c.Partition = "0001id:1158590921", true }), 0},
	} {
		p := tc.c.Predict(tc.fixed)
		for _, h := range p.Hangs {
			if !strings.Contains(tc.hangs, h) {
				t.Errorf("%s: hangs on %s, too", tc.name, h)
			}
		}
		if len(p.Hangs) == 0 && tc.hangs != "" {
			t.Errorf("%s: hangs on nothing, want %s", tc.name, tc.hangs)
		}
		if tc.fates != "" && (len(p.Otherwise) != 1 || p.Otherwise[0].Fate != tc.fates) {
			t.Errorf("%s: otherwise %+v, want %s", tc.name, p.Otherwise, tc.fates)
		}
	}
}

// TestPolicy: what is not written is a default of the flavor, or of the tuning level.
func TestPolicy(t *testing.T) {
	for _, tc := range []struct {
		s            Settings
		flavor, want string
	}{
		{Settings{}, "", "none 1 time based 10 only updated attributes"},
		{Settings{Persistence: "database"}, "was", "database 1 time based 10 only updated attributes"},
		{Settings{Persistence: "database"}, "liberty",
			"database 1 end of servlet service 120 only updated attributes"},
		{Settings{Persistence: "database", WriteFrequency: "time based"}, "liberty",
			"database 1 time based 120 only updated attributes"},
		{Settings{Persistence: "memory-to-memory", Replicas: replicas(0)}, "was",
			"memory-to-memory 0 time based 10 only updated attributes"},
		{Settings{TuningLevel: "very high"}, "was", "none 1 time based 300 only updated attributes"},
		{Settings{TuningLevel: "low"}, "was", "none 1 end of servlet service 10 all session attributes"},
		{Settings{TuningLevel: "high", WriteInterval: 30, WriteContents: "get and set attributes"}, "was",
			"none 1 time based 30 get and set attributes"},
		{Settings{TuningLevel: "custom"}, "was", "none 1 time based 10 only updated attributes"},
	} {
		p, err := tc.s.Policy(tc.flavor)
		got := fmt.Sprintf("%s %d %s %d %s", p.Persistence, p.Replicas, p.Frequency, p.Interval, p.Contents)
		if err != nil || got != tc.want {
			t.Errorf("%+v of %s: %s, %v; want %s", tc.s, tc.flavor, got, err, tc.want)
		}
	}
	for _, s := range []Settings{{Persistence: "disk"}, {WriteFrequency: "never"}, {Schema: "many"}, {Mode: "x"},
		{Replicas: replicas(-2)},
		{WriteInterval: -1}, {WriteContents: "some"}} {
		if _, err := s.Policy("was"); err == nil {
			t.Errorf("%+v is no error", s)
		}
	}
}

// TestTableErrors: a table that cannot be read names its line.
func TestTableErrors(t *testing.T) {
	const head = "persistence\treplicas\tdead\tfrequency\tcontents\tschema\tchange\tmoment\n"
	for _, text := range []string{"", "persistence", head + "x", head + "none\t-\ta\teos\tall\t-\tset\tnever",
		head + "none\t-\tb\teos\tall\t-\tset\tduring",
		head + "none\tx\ta\teos\tall\t-\tset\tduring", head + "none\t-\ta\tx\tall\t-\tset\tduring",
		"x\t" + head, "dead\t" + head,
		head + "none\t-\tabc\teos\tall\t-\tset\tduring", head + "x\t-\ta\teos\tall\t-\tset\tduring"} {
		if _, err := ReadMatrix(text); err == nil {
			t.Errorf("%q is no error", text)
		}
	}
}

// TestTable predicts a table without predicted columns, and finds a wrong one.
func TestTable(t *testing.T) {
	const given = "persistence\treplicas\tdead\tfrequency\tcontents\tschema\tchange\tmoment\n" +
		"database\t-\ta\teos\tall\tsingle-row\tset\tafter-write\n" +
		"memory-to-memory\tall\tac\ttbw\tall\tdelta\tset\tnew-before-look\n"
	m, err := ReadMatrix(given)
	if err != nil {
		t.Fatal(err)
	}
	const want = "database\t-\ta\teos\tall\tsingle-row\tset\tafter-write\tkept\t1\t2\t2\t0002ID\t"
	printed := m.Print()
	if !strings.Contains(printed, want) || !strings.Contains(printed, "\tempty\t0\t0\t0\t0002ID\t") {
		t.Errorf("printed\n%s", printed)
	}
	again, err := ReadMatrix(printed)
	if err != nil || again.Cells[0].Differs() != nil {
		t.Fatalf("%v %v", err, again)
	}
	again.Cells[0].values["cookie"] = "0003ID"
	if d := again.Cells[0].Differs(); len(d) != 1 || !strings.Contains(d[0], "given 0003ID, predicted 0002ID") {
		t.Errorf("differs: %v", d)
	}
}
