package checks

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/apptest"
)

const twoTests = `config: figure.xml
tests:
  - name: home
    requests: [{url: http://h/snoop, cookies: {JSESSIONID: "0000x:v544d031"}, expect: PluginMember1}]
  - name: wrong
    requests: [{url: http://h/other, expect: PluginCluster}]
`

func TestTestAnswers(t *testing.T) {
	half := 50.0
	for _, c := range []struct {
		name           string
		test           Test
		passed, failed int
		names, short   string
	}{
		{"all", Test{Suites: []string{"suite.yaml"}}, 1, 1, "home wrong", ""},
		{"some", Test{Suites: []string{"suite.yaml"}, Only: "^h"}, 1, 0, "home", ""},
		{"none", Test{Suites: []string{"suite.yaml"}, Only: "^x"}, 0, 0, "", ""},
		{"twice", Test{Suites: []string{"suite.yaml", "sub/suite.yaml"}}, 2, 2, "home wrong home wrong", ""},
		{"another file", Test{Suites: []string{"suite.yaml"}, Config: &app.Config{Path: "-"}, Only: "wrong"}, 1,
			0, "wrong", ""},
		{"coverage", Test{Suites: []string{"suite.yaml"}, Only: "wrong", FailUnder: &half}, 0, 1,
			"wrong", "suite.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := apptest.Memory(t, map[string]string{
				"suite.yaml": twoTests, "sub/suite.yaml": strings.Replace(twoTests, "figure.xml", "../figure.xml", 1),
				"-": strings.Replace(apptest.Figure(t), `Name="/snoop`, `Name="/other`, 2),
			})
			a, err := c.test.Run(in)
			if err != nil {
				t.Fatal(err, apptest.Noted(a.Notes))
			}
			var names, short []string
			for _, s := range a.Suites {
				for _, test := range s.Tests {
					names = append(names, test.Name)
					if test.Passed == (len(test.Requests[0].Failures) > 0) ||
						test.Passed == (len(test.Requests[0].Steps) > 0) {
						t.Errorf("%s passed %t with %+v", test.Name, test.Passed, test.Requests[0])
					}
				}
				if (s.Coverage != nil) != (c.test.FailUnder != nil) {
					t.Errorf("coverage %v", s.Coverage)
				}
			}
			for _, s := range c.test.Short(a) {
				short = append(short, s.File)
			}
			if a.Passed != c.passed || a.Failed != c.failed || strings.Join(names, " ") != c.names ||
				strings.Join(short, " ") != c.short {
				t.Errorf("passed %d, failed %d, tests %v, short %v", a.Passed, a.Failed, names, short)
			}
		})
	}
}

func TestTestFails(t *testing.T) {
	over := 101.0
	in := apptest.Memory(t, map[string]string{
		"broken.yaml": "tests: 3\n", "nobody.yaml": strings.Replace(twoTests, "expect: PluginMember1",
			"expect: Nobody", 1),
		"lost.yaml": strings.Replace(twoTests, "figure.xml", "absent.xml", 1), "suite.yaml": twoTests,
	})
	for _, c := range []struct {
		test         Test
		field, notes string
	}{
		{Test{Suites: []string{"suite.yaml"}, Only: "("}, "run", ""},
		{Test{Suites: []string{"suite.yaml"}, FailUnder: &over}, "fail-under", ""},
		{Test{Suites: []string{"broken.yaml"}}, "", "broken.yaml:1:"},
		{Test{Suites: []string{"nobody.yaml"}}, "", "nobody.yaml:4:"},
		{Test{Suites: []string{"suite.yaml", "lost.yaml"}}, "", ""},
	} {
		a, err := c.test.Run(in)
		var request *app.RequestError
		if err == nil || errors.As(err, &request) != (c.field != "") || c.field != "" && request.Field != c.field {
			t.Errorf("%+v: error %v, want field %q", c.test, err, c.field)
		}
		if got := apptest.Noted(a.Notes); !strings.Contains(got, c.notes) {
			t.Errorf("%+v: notes %q, want %q", c.test, got, c.notes)
		}
	}
}

// TestInitSuiteIsGreen: the suite that is written runs, passes, and covers everything.
func TestInitSuiteIsGreen(t *testing.T) {
	i := authoring.InitSuite{Config: app.Config{Path: "figure.xml"}, Named: "figure.xml",
		Plugin: app.Plugin{Level: "9.0.5", Platform: "apache"}}
	made, err := i.Run(apptest.Memory(t, nil))
	if err != nil || !strings.HasPrefix(string(made.YAML), "platform: apache\npluginLevel: \"9.0.5\"\n") {
		t.Fatalf("%v\n%s", err, made.YAML)
	}
	run := Test{Suites: []string{"routes.yaml"}, Coverage: true}
	a, err := run.Run(apptest.Memory(t, map[string]string{"routes.yaml": string(made.YAML)}))
	if err != nil || a.Failed > 0 || a.Passed == 0 || a.Suites[0].Coverage.Percent < 100 {
		t.Errorf("%v %s\n%+v\n%s", err, apptest.Noted(a.Notes), a, made.YAML)
	}
	i.Config.Path = "-"
	if _, err := i.Run(apptest.Memory(t, map[string]string{"-": "<Config/>"})); err == nil {
		t.Error("a suite without a test was made")
	}
}
