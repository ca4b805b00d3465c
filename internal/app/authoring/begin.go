package authoring

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/netip"
	"strings"
	"text/template"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/lazy"
)

// Begin makes the files that work on a configuration begins with: a topology, a suite of its routes, settings of lint
// and a script for a pipeline.
type Begin struct {
	Config  string   // the plugin-cfg.xml that there is, "" for a sketch of one to be
	Seen    string   // its path as the new files are to name it, from the folder that they lie in
	Members []string // of a sketch: HOST or HOST:PORT
	Apps    []string // of a sketch: NAME=/CONTEXTROOT
}

// NewFile is a file to be written.
type NewFile struct {
	Name, What string
	Data       []byte
}

// BeginAnswer is the files, the topology first.
type BeginAnswer struct {
	Notes app.Notes
	Files []NewFile
}

const topologyName = "topology.yaml"

// Run makes the files.
func (b *Begin) Run(in app.Input) (*BeginAnswer, error) {
	a := new(BeginAnswer)
	topology, err := b.topology(in, &a.Notes)
	if err != nil {
		return a, err
	}
	suite := InitSuite{Config: app.Config{Path: b.Config}, Named: b.Seen}
	if b.Config == "" {
		// The suite is made of the topology as it will be written, so it is read as if it were a file.
		suite.Config.Path, suite.Named = "-", topologyName
		in.Stdin = bytes.NewReader(topology)
	}
	// Of a file that the plug-in would reject there is no suite, and nothing is begun.
	routes, err := suite.Run(in)
	if err != nil {
		a.Notes = append(a.Notes, routes.Notes...)
		return a, err
	}
	script := filled(scriptText, shellQuoted(b.Seen))
	a.Files = []NewFile{
		{topologyName, "members, hosts and applications", topology},
		{"routes.yaml", "a test of each route; add the URLs that matter to you", routes.YAML},
		{".wasplug.yaml", "settings of lint", []byte(settingsText)},
		{"check.sh", "all checks, for a pipeline or by hand", script},
	}
	return a, nil
}

// topology is that of the file which there is, or else a sketch.
func (b *Begin) topology(in app.Input, notes *app.Notes) ([]byte, error) {
	if b.Config == "" {
		return b.sketch()
	}
	request := Import{Path: b.Config}
	answer, err := request.Run(in)
	*notes = append(*notes, answer.Notes...)
	return answer.YAML, err
}

// shellQuoted is a path as one word of a shell, which is no flag either; "" for none.
// The path comes from the command line and goes into a script that somebody runs.
func shellQuoted(path string) string {
	switch {
	case path == "":
		return ""
	case strings.HasPrefix(path, "-"):
		path = "./" + path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

//go:embed sketch/topology.yaml
var sketchText string

//go:embed sketch/check.sh
var scriptText string

//go:embed sketch/wasplug.yaml
var settingsText string

func filled(text string, data any) []byte {
	var b bytes.Buffer
	if err := template.Must(template.New("").Parse(text)).Execute(&b, data); err != nil {
		panic(err) // the texts are ours, and a test fills each of them
	}
	return b.Bytes()
}

// sketched is what a sketch of a topology has in it.
type sketched struct {
	Members []struct{ Name, Host, Port string }
	Apps    []struct{ Name, Root string }
}

var (
	memberForm = lazy.Regexp(`^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?$`)
	appForm    = lazy.Regexp(`^([A-Za-z0-9._-]+)=(/[A-Za-z0-9._~/-]*)$`)
)

// sketch is a topology to put one's own names into.
func (b *Begin) sketch() ([]byte, error) {
	s, seen := sketched{}, map[string]bool{}
	for i, member := range b.Members {
		m := memberForm().FindStringSubmatch(member)
		if m == nil {
			return nil, app.Wrong("members", " %q: want HOST or HOST:PORT, and commas between them", member)
		}
		// The form is checked, not escaped: the sketch is a text with names put in.
		host, port := m[1], m[2]
		if port == "" {
			port = "9080"
		}
		// A member is called as the first label of its host, unless that is a number or was taken.
		name, _, _ := strings.Cut(host, ".")
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || seen[name] {
			name = fmt.Sprintf("m%d", i+1)
		}
		seen[name] = true
		s.Members = append(s.Members, struct{ Name, Host, Port string }{name, strings.Trim(host, "[]"), port})
	}
	for _, text := range b.Apps {
		m := appForm().FindStringSubmatch(text)
		if m == nil {
			return nil, app.Wrong("app", " %q: want NAME=/CONTEXTROOT, such as shop=/shop", text)
		}
		s.Apps = append(s.Apps, struct{ Name, Root string }{m[1], m[2]})
	}
	return filled(sketchText, s), nil
}
