package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestHasCookie: a predicted cookie beside the one that the client has, which had 0001ID:a before.
func TestHasCookie(t *testing.T) {
	for _, tt := range []struct {
		predicted, id, cookie string
		fits                  bool
	}{
		{"0002<id>:a:b", "ID", "0002ID:a:b", true},
		{"0002<id>:a:b", "ID", "0002ID:a", false},
		{"0002<id>:a:b", "NEW", "0002NEW:a:b", false}, // it has the form, and is another session's
		{"0000<new>:b", "NEW", "0000NEW:b", true},
		{"0000<new>:b", "ID", "0000ID:b", false},
		{"0002<id>:<partition>", "ID", "0002ID:4711", true},
		{"0002<id>:<partition>", "ID", "0002ID:a", false},
		{"0002<id>+a+b", "ID", "0002ID+a+b", true}, // the separator of a file is no operator
		{"0002<id>+a+b", "ID", "0002IDaab", false},
	} {
		o := &observed{answer: &answer{Before: "0001ID:a", Session: tt.id, Cookie: tt.cookie}}
		if o.hasCookie(tt.predicted) != tt.fits {
			t.Errorf("%s as %s: fits %t", tt.cookie, tt.predicted, !tt.fits)
		}
	}
}

// TestSameSession: which words for a session say the same. Home is kept by its owner; what depends fits any.
func TestSameSession(t *testing.T) {
	all := []found{sessionNone, sessionHome, sessionKept, sessionEmpty, sessionNew}
	for _, tt := range []struct {
		predicted, cookie string
		fit               string
	}{
		{"kept", "", "home kept"}, {"home", "", "home"}, {"empty", "", "empty"}, {"none", "", "none new"},
		{"depends", "", "none home kept empty new"}, {"new", "0000<new>:b", "new"},
		{"new", "0000<id>:a:b", "empty new"}, // the ID was reused (S15)
	} {
		var fit []string
		for _, got := range all {
			if sameSession(&explain.SessionOutcome{Session: tt.predicted, Cookie: tt.cookie}, string(got)) {
				fit = append(fit, string(got))
			}
		}
		if got := strings.Join(fit, " "); got != tt.fit {
			t.Errorf("%s, %s: %s, want %s", tt.predicted, tt.cookie, got, tt.fit)
		}
	}
}

// TestLosses: what is lost beside what was predicted to be. The client had seen 5, of which 3 were told to be written.
func TestLosses(t *testing.T) {
	aged := func(d time.Duration) *facts { return &facts{failure: session.Failure{Aged: true, Age: d}} }
	for _, tt := range []struct {
		changes string
		f       *facts
		session found
		lost    int64
		want    string // a part of each failure, "" for none
	}{
		{"all", &facts{}, sessionKept, 0, ""},
		{"all", &facts{}, sessionKept, 1, "none lost"},
		{"unwritten-lost", &facts{exact: true}, sessionKept, 2, ""},
		{"unwritten-lost", &facts{exact: true}, sessionKept, 0, "are lost"}, // that would be a write nobody knows of
		{"unwritten-lost", &facts{}, sessionKept, 0, ""},                    // it hung on an instant
		{"unwritten-lost", &facts{exact: true}, sessionKept, 3, "acknowledged as written"},
		{"none-lost-older-than", aged(19 * time.Second), sessionKept, 1, ""},
		{"none-lost-older-than", aged(21 * time.Second), sessionKept, 1, "none older than 20s"},
		{"none-lost-older-than", aged(21 * time.Second), sessionKept, 0, ""},
		{"lost", &facts{}, sessionKept, 5, ""},
		{"all", &facts{}, sessionNew, 5, ""}, // the session says it all
	} {
		o := &observed{answer: &answer{}, session: string(tt.session), lost: tt.lost, lastBefore: 5, floorBefore: 3}
		got := losses(&explain.SessionOutcome{Changes: tt.changes, Bound: 20}, tt.f, o)
		if (len(got) > 0) != (tt.want != "") || len(got) > 0 && !strings.Contains(got[0].Want, tt.want) {
			t.Errorf("%s, %d lost: %v, want %q", tt.changes, tt.lost, got, tt.want)
		}
	}
}

