package match

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/parser"
)

// TestLists is the table of R37, R38 and R40, and holds the table of New to it.
func TestLists(t *testing.T) {
	for name, c := range map[string]struct{ lists, want string }{
		"no list": {"", "[a b c] []"},
		"both": {`<PrimaryServers><Server Name="c"/><Server Name="a"/></PrimaryServers>` +
			`<BackupServers><Server Name="b"/></BackupServers>`, "[c a] [b]"},
		"in neither": {`<PrimaryServers><Server Name="b"/></PrimaryServers>`, "[b] []"},
		"in both is primary": {`<PrimaryServers><Server Name="b"/></PrimaryServers>` +
			`<BackupServers><Server Name="b"/><Server Name="c"/></BackupServers>`, "[b] [c]"},
		"twice in one": {`<PrimaryServers><Server Name="b"/><Server Name="b"/></PrimaryServers>`, "[b] []"},
		"empty list":   {`<PrimaryServers/><BackupServers><Server Name="c"/></BackupServers>`, "[a b c] []"},
		"unknown names only": {`<PrimaryServers><Server Name="x"/></PrimaryServers>` +
			`<BackupServers><Server Name="c"/></BackupServers>`, "[a b c] []"},
		"backups without a first": {`<BackupServers><Server Name="c"/></BackupServers>`, "[a b c] []"},
		"unknown among the others": {`<PrimaryServers><Server Name="x"/><Server Name="c"/></PrimaryServers>`,
			"[c] []"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := parseOnly(clusterXML("", "", server("a", "")+server("b", "")+server("c", "")+c.lists))
			primary, backup := PrimaryAndBackup(cfg.Clusters[0])
			if got := fmt.Sprint(serverNames(primary), serverNames(backup)); got != c.want {
				t.Errorf("Lists gives %s, want %s", got, c.want)
			}
			table, _ := New(cfg)
			k := &table.Clusters[0]
			if got := fmt.Sprint(memberNames(k, k.Primary), memberNames(k, k.Backup)); got != c.want {
				t.Errorf("New gives %s, want %s", got, c.want)
			}
		})
	}
}

func serverNames(servers []*parser.Server) []string {
	names := []string{}
	for _, s := range servers {
		names = append(names, s.Name.V)
	}
	return names
}

func memberNames(c *Cluster, ids []MemberID) []string {
	names := []string{}
	for _, id := range ids {
		names = append(names, c.Members[id].Name)
	}
	return names
}
