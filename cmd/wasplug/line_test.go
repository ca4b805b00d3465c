package main

import (
	"slices"
	"strings"
	"testing"
)

// TestReadLine: flags may stand anywhere before "--", values stay with their flags, and variables fill in what is not
// typed.
func TestReadLine(t *testing.T) {
	environment := map[string]string{"WASPLUG_WHY_FORMAT": "json", "WASPLUG_CONFIG": "shared.xml",
		"WASPLUG_DIFF_FORMAT": "markdown", "WASPLUG_FORMAT": "dot"}
	for _, tt := range []struct{ typed, want, given string }{
		{"why http://h/ -c f.xml --seed=3 --format text", "why -c f.xml --seed=3 --format text -- http://h/",
			"config format seed"},
		{"why --down m1 http://h/ --header X:a,b",
			"why --config=shared.xml --format=json --down m1 --header X:a,b -- http://h/", "down header"},
		{"why -c f.xml --format text -- --seed", "why -c f.xml --format text -- --seed", "config format"},
		{"why -H -c --format text http://h/", "why --config=shared.xml -H -c --format text -- http://h/",
			"format header"},
		{"why http://h/ --format text -c", "why --format text -c", "config format"},
		{"lint - --fix --summary a.xml", "lint --fix --summary -- - a.xml", "fix summary"},
		{"lint a.xml --fix=diff", "lint --fix=diff -- a.xml", "fix"},
		{"fmt -w a.xml -d", "fmt -w -d -- a.xml", "diff write"},
		{"routecheck http://h/ --format text -c f.xml", "routecheck --format text -c f.xml -- http://h/",
			"config format"},
		{"nothing --like this", "nothing --like this", ""},
	} {
		l := readLine(newApp(), append([]string{"wasplug"}, strings.Fields(tt.typed)...),
			func(name string) string { return environment[name] })
		var given []string
		for name := range l.typed {
			given = append(given, name)
		}
		slices.Sort(given)
		if got := strings.Join(l.args[1:], " "); got != tt.want || strings.Join(given, " ") != tt.given {
			t.Errorf("%s\n  is read as %s\n       want %s\n  given %v, want %s", tt.typed, got, tt.want,
				given, tt.given)
		}
	}
}

// TestValuesKeepTheirCommas: a header holds commas, and so do names of members.
func TestValuesKeepTheirCommas(t *testing.T) {
	out, errOut, code := program(t, "why", "-c", figure, "http://h/snoop", "--header",
		"Cookie: a=b, JSESSIONID=0000x:v544d0o0", "--cookie", "JSESSIONID=0000,y:v544d0o0")
	if code != exitFine || !strings.Contains(out, "member PluginMember2") {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
	}
}
