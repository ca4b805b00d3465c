package diagnose_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// excerpts says what is found in published excerpts of real logs, each by itself; nothing is found in the others. Who
// reads 03 sees the same: connects time out. That its server is the only one (ND4) only a file could tell.
var excerpts = map[string][]string{"03": {"SO1"}}

// TestExcerpts: nothing is found in published excerpts of real logs that is not there.
func TestExcerpts(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(sharedtest.Dir(t, "traces"), "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Skip("no excerpts", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if got := foundIn(t, &diagnose.Case{Log: readLog(t, nil, text)}); !slices.Equal(got, excerpts[name[:2]]) {
			t.Errorf("%s: found %q, want %q", name, got, excerpts[name[:2]])
		}
	}
}

func foundIn(t testing.TB, k *diagnose.Case) (ids []string) {
	reports, err := diagnose.Judge(k, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		for _, id := range found(r) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// TestGenerated: nothing is found in a long log of several processes in which nothing fails, but that each request of
// the generator opens a connection, and all to one address; and its counters, whose lines overtake each other, add up.
func TestGenerated(t *testing.T) {
	var text bytes.Buffer
	truth, err := logtest.Write(&text, logtest.Options{Size: 1 << 30, Requests: 2000, FailEvery: 1 << 40, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	k := &diagnose.Case{Log: readLog(t, nil, text.Bytes())}
	if got := foundIn(t, k); !slices.Equal(got, []string{"NB12", "SO5"}) {
		t.Errorf("found %q", got)
	}
	want, got := int64(0), int64(0)
	for _, c := range truth.Counters {
		want += c.Total
	}
	for name, n := range judge(t, k, "not-balancing").Measured {
		if strings.HasPrefix(name, "total ") {
			got += n
		}
	}
	if got < want || got > truth.Requests {
		t.Errorf("%d requests counted, the last lines say %d, there were %d", got, want, truth.Requests)
	}
}

// FuzzLog: whatever a log and an access log hold, each cause gets a verdict, and nothing that was found lacks its
// evidence.
func FuzzLog(f *testing.F) {
	for _, p := range plants {
		if p.found.log != nil {
			f.Add(p.found.text(f), "192.0.2.1 - - [28/Nov/2026:15:40:00 +0000] \"GET /shop/a HTTP/1.1\" 200 512")
		}
	}
	s := scene{file: withSecond("/other/*")}
	format, err := accesslog.Named("was-debug")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, log []byte, access string) {
		k := &diagnose.Case{File: s.readFile(t)}
		k.Log = readLog(t, k.File, log)
		k.Access = facts.NewAccess("access_log", k.File)
		var r accesslog.Record
		for i, line := range strings.Split(access, "\n") {
			if format.Parse(line, &r) {
				r.Line = i + 1
				k.Access.Add(&r)
			}
		}
		reports, err := diagnose.Judge(k, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			for _, j := range r.Causes {
				if j.Why == "" || j.Verdict == diagnose.Found && (j.Count == 0 || len(j.Evidence) > 5) {
					t.Errorf("%s is %v: %q, %d lines", j.ID, j.Verdict, j.Why, j.Count)
				}
			}
		}
	})
}

// TestNoEvidence: of two causes the logs of a web server show nothing, and that is said.
func TestNoEvidence(t *testing.T) {
	k := well.as(database()).build(t)
	for id, want := range map[string]diagnose.Verdict{"SL5": diagnose.Possible, "SL7": diagnose.Open} {
		if j := verdictOf(t, k, diagnose.Lookup(id)); j.Verdict != want || j.Why == "" {
			t.Errorf("%s is %v: %s", id, j.Verdict, j.Why)
		}
	}
}

// TestTable: each cause has what a report tells of it, and each but two is planted.
func TestTable(t *testing.T) {
	planted := map[string]bool{"SL5": true, "SL7": true}
	for _, p := range plants {
		planted[p.cause] = true
	}
	seen := map[string]bool{}
	for _, c := range diagnose.Causes() {
		if c.Text == "" || c.Advice == "" || c.Source == "" || seen[c.ID] || !planted[c.ID] ||
			!slices.Contains(diagnose.SymptomNames(), c.Symptom) {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
	}
	if len(seen) != 86 {
		t.Errorf("%d causes, want 86", len(seen))
	}
}

// byHand says what is found in logs as administrators send them: restarts at LogLevel Error of several processes, half
// lines of a rotated file, a locale's day, two lines glued together, codes of which nobody knows anything. 15 is at
// Stats with counters alone: the member that was marked serves again, which only they show. In 11 and 17 each try fails
// again (NR7), which is possible: only LogLevel Trace would show whether the member is up elsewhere.
var byHand = map[string][]string{
	"01-restart-error": {"ND7"}, "03-half": {"ND7"}, "07-iotimeout": nil, "08-clients-left": {"IE9"},
	"09-reloads": nil, "10-reload-failed": {"IE11"}, "11-tls": {"IE5"}, "12-all-down": {"IE1"},
	"13-german": nil, "15-one-failure": nil, "16-full": {"NB9", "SU1"}, "17-firewall": {"ND7", "SO1"},
	"18-unknown-reset": nil, "19-glued": nil,
}

// TestByHand: with Windows ends of lines, too.
func TestByHand(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/by_hand.txtar")
	if err != nil || len(archive.Files) != len(byHand) {
		t.Fatal(len(archive.Files), err)
	}
	for _, f := range archive.Files {
		for _, text := range [][]byte{f.Data, bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))} {
			got, want := foundIn(t, &diagnose.Case{Log: readLog(t, nil, text)}), byHand[f.Name]
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: found %q, want %q", f.Name, got, want)
			}
		}
	}
}
