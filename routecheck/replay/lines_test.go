package replay

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update

	"github.com/wasplug/wasplug/routecheck/choices"
)

// twoGroups has a Route for /shop/* and one for everything, three members with clone IDs and one without https
// Transport.
const twoGroups = `<?xml version="1.0"?><Config><Property Name="PluginInstallRoot" Value="/opt/plugins/"/>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="www.example.com:443"/></VirtualHostGroup>
<VirtualHostGroup Name="other"><VirtualHost Name="other.example.com:80"/></VirtualHostGroup>
<ServerCluster Name="C">
<Server Name="a" CloneID="a1"><Transport Hostname="ha" Port="9080" Protocol="http"/>
<Transport Hostname="ha" Port="9443" Protocol="https">
<Property Name="keyring" Value="k.kdb"/><Property Name="stashfile" Value="k.sth"/></Transport></Server>
<Server Name="b" CloneID="b1"><Transport Hostname="hb" Port="9080" Protocol="http"/></Server>
<Server Name="c" CloneID="c1"><Transport Hostname="hc" Port="9080" Protocol="http"/></Server>
<PrimaryServers><Server Name="a"/><Server Name="b"/></PrimaryServers><BackupServers><Server Name="c"/></BackupServers>
</ServerCluster>
<UriGroup Name="all"><Uri Name="/*"/></UriGroup><UriGroup Name="shop"><Uri Name="/shop/*"/>
<Uri Name="/shop/cart"/></UriGroup><UriGroup Name="none"><Uri Name="/never"/></UriGroup>
<Route ServerCluster="C" UriGroup="all" VirtualHostGroup="v"/>
<Route ServerCluster="C" UriGroup="shop" VirtualHostGroup="v"/>
<Route ServerCluster="C" UriGroup="none" VirtualHostGroup="other"/></Config>`

func foundURI(pattern, group string) string {
	return "TRACE: ws_common: websphereUriMatch: Found a match '" + pattern + "' to '/shop/x' in UriGroup: " + group
}

func foundAlias(pattern, group string) string {
	return "TRACE: ws_common: websphereVhostMatch: Found a match '" + pattern +
		"' to 'www.example.com:80' in VhostGroup: " + group
}

func compare(clone, server string) string {
	return "TRACE: ws_server_group: serverGroupFindClone: Comparing curCloneID '" + clone + "' to server clone id '" +
		server + "'"
}

func found(member string) string {
	return "TRACE: ws_server_group: serverGroupFindClone: Match for clone '" + member + "'"
}

func checkedStatus(member string, marked int) string {
	return fmt.Sprintf(
		"STATS: ws_server_group: serverGroupCheckServerStatus: Checking status of %s, ignoreWeights 1, "+
			"markedDown %d, retryNow 0, retryInSec --, wlbAllows 1 reachedMaxConnectionsLimit 0", member, marked)
}

func transport(host string, port int) string {
	return fmt.Sprintf("DETAIL: ws_common: websphereFindTransport: Setting the transport(case 1): %s on port %d", host,
		port)
}

func markedDown(member string) string {
	return "ERROR: ws_server: serverSetFailoverStatus: Marking " + member + " down"
}

func refusedBy(member, host string) string {
	return "ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to '" + member + "'on host '" +
		host + "'; will try another one"
}

