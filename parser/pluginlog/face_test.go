package pluginlog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// TestParseLevel: lines and the attribute LogLevel spell levels differently.
func TestParseLevel(t *testing.T) {
	for text, want := range map[string]pluginlog.Level{"Error": pluginlog.LevelError, "STATS": pluginlog.LevelStats,
		"warn": pluginlog.LevelWarn, "Warning": pluginlog.LevelWarn, "trace": pluginlog.LevelTrace,
		"Detail": pluginlog.LevelDetail, "DEBUG": pluginlog.LevelDebug, "plugin": pluginlog.LevelPlugin,
		"": pluginlog.LevelNone, "Verbose": pluginlog.LevelNone, "ERROR:": pluginlog.LevelNone} {
		got, ok := pluginlog.ParseLevel(text)
		if got != want || ok != (want != pluginlog.LevelNone) {
			t.Errorf("%q is %s, %t", text, got, ok)
		}
		if again, ok := pluginlog.ParseLevel(got.String()); ok && again != got {
			t.Errorf("%s is read as %s", got, again)
		}
	}
}

// TestFirstTime: the first line with a time may be far behind the start of a log, and none may have one.
func TestFirstTime(t *testing.T) {
	for log, want := range map[string]string{
		"": "", "prose\nERROR: Marking m down\n": "",
		"[99/Xxx/2017:19:06:43.1] 1 1 - ERROR: x\n[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: x: y\n" +
			"[Wed Dec 03 15:40:14 2014] 00000dbc 00000e78 - ERROR: x: y": "2014-12-03 15:40:13",
		strings.Repeat("ERROR: Marking m down\n", 50_000) + "[06/Oct/2017:19:06:43.5] 1 1 - ERROR: x": "2017-10-06 " +
			"19:06:43.50000",
	} {
		if got := pluginlog.FirstTime(strings.NewReader(log)).String(); got != want {
			t.Errorf("%.80q: %q, want %q", log, got, want)
		}
	}
}

// TestReadLines: every line is handed out as it stands, a glued one as two of one number, and who has seen enough ends
// the reading.
func TestReadLines(t *testing.T) {
	const first = "[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: ws_common: websphereExecute: Failed to " +
		"create " +
		"the stream"
	log := first + first + "\n\nprose \n[x] ERROR: Marking m down\n"
	var got []string
	read := func(stop string) error {
		got = nil
		return pluginlog.ReadLines(strings.NewReader(log), func(l *pluginlog.Line) error {
			e, known := l.Parse()
			got = append(got, strings.Join([]string{l.Raw[:min(len(l.Raw), 5)], l.Level.String(), e.Kind.String()},
				"|"))
			if known != (e.Kind != pluginlog.None) || known && e.Line != l.Number {
				t.Errorf("line %d is %s on line %d, %t", l.Number, e.Kind, e.Line, known)
			}
			if l.Raw == stop {
				return errStop
			}
			return nil
		})
	}
	want := []string{"[Wed |ERROR|stream-failed", "[Wed |ERROR|stream-failed", "prose||none", "[x] E||none"}
	if err := read(""); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v %s", err, cmp.Diff(want, got))
	}
	if err := read("prose"); err != errStop || !cmp.Equal(want[:3], got) {
		t.Errorf("%v %s", err, cmp.Diff(want[:3], got))
	}
}

// stopped is an error of nobody else.
type stopped struct{}

func (stopped) Error() string { return "stopped" }

var errStop error = stopped{}

// TestKinds: sets have what was put in and nothing else, for every kind.
func TestKinds(t *testing.T) {
	var all []pluginlog.Kind
	for k := pluginlog.None + 1; k.String() != "none"; k++ {
		all = append(all, k)
	}
	for i, k := range all {
		one, but := pluginlog.KindsOf(k), pluginlog.AllKinds(k)
		for j, other := range all {
			if one.Has(other) != (i == j) || but.Has(other) == (i == j) {
				t.Fatalf("%s in the set of %s: %t, in that of the others: %t", other, k, one.Has(other), but.Has(other))
			}
		}
		if one.Join(but); one != pluginlog.AllKinds() {
			t.Errorf("%s and all others are not all", k)
		}
	}
}

// TestStatsOfFiles: counts of several logs add up, and times span them.
func TestStatsOfFiles(t *testing.T) {
	read := func(log string) pluginlog.Stats {
		stats, err := pluginlog.Read(strings.NewReader(log), pluginlog.Options{},
			func(*pluginlog.Event) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		return stats
	}
	sum := read("[Wed Dec 03 15:40:13 2014] 00000dbc 00000e78 - ERROR: ws_server: x: Marking m1 down\n\nprose\n")
	sum.Add(read("[Wed Dec 03 15:40:10 2014] 00000dbc 00000e78 - TRACE: ws_common: x: y\n"))
	if sum.Lines != 4 || sum.Blank != 1 || sum.Unknown != 1 || sum.Noisiest != pluginlog.LevelTrace ||
		sum.First.String() != "2014-12-03 15:40:10" || sum.Last.String() != "2014-12-03 15:40:13" {
		t.Errorf("%+v", sum)
	}
	if len(sum.Backwards) > 0 {
		t.Error("a clock runs backwards from one file to another")
	}
}

// TestNew: what balancing placed is what no session bound.
func TestNew(t *testing.T) {
	if c := (pluginlog.Counters{Affinity: 400, Total: 412}); c.New() != 12 { // technote 408229
		t.Error(c.New())
	}
}

// TestConnectionFailed: the line of a connect that did not block, and lines that only begin like it.
func TestConnectionFailed(t *testing.T) {
	for text, want := range map[string]string{
		"lib_stream: x: Connection to 'h1:9080' failed, errno 111": "connect-failed h1:9080",
		"lib_stream: x: Connection to h1 Failed":                   "connect-failed h1",
		"lib_stream: x: Connection to h1 is there":                 "error ",
	} {
		err := pluginlog.ReadLines(strings.NewReader("ERROR: "+text), func(l *pluginlog.Line) error {
			if e, _ := l.Parse(); e.Kind.String()+" "+e.Host != want {
				t.Errorf("%q is %s %q, want %s", text, e.Kind, e.Host, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
