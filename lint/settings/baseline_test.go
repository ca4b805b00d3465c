package settings

import (
	"bytes"
	"fmt"
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

// TestBaselineForms: a baseline is read as the schema says, and what is wrong in it is told of its own file.
func TestBaselineForms(t *testing.T) {
	for text, want := range map[string]string{
		`{"version": 1, "findings": []}`: "",
		`{"version": 1, "findings": [{"rule": "WP301", "file": "a.xml", "path": "/Config"}]}`: "",
		`{"version": 2, "findings": []}`: "b.json:1:13",
		`{"version": 1}`:                 "b.json:1:1",
		`{"version": 1, "findings": [{"rule": "301", "file": "a.xml", "path": "/"}]}`:               "b.json:1:39",
		`{"version": 1, "findings": [{"rule": "WP301", "file": "a.xml", "path": "/", "count": 0}]}`: "b.json:1:86",
		`{`: "b.json:",
	} {
		files := diag.NewFiles()
		b, reports := ReadBaseline(files, files.Add("b.json", []byte(text)))
		if got := describe(reports, files); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: reports %q, want %s", text, got, want)
		}
		if left := b.Filter(files, nil, nil, path.Clean); len(left) > 0 {
			t.Errorf("%s: nothing was checked, and %v is stale", text, left)
		}
	}
}

// TestBaselineOfOtherFiles: an entry is stale only when its file was checked, by whatever name that was given.
func TestBaselineOfOtherFiles(t *testing.T) {
	entry := func(file string, count int) string {
		return fmt.Sprintf(`{"rule": "WP301", "file": %q, "path": "/Config", "count": %d}`, file, count)
	}
	files := diag.NewFiles()
	b, _ := ReadBaseline(files, files.Add("b.json", []byte(`{"version": 1, "findings": [`+
		entry("conf/a.xml", 1)+","+entry("conf/b.xml", 3)+`]}`)))
	checked := files.Add("./conf/b.xml", []byte("<Config/>"))
	found := lint.Placed{Path: "/Config", Diagnostic: diag.Diagnostic{Span: diag.Span{File: checked, End: 1},
		Rule: diag.Rule{Code: "WP301"}}}
	left := b.Filter(files, []lint.Placed{found}, []diag.FileID{checked}, path.Clean)
	if len(left) != 1 || left[0].Rule.Code != diag.BaselineStale ||
		!strings.Contains(left[0].Message, "conf/b.xml has 1 of the 3 findings of WP301 at /Config") {
		t.Errorf("got %+v", left)
	}
}

// TestBaselineIsSorted: it is written the same whatever the order of the findings, and a count only where it is not 1.
func TestBaselineIsSorted(t *testing.T) {
	files := diag.NewFiles()
	a, b := files.Add("a.xml", nil), files.Add("b.xml", nil)
	at := func(f diag.FileID, rule, path string) lint.Placed {
		return lint.Placed{Path: path, Diagnostic: diag.Diagnostic{Span: diag.Span{File: f}, Rule: diag.Rule{Code: rule}}}
	}
	placed := []lint.Placed{at(b, "WP301", "/x"), at(a, "WP502", "/y"), at(a, "WP301", "/y"), at(a, "WP502", "/y"),
		at(a, "WP902", "/<")}
	want := `{
  "version": 1,
  "findings": [
    {
      "rule": "WP902",
      "file": "a.xml",
      "path": "/<"
    },
    {
      "rule": "WP301",
      "file": "a.xml",
      "path": "/y"
    },
    {
      "rule": "WP502",
      "file": "a.xml",
      "path": "/y",
      "count": 2
    },
    {
      "rule": "WP301",
      "file": "b.xml",
      "path": "/x"
    }
  ]
}
`
	for range len(placed) {
		placed = append(placed[1:], placed[0])
		if got := string(WriteBaseline(files, placed, path.Clean)); got != want {
			t.Errorf("got\n%s", got)
		}
	}
	if got := string(WriteBaseline(files, nil, path.Clean)); !strings.Contains(got, `"findings": []`) {
		t.Errorf("without findings:\n%s", got)
	}
}
