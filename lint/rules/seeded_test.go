package rules_test

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

// clean is laid out as generators write it; no rule of the default profile reports anything about it.
//
//go:embed testdata/clean.xml
var clean string

// seeded is the golden of a rule, testdata/seeded/CODE.txtar. It has mistakes, each of which is put into clean.xml by
// itself, and must be reported exactly where it is marked; and examples of what the rule says in its other cases, and
// of where it has to be silent:
//
//	What is special about these mistakes, or nothing.
//	-- settings --
//	rules: {WP608: {ports: [9080]}}     what .wasplug.yaml says, for the rule's page, too; mostly left out
//	-- replace --
//	CloneID="1b2c3d4e6"                 what the first such text of clean.xml
//	-- by --
//	CloneID="«1b2c3d4e5»"               becomes; empty to take it out
//	-- at --
//	Name="«m2»" ServerIOTimeout         the marked place, where that stands in what was not changed
//	-- finding --
//	plugin-cfg.xml:31:23: error: ...    written by -update: read it
//	-- example: why it is so --         the words may be left out
//	<Config VHostMatchingCompat="no"/>  a piece of a file, as on the rule's page; what it lacks is added (complete)
//	-- finding --
//	plugin-cfg.xml:1:31: error: ...     written by -update; lines and columns are those of the whole file
//	-- silent: why it is so --          an example of which the rule says nothing
//	<Config VHostMatchingCompat="true"/>
//
// A section ends before the end of its last line. The next "replace", "example" or "silent" begins the next case. A
// rule has one mistake at least.
type seeded struct {
	about, settings string
	options         lint.Options // of the settings
	cases           []seed
}

// seed is a mistake, or an example.
type seed struct {
	old, new, at string // of a mistake; new, or else at, has one « and one »
	example, why string // of an example
	silent       bool   // nothing may be said of it
	finding      string // a line for each
}

// follows says which sections may stand behind which, "" at the beginning.
var follows = map[string][]string{
	"":         {"settings", "replace", "example", "silent"},
	"settings": {"replace", "example", "silent"},
	"replace":  {"by"},
	"by":       {"at", "finding", "replace", "example", "silent"},
	"at":       {"finding", "replace", "example", "silent"},
	"example":  {"finding", "replace", "example", "silent"},
	"finding":  {"replace", "example", "silent"},
	"silent":   {"replace", "example", "silent"},
}

// readSeeded reads a golden, and refuses whatever could hide that a case is not tried.
func readSeeded(src []byte) (*seeded, error) {
	archive := txtar.Parse(src)
	g, before := &seeded{about: string(archive.Comment)}, ""
	mistakes := 0
	for _, f := range archive.Files {
		name, why, _ := strings.Cut(f.Name, ": ")
		text := strings.TrimSuffix(string(f.Data), "\n")
		if !slices.Contains(follows[before], name) {
			return nil, fmt.Errorf("section %q stands behind %q, where only %s can stand", name, before,
				check.List(follows[before]))
		}
		switch name {
		case "settings":
			g.settings = text + "\n"
		case "replace":
			g.cases = append(g.cases, seed{old: text})
			mistakes++
		case "example", "silent":
			g.cases = append(g.cases, seed{example: text, why: why, silent: name == "silent"})
		default:
			c := &g.cases[len(g.cases)-1]
			*map[string]*string{"by": &c.new, "at": &c.at, "finding": &c.finding}[name] = text
		}
		before = name
	}
	switch {
	case mistakes == 0:
		return nil, errors.New("there is no mistake in it: a section replace and a section by")
	case before == "replace":
		return nil, errors.New("behind the last section replace stands no section by, which may be empty")
	}
	return g, g.readSettings()
}

func (g *seeded) readSettings() error {
	if g.settings == "" {
		return nil
	}
	files := diag.NewFiles()
	s, reports := settings.Read(files, files.Add("settings", []byte(g.settings)))
	if len(reports) > 0 {
		return errors.New(sharedtest.Lines(files, reports))
	}
	g.options = lint.Options{Profile: s.Profile, Target: s.Target, Session: s.Session, Rules: s.Rules}
	return nil
}

// format writes a golden as it stands in its file.
func (g *seeded) format() []byte {
	archive := txtar.Archive{Comment: []byte(g.about)}
	add := func(name, text string) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	if g.settings != "" {
		add("settings", g.settings)
	}
	for _, c := range g.cases {
		switch {
		case c.old != "":
			add("replace", c.old)
			add("by", c.new)
			if c.at != "" {
				add("at", c.at)
			}
		default:
			name := check.IfElse(c.silent, "silent", "example")
			add(name+check.IfElse(c.why == "", "", ": "+c.why), c.example)
		}
		if !c.silent {
			add("finding", c.finding)
		}
	}
	return txtar.Format(&archive)
}

// plant makes the mistake in the clean file, and returns where it must be reported.
func (m *seed) plant() (text string, at diag.Span, err error) {
	if m.old == "" || !strings.Contains(clean, m.old) {
		return "", at, fmt.Errorf("clean.xml has no text %q to replace", m.old)
	}
	unmarked := strings.NewReplacer("«", "", "»", "")
	text = strings.Replace(clean, m.old, m.new, 1)
	if m.at != "" {
		place := unmarked.Replace(m.at)
		if !strings.Contains(text, place) {
			return "", at, fmt.Errorf("the changed file has no text %q to mark", place)
		}
		text = strings.Replace(text, place, m.at, 1)
	}
	start, end := strings.Index(text, "«"), strings.Index(text, "»")
	if strings.Count(text, "«") != 1 || strings.Count(text, "»") != 1 || end < start {
		return "", at, fmt.Errorf("what is reported has to stand between one « and one »: %q %q", m.new, m.at)
	}
	return unmarked.Replace(text), diag.Span{Start: int32(start), End: int32(end - len("«"))}, nil
}

