package authoring

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// files are what the tests read, beside the first case as figure.xml.
func files(t *testing.T) app.Input {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("<Config/>"))
	z.Close()
	return apptest.Memory(t, map[string]string{
		"-":             apptest.Figure(t),
		"topology.yaml": apptest.Case(t, "topology.yaml"),
		"two.yaml": strings.Replace(apptest.Case(t, "topology.yaml"), "webServers:",
			"webServers:\n  - name: second", 1),
		"broken.yaml":   "flavor: none\n",
		"broken.xml":    "<Config><Log></Config>",
		"rejected.xml":  `<Config><Route ServerCluster="absent"/></Config>`,
		"no-route.xml":  "<Config/>",
		"notes.txt":     "no configuration\n",
		"packed.xml.gz": packed.String(),
		"empty":         "",
		"server.xml":    "<server/>",
	})
}

// refusal is a use case that is refused, and what the error says.
type refusal struct {
	name  string
	run   func(app.Input) error
	want  string
	wrong bool // the request is wrong, not the work impossible
}

// refused runs use cases that must be refused.
func refused(t *testing.T, all []refusal) {
	t.Helper()
	for _, c := range all {
		err := c.run(files(t))
		var request *app.RequestError
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, &request) != c.wrong {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// errOf drops the answer of a use case.
func errOf[A any](_ A, err error) error { return err }

// TestRefused: what cannot be made, and why. That the request is wrong is told from that the work cannot be done.
func TestRefused(t *testing.T) {
	t.Parallel()
	merge := func(m Merge) func(app.Input) error {
		return func(in app.Input) error { return errOf(m.Run(in)) }
	}
	rebase := func(r Rebase) func(app.Input) error {
		return func(in app.Input) error { return errOf(r.Run(in)) }
	}
	importing := func(i Import) func(app.Input) error {
		return func(in app.Input) error { return errOf(i.Run(in)) }
	}
	anonymize := func(key string, paths ...string) func(app.Input) error {
		return func(in app.Input) error { return errOf((&Anonymize{Paths: paths, Key: []byte(key)}).Run(in)) }
	}
	export := func(target, path string) func(app.Input) error {
		return func(in app.Input) error {
			return errOf((&Export{Config: app.Config{Path: path}, Target: target}).Run(in))
		}
	}
	generating := func(g Generate) func(app.Input) error {
		return func(in app.Input) error { return errOf(g.Run(in)) }
	}
	formatting := func(path string) func(app.Input) error {
		return func(in app.Input) error { return errOf((&Fmt{path}).Run(in)) }
	}
	refused(t, []refusal{
		{"merge: standard input twice", merge(Merge{Files: []string{"-", "figure.xml", "-"}}),
			"only one of the files", true},
		{"merge: a base that is none", merge(Merge{Files: []string{"figure.xml"}, Base: "x.xml"}),
			"--base x.xml", true},
		{"merge: no such rule", merge(Merge{Files: []string{"figure.xml"}, Allow: []string{"WP3030"}}),
			`--allow "WP3030": no rule has this code or name (did you mean`, true},
		{"merge: half a file", merge(Merge{Files: []string{"figure.xml", "broken.xml"}}),
			"broken.xml is not a whole", false},
		{"merge: a topology", merge(Merge{Files: []string{"figure.xml", "topology.yaml"}}),
			"'wasplug generate'", false},
		{"merge: a file that is not there", merge(Merge{Files: []string{"absent.xml"}}), "absent.xml", false},
		{"rebase: standard input twice", rebase(Rebase{Base: "-", Edited: "figure.xml", New: "-"}), "only one", true},
		{"rebase: half a file", rebase(Rebase{Base: "figure.xml", Edited: "broken.xml", New: "figure.xml"}),
			"broken.xml", false},
		{"import: standard input twice", importing(Import{Path: "-", Session: "-"}), "one of the two files", true},
		{"import: a text", importing(Import{Path: "notes.txt"}), "is no plugin-cfg.xml", false},
		{"import: a packed file", importing(Import{Path: "packed.xml.gz"}), "is no plugin-cfg.xml", false},
		{"import: nothing", importing(Import{Path: "empty"}), "empty", false},
		{"import: sessions of a server.xml", importing(Import{Path: "server.xml", Session: "server.xml"}),
			"--session goes with a plugin-cfg.xml", true},
		{"import: sessions that are not there", importing(Import{Path: "figure.xml", Session: "absent.xml"}),
			"absent.xml", false},
		{"import: sessions of a text", importing(Import{Path: "figure.xml", Session: "notes.txt"}),
			"no session settings can be read", false},
		{"anonymize: no key", anonymize("", "figure.xml"), "--key is empty", true},
		{"anonymize: a packed file", anonymize("0123456789abcdef", "packed.xml.gz"), "unpack it", false},
		{"anonymize: a file that is not there", anonymize("0123456789abcdef", "absent"), "absent", false},
		{"export: no such target", export("varnish", "figure.xml"),
			`--to "varnish": want one of haproxy, nginx`, true},
		{"export: a file that is rejected", export("nginx", "rejected.xml"), "the plug-in would reject", false},
		{"generate: a plugin-cfg.xml", generating(Generate{Topology: "figure.xml"}), "'wasplug import'", false},
		{"generate: errors", generating(Generate{Topology: "broken.yaml"}), "so nothing is written", false},
		{"generate: no such web server", generating(Generate{Topology: "topology.yaml", WebServer: "webserver2"}),
			`no web server "webserver2" (did you mean "webserver1"?)`, true},
		{"generate: a file that is not there", generating(Generate{Topology: "absent.yaml"}), "absent.yaml", false},
		{"fmt: a topology", formatting("topology.yaml"), "is left as it is", false},
		{"fmt: not well-formed", formatting("broken.xml"), "is not well-formed, so it is left as it is", false},
		{"fmt: a file that is not there", formatting("absent.xml"), "absent.xml", false},
		{"init: a file that is rejected",
			func(in app.Input) error { return errOf((&Begin{Config: "rejected.xml"}).Run(in)) },
			"rejected.xml", false},
		{"init: a member that is none", func(in app.Input) error {
			return errOf((&Begin{Members: []string{"a b"}}).Run(in))
		}, `--members "a b": want HOST or HOST:PORT`, true},
		{"init: an application that is none", func(in app.Input) error {
			return errOf((&Begin{Members: []string{"a"}, Apps: []string{"shop"}}).Run(in))
		}, `--app "shop": want NAME=/CONTEXTROOT`, true},
		{"test --init: nothing is reachable", func(in app.Input) error {
			return errOf((&InitSuite{Config: app.Config{Path: "no-route.xml"}}).Run(in))
		}, "nothing is reachable, so there is nothing to test", false},
		{"graph: half a file", func(in app.Input) error {
			return errOf((&Graph{app.Config{Path: "broken.xml"}}).Run(in))
		}, "there is nothing in it to draw", false},
	})
}

// TestOnly: where one output is wanted, several are a question.
func TestOnly(t *testing.T) {
	t.Parallel()
	a, err := (&Generate{Topology: "two.yaml"}).Run(files(t))
	if err != nil || len(a.Outputs) != 2 {
		t.Fatalf("%v %d outputs: %s", err, len(a.Outputs), apptest.Noted(a.Notes))
	}
	if _, err = a.Only("choose one"); err == nil || !strings.Contains(err.Error(), "choose one") {
		t.Errorf("%v", err)
	}
	if _, err = a.Origin(1); err == nil || !strings.Contains(err.Error(), "--web-server") {
		t.Errorf("a line of two files: %v", err)
	}
	if a, err = (&Generate{Topology: "two.yaml",
		WebServer: "second"}).Run(files(t)); err != nil || len(a.Outputs) != 1 {
		t.Fatal(err)
	}
	if _, err = a.Origin(1_000_000); err == nil {
		t.Error("a line behind the end has an origin")
	}
	out, err := a.Only("")
	if err != nil || out.WebServer != "second" {
		t.Errorf("%v %s", err, out.WebServer)
	}
}

// TestCheckGenerated: a file is compared with what would be generated by what it means, and half a file not at all.
func TestCheckGenerated(t *testing.T) {
	t.Parallel()
	a, err := (&Generate{Topology: "topology.yaml"}).Run(files(t))
	if err != nil {
		t.Fatal(err)
	}
	same, err := (&Check{Path: "figure.xml", Output: a.Outputs[0]}).Run(files(t))
	if err != nil || len(same.Changes) > 0 {
		t.Errorf("%v %+v", err, same.Changes)
	}
	other, err := (&Check{Path: "no-route.xml", Output: a.Outputs[0]}).Run(files(t))
	if err != nil || len(other.Changes) == 0 || !strings.HasPrefix(other.Changes[0].At, "no-route.xml") {
		t.Errorf("%v %+v", err, other.Changes)
	}
	half, err := (&Check{Path: "broken.xml", Output: a.Outputs[0]}).Run(files(t))
	if err == nil || len(half.Notes) == 0 {
		t.Errorf("%v: %s", err, apptest.Noted(half.Notes))
	}
	if _, err = (&Check{Path: "absent.xml", Output: a.Outputs[0]}).Run(files(t)); err == nil {
		t.Error("a file that is not there was compared")
	}
}

// TestBegin: the script names a file as one word of a shell, whatever it is called, and a sketch has a name for each
// member.
func TestBegin(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"": "", "a.xml": "'a.xml'", "-a.xml": "'./-a.xml'",
		"it's $x": `'it'\''s $x'`} {
		if got := shellQuoted(path); got != want {
			t.Errorf("%q is %s, want %s", path, got, want)
		}
	}
	a, err := (&Begin{Members: []string{"app.example.com", "app.example.org:9081", "192.0.2.7", "[2001:db8::1]:9443"},
		Apps: []string{"shop=/shop"}}).Run(files(t))
	if err != nil || len(a.Files) != 4 {
		t.Fatalf("%v %s", err, apptest.Noted(a.Notes))
	}
	topology := string(a.Files[0].Data)
	for _, want := range []string{`name: "app"`, `name: "m2", host: "app.example.org", http: 9081`,
		`name: "m3", host: "192.0.2.7", http: 9080`, `name: "m4", host: "2001:db8::1"`, "/shop"} {
		if !strings.Contains(topology, want) {
			t.Errorf("%q is not in\n%s", want, topology)
		}
	}
}

// TestSuiteSaysLevel: a suite that expects what another level answers, or another web server, says so.
func TestSuiteSaysLevel(t *testing.T) {
	t.Parallel()
	a, err := (&InitSuite{Config: app.Config{Path: "figure.xml"}, Named: "figure.xml",
		Plugin: app.Plugin{Level: "7.0.0.13", Platform: "ihs"}}).Run(files(t))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(a.YAML); !strings.HasPrefix(text, "platform: ihs\npluginLevel: \"7.0.0.13\"\n") {
		t.Errorf("%s", text)
	}
}

// TestAnonymizeShortKey: a key by which names can be guessed is used, and noted.
func TestAnonymizeShortKey(t *testing.T) {
	t.Parallel()
	a, err := (&Anonymize{Paths: []string{"figure.xml", "topology.yaml"}, Key: []byte("k")}).Run(files(t))
	if err != nil || len(a.Files) != 2 {
		t.Fatal(err)
	}
	if noted := apptest.Noted(a.Notes); !strings.Contains(noted, "the key has 1 bytes") {
		t.Errorf("noted %q", noted)
	}
	for _, f := range a.Files {
		if bytes.Contains(f.Data, []byte("PluginMember1")) {
			t.Errorf("%s still has a name of the user's", f.Path)
		}
	}
}
