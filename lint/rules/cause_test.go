package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestListsOfFragments: a ServerCluster that was pasted whole holds all Servers that its lists can name; a list alone,
// or a cluster that is cut, does not.
func TestListsOfFragments(t *testing.T) {
	const m1 = `<Server CloneID="c1" Name="m1"><Transport Hostname="h" Port="1"/></Server>`
	for text, want := range map[string]bool{
		`<ServerCluster Name="c">` + m1 +
			`<PrimaryServers><Server Name="m2"/></PrimaryServers></ServerCluster>`: true,
		`<ServerCluster Name="c"><PrimaryServers><Server Name="m2"/></PrimaryServers></ServerCluster>`: false,
		`<ServerCluster Name="c">` + m1 +
			`...<PrimaryServers><Server Name="m2"/></PrimaryServers></ServerCluster>`: false,
		`<ServerCluster Name="c">` + m1 +
			`<PrimaryServers><Server Name="m1"/></PrimaryServers></ServerCluster>`: false,
		m1 + `<PrimaryServers><Server Name="m2"/></PrimaryServers>`: false,
		`<PrimaryServers><Server Name="m2"/></PrimaryServers>`:      false,
		`<ServerCluster Name="c">` + m1 +
			`<PrimaryServers><Server Name="m2"/></PrimaryServers>`: false,
	} {
		if ds, files := lintText(text, lint.Options{}); strings.Contains(codes(ds), "WP206") != want {
			t.Errorf("%s: want WP206 %t, got\n%s", text, want, describe(ds, files))
		}
	}
}

// TestOneFault: a name in another letter case is one finding, whatever follows from it; the rest is found once it is
// written right.
func TestOneFault(t *testing.T) {
	tests := []struct {
		name, old, new string // a change of the clean file
		want           string // the findings
	}{
		{"Property of a Transport", `<Property Name="keyring" Value="/opt/plugins/key.kdb"/>`,
			`<Property name="keyring" value="/opt/plugins/key.kdb"/>`, "error WP109"},
		{"Property of Config", `<Property Name="PluginInstallRoot"`, `<property Name="PluginInstallRoot"`,
			"error WP109"},
		{"Route to its cluster", `<Route ServerCluster="shop"`, `<Route serverCluster="shop"`, "error WP109"},
		{"Route to its Uris", `<Route ServerCluster="shop" UriGroup`, `<Route ServerCluster="shop" URIGroup`,
			"warning WP109"},
		{"Server", `MaxConnections="-1" Name="m2"`, `MaxConnections="-1" name="m2"`, "error WP109"},
		{"Server element", `<Server CloneID="2b2c3d4e5" ConnectTimeout="5" Name="a1" ServerIOTimeout="60">
         <Transport ConnectionTTL="28" Hostname="node9" Port="9043" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>
            <Property Name="stashfile" Value="/opt/plugins/key.sth"/>
         </Transport>
      </Server>`, `<server CloneID="2b2c3d4e5" ConnectTimeout="5" Name="a1"><Transport hostname="x"/></server>`,
			"error WP109"},
		{"Transport", `Hostname="node3" Port="9443"`, `hostname="node3" Port="9443"`, "warning WP109"},
		{"list", `<PrimaryServers>
         <Server Name="m1"/>
         <Server Name="m2"/>
      </PrimaryServers>`, `<Primaryservers><Server Name="m1"/><Server Name="m2"/></Primaryservers>`, "error WP109"},
		{"VirtualHost", `<VirtualHost Name="*:9060"/>`, `<Virtualhost Name="*:9060"/>`, "error WP109"},
		{"Uri", `<Uri Name="/ibm/console/*"/>`, `<URI Name="/ibm/console/*"/>`, "error WP109"},
		{"equal clone IDs once it is mended", `CloneID="1b2c3d4e6"`, `CloneId="1b2c3d4e5"`, "error WP109"},
		{"beside the right name", `Name="m2" ServerIOTimeout`, `Name="m2" name="x" ServerIOTimeout`, "warning WP109"},
		{"another mistake is told", `CloneID="1b2c3d4e6" ConnectTimeout="5"`, `CloneID="1b2c3d4e5" connectTimeout="5"`,
			"warning WP109 error WP301"},
	}
	for _, test := range tests {
		text := strings.Replace(clean, test.old, test.new, 1)
		if text == clean {
			t.Errorf("%s: nothing was changed", test.name)
		}
		ds, files := lintText(text, lint.Options{})
		var got []string
		for _, d := range ds {
			got = append(got, d.Severity.String()+" "+d.Rule.Code)
		}
		slices.Sort(got)
		want := strings.ReplaceAll(test.want, " error", "\nerror")
		if slices.Reverse(got); strings.Join(got, "\n") != want {
			t.Errorf("%s: want %s, got\n%s", test.name, test.want, describe(ds, files))
		}
		fixed, _ := lint.Fix(rules.All(), files, 1, lint.Options{}, false)
		if again, _ := lintText(string(fixed), lint.Options{}); slices.ContainsFunc(again,
			func(d diag.Diagnostic) bool { return d.Rule.Code == "WP109" && d.Fix != nil }) {
			t.Errorf("%s: the fix leaves a finding", test.name)
		}
	}
}
