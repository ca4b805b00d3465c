package probe_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

const ordinary = `<?xml version="1.0"?>
<Config>
   <!-- kept -->
   <VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>
   <ServerCluster Name="shop">
      <ClusterAddress Name="ca"><Transport Hostname="ca.example.com" Port="9080" Protocol="http"/></ClusterAddress>
      <Server CloneID="one" Name="m1">
         <Transport Hostname="a.example.com" Port="9080" Protocol="http"/>
         <Transport Hostname="a.example.com" Port="9443" Protocol="https"/>
      </Server>
   </ServerCluster>
   <UriGroup Name="u"><Uri Name="/shop/*"/></UriGroup>
   <Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="vh"/>
</Config>
`

func parse(t *testing.T, text string) *parser.Config {
	cfg, reports := parser.Parse(diag.NewFiles().Add("f.xml", []byte(text)), []byte(text))
	if len(reports) > 0 {
		t.Fatal(reports)
	}
	return cfg
}

// written is a file made of a configuration, read again.
func written(t *testing.T, cfg *parser.Config) (string, *parser.Config) {
	var b bytes.Buffer
	if err := parser.Write(&b, cfg.Doc); err != nil {
		t.Fatal(err)
	}
	return b.String(), parse(t, b.String())
}

// TestPoint: each server is behind its own door, by http, and all else is as it was.
func TestPoint(t *testing.T) {
	cfg := parse(t, ordinary)
	var asked []string
	secure, err := probe.Point(cfg, false, func(cluster, server string) (probe.Door, error) {
		asked = append(asked, cluster+"/"+server)
		return probe.Door{Host: "127.0.0.1", Port: 7000 + len(asked)}, nil
	})
	if want := "shop/m1 shop/ClusterAddress"; strings.Join(asked, " ") != want || secure != 1 || err != nil {
		t.Errorf("asked for %q, %d of https, %v; want %q, 1", asked, secure, err, want)
	}
	text, _ := written(t, cfg)
	for part, times := range map[string]int{`Port="7001"`: 2, `Port="7002"`: 1, "https": 0, "example.com": 0,
		"<!-- kept -->": 1, `CloneID="one"`: 1} {
		if n := strings.Count(text, part); n != times {
			t.Errorf("%q stands there %d times, want %d:\n%s", part, n, times, text)
		}
	}
	if _, err := probe.Point(cfg, false, func(string, string) (probe.Door, error) {
		return probe.Door{}, fmt.Errorf("no port")
	}); err == nil {
		t.Error("no error where there is no door")
	}
}

// TestAdd: what is added is usable, takes nothing from the user's Routes, and is added once.
func TestAdd(t *testing.T) {
	cfg := parse(t, ordinary)
	more, err := probe.Add(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, again := written(t, more)
	if !probe.Added(again) {
		t.Error("not added")
	}
	table, missing := routecheck.New(again)
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	sem := choices.Latest()
	rq := routecheck.Request{Host: "a", Port: 80, Target: "/shop/cart"}
	if m, ok := table.Match(&rq, &sem); !ok || table.Clusters[m.Cluster].Name != "shop" {
		t.Errorf("/shop/cart goes to %v, %t", m.Cluster, ok)
	}
	if _, err := probe.Add(again); err == nil {
		t.Error("added twice")
	}
	if _, err := probe.Add(parse(t, "<Config/>")); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}
