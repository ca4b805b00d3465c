package replication

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lab/session"
	"pgregory.net/rapid"
)

// TestHolders is L4.
func TestHolders(t *testing.T) {
	for _, c := range []struct {
		members  string
		replicas int
		dead     string
		fixed    bool
		owner    string
		want     string
	}{
		{"abc", 1, "", false, "a", "[b]"},
		{"abc", 1, "", false, "c", "[a]"},
		{"abc", 1, "b", false, "a", "[c]"},
		{"abc", 1, "b", true, "a", "[]"},
		{"abc", 2, "b", true, "a", "[c]"},
		{"abc", 1, "a", false, "a", "[b]"}, // of a dead owner: where its copies are
		{"abc", 1, "bc", false, "a", "[]"},
		{"abc", 2, "", false, "b", "[c a]"},
		{"abc", 5, "", false, "b", "[c a]"},
		{"abcd", everyMember, "d", false, "c", "[a b]"},
		{"abc", 0, "", false, "a", "[]"},
		{"abrs", 1, "", false, "b", "[r]"}, // r and s are servers, a and b their clients
		{"abrs", 1, "r", false, "a", "[s]"},
		{"abrs", everyMember, "", false, "a", "[r s]"},
	} {
		cfg := domain(c.members, c.replicas)
		if c.members == "abrs" {
			tiers(&cfg)
		}
		cfg.Member = c.members[:1]
		if c.fixed {
			cfg.Retarget = retargetNever
		}
		if err := cfg.complete(); err != nil {
			t.Fatal(err)
		}
		g := newGroup(&cfg, 1)
		for i := range g.peers {
			g.heard(i, beat{Life: 1, Ready: true}, time.Time{})
		}
		for _, name := range c.dead {
			g.lost(g.find(string(name)))
		}
		if got := fmt.Sprint(g.names(g.holders(g.find(c.owner)))); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestHeartbeats is L6, and what tells a restart from a rest.
func TestHeartbeats(t *testing.T) {
	cfg := domain("ab", 1)
	cfg.Member = "a"
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	g, at := newGroup(&cfg, 7), time.Unix(0, 0)
	expect := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	expect("first", g.heard(1, beat{Life: 1}, at), came)
	expect("joining is no holder yet, but gets writes", g.targets(0), one(1))
	expect("ready", g.heard(1, beat{Life: 1, Ready: true}, at), readied)
	expect("again", g.heard(1, beat{Life: 1, Ready: true}, at), nothing)
	expect("in time", g.late(at.Add(deadAfter-1)), set(0))
	expect("late", g.late(at.Add(deadAfter)), one(1))
	expect("back", g.heard(1, beat{Life: 1, Ready: true}, at), came)
	expect("restarted unnoticed", g.heard(1, beat{Life: 2}, at), came)
	expect("leaves", g.heard(1, beat{Life: 2, Leaving: true}, at), departed)
	expect("left", g.living(), one(0))
}

// TestConfig: what cannot be is said.
func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*Config){
		`member x is not in the replication domain d`:          func(c *Config) { c.Member = "x" },
		"two members of the replication domain d are called a": func(c *Config) { c.Members[1].Name = "a" },
		`member a: unknown replication mode neither`:           func(c *Config) { c.Members[0].Mode = "neither" },
		"fewer than no replicas":                               func(c *Config) { c.Replicas = -2 },
		`unknown replication-ack maybe`:                        func(c *Config) { c.Ack = "maybe" },
		`unknown replica-retarget later`:                       func(c *Config) { c.Retarget = "later" },
		`unknown encryption DES`:                               func(c *Config) { c.Encryption = "DES" },
		"a replication domain has at most 32 members": func(c *Config) {
			*c = domain("abcdefghijklmnopqrstuvwxyzABCDEFG", 1)
			c.Member = "a"
		},
	} {
		c := domain("ab", 1)
		c.Member = "a"
		change(&c)
		if err := c.complete(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestHolderNeverGoesBack: whatever comes in whatever order, the number that a holder has taken never falls, what it
// refuses leaves it as it was, and a delta gives what the whole write would have given (L2, L3).
func TestHolderNeverGoesBack(t *testing.T) {
	k := session.Key{App: "hit", ID: "s"}
	rapid.Check(t, func(t *rapid.T) {
		var h held
		full := map[uint64]string{} // attributes of each write that was taken, all made by one owner a number
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			before, _ := h.get(k).topOrNone()
			owner := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "owner")
			no := rapid.Uint64Range(1, 8).Draw(t, "no")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				a := h.ask(question{App: k.App, ID: k.ID, By: owner})
				if top, by := h.get(k).topOrNone(); a.Fence != 0 && (top != before+1 || by != owner) {
					t.Fatalf("asked by %s at %d: %d of %s", owner, before, top, by)
				}
			case 1:
				h.drop(&message{App: k.App, ID: k.ID, stamp: stamp{No: no, Owner: owner}})
			default:
				text := fmt.Sprintf(`{"n":%d,"o":%q}`, no, owner)
				m := &message{App: k.App, ID: k.ID, stamp: stamp{No: no, Owner: owner}, Whole: true,
					Attributes: json.RawMessage(text)}
				if e := h.get(k); rapid.Bool().Draw(t, "delta") && e != nil {
					m.Whole, m.Base = false, no-1
				}
				if v := h.put(m); v == taken {
					full[no] = text
				}
			}
			e := h.get(k)
			if after, _ := e.topOrNone(); after < before {
				t.Fatalf("from %d back to %d", before, after)
			}
			if e != nil && e.state == live && string(e.attributes) != full[e.No] {
				t.Fatalf("write %d has %s, want %s", e.No, e.attributes, full[e.No])
			}
		}
	})
}

