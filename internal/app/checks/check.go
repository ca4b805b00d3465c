package checks

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// Safety asks whether a changed configuration is safe to put in force: what lint says of it and did not say of the old
// one, what the change does to users, and whether test suites still pass.
type Safety struct {
	Diff
	OldFiles, NewFiles []string  // below two folders; nil for two files
	Suites             []string  // run on the new file; none: one that covers all that the old file reaches
	FailOn             []string  // of Kinds; nil for those of DefaultFailOn
	URLs               *app.URLs // a log, of whose requests those that change are counted; nil for none
	Accept             string    // file of reasons that are accepted, "" for none
	Now                time.Time // by which acceptances run out
}

// Kinds are what reasons are about. Each may make a change unsafe; lint has one for each severity.
var Kinds = []string{"sessions", "declined", "requests", "routes", "new-sessions", "outage", "reload", "renamed",
	"suite", "lint:error", "lint:warning", "lint:info", "values"}

// DefaultFailOn are the kinds that make a change unsafe where nothing else is asked for.
var DefaultFailOn = []string{"lint:error", "sessions", "declined", "suite"}

// Verdicts about a change.
const (
	safe             = "SAFE"
	withConsequences = "SAFE WITH CONSEQUENCES"
	NotSafe          = "NOT SAFE"
)

// SafetyAnswer is a verdict and everything that it rests on.
type SafetyAnswer struct {
	Notes   app.Notes
	Files   *diag.Files
	Verdict string
	Reasons []Reason
	Parts   []SafetyPart
	Logged  *DiffURLsAnswer // nil without a log
}

// Reason is one thing that a change does.
type Reason struct {
	Kind, Text string
	Key        string // by which --accept names it
	Fails      bool   // it makes the change unsafe
	Accepted   string // why it does not all the same, "" where nobody accepts it

	short string // in the first line
}

// SafetyPart is what was found of a pair of files.
type SafetyPart struct {
	Old, New string
	Lint     []lint.Placed
	Report   *diff.Report
	Tests    *TestAnswer // no suites where one of the files is not there
}

// Run judges the change.
func (s *Safety) Run(in app.Input) (*SafetyAnswer, error) {
	a := &SafetyAnswer{Files: diag.NewFiles(), Verdict: safe}
	if err := s.checked(); err != nil {
		return a, err
	}
	// What is accepted is read first, as an error there is told at once, and applied last, to all reasons of all
	// pairs.
	accepted, err := s.accepted(in, a)
	if err != nil {
		return a, err
	}
	// Reasons come in the order in which they are found: of a pair what lint says, what the comparison says, the
	// tests.
	pairs, err := s.pairs(in, a)
	if err != nil {
		return a, err
	}
	for _, p := range pairs {
		if err := s.part(in, a, p); err != nil {
			return a, err
		}
	}
	accepted.apply(a)
	s.decide(a)
	return a, s.logged(in, a)
}

// logged asks both files about the requests of a log. They are evidence for reasons that there are without them.
func (s *Safety) logged(in app.Input, a *SafetyAnswer) (err error) {
	if s.URLs == nil {
		return nil
	}
	ask := DiffURLs{Diff: s.Diff, URLs: *s.URLs}
	a.Logged, err = ask.Run(in)
	return err
}

// checked refuses what cannot be judged. Files must be files: each is read by several use cases.
func (s *Safety) checked() error {
	if s.Old == "-" || s.New == "-" {
		return app.Misuse("check reads its files several times: name files, not standard input")
	}
	for _, kind := range s.FailOn {
		if !slices.Contains(Kinds, kind) {
			return app.Wrong("fail-on", " %q%s: want some of %s", kind, diag.DidYouMean(kind, Kinds),
				strings.Join(Kinds, ", "))
		}
	}
	if s.Suites != nil && s.OldFiles != nil {
		return app.Wrong("suite", " is for two files: of folders nobody says which file a suite is about")
	}
	if s.URLs != nil && s.OldFiles != nil {
		return app.Wrong("urls", " is for two files: of folders nobody says which file served a request of the log")
	}
	return s.check()
}

// safetyPair is two files to compare, "" for one that is not there.
type safetyPair struct{ old, new string }

// pairs are the two files, or those of the folders by path and aliases.
func (s *Safety) pairs(in app.Input, a *SafetyAnswer) (list []safetyPair, err error) {
	if s.OldFiles == nil && s.NewFiles == nil {
		return []safetyPair{{s.Old, s.New}}, nil
	}
	// The folders are compared for their pairs alone; what differs is found again file by file, with all else.
	folders := DiffFolders{Diff: s.Diff, OldFiles: s.OldFiles, NewFiles: s.NewFiles}
	answer, err := folders.Run(in)
	a.Notes = append(a.Notes, answer.Notes...)
	if err == nil && answer.Unread > 0 {
		err = errors.New("a file cannot be used, so nothing is said of the change")
	}
	join := func(folder, path string) string {
		if path == "" {
			return ""
		}
		return filepath.Join(folder, path)
	}
	for _, p := range answer.Folders.Pairs {
		list = append(list, safetyPair{join(s.Old, p.Old), join(s.New, p.New)})
	}
	return list, err
}

