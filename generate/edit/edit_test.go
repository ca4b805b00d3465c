package edit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

const base = `<?xml version="1.0"?>
<Config RefreshInterval="60">
   <Log LogLevel="Error" Name="/logs/http_plugin.log"/>
   <VirtualHostGroup Name="h"><VirtualHost Name="*:80"/></VirtualHostGroup>
   <ServerCluster Name="C">
      <Server CloneID="c1" LoadBalanceWeight="20" Name="m1"><Transport Hostname="h1" Port="1" Protocol="http"/></Server>
      <Server CloneID='c2' LoadBalanceWeight = '&#50;0'
              Name='m2'><Transport Hostname="h2" Port="1" Protocol="http"/><Transport Hostname="h2" Port="2" Protocol="https">
         <Property Name="keyring" Value="/k.kdb"/></Transport></Server>
      <Server CloneID="c3" Name="m3"><Transport Hostname="h3" Port="1"/></Server>
      <Server Name="m4"><Transport Hostname="h4" Port="1"/></Server>
      <PrimaryServers><Server Name="m1"/><Server Name="m2" /><Server Name="m3"/></PrimaryServers>
      <BackupServers><Server Name="m4"/></BackupServers>
   </ServerCluster>
   <ServerCluster LoadBalance="Random" Name="R"><Server Name="m1"/><Server Name="r2"/></ServerCluster>
   <UriGroup Name="u"><Uri Name="/*"/></UriGroup>
   <Route ServerCluster="C" UriGroup="u" VirtualHostGroup="h"/>
</Config>
`

