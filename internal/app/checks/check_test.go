package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/edit"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/routecheck/batch"
)

const (
	rejected = `<Config><Route ServerCluster="absent"/></Config>`
	today    = "2026-11-29"
)

// pair is the first case, and a change of it.
func pair(t *testing.T, old, new string, more map[string]string) app.Input {
	changed := strings.Replace(apptest.Figure(t), old, new, 1)
	if old != "" && changed == apptest.Figure(t) {
		t.Fatalf("%q is not in the first case", old)
	}
	files := map[string]string{"old.xml": apptest.Figure(t), "new.xml": changed, "rejected.xml": rejected,
		"broken.xml": "<Config><Log></Config>"}
	for name, text := range more {
		files[name] = text
	}
	return apptest.Memory(t, files)
}

// safety asks about old.xml and new.xml.
func safety(change func(*Safety)) *Safety {
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		panic(err)
	}
	s := &Safety{Diff: Diff{Old: "old.xml", New: "new.xml"}, Now: now.Add(12 * time.Hour)}
	if change != nil {
		change(s)
	}
	return s
}

// TestVerdicts: what makes a change unsafe, what only has consequences, and how that is said in a sentence.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, summary string }{
		{"nothing", "", "", "SAFE"},
		{"a value in effect", `ConnectTimeout="5"`, `ConnectTimeout="6"`, "SAFE"},
		{"a clone ID", `CloneID="v544d031"`, `CloneID="v544d032"`,
			"NOT SAFE: sessions of PluginCluster/PluginMember1"},
		{"a subtree that is gone", `Name="/snoop/*"`, `Name="/snoop/x/*"`,
			"NOT SAFE: requests are newly declined: http"},
		{"a member that is drained", `LoadBalanceWeight="2"`, `LoadBalanceWeight="0"`,
			"SAFE WITH CONSEQUENCES: new sessions spread otherwise: PluginCluster"},
	} {
		a, err := safety(nil).Run(pair(t, c.old, c.new, nil))
		if err != nil {
			t.Fatalf("%s: %v %s", c.name, err, apptest.Noted(a.Notes))
		}
		if got := a.Summary(); !strings.HasPrefix(got, c.summary) {
			t.Errorf("%s: %q, want %q", c.name, got, c.summary)
		}
	}
}

// TestFailOn: which kinds make a change unsafe is the user's to say.
func TestFailOn(t *testing.T) {
	t.Parallel()
	in := func() app.Input { return pair(t, `LoadBalanceWeight="2"`, `LoadBalanceWeight="0"`, nil) }
	a, err := safety(func(s *Safety) { s.FailOn = []string{"new-sessions"} }).Run(in())
	if err != nil || a.Verdict != NotSafe {
		t.Errorf("%v %s", err, a.Verdict)
	}
	a, err = safety(func(s *Safety) { s.FailOn = []string{} }).Run(pair(t, `CloneID="v544d031"`, `CloneID="x"`, nil))
	if err != nil || a.Verdict != withConsequences {
		t.Errorf("%v %s", err, a.Verdict)
	}
	if _, err = safety(func(s *Safety) { s.FailOn = []string{"session"} }).Run(in()); err == nil ||
		!strings.Contains(err.Error(), `--fail-on "session" (did you mean "sessions"?)`) {
		t.Errorf("%v", err)
	}
}

