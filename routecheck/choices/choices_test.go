package choices

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/session"
)

// TestAssume: every choice takes each of its values as flags write them, and reads as that afterwards.
func TestAssume(t *testing.T) {
	for c, info := range All() {
		for v, value := range info.Values {
			var s Assumptions
			got, err := s.Assume(info.Name + "=" + value)
			if err != nil || got != Choice(c) || s.Value(got) != value || !s.Is(got, uint8(v)) ||
				got.ValueName(uint8(v)) != value {
				t.Errorf("%s=%s: %s, %v", info.Name, value, got, err)
			}
		}
	}
	for c, info := range session.Choices() {
		for v, value := range info.Values {
			var s Assumptions
			got, err := s.Assume(info.Name + "=" + value)
			if err != nil || got != FirstSession+Choice(c) || s.Session[c] != uint8(v) ||
				got.String() != info.Name || got.ValueName(uint8(v)) != value {
				t.Errorf("%s=%s: %s, %v", info.Name, value, got, err)
			}
			if set := SessionChoices([]Choice{ScoreTie, got}); set != session.Of(session.Choice(c)) {
				t.Errorf("%s: set %b", info.Name, set)
			}
		}
	}
}

// TestAssumeErrors: what is wrong with an assignment, and what would be right. Nothing is assumed then.
func TestAssumeErrors(t *testing.T) {
	for assignment, want := range map[string]string{
		"score-tie":             `"score-tie": want CHOICE=VALUE, such as score-tie=last`,
		"":                      `"": want CHOICE=VALUE, such as score-tie=last`,
		"score-tie=":            `choice score-tie has no value "": want one of first, last`,
		"score-tie=lst":         `choice score-tie has no value "lst": want one of first, last`,
		"score-tie=last=first":  `choice score-tie has no value "last=first": want one of first, last`,
		"scoretie=last":         `no open choice is named "scoretie" (did you mean "score-tie"?)`,
		"takeover-ids=new":      `no open choice is named "takeover-ids" (did you mean "takeover-id"?)`,
		"quite-another=x":       `no open choice is named "quite-another"`,
		"takeover-id=old":       `choice takeover-id has no value "old": want one of new, same`,
		"retry-clock=arrival":   "retry-clock=arrival is now one of three values",
		"partition-table=known": "partition-table is a fact, no open choice of the plug-in: it cannot be assumed; ",
		"session-path=sent":     "session-path is a fact, no open choice of the plug-in: it cannot be assumed",
	} {
		s := Latest()
		_, err := s.Assume(assignment)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", assignment, err, want)
		}
		if latest := Latest(); s != latest {
			t.Errorf("%q changed something", assignment)
		}
	}
}

// TestLevels: what holds at a level is what the nearest one not above it has, in its own release.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		level, failover, clock string
		ttl, connect           time.Duration
		clears, tells          bool
		slashes, esi           string
	}{
		{"5.1", "next-primary", "arrival-both", 0, 0, false, false, "no", "true"},
		{"5.1.1.13", "next-primary", "now", 0, 0, false, false, "no", "true"},
		{"6", "next-primary", "arrival-both", 0, 0, false, false, "no", "true"},
		{"6.0.2.16", "next-primary", "arrival-both", 0, 0, false, false, "no", "true"},
		{"6.0.2.17", "next-primary", "now", 0, 0, false, false, "no", "true"},
		{"6.1.0.32", "next-primary", "now", 0, 0, false, false, "no", "true"},
		{"6.1.0.33", "balance", "now", 0, 0, false, false, "no", "true"},
		{"6.1.0.47", "balance", "now", 0, 0, false, false, "no", "true"},
		{"7.0.0.2", "next-primary", "now", 0, 0, false, false, "no", "true"},
		{"7.0.0.3", "next-primary", "now", 0, 0, false, true, "no", "true"},
		{"7.0.0.13", "balance", "now", 0, 0, false, true, "no", "true"},
		{"8.0", "balance", "now", 0, 5 * time.Second, true, true, "no", "unknown"},
		{"8.5.5.15", "balance", "now", 0, 5 * time.Second, true, true, "no", "unknown"},
		{"8.5.5.16", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "no", "unknown"},
		{"9.0.5", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "yes", "false"},
		{"9.0.5.20", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "yes", "false"},
		{"99", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "yes", "false"},
		{"latest", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "yes", "false"},
		{"", "balance", "now", 28 * time.Second, 5 * time.Second, true, true, "yes", "false"},
	} {
		s, err := Level(c.level)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(s.Value(AffinityFailover), s.Value(RetryClock), s.TTLAbsent, s.ConnectAbsent, s.BusyClears,
			s.TellsFailover, s.Value(MergeSlashes), s.ESIAbsent)
		want := fmt.Sprint(c.failover, c.clock, c.ttl, c.connect, c.clears, c.tells, c.slashes, c.esi)
		if got != want {
			t.Errorf("%s: %s, want %s", c.level, got, want)
		}
	}
}

