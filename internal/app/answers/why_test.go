package answers

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// snoop asks for the first request of the first case, which a test changes at will.
func snoop(change func(*Why)) *Why {
	w := &Why{Config: app.Config{Path: "figure.xml"}, Request: Request{URL: "http://h/snoop", Method: "GET"}, Times: 1}
	if change != nil {
		change(w)
	}
	return w
}

func TestWhyAnswers(t *testing.T) {

	for _, c := range []struct {
		name   string
		change func(*Why)
		want   string // answers of the requests
		notes  string
	}{
		{"chance", nil, "PluginMember1 or PluginMember2", ""},
		{"next", func(w *Why) { w.Members.Next = []string{"PluginMember2"} }, "PluginMember2", ""},
		{"affinity", func(w *Why) { w.Request.Cookies = []string{"JSESSIONID=0000abc:v544d031"} }, "PluginMember1",
			""},
		{"a header", func(w *Why) { w.Request.Headers = []string{"Cookie: JSESSIONID=0000abc:v544d0o0"} },
			"PluginMember2", ""},
		{"failover", func(w *Why) {
			w.Request.Cookies = []string{"JSESSIONID=0000abc:v544d031"}
			w.Members.Down = []string{"PluginMember1=refused"}
		}, "PluginMember2", ""},
		{"both down", func(w *Why) { w.Members.Down = []string{"PluginMember1", "PluginCluster/PluginMember2"} },
			"500", ""},
		{"port", func(w *Why) { port := 9080; w.Request.URL, w.Request.Port = "http://h:1/snoop", &port }, "declined",
			""},
		{"several", func(w *Why) { w.Times, w.Members.Next = 3, []string{"PluginMember1"} }, "PluginMember1", ""},
		{"partition", func(w *Why) {
			w.Members.Next, w.Members.Partition = []string{"PluginMember1"}, []string{"p=PluginMember2"}
		}, "PluginMember1", "--partition \"p=PluginMember2\" is followed, but cluster PluginCluster has no " +
			"GetDWLMTable"},
		{"buffer", func(w *Why) { w.Config.Path = "-" }, "declined", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := apptest.Memory(t, map[string]string{"-": "<Config/>"})
			a, err := snoop(c.change).Run(in)
			if err != nil {
				t.Fatal(err, apptest.Noted(a.Notes))
			}
			if got := a.Decisions[0].Answers; !strings.Contains(got, c.want) {
				t.Errorf("answers %q, want %q", got, c.want)
			}
			if got := apptest.Noted(a.Notes); !strings.Contains(got, c.notes) || c.notes == "" && got != "" {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
		})
	}
}

