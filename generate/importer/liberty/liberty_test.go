package liberty_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// TestRead reads files of servers: what is taken over, and each word that is told of the rest.
func TestRead(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := diag.NewFiles()
		read, reports := liberty.Read(files.Add(filepath.Base(path), src), src)
		var out bytes.Buffer
		if read != nil {
			root := topology(read)
			fits(t, root)
			out.Write(yamldoc.Print((&yamldoc.Node{Kind: yamldoc.Map}).Put("session", root.Get("session"))))
		}
		for _, d := range reports {
			fmt.Fprintln(&out, files.Line(d))
		}
		golden.Check(t, path+".golden", out.Bytes())
	}
}

// topology is a small one with all that was read.
func topology(s *liberty.Sessions) *yamldoc.Node {
	session := &yamldoc.Node{Kind: yamldoc.Map,
		Fields: append(append([]yamldoc.Field{}, s.Names.Fields...), s.Settings.Fields...)}
	member := (&yamldoc.Node{Kind: yamldoc.Map}).Put("host", yamldoc.NewText("a")).Put("http",
		yamldoc.NewPlain("9080"))
	cluster := (&yamldoc.Node{Kind: yamldoc.Map}).Put("members", yamldoc.NewList(member))
	return (&yamldoc.Node{Kind: yamldoc.Map}).Put("version", yamldoc.NewPlain("1")).Put("session", session).
		Put("clusters", (&yamldoc.Node{Kind: yamldoc.Map}).Put("c", cluster))
}

// fits holds what was read against the schema of topologies.
func fits(t *testing.T, root *yamldoc.Node) {
	t.Helper()
	files, src := diag.NewFiles(), yamldoc.Print(root)
	_, reports := schemas.Load(files, files.Add("topology.yaml", src), "topology")
	for _, d := range reports {
		if d.Severity == diag.Error {
			t.Errorf("%s in\n%s", files.Line(d), src)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               "there is no element",
		"<server>":                       "",
		"<Config/>":                      "element <Config> is no server's",
		"<process:Server/>":              "there is no session manager in this file",
		`<server><httpSession/></serve>`: "",
	} {
		files := diag.NewFiles()
		read, reports := liberty.Read(files.Add("server.xml", []byte(text)), []byte(text))
		if read != nil || diag.Worst(reports) != diag.Error || !strings.Contains(fmt.Sprint(reports), want) {
			t.Errorf("%s: %v, %v", text, read, reports)
		}
	}
}

// TestAgainst: names that the plug-in does not go by are told.
func TestAgainst(t *testing.T) {
	t.Parallel()
	const plugin = `<Config><ServerCluster Name="c" CloneSeparatorChange="true"><Server Name="s"/></ServerCluster>` +
		`<UriGroup Name="u"><Uri Name="/*" AffinityCookie="SHOP"/></UriGroup></Config>`
	cfg, _ := parser.Parse(0, []byte(plugin))
	for attributes, want := range map[string]string{
		`cookieName="SHOP" rewriteId="jsessionid" cloneSeparator="+"`: "",
		`cookieName="OTHER"`: `cookie "OTHER" is not taken over: no AffinityCookie of plugin-cfg.xml says so`,
		`rewriteId="sid"`:    `urlIdentifier "sid" is not taken over: no AffinityURLIdentifier`,
		`cloneSeparator=":"`: `cloneSeparator ":" is not taken over: no CloneSeparatorChange`,
	} {
		src := []byte("<server><httpSession " + attributes + "/></server>")
		read, _ := liberty.Read(0, src)
		told := read.Against(cfg)
		if (len(told) == 0) != (want == "") || len(told) > 0 && !strings.HasPrefix(told[0].Message, want) {
			t.Errorf("%s: %v, want %s", attributes, told, want)
		}
	}
}

// FuzzRead: whatever a file says, what is read of it is a session of a topology.
func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.xml")
	for _, path := range paths {
		if src, err := os.ReadFile(path); err == nil {
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		files := diag.NewFiles()
		read, reports := liberty.Read(files.Add("server.xml", src), src)
		if (read == nil) != (diag.Worst(reports) == diag.Error) {
			t.Fatalf("%v, %v", read, reports)
		}
		for _, d := range reports {
			files.Line(d)
		}
		if read != nil {
			fits(t, topology(read))
		}
		whole, reports := liberty.Topology(files.Add("again.xml", src), src, "shop1")
		for _, d := range reports {
			files.Line(d)
		}
		if whole != nil {
			yamldoc.Print(whole)
		}
	})
}
