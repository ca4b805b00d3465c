package playground_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/playground/decisions"
	"github.com/wasplug/wasplug/internal/playground/findings"
)

var today = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// said is an answer as the page reads it.
type said struct {
	Error, Notes, Text, Brief, JSON, Drawing string
	Findings                                 []struct {
		From, To int
		Code     string
		Fix      *struct {
			Edits []struct {
				From, To int
				Text     string
			}
		}
	}
	Offers map[string][]string
}

func ask(t *testing.T, question, file string) (a said) {
	t.Helper()
	program := decisions.Ask
	if strings.Contains(question, "Lint") || strings.Contains(question, "Explain") {
		program = findings.Ask
	}
	if err := json.Unmarshal(program([]byte(question), []byte(file), today), &a); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return a
}

// TestWhy: the reports of a question, the first lines apart, and defaults as on the command line.
func TestWhy(t *testing.T) {
	a := ask(t, `{"Why": {"Request": {"URL": "http://h/snoop", "Cookies": ["0000abc:v544d031"]},
		"Members": {"Down": ["PluginMember1"]}}}`, apptest.Figure(t))
	if a.Error != "" || !strings.Contains(a.Text, "\nsteps\n") || !strings.HasPrefix(a.Text, a.Brief) ||
		a.Brief == "" {
		t.Errorf("%q, text\n%s", a.Error, a.Text)
	}
	if !strings.Contains(a.JSON, `"member":"PluginMember2"`) || strings.Count(a.JSON, "\n") != 1 {
		t.Error(a.JSON)
	}
	if a := ask(t, `{"Why": {"Request": {"URL": "http://h/snoop"}, "Times": 3}}`, apptest.Figure(t)); strings.Count(
		a.JSON, "\n") != 3 || !strings.Contains(a.Text, "3 x ") && strings.Count(a.Text, "0.000 s") != 3 {
		t.Errorf("%s\n%s", a.Text, a.JSON)
	}
}

// TestLint: places are bytes, and the edits of a repair take its finding away.
func TestLint(t *testing.T) {
	file := strings.Replace(apptest.Figure(t), "CloneID=\"v544d031\"", "CloneId=\"v544d031\" ", 1)
	file = strings.Replace(file, "SampleCell", "Zürich", 1)
	a := ask(t, `{"Lint": {}}`, file)
	fixed := false
	for _, f := range a.Findings {
		if f.Code != "WP109" || f.Fix == nil {
			continue
		}
		if got := file[f.From:f.To]; got != "CloneId" {
			t.Errorf("the finding stands at %q", got)
		}
		e := f.Fix.Edits[0]
		repaired := ask(t, `{"Lint": {}}`, file[:e.From]+e.Text+file[e.To:])
		fixed = !strings.Contains(repaired.JSON, "WP109")
	}
	if !fixed || !strings.Contains(a.JSON, `"version": 1`) || !strings.Contains(a.Text, "WP109") {
		t.Errorf("no repair of WP109: %+v", a)
	}
}

// TestGraph draws, and says why not.
func TestGraph(t *testing.T) {
	a := ask(t, `{"Graph": true}`, apptest.Figure(t))
	if !strings.HasPrefix(a.Drawing, "<svg") || !strings.Contains(a.Text, "└─ PluginCluster") {
		t.Errorf("%+v", a)
	}
	if a := ask(t, `{"Graph": true}`, "nothing"); !strings.Contains(a.Error, "nothing in it to draw") {
		t.Errorf("%+v", a)
	}
}

// TestExplainAndOffers: what a code means, and what there is to choose from.
func TestExplainAndOffers(t *testing.T) {
	if a := ask(t, `{"Explain": "WP301"}`, ""); !strings.Contains(a.Text, "clone-id-collision") {
		t.Errorf("%+v", a)
	}
	if a := ask(t, `{"Offers": true}`, ""); len(a.Offers["platforms"]) < 2 || len(a.Offers["choices"]) < 2 {
		t.Errorf("%+v", a.Offers)
	}
	if got := string(findings.Ask([]byte(`{"Offers": true}`), nil, today)); !strings.Contains(got, `"pedantic"`) {
		t.Error(got)
	}
}

// TestWrong: what cannot be answered is told, and nothing else is in the answer.
func TestWrong(t *testing.T) {
	figure := apptest.Figure(t)
	for _, c := range []struct{ question, file, want string }{
		{`{`, figure, "unexpected EOF"},
		{`{}`, figure, "nothing is asked"},
		{`{"Whyy": {}}`, figure, `unknown field "Whyy"`},
		{`{"Why": {"Request": {"URL": "ftp://h/"}}}`, figure, "ftp"},
		{`{"Why": {"Request": {"URL": "http://h/"}, "Members": {"Down": ["nobody"]}}}`, figure, "nobody"},
		{`{"Why": {"Request": {"URL": "http://h/"}, "Plugin": {"AssumeFile": "x.yaml"}}}`, figure, "only one file"},
		{`{"Why": {"Request": {"URL": "http://h/"}}}`, "<Config", "the plug-in would reject this file"},
		{`{"Lint": {"Target": "none"}}`, figure, "none"},
		{`{"Explain": "nonsense"}`, figure, "nothing is known"},
	} {
		if a := ask(t, c.question, c.file); !strings.Contains(a.Error, c.want) || a.JSON != "" {
			t.Errorf("%s: %+v, want %s", c.question, a, c.want)
		}
	}
}

// FuzzAsk: no file brings it down, whatever is asked.
func FuzzAsk(f *testing.F) {
	f.Add("<Config/>", "http://h/")
	f.Add("<Config><Route ServerCluster='a'/></Config>", "/a")
	f.Fuzz(func(t *testing.T, file, url string) {
		why, err := json.Marshal(map[string]any{"Why": map[string]any{"Request": map[string]any{"URL": url}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, question := range []string{`{"Lint": {}}`, `{"Graph": true}`, string(why)} {
			a := ask(t, question, file)
			for _, found := range a.Findings {
				if found.From < 0 || found.To < found.From || found.To > len(file) {
					t.Errorf("%d to %d of %d bytes", found.From, found.To, len(file))
				}
			}
		}
	})
}
