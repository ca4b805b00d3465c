package proof

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	plugin "github.com/wasplug/wasplug/parser"
)

func read(src string) *plugin.Config {
	cfg, _ := plugin.Parse(0, []byte(src))
	return cfg
}

const (
	first = `<VirtualHostGroup Name="h"><VirtualHost Name="*:80"/></VirtualHostGroup><ServerCluster ` +
		`Name="c"><Server CloneID="x" Name="m"><Transport Hostname="A" Port="1"/></Server></ServerCluster>`
	uris   = `<UriGroup Name="u"><Uri Name="/a"/></UriGroup>`
	route  = `<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="h"/>`
	input  = "<Config>" + first + uris + route + "</Config>"
	second = `<Config><VirtualHostGroup Name="h"><VirtualHost Name="*:80"/></VirtualHostGroup><ServerCluster ` +
		`Name="c"><Server Name="m"><Transport Hostname="::1" Port="2"/></Server></ServerCluster>` + uris + route +
		"</Config>"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		inputs     []string
		output     string
		firstKeeps bool
		want       string
	}{
		"the same":              {[]string{input}, input, false, ""},
		"letter case of a host": {[]string{input}, strings.Replace(input, `"A"`, `"a"`, 1), false, ""},
		"another name":          {[]string{input}, strings.Replace(input, `"m"`, `"n"`, 1), false, ""},
		"a Route twice": {[]string{input}, strings.Replace(input, route, route+route, 1), false,
			""},
		"another port": {[]string{input}, strings.Replace(input, `Port="1"`, `Port="2"`, 1), false,
			`endpoint x of URI "/a" under "*:80" is lost`},
		"no Route": {[]string{input}, strings.Replace(input, route, "", 1), false,
			`endpoint x of URI "/a" under "*:80" is lost`},
		"one alias more": {[]string{input}, strings.Replace(input, `<VirtualHost `,
			`<VirtualHost Name="b:80"/><VirtualHost `, 1), false,
			`endpoint x of URI "/a" under "b:80" is in no input`},
		"every URI": {[]string{input}, strings.Replace(input, `UriGroup="u" `, "", 1), false,
			`endpoint x of URI "/a" under "*:80" is lost`},
		"a backslash": {[]string{strings.ReplaceAll(input, "/a", `/a\b`)},
			strings.Replace(input, route, "", 1), false, `endpoint x of URI "/a\b" under "*:80" is lost`},
		"a second group of the name": {[]string{input}, strings.Replace(input, uris,
			uris+`<UriGroup Name="u"><Uri Name="/b"/></UriGroup>`, 1), false, ""},
		"a Route that leads nowhere": {[]string{strings.Replace(input, route,
			route+`<Route ServerCluster="gone"/>`, 1)}, input, false, ""},
		"a member of the second": {[]string{input, second}, input, false,
			`endpoint [::1]:2 of URI "/a" under "*:80" is lost`},
		"the first keeps it": {[]string{input, second}, input, true, ""},
		"the first keeps it, and does not": {[]string{second, input}, input, true,
			`endpoint [::1]:2 of URI "/a" under "*:80" is lost`},
	} {
		var in []*plugin.Config
		for _, src := range c.inputs {
			in = append(in, read(src))
		}
		got := ""
		if err := Check(in, read(c.output), c.firstKeeps); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestSharesNothing holds what the package says of itself: no code of the merge is used here.
func TestSharesNothing(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_test.go") || !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if strings.Contains(i.Path.Value, "/generate") {
				t.Errorf("%s imports %s", f.Name(), i.Path.Value)
			}
		}
	}
}
