package rebase_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/rebase"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

const base = `<?xml version="1.0"?>
<Config RefreshInterval="60">
   <VirtualHostGroup Name="vh">
      <VirtualHost Name="*:80"/>
   </VirtualHostGroup>
   <ServerCluster LoadBalance="Round Robin" Name="c" RetryInterval="60">
      <Server CloneID="one" Name="m1">
         <Transport Hostname="a" Port="9080" Protocol="http"/>
      </Server>
      <Server CloneID="two" Name="m2">
         <Transport Hostname="b" Port="9080" Protocol="http"/>
      </Server>
      <PrimaryServers>
         <Server Name="m1"/>
         <Server Name="m2"/>
      </PrimaryServers>
   </ServerCluster>
   <UriGroup Name="u"/>
   <Route ServerCluster="c" UriGroup="u" VirtualHostGroup="vh"/>
</Config>
`

func merge(t *testing.T, edited, renewed string, prefer rebase.Prefer) (string, []string) {
	t.Helper()
	files := diag.NewFiles()
	read := func(name, text string) *parser.Config {
		id := files.Add(name, []byte(text))
		cfg, reports := parser.Parse(id, []byte(text))
		if diag.Worst(reports) == diag.Error {
			t.Fatal(files.Line(reports[0]))
		}
		return cfg
	}
	result, err := rebase.Rebase(files, rebase.Input{Base: read("base", base), Edited: read("edited", edited),
		New: read("new", renewed)}, prefer)
	if err != nil {
		t.Fatal(err)
	}
	var conflicts []string
	for _, d := range result.Conflicts {
		conflicts = append(conflicts, files.Line(d))
	}
	return string(result.XML), conflicts
}

// changed is the base with texts replaced, old and new in turn.
func changed(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }

// TestBothSidesAreKept: changes of different things come together, whichever side makes which.
func TestBothSidesAreKept(t *testing.T) {
	const m3 = `      <Server CloneID="three" Name="m3">
         <Transport Hostname="c" Port="9080" Protocol="http"/>
      </Server>
      <PrimaryServers>`
	changes := [][]string{
		{`RefreshInterval="60"`, `RefreshInterval="10"`},
		{` LoadBalance="Round Robin"`, ``},
		{`Name="c" RetryInterval`, `Name="c" PostSizeLimit="5" RetryInterval`},
		{`      <PrimaryServers>`, m3},
		{"      <Server CloneID=\"one\" Name=\"m1\">\n         <Transport " +
			"Hostname=\"a\" Port=\"9080\" Protocol=\"http\"/>\n" +
			"      </Server>\n", ""},
		{`Hostname="b" Port="9080"`, `Hostname="b" Port="9999"`},
		{"         <Server Name=\"m1\"/>\n         <Server Name=\"m2\"/>\n",
			"         <Server Name=\"m2\"/>\n         <Server Name=\"m1\"/>\n"},
		{`   <UriGroup Name="u"/>`, "   <UriGroup Name=\"u\">\n      <Uri Name=\"/a\"/>\n      <Uri " +
			"Name=\"/b\"/>\n   </UriGroup>"},
		{`      <VirtualHost Name="*:80"/>`, "      <VirtualHost Name=\"*:80\"/>\n      <VirtualHost " +
			"Name=\"*:443\"/>"},
	}
	for i, hand := range changes {
		for j, anew := range changes {
			both := changed(slices.Concat(hand, anew)...)
			if i == j {
				both = changed(hand...)
			}
			got, conflicts := merge(t, changed(hand...), changed(anew...), rebase.Nobody)
			if got != both || len(conflicts) > 0 {
				t.Errorf("by hand %s, anew %s: %v\n%s", hand[1], anew[1], conflicts, got)
			}
		}
	}
}

// TestLayoutOfTheEditedFileStays: comments, order and layout are those of the edited file.
func TestLayoutOfTheEditedFileStays(t *testing.T) {
	edited := changed("\n   <VirtualHostGroup", "\n\n  <!-- mine --> <VirtualHostGroup",
		`      <Server CloneID="two" Name="m2">`,
		"\t<Server Name='m2'   CloneID='two'>")
	renewed := changed(`CloneID="two"`, `CloneID="2&quot;"`, `Port="9080" Protocol="http"/>
      </Server>
      <Prim`, `Port="9080" Protocol="http"/>
         <Transport Hostname="b" Port="9443" Protocol="https">
            <Property Name="keyring" Value="/k"/>
         </Transport>
      </Server>
      <Prim`)
	got, conflicts := merge(t, edited, renewed, rebase.Nobody)
	want := strings.NewReplacer("CloneID='two'", `CloneID="2&quot;"`, `Hostname="b" Port="9080" Protocol="http"/>`,
		`Hostname="b" Port="9080" Protocol="http"/>
         <Transport Hostname="b" Port="9443" Protocol="https">
            <Property Name="keyring" Value="/k"/>
         </Transport>`).Replace(edited)
	if got != want || len(conflicts) > 0 {
		t.Errorf("%v\n%s", conflicts, got)
	}
}