// TestLines: each line that the file cannot give is a disagreement with its rule, and each that it can give is none.
func TestLines(t *testing.T) {
	asked := "TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: " +
		"vhost='www.example.com:80'; uri='/shop/x'"
	for _, c := range []struct {
		name, want string
		lines      []string
	}{
		{"the best Uri of each group that takes the request", "",
			[]string{asked, foundAlias("*:80", "v"), foundURI("/*", "all"), foundURI("/shop/*", "shop")}},
		{"with scores", "", []string{asked, foundURI("/*", "all score is 1"), foundURI("/shop/*", "shop score is 6")}},
		{"another score", "2 pattern R2 Uri /shop/* of shop with score 7: /* of all with score 1, " +
			"/shop/* of shop with score 6", []string{asked, foundURI("/shop/*", "shop score is 7")}},
		{"another Uri", "2 pattern R1 Uri /shop/cart of shop: /* of all with score 1, /shop/* of shop with score 6",
			[]string{asked, foundURI("/shop/cart", "shop")}},
		{"another group", "2 pattern R1 Uri /shop/* of all: /* of all with score 1, /shop/* of shop with score 6",
			[]string{asked, foundURI("/shop/*", "all")}},
		{"a group of another host",
			"2 pattern R1 Uri /never of none: /* of all with score 1, /shop/* of shop with score 6",
			[]string{asked, foundURI("/never", "none")}},
		{"another alias", "2 pattern R6 virtual host *:443 of v: *:80 of v",
			[]string{asked, foundAlias("*:443", "v")}},
		{"host not logged", "", []string{foundURI("/shop/*", "shop"), ended}},
		{"host not logged, Uri unknown", "1 pattern R1 Uri /bank/* of bank: /* of all with score 1, " +
			"/shop/* of shop with score 6", []string{foundURI("/bank/*", "bank"), ended}},
		{"the primary list from its first server", "", []string{asked, cloneAdded("b1"), compare("b1", "a1"),
			compare("b1", "b1"), found("b"), checkedStatus("b", 0), picked("b"), transport("hb", 9080), ended}},
		{"each clone ID anew", "", []string{asked, cloneAdded("b1"), cloneAdded("a1"), compare("b1", "a1"),
			compare("b1", "b1"), found("b"), checkedStatus("b", 1), compare("a1", "a1"),
			found("a"), checkedStatus("a", 0),
			picked("a"), ended}},
		{"backups are not compared", "4 clone R22 clone ID c1 is compared with c1: no further comparison",
			[]string{asked, compare("c1", "a1"), compare("c1", "b1"), compare("c1", "c1")}},
		{"one server left out, said once", "3 clone R22 clone ID zz is compared with b1: " +
			"clone ID zz is compared with a1 of a", []string{asked, cloneAdded("zz"), compare("zz", "b1")}},
		{"another order, said for each line", "3 clone R22 clone ID a1 is compared with b1: " +
			"clone ID a1 is compared with a1 of a; 4 clone R22 clone ID a1 is compared with a1: no further comparison",
			[]string{asked, cloneAdded("a1"), compare("a1", "b1"), compare("a1", "a1")}},
		{"a clone ID of nobody", "3 clone R22 clone ID a1 is compared with x9: clone ID a1 is compared with a1 of a",
			[]string{asked, cloneAdded("a1"), compare("a1", "x9"), compare("a1", "b1")}},
		{"the match of another", "4 clone R22 the clone ID is that of b: clone ID a1 is that of a",
			[]string{asked, cloneAdded("a1"), compare("a1", "a1"), found("b")}},
		{"a match that is none", "4 clone R22 the clone ID is that of a: clone ID zz is of no primary server",
			[]string{asked, cloneAdded("zz"), compare("zz", "a1"), found("a")}},
		{"the same clone ID twice", "", []string{asked, cloneAdded("b1"), cloneAdded("b1"), compare("b1", "a1"),
			compare("b1", "b1"), found("b"), checkedStatus("b", 1), compare("b1", "a1"),
			compare("b1", "b1"), found("b")}},
		{"a second selection begins anew", "",
			[]string{asked, cloneAdded("b1"), compare("b1", "a1"), compare("b1", "b1"),
				found("b"), checkedStatus("b", 0), picked("b"),
				"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'hb', OS err=111",
				"ERROR: ws_common: websphereExecute: Failed to create the stream",
				"ERROR: ws_server: serverSetFailoverStatus: Marking b down",
				"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'b'on host " +
					"'hb'; will try another one",
				cloneAdded("b1"), compare("b1", "a1"), compare("b1", "b1"), found("b")}},
		{"https where the request may have come over TLS", "",
			[]string{asked, picked("a"), transport("HA", 9443), ended}},
		{"another port", "3 transport R64 a: ha, port 9081: a: ha, port 9080; a: ha, port 9443",
			[]string{asked, picked("a"), transport("ha", 9081), ended}},
		{"the host of another member", "3 transport R64 a: hb, port 9080: a: ha, port 9080; a: ha, port 9443",
			[]string{asked, picked("a"), transport("hb", 9080), ended}},
		{"where no pick is logged it may be any member", "",
			[]string{asked, checkedStatus("a", 0), transport("hb", 9080), ended}},
		{"but none of another cluster", "3 transport R64 a: hx, port 9080: a: ha, port 9080; a: ha, port 9443",
			[]string{asked, checkedStatus("a", 0), transport("hx", 9080), ended}},
		{"the host of a failed attempt", "4 transport R64 a: hx: a: ha, port 9080; a: ha, port 9443",
			[]string{asked, picked("a"), markedDown("a"), refusedBy("a", "hx"), picked("b"), ended}},
		{"once, where its Transport is logged", "3 transport R64 a: hx, port 9080: a: ha, port 9080; a: ha, port 9443",
			[]string{asked, picked("a"), transport("hx", 9080), markedDown("a"),
				refusedBy("a", "hx"), picked("b"), ended}},
		{"of each attempt", "6 transport R64 b: hx: b: hb, port 9080", []string{picked("a"), transport("ha", 9080),
			markedDown("a"), refusedBy("a", "ha"), markedDown("b"), refusedBy("b", "hx")}},
		{"below LogLevel Detail too", "2 transport R64 a: hb: a: ha, port 9080; a: ha, port 9443",
			[]string{markedDown("a"), refusedBy("a", "hb")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := tableOf(t, twoGroups)
			log := logOf(c.lines...)
			rep := replayLog(t, table, choices.Latest(), log)
			var got []string
			for _, d := range rep.Disagreements {
				separator := "; "
				if d.What == patternDiffers {
					separator = ", "
				}
				got = append(got, fmt.Sprintf("%d %s %s %s: %s", d.Place.Line, d.What, d.Rule, d.Logged,
					strings.Join(d.Ours, separator)))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
			if rep.Lines == 0 || rep.Lines-rep.LinesAgreed != rep.Mismatches {
				t.Errorf("%d lines, %d agreed, %d disagreements", rep.Lines, rep.LinesAgreed, rep.Mismatches)
			}
		})
	}
}

// TestLoggedPath: the path of a log is as the web server left it and is not decoded again (R16).
func TestLoggedPath(t *testing.T) {
	table := tableOf(t, strings.ReplaceAll(clusterXML("", server("a", "")), `Name="/*"`, `Name="/a%20b/../c/*"`))
	rep := replayLog(t, table, choices.Latest(), logOf(strings.Replace(tried, "/shop", "/a%20b/../c/x", 1),
		picked("a"), ended))
	if rep.Mismatches > 0 || rep.Agreed != 1 {
		t.Errorf("%d agreed, %d mismatches", rep.Agreed, rep.Mismatches)
	}
}

// TestPickWithoutTransport: under transport-choice=strict a member with https alone has no attempt for plain requests.
// Whether one was made, the lines behind the pick tell.
func TestPickWithoutTransport(t *testing.T) {
	https := `<Server Name="a" CloneID="a1"><Transport Hostname="h" Port="9443" Protocol="https">` +
		`<Property Name="keyring" Value="k"/><Property Name="stashfile" Value="s"/></Transport></Server>`
	xml := strings.Replace(clusterXML("", https+server("b", `CloneID="b1"`)), "<Config>",
		`<Config><Property Name="PluginInstallRoot" Value="/opt/plugins/"/>`, 1)
	strict := choices.Latest()
	if _, err := strict.Assume("transport-choice=strict"); err != nil {
		t.Fatal(err)
	}
	for name, lines := range map[string][]string{
		"sent": {tried, cloneAdded("a1"), picked("a"),
			"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h', OS err=111",
			"ERROR: ws_common: websphereExecute: Failed to create the stream",
			"ERROR: ws_server: serverSetFailoverStatus: Marking a down",
			"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'a'on host 'h'; " +
				"will try another one", checkedStatus("a", 1), picked("b"), ended},
		"not sent": {tried, cloneAdded("a1"), picked("a"),
			"ERROR: ws_common: websphereHandleRequest: Failed to handle request", ended,
			tried, cloneAdded("a1"), checkedStatus("a", 0), picked("a"),
			"ERROR: ws_common: websphereHandleRequest: Failed to handle request", ended},
	} {
		log := logOf(lines...)
		table := tableOf(t, xml)
		if rep := replayLog(t, table, strict, log); rep.Mismatches > 0 || rep.Agreed < 2 {
			t.Errorf("%s: %d agreed, %d mismatches\n%s", name, rep.Agreed, rep.Mismatches, describe(table, rep, log))
		}
	}
}
