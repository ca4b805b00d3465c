package story_test

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
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

// read tells the story of a log.
func read(t testing.TB, opt story.Options, logs ...io.Reader) []*story.Incident {
	t.Helper()
	s := story.New(opt)
	a := requests.Assembler{Line: s.Line, Done: s.Done}
	for _, log := range logs {
		a.NextFile()
		s.NextFile()
		_, err := pluginlog.Read(log, pluginlog.Options{Want: requests.SummaryKinds()},
			func(e *pluginlog.Event) error { a.Add(e); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	a.Close()
	all, _ := s.Incidents(0)
	return all
}

// show writes all that an incident says.
func show(w io.Writer, i *story.Incident, indent string) {
	state := ""
	if i.Open {
		state = ", open"
	}
	fmt.Fprintf(w, "%s%s: %s, %s to %s%s\n", indent, i.Kind, i.Title(), i.First, i.End(), state)
	for _, said := range [][2]string{{"cause", i.Cause()}, {"clients", i.Cost()}, {"recovery", i.Recovery()},
		{"do", i.Advice()}} {
		if said[1] != "" {
			fmt.Fprintf(w, "%s  %s: %s\n", indent, said[0], said[1])
		}
	}
	marked, back, _, _ := i.Back()
	fmt.Fprintf(w, "%s  processes: %d, marks: %d in %d, back in %d\n", indent, len(i.Processes), i.Marks, marked, back)
	fmt.Fprintf(w, "%s  lines: %v, %v\n", indent, i.Lines, i.Events)
	for _, p := range i.Parts {
		show(w, p, indent+"    ")
	}
}

// TestExcerpts: what published excerpts tell, kind and time in short. Those that are not listed tell of no incident.
func TestExcerpts(t *testing.T) {
	want := map[string][]string{
		"02-": {"member-down was1node_PluginMember1 (app1.itso.ibm.com) (1 marks, 1 failed over) [1:5-7 1:9-9]"},
		"03-": {"all-down (1 errors) [1:16-18]",
			"member-hangs-connect wasserver_abc (wasserver:9444) (open, 5s of 1) [1:32-32]"},
		"04-": {"member-down popeye [1:5-5]"},
		"10-": {"member-hangs-answer a member that the log does not name (1m0s of 1) [1:3-3]"},
	}
	for _, file := range sharedtest.Files(t, "*.txt", "traces") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range read(t, story.Options{}, bytes.NewReader(text)) {
			got = append(got, brief(i))
		}
		name := filepath.Base(file)
		if diff := cmp.Diff(want[name[:3]], got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// brief names an incident and its figures.
func brief(i *story.Incident) string {
	var figures, lines []string
	say := func(n int64, what string) {
		if n > 0 {
			figures = append(figures, fmt.Sprint(n, what))
		}
	}
	if i.Open {
		figures = append(figures, "open")
	}
	say(i.Marks, " marks")
	say(i.Clients.FailedOver, " failed over")
	say(i.Clients.Errors, " errors")
	if i.Clients.Waits > 0 {
		figures = append(figures, fmt.Sprintf("%s of %d", i.Clients.Waited, i.Clients.Waits-i.Clients.WaitUnknown))
	}
	for _, l := range i.Lines {
		lines = append(lines, fmt.Sprintf("%d:%d-%d", l.File, l.From, l.To))
	}
	who := ""
	if i.Kind != story.AllDown {
		who = " " + i.Who()
	}
	if len(figures) > 0 {
		who += " (" + strings.Join(figures, ", ") + ")"
	}
	return fmt.Sprint(i.Kind, who, " ", lines)
}

// TestLogs tells the stories of the logs that package requests is tested with.
func TestLogs(t *testing.T) {
	files, err := filepath.Glob("../requests/testdata/*.log")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for _, i := range read(t, story.Options{}, bytes.NewReader(text)) {
			show(&out, i, "")
		}
		golden.Check(t, "testdata/"+strings.TrimSuffix(filepath.Base(file), ".log")+".golden", out.Bytes())
	}
}

// TestKinds: each kind has a name of its own and something to say.
func TestKinds(t *testing.T) {
	names := map[string]bool{}
	for _, k := range story.Kinds() {
		i := story.Incident{Kind: k}
		if names[k.String()] || i.Title() == "" || i.Cause() == "" || i.Advice() == "" {
			t.Errorf("%s: %q, %q, %q", k, i.Title(), i.Cause(), i.Advice())
		}
		names[k.String()] = true
	}
}
