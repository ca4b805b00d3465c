package sharedtest

import (
	"fmt"
	"strings"
)

// ClusterXML is a file with one cluster C behind *:80 and /*; servers are the content of the ServerCluster.
func ClusterXML(config, cluster, servers string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Config %s>
   <Property Name="PluginInstallRoot" Value="/opt/plugins/"/>
   <VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/></VirtualHostGroup>
   <ServerCluster Name="C" %s>%s</ServerCluster>
   <UriGroup Name="u"><Uri Name="/*"/></UriGroup>
   <Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`, config, cluster, servers)
}

// Server is a Server element with an http Transport.
func Server(name, attributes string) string {
	return fmt.Sprintf(`<Server Name="%s" %s><Transport Hostname="%s.example.com" Port="9080" `+
		`Protocol="http"/></Server>`, name, attributes, name)
}

// Lists are the primary and backup lists, each a string of names separated by blanks.
func Lists(primary, backup string) string {
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

// ThreeServers are Servers a, b and c with clone IDs and a ServerIOTimeout.
func ThreeServers(attributes string) string {
	var b strings.Builder
	for _, n := range []string{"a", "b", "c"} {
		b.WriteString(Server(n, fmt.Sprintf(`CloneID="%s1" ServerIOTimeout="10" %s`, n, attributes)))
	}
	return b.String()
}
