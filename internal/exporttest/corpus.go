package exporttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

var (
	hostname = regexp.MustCompile(`(?i)Hostname="[^"]*"`)
	keyring  = regexp.MustCompile(`(?is)Name="keyring"\s+Value="([^"]*)"`)
)

// corpus exports each usable file of strangers and has the daemon's own program check it. Hosts of members become
// loopback: looking up names that do not exist takes time.
func (d *Daemon) corpus(t *testing.T) {
	program, trusted := d.Find(t), authorities(t)
	checked := 0
	files := sharedtest.Sample(sharedtest.Files(t, "*.xml", "corpus", "cfg"), 5)
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		xml := hostname.ReplaceAllString(string(src), `Hostname="127.0.0.1"`)
		opt := export.Options{Headers: "both", Keystores: map[string]string{},
			Listen: []export.Listen{Front(t, 80)}}
		for _, m := range keyring.FindAllStringSubmatch(xml, -1) {
			opt.Keystores[m[1]] = trusted
		}
		dir := t.TempDir()
		if !d.tryExport(t, xml, dir, opt) {
			continue
		}
		checked++
		if out, err := exec.Command(program, d.Check(dir)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(path), err, out)
		}
	}
	if checked < len(files)/3 {
		t.Errorf("only %d files were usable", checked)
	}
	t.Logf("%d of %d files", checked, len(files))
}

// tryExport exports a file; false: it is not usable.
func (d *Daemon) tryExport(t testing.TB, xml, dir string, opt export.Options) bool {
	cfg, table, sem := load(t, xml)
	if len(table.Rejected(sem)) > 0 || !table.Serves() {
		return false
	}
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Log(err)
		return false
	}
	opt.Dir = dir
	files, _, err := d.write(plan, opt)
	if err != nil {
		t.Error(err)
		return false
	}
	put(t, dir, files)
	return true
}

// Large exports 20,000 Uris and has the daemon's own program check them.
func (d *Daemon) Large(t *testing.T) {
	if !sharedtest.Long() {
		t.Skip("WASPLUG_LONG=1 runs it")
	}
	program, dir := d.Find(t), t.TempDir()
	xml := hostname.ReplaceAllString(string(sharedtest.Large(t)), `Hostname="127.0.0.1"`)
	d.export(t, xml, dir, export.Options{Headers: "ws",
		Listen: []export.Listen{Front(t, 80)}})
	if out, err := exec.Command(program, d.Check(dir)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// hostileXML has names that are fine in plugin-cfg.xml, and words, comments or too much in the languages of targets.
const hostileXML = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="default" CloneSeparatorChange="true">
 <Server Name="pool0" CloneID="a"><Transport Hostname="127.0.0.1" Port="9080"/></Server>
 <Server Name="stage1" CloneID="b"><Transport Hostname="127.0.0.1" Port="9081"/></Server>
</ServerCluster>
<ServerCluster Name="include" CloneSeparatorChange="true">
 <Server Name="tls" CloneID="a"><Transport Hostname="127.0.0.1" Port="9080"/></Server>
 <Server Name="%s"><Transport Hostname="127.0.0.1" Port="9081"/></Server>
</ServerCluster>
<ServerCluster Name="} # &#10;;{&quot;'$(x)\" RetryInterval="2147483647">
 <Server Name="m" ConnectTimeout="2147483647" ServerIOTimeout="2147483647" CloneID="a">
  <Transport Hostname="127.0.0.1" Port="9080"/></Server>
</ServerCluster>
<ServerCluster Name="%s"><Server Name="m"><Transport Hostname="127.0.0.1" Port="9080"/></Server></ServerCluster>
<UriGroup Name="u1"><Uri Name="/a/*"/><Uri Name="/a;b{}'&quot;\$&#10;x"/><Uri Name="/$(x)|[*"/>
 <Uri Name="/x/*-f"/></UriGroup>
<UriGroup Name="u2"><Uri Name="/b/*"/></UriGroup>
<UriGroup Name="u3"><Uri Name="/c/*"/></UriGroup>
<UriGroup Name="u4"><Uri Name="/d/*" AffinityCookie="A$%%^&amp;*b"/></UriGroup>
<Route ServerCluster="default" UriGroup="u1" VirtualHostGroup="v"/>
<Route ServerCluster="include" UriGroup="u2" VirtualHostGroup="v"/>
<Route ServerCluster="} # &#10;;{&quot;'$(x)\" UriGroup="u3" VirtualHostGroup="v"/>
<Route ServerCluster="%s" UriGroup="u4" VirtualHostGroup="v"/>
</Config>`

// hostile exports names that must stay data, into a folder whose own name must, and has the daemon's own program check
// them.
func (d *Daemon) hostile(t *testing.T) {
	program, dir, long := d.Find(t), filepath.Join(t.TempDir(), "-x a;b'c\"d#e{f}g\\h%i"), strings.Repeat("x", 300)
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	key := certtest.NewKey(t)
	authority := certtest.NewAuthority(t)
	cert := certtest.WritePEM(t, filepath.Join(dir, "web.pem"),
		certtest.CertBlock(authority.Sign(t, "localhost", key)), certtest.KeyBlock(t, key))
	d.export(t, fmt.Sprintf(hostileXML, long, long, long), dir, export.Options{Headers: "both",
		Listen: []export.Listen{Front(t, 80)}, TLSListen: []export.Listen{Front(t, 443)}, Certificate: cert})
	if out, err := exec.Command(program, d.Check(dir)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