// TestAccept: a reason that is accepted does not fail until its last day is over; what accepts nothing is told.
func TestAccept(t *testing.T) {
	t.Parallel()
	const change = `CloneID="v544d032"`
	a, err := safety(nil).Run(pair(t, `CloneID="v544d031"`, change, nil))
	if err != nil {
		t.Fatal(err)
	}
	var entries strings.Builder
	for _, r := range a.Reasons {
		entries.WriteString("  - {key: '" + r.Key + "', reason: planned, until: UNTIL}\n")
	}
	for until, want := range map[string]struct{ verdict, noted string }{
		"2026-11-29": {safe, ""}, "2026-11-30": {safe, ""},
		"2026-11-28": {NotSafe, "accepted until 2026-11-28 only"},
	} {
		accept := "version: 1\naccept:\n" + strings.ReplaceAll(entries.String(), "UNTIL", until)
		in := pair(t, `CloneID="v544d031"`, change, map[string]string{"accept.yaml": accept})
		a, err := safety(func(s *Safety) { s.Accept = "accept.yaml" }).Run(in)
		if err != nil || a.Verdict != want.verdict || !strings.Contains(apptest.Noted(a.Notes), want.noted) {
			t.Errorf("until %s: %v %s\n%s", until, err, a.Verdict, apptest.Noted(a.Notes))
		}
	}
	for text, want := range map[string]string{
		"version: 1\naccept:\n  - {key: x, reason: y, until: tomorrow}\n": "it must be a date such as 2027-01-31",
		"accept: 5\n": "does not say what is accepted",
	} {
		in := pair(t, "", "", map[string]string{"accept.yaml": text})
		a, err := safety(func(s *Safety) { s.Accept = "accept.yaml" }).Run(in)
		if err == nil || !strings.Contains(err.Error()+apptest.Noted(a.Notes), want) {
			t.Errorf("%q: %v, want %q\n%s", text, err, want, apptest.Noted(a.Notes))
		}
	}
	in := pair(t, "", "",
		map[string]string{"accept.yaml": "version: 1\naccept:\n  - {key: 'sessions X', reason: y}\n"})
	a, err = safety(func(s *Safety) { s.Accept = "accept.yaml" }).Run(in)
	if noted := apptest.Noted(a.Notes); err != nil || !strings.Contains(noted,
		"accepts what this change does not do: sessions X") {
		t.Errorf("%v %q", err, noted)
	}
}