// TestWhyExpects: an expectation is met by every answer that chance allows, by some, or by none.
func TestWhyExpects(t *testing.T) {
	for expect, want := range map[string][]Unmet{
		"cluster:PluginCluster": nil,
		"PluginMember1":         {{1, "PluginMember1", true, ""}},
		"declined":              {{1, "declined", false, ""}},
	} {
		a, err := snoop(func(w *Why) { w.Expect = []string{expect} }).Run(apptest.Memory(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Unmet {
			a.Unmet[i].Answers = ""
		}
		if !slices.Equal(a.Unmet, want) {
			t.Errorf("%s: unmet %v, want %v", expect, a.Unmet, want)
		}
	}
}

// TestWhyNamesTheField that is wrong, so that an editor can show it there.
func TestWhyNamesTheField(t *testing.T) {
	for field, change := range map[string]func(*Why){
		"":               func(w *Why) { w.Request.URL = "snoop" },
		"config":         func(w *Why) { w.Config.Path = "" },
		"cookie":         func(w *Why) { w.Request.Cookies = []string{"x"} },
		"header":         func(w *Why) { w.Request.Headers = []string{"x"} },
		"method":         func(w *Why) { w.Request.Method = "" },
		"client":         func(w *Why) { w.Request.Client = "me" },
		"body-size":      func(w *Why) { w.Request.BodySize = -2 },
		"requests":       func(w *Why) { w.Times = 0 },
		"every":          func(w *Why) { w.Every = -1 },
		"down":           func(w *Why) { w.Members.Down = []string{"nobody"} },
		"marked":         func(w *Why) { w.Members.Marked = []string{"PluginMember1=x"} },
		"pending":        func(w *Why) { w.Members.Pending = []string{"PluginMember1"} },
		"weight":         func(w *Why) { w.Members.Weight = []string{"PluginMember1=1", "PluginMember1=2"} },
		"next":           func(w *Why) { w.Members.Next = []string{""} },
		"partition":      func(w *Why) { w.Members.Partition = []string{"PluginMember1"} },
		"replicas":       func(w *Why) { n := -2; w.Sessions.Settings = &session.Settings{Replicas: &n} },
		"write-interval": func(w *Why) { w.Sessions.Settings = &session.Settings{WriteInterval: -1} },
		"persistence":    func(w *Why) { w.Sessions.Settings = &session.Settings{Persistence: "disk"} },
		"moment":         func(w *Why) { w.Sessions.Moment = "never" },
		"app":            func(w *Why) { w.Sessions.App = "game" },
		"store-down":     func(w *Why) { w.Sessions.StoreDown = true },
		"other-set":      func(w *Why) { w.Sessions = Sessions{Settings: &session.Settings{}, OtherSet: true} },
		"change-age":     func(w *Why) { age := -1.0; w.Sessions.ChangeAge = &age },
		"plugin-level":   func(w *Why) { w.Plugin.Level = "new" },
		"platform":       func(w *Why) { w.Plugin.Platform = "moon" },
		"assume":         func(w *Why) { w.Plugin.Assume = []string{"nothing"} },
		"expect":         func(w *Why) { w.Expect = []string{"nobody"} },
		"not":            func(w *Why) { w.Not = []string{"nobody"} },
	} {
		_, err := snoop(change).Run(apptest.Memory(t, nil))
		var request *app.RequestError
		if !errors.As(err, &request) || request.Field != field {
			t.Errorf("%s: error %v", field, err)
		}
	}
}

// TestWhyFails: what cannot be decided is an error that lies not in the request, and the notes give the reasons.
func TestWhyFails(t *testing.T) {
	in := apptest.Memory(t, map[string]string{
		"root.xml": "<Confg/>", "open.xml": "<Config><IntelligentManagement/></Config>", "topology.yaml": "hello",
		"choices.yaml": "assume: {score-tie: never}\n",
	})
	for _, c := range []struct {
		change      func(*Why)
		want, notes string
	}{
		{func(w *Why) { w.Config.Path = "absent.xml" }, "does not exist", ""},
		{func(w *Why) { w.Config.Path = "." }, "is a folder", ""},
		{func(w *Why) { w.Config.Path = "root.xml" }, "would reject this file", "root.xml:1:2: error: "},
		{func(w *Why) { w.Config.Path = "open.xml" }, "routing is not in this file", ""},
		{func(w *Why) { w.Config.Path = "topology.yaml" }, "the topology has errors", "topology.yaml:1:1: error: "},
		{func(w *Why) { w.Plugin.AssumeFile = "choices.yaml" }, "not a file of settled choices", "choices.yaml:1:"},
	} {
		a, err := snoop(c.change).Run(in)
		var request *app.RequestError
		if err == nil || errors.As(err, &request) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
			continue
		}
		if got := apptest.Noted(a.Notes); !strings.Contains(got, c.notes) || c.notes == "" && got != "" {
			t.Errorf("%s: notes %q, want %q", c.want, got, c.notes)
		}
	}
}

// TestWhatWinsOfThePlugin: the file of settled choices yields to what is said, or wins over it.
func TestWhatWinsOfThePlugin(t *testing.T) {
	in := apptest.Memory(t, map[string]string{
		"choices.yaml": "version: 1\nassume: {score-tie: " + lastValue(t, "score-tie") +
			"}\n"})
	first := "score-tie=" + choice(t, "score-tie").Values[0]
	for wins, want := range map[bool]string{true: lastValue(t, "score-tie"), false: choice(t, "score-tie").Values[0]} {
		p, notes := app.Plugin{Assume: []string{first}, AssumeFile: "choices.yaml", FileWins: wins}, app.Notes{}
		sem, fixed, err := p.Assumptions(in, &notes)
		if err != nil || len(fixed) != 2 {
			t.Fatal(err, fixed, apptest.Noted(notes))
		}
		if got := sem.Value(fixed[0]); got != want {
			t.Errorf("the file wins %t: %s, want %s", wins, got, want)
		}
	}
}

func choice(t *testing.T, name string) choices.Info {
	t.Helper()
	for _, c := range choices.All() {
		if c.Name == name {
			return c
		}
	}
	t.Fatal("no choice ", name)
	return choices.Info{}
}

func lastValue(t *testing.T, name string) string {
	c := choice(t, name)
	return c.Values[len(c.Values)-1]
}