// TestMoments: in which of the predictor's words the death of an owner is told, from what was done and when.
func TestMoments(t *testing.T) {
	sem, err := Assumptions("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sem.Assume("replication-ack=async"); err != nil {
		t.Fatal(err)
	}
	async := sem
	if _, err := sem.Assume("replication-ack=wait"); err != nil {
		t.Fatal(err)
	}
	const eos, tbw, manual = session.EndOfService, session.TimeBased, session.Manual
	hit, flush, kill := &request{path: "/hitcount"}, &request{path: "/hitcount?flush=1"}, &fate{how: doKill}
	killsAt := func(moment string) *Step { return &Step{how: doKill, moment: moment} }
	for name, tt := range map[string]struct {
		frequency session.Frequency
		trail     trail
		died      *fate
		armed     *Step
		q         *request
		assumed   choices.Assumptions
		moment    string
		inFlight  bool
		exact     bool
	}{
		"nobody died":          {eos, trail{}, nil, nil, hit, sem, "", false, false},
		"between two requests": {eos, trail{}, kill, nil, hit, sem, "after-answer", false, true},
		"without waiting":      {eos, trail{}, kill, nil, hit, async, "after-answer", false, false},
		"in order": {tbw, trail{unwritten: 1}, &fate{how: doShutdown}, nil, hit, sem, "orderly-stop", false,
			true},
		"before the look": {tbw, trail{unwritten: 1}, kill, nil, hit, sem, "before-look", false, true},
		"behind it":       {tbw, trail{}, kill, nil, hit, sem, "after-look", false, true},
		"not synced":      {manual, trail{unwritten: 2}, kill, nil, hit, sem, "not-synced", false, true},
		"synced":          {manual, trail{}, kill, nil, hit, sem, "synced", false, true},
		"an answer, and no write": {eos, trail{}, &fate{how: doKill, moment: "before-write"}, nil, hit, sem,
			"flushed-before-write", false, true},
		"the store had refused it": {eos, trail{refused: 1}, kill, nil, hit, sem, "flushed-before-write", false, true},
		"before its service":       {eos, trail{}, nil, killsAt("before-service"), hit, sem, "during", true, true},
		"written, not answered":    {eos, trail{}, nil, killsAt("before-answer"), hit, sem, "after-write", true, true},
		"a delay is no death": {eos, trail{}, nil, &Step{how: "delay", moment: "during"}, hit, sem, "", false,
			false},
		"half an answer is out": {eos, trail{}, nil, killsAt("mid-answer"), hit, sem, "", false, false},
		"flushed before":        {eos, trail{}, nil, killsAt("before-write"), flush, sem, "", false, false},
	} {
		st := &stage{setup: &Setup{Assumptions: tt.assumed}, policy: session.Policy{Frequency: tt.frequency},
			died: map[string]*fate{}, armed: map[string]*Step{}}
		if tt.died != nil {
			st.died["a"] = tt.died
		}
		if tt.armed != nil {
			st.armed["a"] = tt.armed
		}
		f := &facts{}
		got := st.failure(&browser{owner: "a", trail: tt.trail}, tt.q, f)
		var want session.Moment
		if tt.moment != "" {
			want = moment(tt.moment)
		}
		if got.Moment != want || f.inFlight != tt.inFlight || f.exact != tt.exact {
			t.Errorf("%s: moment %v, in flight %t, exact %t", name, got.Moment, f.inFlight, f.exact)
		}
	}
}

// TestGap: the longest wait of a client around a fault, and of none that ended before it or began long after.
func TestGap(t *testing.T) {
	begin := time.Now()
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	k := &killTest{answered: map[string][]time.Time{
		"a": {at(0), at(900), at(1000), at(1400), at(1500)}, // 900 ms were over before
		"b": {at(950), at(1650), at(3100), at(9000)},        // 5900 ms began later than two seconds after
		"c": {at(2000)},
	}}
	if got := k.gap(at(1000)); got != 1450*time.Millisecond {
		t.Error(got)
	}
	if got := k.gap(at(20_000)); got != 0 {
		t.Errorf("after the last answer: %v", got)
	}
	if got := Median([]time.Duration{1, 2, 9}); got != 2 || Median(nil) != 0 {
		t.Error(got)
	}
}