// TestSafetyRefuses: what cannot be judged, and why; nothing is said of a change of which a part cannot be read.
func TestSafetyRefuses(t *testing.T) {
	t.Parallel()
	folders := func(s *Safety) {
		s.Old, s.New = "a", "b"
		s.OldFiles, s.NewFiles = []string{"a/plugin-cfg.xml"}, []string{"b/plugin-cfg.xml"}
	}
	for _, c := range []struct {
		name, want string
		change     func(*Safety)
	}{
		{"standard input", "check reads its files several times", func(s *Safety) { s.Old = "-" }},
		{"a file that is not there", "absent.xml", func(s *Safety) { s.New = "absent.xml" }},
		{"a file that is rejected", "the plug-in would reject", func(s *Safety) { s.New = "rejected.xml" }},
		{"a suite for folders", "--suite is for two files",
			func(s *Safety) { folders(s); s.Suites = []string{"s.yaml"} }},
		{"a log for folders", "--urls is for two files", func(s *Safety) { folders(s); s.URLs = &app.URLs{} }},
		{"a folder with a file of no use", "a file cannot be used", folders},
		{"a platform that is none", "--platform", func(s *Safety) { s.Platform = "iplanet7" }},
		{"a suite that is not there", "absent.yaml", func(s *Safety) { s.Suites = []string{"absent.yaml"} }},
		{"reasons that are not there", "absent.yaml", func(s *Safety) { s.Accept = "absent.yaml" }},
		{"a log that is not there", "absent.log", func(s *Safety) { s.URLs = &app.URLs{Path: "absent.log"} }},
	} {
		in := pair(t, "", "", map[string]string{"a/plugin-cfg.xml": apptest.Figure(t), "b/plugin-cfg.xml": rejected})
		if _, err := safety(c.change).Run(in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestUnfitSuite: a suite that names what the new file has not any more is a finding about the change.
func TestUnfitSuite(t *testing.T) {
	t.Parallel()
	in := pair(t, `Name="PluginMember1"`, `Name="Other"`, map[string]string{"suite.yaml": twoTests})
	a, err := safety(func(s *Safety) { s.Suites = []string{"suite.yaml"} }).Run(in)
	if err != nil {
		t.Fatal(err, apptest.Noted(a.Notes))
	}
	if a.Verdict != NotSafe || !slices.ContainsFunc(a.Reasons, func(r Reason) bool { return r.Kind == "suite" }) {
		t.Errorf("%s %+v", a.Verdict, a.Reasons)
	}
}

// TestTold: each kind of reason has its words, and a sentence names three of many.
func TestTold(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, kind := range Kinds {
		text := told(kind, []string{"a", "b", "c", "d", "e"})
		if other := seen[text]; other != "" {
			t.Errorf("%s and %s are told alike: %q", kind, other, text)
		}
		if seen[text] = kind; kind != "reload" && kind != "routes" && !strings.Contains(text, "a, b, c and 2 more") {
			t.Errorf("%s: %q", kind, text)
		}
		if one := told(kind, []string{"a"}); strings.Contains(one, "more:") || strings.Contains(one, " 1 values") {
			t.Errorf("%s: %q", kind, one)
		}
	}
}

// TestEditRefuses: what is left as it is, and why; the text is there all the same.
func TestEditRefuses(t *testing.T) {
	t.Parallel()
	set := &edit.Set{Assignments: []string{"cluster=PluginCluster@RetryInterval=30"}}
	for _, c := range []struct {
		name, want string
		ask        Edit
	}{
		{"a topology", "is a topology: change it there and generate; drain writes", Edit{Path: "topology.yaml",
			Drain: &edit.Drain{}}},
		{"a text", "is left as it is", Edit{Path: "notes.txt", Undrain: &edit.Undrain{}}},
		{"half a file", "broken.xml", Edit{Path: "broken.xml", Set: set}},
		{"a file that is not there", "absent.xml", Edit{Path: "absent.xml", Set: set}},
		{"no such member", "m9", Edit{Path: "old.xml", Drain: &edit.Drain{Members: []string{"m9"}, By: "weight",
			Date: today}}},
	} {
		in := pair(t, "", "", map[string]string{"topology.yaml": apptest.Case(t, "topology.yaml"),
			"notes.txt": "no XML\n"})
		a, err := c.ask.Run(in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if string(a.New) != string(a.Old) {
			t.Errorf("%s: something was changed", c.name)
		}
	}
}

// TestDiffURLsRefuses: two files and a log are three, of which one may be standard input.
func TestDiffURLsRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		ask        DiffURLs
	}{
		{"standard input twice", "only one of the two files and the log", DiffURLs{Diff{Old: "-", New: "new.xml"},
			app.URLs{Path: "-"}}},
		{"a platform that is none", "--platform", DiffURLs{Diff{Old: "old.xml", New: "new.xml", Platform: "x"},
			app.URLs{}}},
		{"a scheme that is none", "--scheme", DiffURLs{Diff{Old: "old.xml", New: "new.xml"},
			app.URLs{Where: batch.Where{Scheme: "ftp"}}}},
		{"an old file that is rejected", "the plug-in would reject", DiffURLs{Diff{Old: "rejected.xml",
			New: "new.xml"},
			app.URLs{Path: "log"}}},
		{"a new file that is rejected", "the plug-in would reject", DiffURLs{Diff{Old: "old.xml", New: "rejected.xml"},
			app.URLs{Path: "log"}}},
		{"a log that is not there", "absent.log", DiffURLs{Diff{Old: "old.xml", New: "new.xml"},
			app.URLs{Path: "absent.log"}}},
		{"a log without a request", "no line is of the form", DiffURLs{Diff{Old: "old.xml", New: "new.xml"},
			app.URLs{Path: "log", Format: "common"}}},
	} {
		in := pair(t, "", "", map[string]string{"log": "no request\n"})
		if _, err := c.ask.Run(in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	var request *app.RequestError
	if _, err := (&Diff{Old: "-", New: "-"}).Run(pair(t, "", "", nil)); !errors.As(err, &request) {
		t.Errorf("%v", err)
	}
}

// TestFolders: a file that is there on one side alone has consequences and no list of its attributes; one that cannot
// be used is paired by its path, and does not hide the others.
func TestFolders(t *testing.T) {
	t.Parallel()
	in := pair(t, "", "", map[string]string{"a/gone.xml": apptest.Figure(t),
		"a/bad.xml": apptest.Figure(t), "b/bad.xml": rejected})
	ask := DiffFolders{Diff: Diff{Old: "a", New: "b"}, OldFiles: []string{"a/gone.xml", "a/bad.xml"},
		NewFiles: []string{"b/bad.xml"}}
	a, err := ask.Run(in)
	if err != nil || len(a.Folders.Pairs) != 2 || a.Unread != 1 {
		t.Fatalf("%v, %d not read: %+v", err, a.Unread, a.Folders.Pairs)
	}
	for _, p := range a.Folders.Pairs {
		switch p.Old {
		case "gone.xml":
			if p.New != "" || p.Report == nil || len(p.Report.Attributes) > 0 || len(p.Report.Consequences) == 0 {
				t.Errorf("a file that is gone: %+v %+v", p, p.Report)
			}
		default:
			if p.New != "bad.xml" || p.Report != nil || !strings.HasSuffix(p.Trouble, "bad.xml is not usable") {
				t.Errorf("a file of no use: %+v", p)
			}
		}
	}
	ask.OldFiles, ask.NewFiles = nil, nil
	if _, err = ask.Run(in); err == nil || !strings.Contains(err.Error(), "nothing to compare") {
		t.Errorf("empty folders: %v", err)
	}
}
