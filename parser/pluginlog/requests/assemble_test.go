package requests

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

// summarise reads logs as one sequence of files.
func summarise(t testing.TB, kinds pluginlog.Kinds, logs ...io.Reader) (*Summary, []*Request) {
	t.Helper()
	var s Summary
	var all []*Request
	a := Assembler{Done: func(r *Request) {
		s.AddRequest(r)
		all = append(all, r.Clone())
	}}
	for _, log := range logs {
		a.NextFile()
		s.NextFile()
		if _, err := pluginlog.Read(log, pluginlog.Options{Want: kinds}, func(e *pluginlog.Event) error {
			s.Add(e)
			a.Add(e)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	a.Close()
	s.Finish()
	return &s, all
}

// dump writes a request so that a person can check it against the log.
func dump(w io.Writer, r *Request) {
	fmt.Fprintf(w, "#%d %x/%x lines %d-%d %v %s%s status=%d", r.Number, r.PID, r.TID, r.First.Line,
		r.Last.Line, r.Wall(), r.Host, r.URI, r.Status)
	for _, f := range []struct {
		on   bool
		name string
	}{{r.Complete, "complete"}, {r.Began, "began"}, {!r.Timed(), "untimed"}, {r.Episode(), "episode"},
		{r.Declined, "declined"},
		{r.Subrequests > 0, fmt.Sprint("esi=", r.Subrequests)}, {len(r.Clones) > 0, fmt.Sprint("clones=", r.Clones)}} {
		if f.on {
			fmt.Fprint(w, " ", f.name)
		}
	}
	fmt.Fprintln(w)
	for _, at := range r.Attempts {
		fmt.Fprintf(w, "   %s by=%s %s:%d %s status=%d os=%d marked=%v reused=%v %v line %d\n", at.Member,
			at.SelectedBy(), at.Host,
			at.Port, at.Outcome, at.Status, at.OSError, at.Marked, at.Reused, at.End.Sub(at.Start), at.Line)
	}
	for _, reason := range r.Reasons.Split() {
		fmt.Fprintf(w, "   ! %s", reason.Name())
		if why := r.Why(reason); why != reason.Words() {
			fmt.Fprintf(w, ": %s", why)
		}
		fmt.Fprintln(w)
	}
}

// TestRequests assembles the logs of testdata and compares with the golden files.
func TestRequests(t *testing.T) {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal("no logs in testdata")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, requests := summarise(t, SummaryKinds(), bytes.NewReader(log))
			var out strings.Builder
			for _, r := range requests {
				dump(&out, r)
			}
			for _, m := range s.Members {
				fmt.Fprintf(&out, "member %+v\n", *m)
			}
			for _, c := range s.Counters {
				fmt.Fprintf(&out, "counters %s %x %+v new=%d line %d\n", c.Member, c.PID, c.Counters,
					c.New(), c.Place.Line)
			}
			for _, e := range s.Errors {
				fmt.Fprintf(&out, "error %d x lines %d-%d %s\n", e.Count, e.First.Line, e.Last.Line, e.Text)
			}
			fmt.Fprintf(&out, "requests=%d odd=%d declined=%d build=%q web server=%q reloads=%d\n", s.Requests, s.Odd,
				s.Declined, s.Build, s.WebServer, s.Reloads)
			golden.Check(t, strings.TrimSuffix(file, ".log")+".golden", []byte(out.String()))
			_, all := summarise(t, pluginlog.Kinds{}, bytes.NewReader(log))
			if diff := cmp.Diff(numbersOf(requests), numbersOf(all)); diff != "" {
				t.Errorf("requests and numbers depend on the kinds that are read: %s", diff)
			}
		})
	}
}

func numbersOf(requests []*Request) (all []string) {
	for _, r := range requests {
		all = append(all, fmt.Sprintf("%d %s %v", r.Number, r.URI, r.Reasons.Split()))
	}
	return all
}