// TestPlatforms: the web server decides what is left of a path (R16), and at old levels IHS alone does not merge
// slashes. The bundled proxy is one that guards its members.
func TestPlatforms(t *testing.T) {
	for _, c := range []struct{ level, platform, want string }{
		{"8.5", "", "decode-and-clean no false"}, {"8.5", "ihs", "decode-and-clean no false"},
		{"9.0.5", "ihs", "decode-and-clean yes false"}, {"8.5", "apache", "decode-and-clean yes false"},
		{"8.5", "iis", "none yes false"}, {"latest", "zos", "none yes false"}, {"latest", "proxy", "none yes true"},
	} {
		s, err := Defaults(c.level, c.platform)
		got := fmt.Sprint(s.Value(PathNormalisation), " ", s.Value(MergeSlashes), " ", s.GuardsMembers)
		if err != nil || got != c.want {
			t.Errorf("%s, %s: %s, %v, want %s", c.level, c.platform, got, err, c.want)
		}
	}
}

// TestLevelErrors: what is no level or platform, and what is.
func TestLevelErrors(t *testing.T) {
	for _, c := range []struct{ level, platform, want string }{
		{"5.0", "", `plug-in level "5.0": nothing is known of levels below 5.1`},
		{"8.5.5.20.1", "", `plug-in level "8.5.5.20.1": want "latest" or a version of at most four numbers`},
		{"V8", "", `plug-in level "V8": want "latest" or a version`}, {"8.", "", `want "latest" or a version`},
		{"8.-5", "", `want "latest" or a version`}, {"8.1000000", "", `want "latest" or a version`},
		{"", "apach", `platform "apach": want one of ihs, apache, iis, domino, sun, zos, proxy ` +
			`(did you mean "apache"?)`},
	} {
		if _, err := Defaults(c.level, c.platform); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v, want %s", c.level, c.platform, err, c.want)
		}
	}
	if v, err := DefaultAt("ConnectTimeout absent", "7.0"); v != "OS" || err != nil {
		t.Errorf("%s, %v", v, err)
	}
	for _, of := range []string{"score-tie", ""} {
		if v, err := DefaultAt(of, "latest"); err == nil {
			t.Errorf("%q is %s at every level", of, v)
		}
	}
}

// TestOverrides: what a run was told differs from the level's own in those alone.
func TestOverrides(t *testing.T) {
	base := Latest()
	s := base.With(ScoreTie, LastWins).With(BodyBeyondBuffer, 1)
	got := s.Overrides(&base)
	if want := []Override{{ScoreTie, LastWins}, {BodyBeyondBuffer, 1}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if again := base.Overrides(&base); again != nil || base.Index(ScoreTie) != 0 {
		t.Errorf("With changed what it was called on: %v", again)
	}
}

// TestConsulted: an answer hangs on what was consulted; what a log shows counts for the reader of logs alone.
func TestConsulted(t *testing.T) {
	var seen, more Consulted
	s := Latest()
	s.Consult(ScoreTie, &seen)
	s.Consult(BodyBeyondLimit, &seen)
	seen.Shows(WeightOnFailure)
	more.Shows(Probe)
	s.Consult(AllDown, &more)
	seen.Add(&more)
	if want := uint64(1<<ScoreTie | 1<<BodyBeyondLimit | 1<<AllDown); seen.Points() != want {
		t.Errorf("hangs on %b, want %b", seen.Points(), want)
	}
	if want := uint64(1<<ScoreTie | 1<<AllDown | 1<<WeightOnFailure); seen.Asked() != want {
		t.Errorf("asked %b, want %b", seen.Asked(), want)
	}
	if seen.Reset(); seen.Points() != 0 || seen.Asked() != 0 {
		t.Error("Reset leaves something")
	}
	var none *Consulted
	none.Shows(Probe)
	none.Add(&more)
	if s.Consult(ScoreTie, none) != 0 {
		t.Error("a decision without notes is another one")
	}
}

// TestTree: two choices that change an answer together only, and one that is consulted under one value of another. The
// first result is that of the values which the walk began with, and each combination comes once.
func TestTree(t *testing.T) {
	var got []string
	tree := Tree[string]{
		Among: 1<<ScoreTie | 1<<Probe | 1<<AllDown,
		Decide: func(s *Assumptions) (string, uint64, bool) {
			asked := uint64(1<<ScoreTie | 1<<OpenRoute) // OpenRoute is not among those to branch on
			if s.Is(ScoreTie, LastWins) {
				asked |= 1 << Probe
			}
			return s.Value(ScoreTie) + " " + s.Value(Probe), asked, true
		},
		Each: func(_ *Assumptions, fixed uint64, result string) {
			got = append(got, fmt.Sprintf("%s %d", result, fixed>>ScoreTie&1+fixed>>Probe&1+fixed>>AllDown&1))
		},
	}
	s := Latest()
	whole := tree.Walk(&s, 0)
	if text := strings.Join(got, ", "); !whole || text != "first one 1, last one 2, last all 2" {
		t.Errorf("%s, whole %t", text, whole)
	}
	got = nil
	last := s.With(ScoreTie, LastWins) // no default: the default is one of the other values then
	if tree.Walk(&last, 0); strings.Join(got, ", ") != "last one 2, last all 2, first one 1" {
		t.Errorf("begun elsewhere: %v", got)
	}
	got = nil
	if whole = tree.Walk(&s, 1<<ScoreTie); !whole || len(got) != 1 {
		t.Errorf("a choice that was settled is tried: %v", got)
	}
	decided := 0
	tree.Decide = func(*Assumptions) (string, uint64, bool) { decided++; return "", 1 << ScoreTie, decided < 2 }
	if tree.Walk(&s, 0) || decided != 2 {
		t.Errorf("the walk goes on behind its end: %d decisions", decided)
	}
}
