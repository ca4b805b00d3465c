package scenario

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/session"
)

// TestFits: how a field of an answer is held against what a file wants.
func TestFits(t *testing.T) {
	for _, tt := range []struct {
		field     string
		want, got []string
		fits      bool
	}{
		{"status", []string{"200"}, []string{"200"}, true},
		{"member", []string{"m1", "m2"}, []string{"m2"}, true}, // chance decides
		{"member", []string{"m1"}, []string{"m2"}, false},
		{"member", []string{"m1"}, nil, false},
		{"attempts", []string{"m1", "m2"}, []string{"m1", "m2"}, true},
		{"attempts", []string{"m1", "m2"}, []string{"m2", "m1"}, false}, // their order is theirs
		{"marked", []string{"m1", "m2"}, []string{"m2", "m1"}, true},
		{"marked", []string{}, []string{}, true},
		{"up", []string{"a"}, []string{"a", "b"}, false},
		{"text", []string{"count: 1"}, []string{"Hit count: 12"}, true},
		{"text", []string{"Count"}, []string{"Hit count: 12"}, false},
		{"cookie", []string{"0001*:a"}, []string{"0001ID-_9:a"}, true},
		{"cookie", []string{"0001*:a"}, []string{"0001ID:b:a"}, false}, // the ID holds no separator
		{"cookie", []string{"0001*:a"}, []string{"0001:a"}, false},     // nor is it empty
		{"cookie", []string{"0002*:a"}, []string{"0001ID:a"}, false},
		{"cookie", []string{"0002*:#"}, []string{"0002ID:4711"}, true},
		{"cookie", []string{"0002*:#"}, []string{"0002ID:a"}, false},
		{"cookie", []string{"0002*:#"}, []string{"0002ID:a:4711"}, false},
		{"cookie", []string{""}, []string{""}, true},
	} {
		if w := (&wanted{name: tt.field, want: tt.want}); w.fits(tt.got) != tt.fits {
			t.Errorf("%s: %q against %q: fits %t", tt.field, tt.got, tt.want, !tt.fits)
		}
	}
}

// shows is an answer of a member with a session, as /hitcount gives it.
func shows(member, id string, count int64) *answer {
	return &answer{Status: 200, Member: member, Session: id, Count: count, Header: http.Header{}}
}

// TestFinds: what a client finds of its session, and what it has lost of what it knew: a count of 3 in session S of
// member a.
func TestFinds(t *testing.T) {
	hit, look := &request{path: "/hitcount"}, &request{path: "/hitcount?get=1"}
	for name, tt := range map[string]struct {
		q                   *request
		a                   *answer
		session             string
		lost, applied, late int64
		user                string
	}{
		"at home":                  {hit, shows("a", "S", 4), "home", 0, 1, 0, "goes-on"},
		"kept by another":          {hit, shows("b", "S", 4), "kept", 0, 1, 0, "goes-on"},
		"kept but for the last":    {hit, shows("b", "S", 3), "kept", 1, 1, 0, "goes-on"},
		"the retry counted, too":   {hit, shows("b", "S", 5), "kept", 0, 2, 1, "goes-on"},
		"only looked at":           {look, shows("b", "S", 3), "kept", 0, 0, 0, "goes-on"},
		"one that nobody answered": {look, shows("b", "S", 4), "kept", 0, 0, 1, "goes-on"},
		"the ID, and nothing else": {hit, shows("b", "S", 1), "empty", 3, 1, 0, "first-screen"},
		"another session":          {hit, shows("b", "T", 1), "new", 3, 1, 0, "first-screen"},
		"another one, and twice":   {hit, shows("b", "T", 2), "new", 2, 2, 1, "first-screen"},
		"nothing of a session":     {hit, &answer{Status: 200, Member: "b", Count: -1}, "none", 0, 0, 0, "goes-on"},
		"no answer":                {hit, &answer{Count: -1}, "none", 0, 0, 0, "send-again"},
	} {
		b := &browser{had: true, id: "S", owner: "a", last: 3, counts: "hitcount"}
		o := &observed{answer: tt.a, session: b.finds(tt.q, tt.a)}
		o.changes(b, tt.q)
		o.user = b.mustDo(tt.q, o)
		if o.session != tt.session || o.lost != tt.lost || o.applied != tt.applied || o.late != tt.late ||
			o.user != tt.user {
			t.Errorf("%s: %s, %d lost, %d applied, %d late, %s", name, o.session, o.lost, o.applied, o.late, o.user)
		}
	}
}

