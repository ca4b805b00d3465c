package rules_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
)

// TestFragmentsWithoutCluster: what is pasted may lack the cluster around its servers, or its name. Nothing is said of
// its attributes, and nothing of a name that is "".
func TestFragmentsWithoutCluster(t *testing.T) {
	server := func(n string) string {
		return `<Server ConnectTimeout="0" Name="m` + n + `"><Transport Hostname="h` + n +
			`" Port="9443" Protocol="https"/></Server>` + "\n"
	}
	for name, text := range map[string]string{
		"one server": server("1"),
		"servers":    server("1") + server("2") + server("3"),
		"servers and their list": server("1") + server("2") +
			`<PrimaryServers><Server Name="m1"/></PrimaryServers>`,
		"servers, a list of others": server("1") + server("2") +
			`<PrimaryServers><Server Name="m7"/></PrimaryServers>`,
		"a cluster without a name": "<ServerCluster>" + server("1") + server("2") + "</ServerCluster>",
		"a cut cluster":            "<ServerCluster CloneSeparatorChange=\"false\"\n" + server("1"),
	} {
		ds, files := lintText(text, lint.Options{Profile: "pedantic"})
		got := describe(ds, files)
		if strings.Contains(got, `""`) {
			t.Errorf("%s: an empty name in\n%s", name, got)
		}
		if !strings.Contains(got, "WP501") && name != "a cut cluster" {
			t.Errorf("%s: nothing is said of the servers:\n%s", name, got)
		}
		for _, ofCluster := range []string{"WP303", "WP405", "WP504", "WP508", "WP709", "WP807"} {
			if strings.Contains(got, ofCluster) && !strings.Contains(text, "<ServerCluster") {
				t.Errorf("%s: %s speaks of a cluster that is not there:\n%s", name, ofCluster, got)
			}
		}
	}
}