// part judges one pair of files.
func (s *Safety) part(in app.Input, a *SafetyAnswer, p safetyPair) error {
	part := SafetyPart{Old: p.old, New: p.new}
	load := func(path string) (*app.Loaded, error) {
		if path == "" {
			return orNothing(nil), nil
		}
		return s.load(in, path, a.Files, &a.Notes)
	}
	old, err := load(p.old)
	if err != nil {
		return err
	}
	new, err := load(p.new)
	if err != nil {
		return err
	}
	if part.Report, err = s.compare(old, new); err != nil {
		return err
	}
	if p.old == "" || p.new == "" {
		part.Report.Attributes = nil // all of them are new, or gone
	}
	if part.Lint, err = s.lint(in, a, p); err != nil {
		return err
	}
	a.consequences(part.Report)
	if p.old == "" || p.new == "" {
		part.Tests = &TestAnswer{Version: 1, Suites: []TestedSuite{}}
	} else if part.Tests, err = s.test(in, a, p); err != nil {
		return err
	}
	a.Parts = append(a.Parts, part)
	return nil
}

func (a *SafetyAnswer) add(r Reason) { a.Reasons = append(a.Reasons, r) }

// lint finds what is wrong with the new file and was not with the old one.
func (s *Safety) lint(in app.Input, a *SafetyAnswer, p safetyPair) ([]lint.Placed, error) {
	find := func(path string) (*LintAnswer, error) {
		if path == "" {
			return new(LintAnswer), nil
		}
		l := Lint{Files: []LintFile{{Path: path}}, WebServer: s.WebServer}
		return l.Run(in)
	}
	was, err := find(p.old)
	if err != nil {
		return nil, err
	}
	is, err := find(p.new)
	if err != nil {
		return nil, err
	}
	found := newFindings(was.Findings, is.Findings)
	for _, f := range found {
		at := is.Files.Start(f.Span)
		a.add(Reason{Kind: "lint:" + f.Severity.String(), Key: "lint " + f.Rule.Code + " " + f.Path,
			Text: fmt.Sprintf("%s: %s [%s %s]", at, f.Message, f.Rule.Code, f.Rule.Name), short: f.Rule.Code})
	}
	return found, nil
}

// consequences gives the reasons that are in a comparison.
func (a *SafetyAnswer) consequences(r *diff.Report) {
	for i := range r.Consequences {
		k := &r.Consequences[i]
		who := k.Cluster
		if k.Member != "" {
			who += "/" + k.Member
		}
		key := strings.TrimSpace(k.Kind + " " + who)
		// A key must name one reason: without somebody it is about, or where one member has several, its text belongs
		// to it.
		if who == "" || k.Kind == "outage" {
			key += ": " + k.Text
		}
		a.add(Reason{Kind: k.Kind, Key: key, Text: k.Sentence(), short: who})
	}
	for i := range r.Classes {
		c := &r.Classes[i]
		kind := "requests"
		if c.New.Declined {
			kind = "declined"
		}
		a.add(Reason{Kind: kind, Key: kind + " " + c.URL, Text: c.Sentence(), short: c.URL})
	}
	for _, c := range r.Untold() {
		a.add(Reason{Kind: "values", Key: "values " + c.Subject, Text: c.String(), short: c.Subject})
	}
}

// test runs the suites on the new file, or one that covers what the old one reaches.
func (s *Safety) test(in app.Input, a *SafetyAnswer, p safetyPair) (*TestAnswer, error) {
	run := Test{Suites: s.Suites, Config: &app.Config{Path: p.new, WebServer: s.WebServer}}
	answer, err := run.Run(in)
	if err == nil && s.Suites == nil {
		err = s.own(in, run, answer, p)
	}
	a.Notes = append(a.Notes, answer.Notes...)
	// A suite that names what the new file has not any more is a finding about the change, not a failure of the work.
	if errors.Is(err, errUnfit) {
		a.add(Reason{Kind: "suite", Key: "suite " + err.Error(), Text: err.Error(), short: err.Error()})
		err = nil
	}
	for _, t := range answer.Suites {
		for _, test := range t.Tests {
			if !test.Passed {
				a.add(Reason{Kind: "suite", Key: "suite " + test.Name, short: test.Name,
					Text: fmt.Sprintf("%s: test %s fails%s", t.File, test.Name, firstFailure(test))})
			}
		}
	}
	return answer, err
}

// own runs a suite that covers the old file, made for this.
func (s *Safety) own(in app.Input, run Test, answer *TestAnswer, p safetyPair) error {
	l, sem, _, err := app.Plugin{Platform: s.Platform}.Load(in, app.Config{Path: p.old, WebServer: s.WebServer},
		diag.NewFiles(), new(app.Notes))
	if err != nil {
		return err
	}
	// The suite expects what the old file does, and names the new file as its configuration.
	text := suite.Init(l.Table, p.new, &sem)
	// Each test has a name, so this is a suite without a test, which would be no suite.
	if !strings.Contains(string(text), "name:") {
		return nil // nothing is reachable in the old file
	}
	if s.Platform != "" {
		text = append([]byte("platform: "+s.Platform+"\n"), text...)
	}
	return run.written(in, "what "+p.old+" reaches", text, regexp.MustCompile(""), answer)
}

// firstFailure tells the first field of a test that is not as expected.
func firstFailure(t Tested) string {
	for _, q := range t.Requests {
		for _, f := range q.Failures {
			return fmt.Sprintf(": %s: %s is %s, not %s", q.URL, f.Field, f.Got, f.Want)
		}
	}
	return ""
}

// decide says which reasons make the change unsafe, and gives the verdict. Values in effect alone are no consequence.
func (s *Safety) decide(a *SafetyAnswer) {
	fail := s.FailOn
	if fail == nil {
		fail = DefaultFailOn
	}
	for i := range a.Reasons {
		r := &a.Reasons[i]
		switch {
		case r.Accepted != "":
		case slices.Contains(fail, r.Kind):
			r.Fails, a.Verdict = true, NotSafe
		// NotSafe is never taken back; what only informs is no consequence.
		case a.Verdict == safe && r.Kind != "values" && r.Kind != "lint:info":
			a.Verdict = withConsequences
		}
	}
}
