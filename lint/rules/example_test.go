package rules_test

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// base is a file that no rule of the default profile reports anything about. Each part can be replaced by an example.
var base = map[string]string{
	"Log":      `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
	"Property": `<Property Name="PluginInstallRoot" Value="/opt/plugins/"/>`,
	"VirtualHostGroup": `<VirtualHostGroup Name="default_host"><VirtualHost Name="*:80"/><VirtualHost ` +
		`Name="*:443"/></VirtualHostGroup>`,
	"ServerCluster": `<ServerCluster Name="shop" PostBufferSize="0">
<Server CloneID="c1" ConnectTimeout="5" LoadBalanceWeight="2" Name="m1" ServerIOTimeout="60">
<Transport Hostname="h1" Port="9080" Protocol="http"/>` + tls("h1") + `</Server>
<Server CloneID="c2" ConnectTimeout="5" LoadBalanceWeight="3" Name="m2" ServerIOTimeout="60">
<Transport Hostname="h2" Port="9080" Protocol="http"/>` + tls("h2") + `</Server>
</ServerCluster>`,
	"UriGroup": `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>`,
	"Route":    `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
}

func tls(host string) string {
	return `<Transport Hostname="` + host + `" Port="9443" Protocol="https"><Property Name="keyring" ` +
		`Value="/opt/plugins/k.kdb"/><Property Name="stashfile" Value="/opt/plugins/k.sth"/></Transport>`
}

var order = []string{"Log", "Property", "VirtualHostGroup", "TrustedProxyGroup", "ServerCluster", "UriGroup", "Route",
	"other"}

// complete makes a whole file of an example: what the example does not have comes from base. Text that is no list of
// elements, a whole file with its declaration, and examples with content of a Config, are taken as they are.
func complete(example string) string {
	if strings.HasPrefix(example, "<?xml") {
		return example
	}
	cfg, reports := parser.Parse(1, []byte("<x>"+example+"</x>"))
	for _, f := range reports {
		if f.Rule.Code == "WP101" {
			return "<Config>" + example + "</Config>"
		}
	}
	text := func(n *parser.Node) string { return ("<x>" + example + "</x>")[n.Span.Start:n.Span.End] }
	parts, attrs := map[string]string{}, ""
	pending := "" // comments go with the element that follows
	var add func(nodes []*parser.Node)
	add = func(nodes []*parser.Node) {
		for _, n := range nodes {
			if n.Kind != parser.Element {
				pending += text(n)
				continue
			}
			switch n.Name {
			case "Config":
				for _, a := range n.Attrs {
					attrs += ` ` + a.Name + `="` + a.Value + `"`
				}
				add(n.Children)
				continue
			case "Server":
				parts["servers"] += pending + text(n)
			case "Log", "Property", "VirtualHostGroup", "TrustedProxyGroup", "ServerCluster", "UriGroup", "Route":
				parts[n.Name] += pending + text(n) + "\n"
			default:
				parts["other"] += pending + text(n) + "\n"
			}
			pending = ""
		}
	}
	add(cfg.Doc.Nodes[0].Children)
	if s := parts["servers"]; s != "" {
		parts["ServerCluster"] = `<ServerCluster Name="shop">` + s + `</ServerCluster>`
	}
	if p := parts["Property"]; p != "" && !strings.Contains(p, "PluginInstallRoot") &&
		!strings.Contains(example, "no PluginInstallRoot") {
		parts["Property"] = base["Property"] + p
	}
	out := "<Config" + attrs + ">\n"
	for _, name := range order {
		if parts[name] == "" {
			parts[name] = base[name]
		}
		out += parts[name] + "\n"
	}
	return out + "</Config>"
}
