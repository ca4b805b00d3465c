// Package configtest makes files for tests: plugin-cfg.xml as odd as people write them.
package configtest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// Irregular draws a plugin-cfg.xml as irregular as people write them: names twice or missing, lists that do not fit,
// odd attributes.
func Irregular(t *rapid.T) string {
	var b strings.Builder
	some := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	attr := func(name string, values ...string) string {
		if v := some(name, append(values, "-")...); v != "-" {
			return fmt.Sprintf(" %s=%q", name, v)
		}
		return ""
	}
	times := func(label string, n int) int { return rapid.IntRange(0, n).Draw(t, label) }
	fmt.Fprintf(&b, "<Config%s%s%s>", attr("RefreshInterval", "60", "5", "x"), attr("ASDisableNagle", "false", "true"),
		attr("Odd", "1"))
	for range times("logs", 1) {
		fmt.Fprintf(&b, "<Log%s%s/>", attr("Name", "/opt/IBM/WebSphere/Plugins/logs/webserver1/http_plugin.log", "/x",
			""), attr("LogLevel", "Error", "Trace", "loud"))
	}
	for range times("properties", 4) {
		fmt.Fprintf(&b, "<Property%s%s%s/>", attr("Name", "ESIEnable", "esiEnable", "PluginInstallRoot", "Other"),
			attr("Value", "true", "/opt/IBM/WebSphere/Plugins", ""), some("more", "", "", ` Odd="1"`))
	}
	for range times("hosts", 3) {
		fmt.Fprintf(&b, "<VirtualHostGroup%s>", attr("Name", "default_host", "h", "g"))
		for range times("aliases", 3) {
			fmt.Fprintf(&b, "<VirtualHost%s/>", attr("Name", "*:80", "*:443", "a:80"))
		}
		b.WriteString("</VirtualHostGroup>")
	}
	transport := func() {
		fmt.Fprintf(&b, "<Transport%s%s%s%s>", attr("Hostname", "a", "b", "[::1]"), attr("Port", "80", "443", "080"),
			attr("Protocol", "http", "https", "HTTP"), attr("ConnectionTTL", "28", "x"))
		for range times("transport properties", 3) {
			fmt.Fprintf(&b, "<Property%s%s/>", attr("Name", "keyring", "stashfile", "certLabel", "Keyring"),
				attr("Value", "/k", "k", ""))
		}
		b.WriteString("</Transport>")
	}
	for range times("clusters", 3) {
		fmt.Fprintf(&b, "<ServerCluster%s%s%s%s>", attr("Name", "c", "d", "e f"),
			attr("LoadBalance", "Round Robin", "Random", "random"), attr("PostBufferSize", "0", "64", "064"),
			attr("GetDWLMTable", "true", "false"))
		for range times("servers", 3) {
			fmt.Fprintf(&b, "<Server%s%s%s%s>", attr("Name", "m", "n", ""), attr("CloneID", "x", "010", ""),
				attr("LoadBalanceWeight", "2", "20", "-1", "70000"), attr("ConnectTimeout", "5", "0", "1.5"))
			for range times("transports", 3) {
				transport()
			}
			b.WriteString(some("stray", "", "", "<Stray/>") + "</Server>")
		}
		if some("address", "", "", "yes") == "yes" {
			fmt.Fprintf(&b, "<ClusterAddress%s%s>", attr("Name", "lb"), attr("LoadBalanceWeight", "2"))
			transport()
			b.WriteString("</ClusterAddress>")
		}
		for _, list := range []string{"PrimaryServers", "BackupServers"} {
			if some(list, "", "yes") == "yes" {
				b.WriteString("<" + list + ">")
				for range times("references", 3) {
					fmt.Fprintf(&b, "<Server%s/>", attr("Name", "m", "n", "zz"))
				}
				b.WriteString("</" + list + ">")
			}
		}
		b.WriteString("</ServerCluster>")
	}
	for range times("groups", 3) {
		fmt.Fprintf(&b, "<UriGroup%s>", attr("Name", "u", "v", "default_host_c_URIs"))
		for range times("uris", 4) {
			fmt.Fprintf(&b, "<Uri%s%s%s%s/>", attr("Name", "/a", "/a/*", "/b", ""),
				attr("AffinityCookie", "JSESSIONID", "C"), attr("AffinityURLIdentifier", "jsessionid", "i"),
				some("odd", "", "", ` Odd="1"`))
		}
		b.WriteString("</UriGroup>")
	}
	for range times("routes", 4) {
		fmt.Fprintf(&b, "<Route%s%s%s/>", attr("ServerCluster", "c", "d", "e f", "gone"),
			attr("UriGroup", "u", "v", "default_host_c_URIs", "gone"),
			attr("VirtualHostGroup", "default_host", "h", "g", "gone"))
	}
	return b.String() + "</Config>"
}
