package generation_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A source that reads without getting on is given up; each pause shows that it does get on.
func TestLoadInTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		each  time.Duration // between two pauses
		steps int
		err   string
	}{
		{"at once", 0, 1, ""},
		{"long, and it gets on", 9 * time.Second, 20, ""},
		{"it hangs", time.Hour, 1, "could not be read within 10s"},
		{"it hangs in the middle", 11 * time.Second, 2, "could not be read within 10s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ends := make(chan bool)
			source := generation.Source{
				Read: func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
					defer close(ends)
					for range tt.steps {
						time.Sleep(tt.each) // of the bubble
						pause()
					}
					cfg, files := read("<Config/>")
					return cfg, files, nil, nil
				},
			}
			cfg, _, err := source.Load(func() {})
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
			}
			if (cfg == nil) != (err != nil) {
				t.Errorf("%s: a configuration beside %v", tt.name, err)
			}
			<-ends // what was given up ends by itself, and nobody waits for it
		})
	}
}

// What is an error to the plug-in is none that can be put to work; what only warns can.
func TestLoadRefuses(t *testing.T) {
	broken := errors.New("broken disk")
	for _, tt := range []struct {
		severity diag.Severity // of what is found, 0 nothing
		err      error
		want     string
	}{
		{0, nil, ""},
		{diag.Warning, nil, ""},
		{diag.Error, nil, "plugin-cfg.xml:1:2: error: odd"},
		{0, broken, "broken disk"},
	} {
		source := generation.Source{
			Read: func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
				cfg, files := read("<Config/>")
				var found []diag.Diagnostic
				if tt.severity != 0 {
					found = append(found, diag.Diagnostic{Span: cfg.Node.NameSpan, Severity: tt.severity,
						Message: "odd"})
				}
				return cfg, files, found, tt.err
			},
		}
		_, _, err := source.Load(nil)
		if got := errText(err); got != tt.want {
			t.Errorf("%v, %v: %q, want %q", tt.severity, tt.err, got, tt.want)
		}
		if rejected := new(generation.Rejected); errors.As(err, &rejected) != (tt.severity == diag.Error) {
			t.Errorf("%v is rejected: %v", tt.severity, err)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A file has another stamp when its time or its size has changed, and none while it is gone.
func TestFileStamp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugin-cfg.xml")
	stamp := generation.FileStamp(path)
	if s, err := stamp(); err == nil {
		t.Errorf("no file has the stamp %q", s)
	}
	seen := map[string]bool{}
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		text string
		at   time.Time
		news bool
	}{
		{"<Config/>", at, true}, {"<Config/>", at, false}, {"<Other />", at, false}, // nobody can tell
		{"<Config/>\n", at, true}, {"<Config/>\n", at.Add(time.Millisecond), true},
	} {
		if err := os.WriteFile(path, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, step.at, step.at); err != nil {
			t.Fatal(err)
		}
		s, err := stamp()
		if err != nil || seen[s] == step.news {
			t.Errorf("%q of %v: %q, %v; want another stamp: %v", step.text, step.at, s, err, step.news)
		}
		seen[s] = true
	}
}

// The latest partition table counts, in whatever order they come; one that cannot be read leaves the old one.
func TestLearnTable(t *testing.T) {
	w := newWorkshop()
	g := w.make(t, sharedtest.ClusterXML("", `GetDWLMTable="true"`, sharedtest.ThreeServers("")), nil)
	for _, step := range []struct {
		version, table string
		want           uint64 // version that the process has then
		owner          string // of partition 7
		warns          bool
	}{
		{"x", "7=a1", 0, "", true},
		{"3", "7=a1,b1", 3, "a", false},
		{"2", "7=b1", 3, "a", false},
		{"2", "7=b1;7=a1", 3, "a", false}, // nobody looks at it
		{"3", "7=b1", 3, "a", false},
		{"4", "7=b1;7=a1", 3, "a", true},
		{"5", "7=c1", 5, "c", false},
		{"6", "", 6, "", false},
	} {
		w.said.Reset()
		g.LearnTable(0, step.version, step.table, slog.New(slog.NewTextHandler(&w.said, nil)))
		owner := ""
		for _, p := range g.Partition() {
			if owner == "" { // the first of those that have it
				owner = g.Table.MemberName(match.ClusterID(0), p.Member)
			}
		}
		if got := g.Clusters[0].TableVersion.Load(); got != step.want || owner != step.owner {
			t.Errorf("%+v: version %d, owned by %q", step, got, owner)
		}
		if warned := strings.Contains(w.said.String(), "the old one stays"); warned != step.warns {
			t.Errorf("%+v: the log says %q", step, &w.said)
		}
	}
}