// allSeeded reads the goldens of all rules, by their codes; what is wrong with one stands beside it.
var allSeeded = sync.OnceValue(func() map[string]seededFile {
	all := map[string]seededFile{}
	paths, _ := filepath.Glob("testdata/seeded/*")
	for _, path := range paths {
		f := seededFile{path: path}
		src, err := os.ReadFile(path)
		if f.err = err; err == nil {
			f.seeded, f.err = readSeeded(src)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".txtar")] = f
	}
	return all
})

type seededFile struct {
	*seeded
	path string
	err  error
}

func TestCleanFileIsClean(t *testing.T) {
	if ds, files := lintText(clean, lint.Options{}); len(ds) > 0 {
		t.Errorf("findings:\n%s", describe(ds, files))
	}
}

// TestSeeded: each rule has a golden, each golden a rule, and each mistake is one finding of it.
func TestSeeded(t *testing.T) {
	all := allSeeded()
	for _, r := range rules.All() {
		g, found := all[r.Code]
		switch {
		case !found && slices.Contains(withoutExample, r.Code):
		case !found:
			t.Errorf("%s %s has no golden: write its mistakes into testdata/seeded/%s.txtar", r.Code, r.Name, r.Code)
		case g.err != nil:
			t.Errorf("%s: %s", g.path, g.err)
		default:
			t.Run(r.Code, func(t *testing.T) { g.try(t, r) })
		}
	}
	for code, g := range all {
		if lint.Lookup(rules.All(), code) == nil {
			t.Errorf("%s is the golden of no rule", g.path)
		}
	}
}

// try asks the rule about each case, and holds what it says against the golden.
func (g *seededFile) try(t *testing.T, r *lint.Rule) {
	o := g.options
	o.Profile = "pedantic"
	ofRule := func(text string) (ds []diag.Diagnostic, files *diag.Files) {
		ds, files = lintText(text, o)
		return slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return d.Rule.Code != r.Code }), files
	}
	before, _ := ofRule(clean)
	for i := range g.cases {
		c := &g.cases[i]
		if c.old == "" {
			ds, files := ofRule(complete(c.example))
			if c.finding = sharedtest.Lines(files, ds); c.silent != (c.finding == "") {
				t.Errorf("%s %s\n%s", c.example, check.IfElse(c.silent, "must not be reported:", "is not reported"),
					c.finding)
			}
			continue
		}
		text, at, err := c.plant()
		if err != nil {
			t.Fatal(err)
		}
		found, files := ofRule(text)
		if more := len(found) - len(before); more > 1 {
			t.Errorf("one mistake gives %d findings:\n%s", more, describe(found, files))
		}
		c.finding = sharedtest.Lines(files, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
			return d.Span.Start != at.Start || d.Span.End != at.End
		}))
		if c.finding == "" {
			t.Errorf("%q is not reported:\n%s", text[at.Start:at.End], describe(found, files))
		}
	}
	if !t.Failed() {
		golden.Check(t, g.path, g.format())
	}
}

func TestMalformedGoldens(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "there is no mistake in it",
		"-- settings --\ntarget: 7.0\n":     "there is no mistake in it",
		"-- example --\n<Config/>\n":        "there is no mistake in it",
		"-- replace --\nx\n":                "no section by",
		"-- by --\nx\n":                     `"by" stands behind ""`,
		"-- at --\nx\n":                     `"at" stands behind ""`,
		"-- replace --\nx\n-- at --\ny\n":   `"at" stands behind "replace", where only "by" can stand`,
		"-- replace --\nx\n-- with --\ny\n": `"with" stands behind "replace"`,
		"-- replace --\nx\n-- replace --\ny\n-- by --\nz\n":                     `"replace" stands behind "replace"`,
		"-- replace --\nx\n-- by --\ny\n-- by --\nz\n":                          `"by" stands behind "by"`,
		"-- replace --\nx\n-- by --\ny\n-- finding --\nf\n-- at --\ny\n":        `"at" stands behind "finding"`,
		"-- replace --\nx\n-- by --\ny\n-- settings --\ntarget: 7.0\n":          `"settings" stands behind "by"`,
		"-- silent --\nx\n-- finding --\ny\n":                                   `"finding" stands behind "silent"`,
		"-- example --\nx\n-- by --\ny\n":                                       `"by" stands behind "example"`,
		"-- settings --\nrules: {WP3001: off}\n-- replace --\nx\n-- by --\ny\n": "no rule is called",
	} {
		if _, err := readSeeded([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	for m, want := range map[seed]string{
		{old: "nowhere", new: "«x»"}:                                 "no text \"nowhere\" to replace",
		{new: "«x»"}:                                                 "to replace",
		{old: `LogLevel="Error"`, new: `LogLevel="error"`}:           "between one",
		{old: `LogLevel="Error"`, new: `LogLevel="»error«"`}:         "between one",
		{old: `LogLevel="Error"`, new: `«LogLevel»="«error»"`}:       "between one",
		{old: `LogLevel="Error"`, new: `«LogLevel»=""`, at: "«Log»"}: "between one",
		{old: `LogLevel="Error"`, at: "«nowhere»"}:                   "no text \"nowhere\" to mark",
	} {
		if _, _, err := m.plant(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", m, err, want)
		}
	}
}
