package watch_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// metrics returns what a collector gets.
func (f *follower) metrics() string {
	f.t.Helper()
	rec := httptest.NewRecorder()
	f.w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	if rec.Code != 200 {
		f.t.Fatal(rec.Body)
	}
	return rec.Body.String()
}

// metric returns the metrics of a name, a line each.
func (f *follower) metric(name string) string {
	f.t.Helper()
	var found []string
	for line := range strings.Lines(f.metrics()) {
		if strings.HasPrefix(line, name+" ") || strings.HasPrefix(line, name+"{") {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}

// TestLosesNoLine: the log is moved away a thousand times, cut, and written to under its old name for a while; lines
// come in pieces. Each line is counted once.
func TestLosesNoLine(t *testing.T) {
	f, written := follow(t), 0
	rng := rand.New(rand.NewPCG(1, 1))
	one := func() string {
		written++
		return f.line(1, "ERROR", fmt.Sprintf("ws_server: serverSetFailoverStatus: Marking m%d down", written%3))
	}
	for n := range 1000 {
		text := one() + one()
		cut := rng.IntN(len(text))
		f.write(text[:cut])
		if rng.IntN(2) == 0 {
			f.poll()
		}
		f.write(text[cut:])
		switch {
		case n%10 == 3: // cut, as copytruncate does
			f.poll()
			if err := os.Truncate(f.path, 0); err != nil {
				t.Fatal(err)
			}
			f.poll()
			continue
		case rng.IntN(2) == 0:
			f.poll()
		}
		old := f.path + ".1"
		if err := os.Rename(f.path, old); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(2) == 0 {
			f.poll() // there is no file for a while
		}
		f.write(one())
		f.poll()
		kept := f.path
		f.path = old
		f.write(one()) // by a process that has not noticed
		f.path = kept
		f.now = f.now.Add(time.Duration(rng.IntN(3)) * time.Second)
		f.poll()
	}
	want := fmt.Sprintf(`was_plugin_log_lines_total{level="error"} %d`, written)
	if got := f.metric("was_plugin_log_lines_total"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := f.metric("was_plugin_log_behind_bytes"); got != "was_plugin_log_behind_bytes 0" {
		t.Error(got)
	}
}

// TestHostile: whatever is written, the number of time series and of what is told stays bounded, and the next incident
// is found all the same.
func TestHostile(t *testing.T) {
	f := follow(t)
	f.write("")
	f.poll()
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	f.write(string(noise) + "\n" + strings.Repeat("x", 2<<20) + "\n")
	f.poll()
	var many bytes.Buffer
	for n := range 3000 {
		text := fmt.Sprintf("ws_server: serverSetFailoverStatus: Marking \xff\"\n%d down", n)
		many.WriteString(f.line(n, "ERROR", text))
		many.WriteString(f.line(n, "ERROR", fmt.Sprintf("ws_server: serverSetFailoverStatus: Marking x%d down", n)))
	}
	many.WriteString("[29/Nov/2199:06:00:00.00000] 00000001 00000001 - ERROR: ws_server: serverSetFailoverStatus: " +
		"Marking m1 down\n")
	f.write(many.String())
	f.poll()
	f.later(20 * time.Minute)
	if n := strings.Count(f.metric("was_plugin_marked_down_total"), "\n"); n > 510 {
		t.Errorf("%d time series", n)
	}
	f.told = nil
	f.write(f.refuse(1, "m1"))
	f.poll()
	if !slices.Contains(f.told, "begins member-down m1") {
		t.Error(f.told)
	}
}