// TestCommentStaysWithItsElement: what New adds stands behind the comment that ends a line.
func TestCommentStaysWithItsElement(t *testing.T) {
	got, _ := merge(t, changed(`<VirtualHost Name="*:80"/>`, `<VirtualHost Name="*:80"/> <!-- why -->`),
		changed(`<VirtualHost Name="*:80"/>`, "<VirtualHost Name=\"*:80\"/>\n      <VirtualHost Name=\"*:81\"/>"),
		rebase.Nobody)
	want := "<VirtualHost Name=\"*:80\"/> <!-- why -->\n      <VirtualHost Name=\"*:81\"/>\n"
	if !strings.Contains(got, want) {
		t.Error(got)
	}
}

func TestConflicts(t *testing.T) {
	tests := []struct{ edited, renewed, want string }{
		{changed(`Name="c" RetryInterval="60"`, `Name="c" RetryInterval="10"`),
			changed(`Name="c" RetryInterval="60"`, `Name="c" RetryInterval="30"`),
			`edited:6:69: error: RetryInterval of ServerCluster "c" is "10" in the edited file, "30" in the new ` +
				`one and "60" in ` +
				`the base (there at new:6:69)`},
		{changed(` LoadBalance="Round Robin"`, ``), changed(`Round Robin`, `Random`),
			`edited:6:5: error: LoadBalance of ServerCluster "c" is absent in the edited file, "Random" in the new ` +
				`one and "Round Robin" in the base (there at new:6:32)`},
		{changed(`<UriGroup Name="u"/>`, `<UriGroup Name="u"><Uri Name="/a"/></UriGroup>`),
			changed(`   <UriGroup Name="u"/>`+"\n", ``),
			`edited:18:5: error: UriGroup "u" is changed in the edited file and removed in the new one (there at ` +
				`new:2:2)`},
		{changed(`   <UriGroup Name="u"/>`+"\n", ``), changed(`<UriGroup Name="u"/>`,
			`<UriGroup Name="u"><Uri Name="/a"/></UriGroup>`),
			`edited:2:2: error: UriGroup "u" is removed in the edited file and changed in the new one (there at ` +
				`new:18:5)`},
	}
	for _, test := range tests {
		_, conflicts := merge(t, test.edited, test.renewed, rebase.Nobody)
		if len(conflicts) != 1 || conflicts[0] != test.want {
			t.Errorf("%q, want\n%s", conflicts, test.want)
		}
		if got, _ := merge(t, test.edited, test.renewed, rebase.Edited); got != test.edited {
			t.Errorf("the edited file does not count:\n%s", got)
		}
		if got, warned := merge(t, test.edited, test.renewed, rebase.New); got == test.edited ||
			!strings.Contains(strings.Join(warned, ""), "warning: ") || !strings.HasSuffix(warned[0],
			"the new file counts") {
			t.Errorf("the new file does not count: %v\n%s", warned, got)
		}
	}
}

// TestOneSideAlone: with nothing changed by hand, or nothing by the generator, the other file comes out; tried with
// the files of strangers.
func TestOneSideAlone(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := diag.NewFiles()
		cfg, reports := parser.Parse(files.Add(filepath.Base(path), src), src)
		if diag.Worst(reports) == diag.Error || cfg.Node == nil {
			continue
		}
		stub, _ := parser.Parse(files.Add("base", []byte(base)), []byte(base))
		same, err := rebase.Rebase(files, rebase.Input{Base: stub, Edited: cfg, New: stub}, rebase.Nobody)
		if err != nil || len(same.Conflicts) > 0 || string(same.XML) != string(src) {
			t.Errorf("%s: what is edited does not stay: %v", path, err)
		}
		taken, err := rebase.Rebase(files, rebase.Input{Base: stub, Edited: stub, New: cfg}, rebase.Nobody)
		if err != nil || len(taken.Conflicts) > 0 {
			t.Errorf("%s: what is new is not taken: %v", path, err)
			continue
		}
		after, _ := parser.Parse(files.Add("after", taken.XML), taken.XML)
		again, err := rebase.Rebase(files, rebase.Input{Base: after, Edited: after, New: cfg}, rebase.Nobody)
		if err != nil || string(again.XML) != string(taken.XML) {
			t.Errorf("%s: something of the new file is missing: %v", path, err)
		}
	}
}