func (e *entry) topOrNone() (uint64, string) {
	if e == nil {
		return 0, ""
	}
	return e.top()
}

// TestDelta is L3: what was set is there, what was removed is not, and a base that is not there asks for all.
func TestDelta(t *testing.T) {
	var h held
	put := func(no, base uint64, whole bool, attributes string, removed ...string) verdict {
		return h.put(&message{App: "hit", ID: "s", stamp: stamp{No: no, Owner: "a"}, Base: base, Whole: whole,
			Attributes: json.RawMessage(attributes), Removed: removed})
	}
	got := []verdict{
		put(2, 1, false, `{"x":1}`),
		put(1, 0, true, `{"x":1,"y":2}`),
		put(2, 1, false, `{"z":3}`, "x"),
		put(2, 1, false, `{"z":3}`, "x"), // sent twice
		put(4, 3, false, `{"z":4}`),
		put(3, 2, false, ""),
	}
	if want := []verdict{wantAll, taken, taken, taken, wantAll, taken}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if text := string(h.get(session.Key{App: "hit", ID: "s"}).attributes); text != `{"y":2,"z":3}` {
		t.Error(text)
	}
}

// FuzzReceive: whatever another member sends, this one answers or says nothing.
func FuzzReceive(f *testing.F) {
	f.Add("put", []byte(`{"app":"hit","id":"s","no":1,"owner":"a","whole":true,"attributes":{"count":1}}`), "get",
		[]byte(`{"app":"hit","id":"s","by":"b"}`))
	f.Add("put", []byte(`{"no":2,"base":1,"attributes":[],"removed":[""]}`), "drop", []byte(`{"no":9}`))
	f.Fuzz(func(t *testing.T, kind string, first []byte, second string, then []byte) {
		var s Store
		for range 2 {
			for kind, data := range map[string][]byte{kind: first, second: then} {
				if kind != kindState { // which talks back
					s.receive(kind, data)
				}
			}
		}
	})
}

// TestSpliced: a delta that is applied by fields gives what one gives whose values are read, and what it cannot take
// is left to that.
func TestSpliced(t *testing.T) {
	name := rapid.SampledFrom([]string{"a", "b", "cc", "count", `q"`, `b\`, "<", "é", "a b"})
	value := rapid.SampledFrom([]string{`1`, `null`, `"x,}\"{"`, `{"a":[1,{"b":"]"}],"c":{}}`, `[]`, `"\\"`})
	object := rapid.Custom(func(t *rapid.T) map[string]json.RawMessage {
		all := map[string]json.RawMessage{}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			all[name.Draw(t, "name")] = json.RawMessage(value.Draw(t, "value"))
		}
		return all
	})
	rapid.Check(t, func(t *rapid.T) {
		old, set := object.Draw(t, "old"), object.Draw(t, "set")
		removed := rapid.SliceOfN(name, 0, 3).Draw(t, "removed")
		want := maps.Clone(old)
		maps.Copy(want, set)
		for _, n := range removed {
			delete(want, n)
		}
		if got := merged(packed(old), packed(set), removed); string(got) != string(packed(want)) {
			t.Errorf("%s, %s without %q: %s", packed(old), packed(set), removed, got)
		}
	})
	for _, odd := range []string{`[]`, `{`, `{}`, `{"a"}`, `{ "a":1}`, `{"a" :1}`, `{"b":1,"a":2}`, `{"a":1,"a":2}`,
		`{"a":1`, `{"a\"":1}`, `{"":1}`, `null`} {
		if out, ok := spliced([]byte(odd), []byte(`{"n":1}`), nil); ok {
			t.Errorf("%s is taken: %s", odd, out)
		}
	}
	if out, ok := spliced([]byte(`{"a":1,"b":2}`), []byte(`{"b":3}`), []string{"a"}); !ok || string(out) != `{"b":3}` {
		t.Errorf("%s %t", out, ok)
	}
}