func read(t testing.TB, src string) *File {
	t.Helper()
	files := diag.NewFiles()
	f, _, err := Read(files, files.Add("plugin-cfg.xml", []byte(src)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// made applies a change and shows the lines that it touches.
func made(t testing.TB, f *File, c *Change) (src, shown string) {
	t.Helper()
	out, err := f.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	was := strings.Split(string(f.files.Source(f.id)), "\n")
	for _, line := range strings.Split(string(out), "\n") {
		if !strings.Contains("\n"+strings.Join(was, "\n")+"\n", "\n"+line+"\n") {
			b.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	b.WriteString(strings.Join(c.Notes, "\n"))
	return string(out), b.String()
}

// change is what a command does to base, or why it does not.
func change(t *testing.T, f *File, c *Change, err error) string {
	t.Helper()
	if err != nil {
		var refusal *Refusal
		var bad *Unknown
		switch {
		case errors.As(err, &refusal):
			return "refused: " + err.Error()
		case errors.As(err, &bad):
			return "unknown: " + err.Error()
		}
		t.Fatal(err)
	}
	_, shown := made(t, f, c)
	return strings.TrimSpace(shown)
}

func TestDrain(t *testing.T) {
	drain := func(d Drain) Drain { d.Date = "2026-11-29"; return d }
	for _, c := range []struct {
		name string
		d    Drain
		want string
	}{
		{"weight", Drain{Members: []string{"C/m1"}},
			`<!-- wasplug:drained LoadBalanceWeight=20 2026-11-29 -->
<Server CloneID="c1" LoadBalanceWeight="0" Name="m1"><Transport Hostname="h1" Port="1" Protocol="http"/></Server>
m1 of C: LoadBalanceWeight 20 -> 0; sessions that it has go on (R36)`},
		{"a written reference is kept as it is", Drain{Members: []string{"m2"}},
			`<!-- wasplug:drained LoadBalanceWeight=&#50;0 2026-11-29 -->
<Server CloneID='c2' LoadBalanceWeight = '0'
m2 of C: LoadBalanceWeight &#50;0 -> 0; sessions that it has go on (R36)`},
		{"absent, added in order", Drain{Members: []string{"m3"}},
			`<!-- wasplug:drained LoadBalanceWeight=absent 2026-11-29 -->
<Server CloneID="c3" LoadBalanceWeight="0" Name="m3"><Transport Hostname="h3" Port="1"/></Server>
m3 of C: LoadBalanceWeight absent -> 0; sessions that it has go on (R36)`},
		{"out of the list", Drain{Members: []string{"m2"}, By: "list", Yes: true},
			`<PrimaryServers><Server Name="m1"/><!-- wasplug:drained <Server Name="m2" /> 2026-11-29 --><Server Name="m3"/></PrimaryServers>
m2 of C: out of PrimaryServers; its sessions lose their home at once (R40)`},
		{"sessions are not lost by accident", Drain{Members: []string{"m2"}, By: "list"},
			`refused: sessions of m2 lose their home at once when it stands in no list (R40): --yes says that this ` +
				`is meant; --by weight lets them go on (R36)`},
		{"Random looks at no weight, and all clusters are meant", Drain{Members: []string{"m1"}},
			`refused: R has LoadBalance="Random", which looks at no weight (R35): --by list takes m1 out of its ` +
				`list, and its sessions lose their home`},
		{"no list", Drain{Members: []string{"r2"}, By: "list", Yes: true},
			`refused: R has no list of primaries, so all its servers are (R37): r2 can be drained by its weight ` +
				`alone`},
		{"a backup", Drain{Members: []string{"m4"}},
			`refused: m4 of C is a backup, for which no weight counts (R38): --by list takes it out of its list`},
		{"all of them", Drain{Members: []string{"C/m1", "m2", "m3"}},
			`refused: m1 of C is the last member that gets new sessions: without it the requests would go to m1, ` +
				`m2, m3 all the same (R36, R37, R38); --force drains it all the same`},
		{"an empty list is none", Drain{Members: []string{"C/m1", "m2", "m3"}, By: "list", Yes: true},
			`refused: m1 of C is the last member that gets new sessions: without it the requests would go to m1, ` +
				`m2, m3, m4 all the same (R36, R37, R38); --force drains it all the same`},
		{"nobody", Drain{Members: []string{"m9"}}, `unknown: no member is named "m9"; there are m1, m2, m3, m4, r2`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := read(t, base)
			if c.d.By == "" {
				c.d.By = byWeight
			}
			got, err := f.Drain(drain(c.d))
			if diff := cmp.Diff(c.want, change(t, f, got, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestThereAndBack: what drain does, undrain undoes byte by byte, and a second drain does nothing.
func TestThereAndBack(t *testing.T) {
	for _, d := range []Drain{
		{Members: []string{"C/m1"}, By: byWeight}, {Members: []string{"m2", "m3"}, By: byWeight},
		{Members: []string{"m4"}, By: byList, Yes: true}, {Members: []string{"C/m1", "m2"}, By: byList, Yes: true},
	} {
		d.Date = "2026-11-29"
		thereAndBack(t, base, d)
		thereAndBack(t, strings.ReplaceAll(base, "\n", "\r\n"), d)
		thereAndBack(t, strings.ReplaceAll(base, "\n   ", ""), d)
	}
}

func thereAndBack(t testing.TB, src string, d Drain) {
	t.Helper()
	f := read(t, src)
	c, err := f.Drain(d)
	if err != nil {
		t.Fatal(err)
	}
	there, _ := made(t, f, c)
	f = read(t, there)
	if again, err := f.Drain(d); err != nil || len(again.Edits) > 0 {
		t.Fatalf("drained twice: %v %v", again, err)
	}
	c, err = f.Undrain(Undrain{Members: d.Members})
	if err != nil {
		t.Fatal(err)
	}
	if back, _ := made(t, f, c); back != src {
		t.Errorf("%v: there and back differ:\n%s", d, cmp.Diff(src, back))
	}
}

// TestCorpus: on every file of strangers, each member that can be drained comes back byte by byte, in both ways.
func TestCorpus(t *testing.T) {
	sharedtest.Computes(t)
	files := sharedtest.Sample(append(sharedtest.Files(t, "*.xml", "corpus", "cfg"),
		sharedtest.Files(t, "*/*.xml", "corpus", "merge")...), 5)
	for _, by := range Ways {
		drained, refusals, skipped := 0, 0, 0
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			register := diag.NewFiles()
			f, _, err := Read(register, register.Add(filepath.Base(path), src))
			if err != nil {
				skipped++
				continue
			}
			for _, m := range f.each() {
				d := Drain{Members: []string{m}, By: by, Date: "2026-11-29", Yes: true, Force: true}
				var refusal *Refusal
				c, err := f.Drain(d)
				if errors.As(err, &refusal) {
					refusals++
					continue
				}
				if err != nil {
					t.Fatal(path, m, err)
				}
				if len(c.Edits) == 0 || f.still(t, c, m, by) {
					continue
				}
				drained++
				thereAndBack(t, string(src), d)
			}
		}
		t.Logf("by %s: %d drained and back, %d refused, %d files not well-formed", by, drained, refusals, skipped)
		if drained < len(files)/5 {
			t.Errorf("by %s: only %d", by, drained)
		}
	}
}

// still reports whether a member is as it was although it left its list, the only one: then all servers are primary.
func (f *File) still(t *testing.T, c *Change, name, by string) bool {
	after, err := f.after(c)
	if err != nil {
		t.Fatal(err)
	}
	list, err := after.members([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return by == byList && after.clusterOf(list[0]).Role(list[0].id) == "primary"
}

// each names the members of a file as CLUSTER/MEMBER.
func (f *File) each() (names []string) {
	for i := range f.Table.Clusters {
		c := &f.Table.Clusters[i]
		for _, m := range c.Members {
			names = append(names, c.Name+"/"+m.Name)
		}
	}
	return names
}

// TestKept: whatever a value is, a comment keeps it.
func TestKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("-%2D5a <>&\"'é\n"))).Draw(r, "text")
		comment := keep("LoadBalanceWeight="+text, "2026-11-29")
		f := read(t, "<Config>"+comment+"<Server/></Config>")
		_, got, date := f.keptBefore(f.Config.Doc.Nodes[0].Children[1])
		if got != text || date != "2026-11-29" {
			r.Errorf("%q gives %q, %s", comment, got, date)
		}
	})
}

func TestUndrain(t *testing.T) {
	byHand := strings.Replace(base, `"20" Name="m1"`, `"0" Name="m1"`, 1)
	changed := strings.Replace(base, `<Server CloneID="c1"`,
		`<!-- wasplug:drained LoadBalanceWeight=10 2026-11-29 --><Server CloneID="c1"`, 1)
	out := strings.Replace(base, `<Server Name="m2" />`, ``, 1)
	for _, c := range []struct {
		name, src string
		u         Undrain
		want      string
	}{
		{"by hand", byHand, Undrain{Members: []string{"C/m1"}},
			`<Server CloneID="c1" LoadBalanceWeight="20" Name="m1"><Transport Hostname="h1" Port="1" Protocol="http"/></Server>
m1 of C: LoadBalanceWeight 0 -> 20, that of most other members, for no comment of drain keeps the old one`},
		{"by hand, with a weight", byHand, Undrain{Members: []string{"C/m1"}, Weight: 7},
			`<Server CloneID="c1" LoadBalanceWeight="7" Name="m1"><Transport Hostname="h1" Port="1" Protocol="http"/></Server>
m1 of C: LoadBalanceWeight 0 -> 7, as --weight says`},
		{"not drained", base, Undrain{Members: []string{"m2"}}, `m2 of C is not drained`},
		{"changed since", changed, Undrain{Members: []string{"C/m1"}},
			`refused: m1 of C: LoadBalanceWeight is 20 and no longer 0; somebody has changed it since the drain of ` +
				`2026-11-29; --force writes 10`},
		{"in no list", out, Undrain{Members: []string{"m2"}},
			`refused: m2 of C stands in no list, and no comment of drain says where it stood: name it in ` +
				`PrimaryServers or BackupServers`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := read(t, c.src)
			got, err := f.Undrain(c.u)
			if diff := cmp.Diff(c.want, change(t, f, got, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"Config.RefreshInterval=10", "<Config RefreshInterval=\"10\">\nConfig RefreshInterval: 60 -> 10"},
		{"Log.LogLevel=Stats", `<Log LogLevel="Stats" Name="/logs/http_plugin.log"/>
Log LogLevel: Error -> Stats`},
		{"ServerCluster[C].RetryInterval=30", `<ServerCluster Name="C" RetryInterval="30">
ServerCluster "C" RetryInterval: nothing written -> 30`},
		{"Server[m3].ConnectTimeout=5", `<Server CloneID="c3" ConnectTimeout="5" Name="m3"><Transport Hostname="h3" Port="1"/></Server>
Server "m3" ConnectTimeout: nothing written -> 5`},
		{"Server[C/m*].CloneID=-", ""},
		{"Transport[m2:https].Port=9444", `Name='m2'><Transport Hostname="h2" Port="1" Protocol="http"/><Transport ` +
			`Hostname="h2" Port="9444" Protocol="https">
Server "m2" Transport https Port: 2 -> 9444`},
		{"Property[m2:https:keyring]=/new & old.kdb",
			`<Property Name="keyring" Value="/new &amp; old.kdb"/></Transport></Server>
Server "m2" Transport https Property keyring: /k.kdb -> /new & old.kdb`},
		{"Log.LogLevel=stats", `unknown: Log.LogLevel=stats: "stats" is no value of LogLevel; did you mean Stats?; ` +
			`allowed is: Error | Warn | Stats | Trace (V5.1 list, rising detail); Detail and Debug seen in V7+ ` +
			`logs and blogs`},
		{"Config.Refreshinterval=1",
			`unknown: Config.Refreshinterval=1: Config has no attribute "Refreshinterval"; it ` +
				`is written RefreshInterval; 'wasplug explain Config' lists them`},
		{"Server[m9].ConnectTimeout=1", `unknown: Server[m9].ConnectTimeout=1: no Server is named "m9"`},
		{"Server.ConnectTimeout=1", `unknown: Server.ConnectTimeout=1: there are 6 Server: name one, as ` +
			`Server[m1].ConnectTimeout, or all with Server[*].ConnectTimeout`},
		{"Server[m3]ConnectTimeout", `unknown: "Server[m3]ConnectTimeout" is no SELECTOR=VALUE, such as ` +
			`Config.RefreshInterval=10, Server[m1].ConnectTimeout=5 or Property[m1:keyring]=/opt/plugin-key.kdb`},
		{"Config.RefreshInterval=60", "Config RefreshInterval is 60 already"},
		{"Config.RefreshInterval=ten", `unknown: Config.RefreshInterval=ten: "ten" is no value of RefreshInterval; ` +
			`allowed is: seconds > 0; a value that switches reloading off exists since PQ82742, its number is unknown`},
		{"Serverr[m1].ConnectTimeout=1", `unknown: Serverr[m1].ConnectTimeout=1: the file has no element Serverr ` +
			`(did you mean "Server"?)`},
		{"Property[ESI]=x", `unknown: Property[ESI]=x: no Property is named "ESI"`},
		{"Property[m2:https:keyring]=-", `unknown: Property[m2:https:keyring]=-: "-" removes attributes, and a Property ` +
			`is an element`},
		{"Server[m3].ConnectTimeout=-", `Server "m3" ConnectTimeout is not there`},
		{"Server[m3].CloneID=é", "unknown: Server[m3].CloneID=é: letters outside of ASCII are not written, since their " +
			"bytes hang on the encoding of the file"},
		{"Server[m3].CloneID=a\nb", `unknown: "Server[m3].CloneID=a\nb": control characters are not written: XML ` +
			`reads a line end or tab of an attribute as a blank, and allows no others`},
	} {
		t.Run(c.set, func(t *testing.T) {
			f := read(t, base)
			got, err := f.Set(Set{[]string{c.set}})
			shown := change(t, f, got, err)
			if c.want != "" && c.want != shown {
				t.Error(cmp.Diff(c.want, shown))
			}
		})
	}
}

// TestSetAll: "*" means all, what is added stands in order, and "-" takes away what was added.
func TestSetAll(t *testing.T) {
	f := read(t, base)
	c, err := f.Set(Set{[]string{"Server[C/*].ServerIOTimeout=-60", "Server[C/*].MaxConnections=10"}})
	if err != nil {
		t.Fatal(err)
	}
	with, _ := made(t, f, c)
	if n := strings.Count(with, `MaxConnections="10"`); n != 4 {
		t.Errorf("%d members", n)
	}
	if !strings.Contains(with, `<Server CloneID="c3" MaxConnections="10" Name="m3" ServerIOTimeout="-60">`) {
		t.Error(with)
	}
	f = read(t, with)
	c, err = f.Set(Set{[]string{"Server[C/*].ServerIOTimeout=-", "Server[C/*].MaxConnections=-"}})
	if err != nil {
		t.Fatal(err)
	}
	if without, _ := made(t, f, c); without != base {
		t.Error(cmp.Diff(base, without))
	}
	if _, err := f.Set(Set{[]string{"Server[C/m1].MaxConnections=1", "Server[C/*].MaxConnections=2"}}); err == nil {
		t.Error("two values for one attribute")
	}
}
