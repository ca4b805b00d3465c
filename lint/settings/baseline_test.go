package settings

import (
	"bytes"
	"path"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// plugin is a configuration around a cluster.
func plugin(cluster string) string {
	return `<Config>
<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>
<Property Name="PluginInstallRoot" Value="/opt/plugins/"/>
<VirtualHostGroup Name="default_host"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/></VirtualHostGroup>
` + cluster + `
<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
</Config>`
}

const collision = `<ServerCluster Name="shop" PostBufferSize="0">
<Server CloneID="c1" ConnectTimeout="5" Name="m1" ServerIOTimeout="60">
<Transport Hostname="localhost" Port="9080"/></Server>
<Server CloneID="c1" ConnectTimeout="5" Name="m2" ServerIOTimeout="60">
<Transport Hostname="h2" Port="9443" Protocol="https"><Property Name="keyring" Value="/k"/>
<Property Name="stashfile" Value="/s"/></Transport></Server>
</ServerCluster>`

func TestBaseline(t *testing.T) {
	run := func(text string, baseline []byte) ([]lint.Placed, *diag.Files) {
		files := diag.NewFiles()
		id := files.Add("conf/plugin-cfg.xml", []byte(text))
		inputs := lint.Read(files, id)
		placed := lint.Place(inputs, lint.Run(rules.All(), files, inputs, lint.Options{}))
		if baseline == nil {
			return placed, files
		}
		b, reports := ReadBaseline(files, files.Add("baseline.json", baseline))
		if len(reports) > 0 {
			t.Fatalf("reports in the baseline: %s", describe(reports, files))
		}
		return b.Filter(files, placed, []diag.FileID{id}, path.Clean), files
	}
	text := plugin(collision)
	placed, files := run(text, nil)
	baseline := WriteBaseline(files, placed, path.Clean)
	if !bytes.Contains(baseline, []byte(`/Config/ServerCluster[@Name=\"shop\"]/Server[@Name=\"m2\"]/@CloneID`)) {
		t.Errorf("the baseline is\n%s", baseline)
	}
	if left, files := run(strings.Repeat("\n", 10)+text, baseline); len(left) > 0 {
		t.Errorf("ten lines above: %s", files.Line(left[0].Diagnostic))
	}
	left, files := run(strings.Replace(text, `CloneID="c1" ConnectTimeout="5" Name="m2"`,
		`CloneID="c2" ConnectTimeout="5" Name="m2"`, 1), baseline)
	if len(left) != 1 || left[0].Rule.Code != "WP903" || files.Start(left[0].Span).File != "baseline.json" {
		t.Errorf("a repaired place leaves %+v", left)
	}
	more, _ := run(strings.Replace(text, "</ServerCluster>", `<Server CloneID="c1" Name="m3" ConnectTimeout="5" `+
		`ServerIOTimeout="9"><Transport Hostname="localhost" Port="1"/></Server></ServerCluster>`, 1), baseline)
	if len(more) != 2 || more[0].Rule.Code != "WP301" || more[1].Rule.Code != "WP506" {
		t.Errorf("new findings give %+v", more)
	}
}

func TestBaselineCounts(t *testing.T) {
	text := plugin(`<ServerCluster Name="shop" PostBufferSize="0"><Server CloneID="c1" Name="m1" ` +
		`ServerIOTimeout="60" ConnectTimeout="5"><Transport Hostname="127.0.0.1" Port="x"/></Server></ServerCluster>`)
	files := diag.NewFiles()
	id := files.Add("p.xml", []byte(text))
	inputs := lint.Read(files, id)
	placed := lint.Place(inputs, lint.Run(rules.All(), files, inputs, lint.Options{}))
	twice := append(append([]lint.Placed{}, placed...), placed...)
	b, _ := ReadBaseline(files, files.Add("b.json", WriteBaseline(files, placed, path.Clean)))
	if left := b.Filter(files, twice, []diag.FileID{id}, path.Clean); len(left) != len(placed) {
		t.Errorf("of %d findings, half of them known, %d are left", len(twice), len(left))
	}
}
