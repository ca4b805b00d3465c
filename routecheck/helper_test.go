package routecheck

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// mustTable makes the table of a configuration without faults.
func mustTable(t testing.TB, xml string) *Table {
	t.Helper()
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(xml))
	cfg, faults := parser.Parse(id, []byte(xml))
	table, missing := New(cfg)
	for _, d := range append(faults, missing...) {
		t.Fatalf("%s\n%s", files.Line(d), xml)
	}
	return table
}

// clusterXML is a file with one cluster C behind *:80 and /*; servers are the content of the ServerCluster.
func clusterXML(config, cluster, servers string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Config %s>
   <Property Name="PluginInstallRoot" Value="/opt/plugins/"/>
   <VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/></VirtualHostGroup>
   <ServerCluster Name="C" %s>%s</ServerCluster>
   <UriGroup Name="u"><Uri Name="/*"/></UriGroup>
   <Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`, config, cluster, servers)
}

// server is a Server element with an http Transport.
func server(name, attributes string) string {
	return fmt.Sprintf(`<Server Name="%s" %s><Transport Hostname="%s.example.com" Port="9080" Protocol="http"/></Server>`, name, attributes, name)
}

// lists are the primary and backup lists, each a string of names separated by blanks.
func lists(primary, backup string) string {
	list := func(element, names string) string {
		if names == "" {
			return ""
		}
		var b strings.Builder
		for _, n := range strings.Fields(names) {
			fmt.Fprintf(&b, `<Server Name="%s"/>`, n)
		}
		return "<" + element + ">" + b.String() + "</" + element + ">"
	}
	return list("PrimaryServers", primary) + list("BackupServers", backup)
}

func get(path string, cookies ...string) Request {
	return Request{Host: "www.example.com", Port: 80, Target: path, Cookies: cookies}
}

func choiceByName(t testing.TB, assignment string, sem *Semantics) {
	t.Helper()
	if _, err := sem.Assume(assignment); err != nil {
		t.Fatal(err)
	}
}

// parseOnly views a configuration whatever its faults.
func parseOnly(xml string) *parser.Config {
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	return cfg
}

func mustParse(xml string) *Table {
	table, _ := New(parseOnly(xml))
	return table
}