// TestMustDo: what a person reads off a page. Who chose on the last screen of the wizard is on the first one again by
// right, who did so on an earlier one was thrown back.
func TestMustDo(t *testing.T) {
	choose := &request{method: "POST", path: "/wizard", form: url.Values{"choice": {"red"}}}
	look := &request{method: "GET", path: "/wizard"}
	page := func(status int, text string) *answer {
		return &answer{Status: status, Text: text, Session: "S", Member: "a", Count: -1}
	}
	for _, tt := range []struct {
		screen int // before
		q      *request
		a      *answer
		want   string
	}{
		{1, choose, page(200, "Screen 2 of 4"), "goes-on"},
		{4, choose, page(200, "Screen 1 of 4"), "goes-on"},
		{4, &request{method: "GET", path: "/wizard?choice=red"}, page(200, "Screen 1 of 4"), "goes-on"},
		{3, look, page(200, "Screen 1 of 4"), "first-screen"},
		{3, choose, page(200, "Screen 2 of 4"), "first-screen"}, // the choice is the first one of another member's
		{0, look, page(200, "There is no note"), "send-again"},
		{0, look, page(200, "Portlet Unavailable"), "portlet-unavailable"},
		{0, look, page(401, ""), "log-in"},
		{0, look, page(503, ""), "send-again"},
	} {
		b := &browser{had: true, id: "S", owner: "a", screen: tt.screen, note: true}
		if got := b.mustDo(tt.q, &observed{answer: tt.a, session: string(sessionHome)}); got != tt.want {
			t.Errorf("%s on screen %d, then %d %q: %s, want %s", tt.q.method, tt.screen, tt.a.Status, tt.a.Text, got,
				tt.want)
		}
	}
}

// TestTrail: what is known to be unwritten, from requests and looks alone.
func TestTrail(t *testing.T) {
	hit, inPlace := &request{path: "/hitcount"}, &request{path: "/hitcount?inplace=1"}
	sync, look := &request{path: "/hitcount?get=1&sync=1"}, &request{path: "look"}
	at := func(f session.Frequency) *session.Policy { return &session.Policy{Frequency: f, Interval: 10} }
	for name, tt := range map[string]struct {
		policy    *session.Policy
		did       []*request // a second apart but for looks, which come 10 s after what was before
		down      bool
		unwritten int
		inPlace   bool
		never     bool
	}{
		"end of service":        {at(session.EndOfService), []*request{hit, hit}, false, 0, false, false},
		"in place goes along":   {at(session.EndOfService), []*request{hit, inPlace}, false, 1, true, false},
		"first hit is not":      {at(session.EndOfService), []*request{inPlace}, false, 0, false, false},
		"the store is down":     {at(session.EndOfService), []*request{hit, hit}, true, 2, false, true},
		"time based":            {at(session.TimeBased), []*request{hit, hit}, false, 2, false, true},
		"a look":                {at(session.TimeBased), []*request{hit, hit, look}, false, 0, false, false},
		"a look too early":      {at(session.TimeBased), []*request{hit, look, hit}, false, 1, false, false},
		"a look at what is due": {at(session.TimeBased), []*request{hit, look, hit, look}, false, 0, false, false},
		"a look in vain":        {at(session.TimeBased), []*request{hit, look}, true, 1, false, true},
		"manual":                {at(session.Manual), []*request{hit, look, hit}, false, 2, false, true},
		"synced":                {at(session.Manual), []*request{hit, sync}, false, 0, false, false},
	} {
		var trail trail
		trail.begins(0)
		now := time.Duration(0)
		for _, q := range tt.did {
			if q == look {
				now += 10 * time.Second
				trail.look(tt.policy, now, tt.down)
				continue
			}
			now += time.Second
			trail.request(q, tt.policy, now, tt.down)
		}
		if trail.unwritten != tt.unwritten || trail.inPlace != tt.inPlace || trail.never != tt.never {
			t.Errorf("%s: %+v", name, trail)
		}
	}
}
