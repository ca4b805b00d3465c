package rules

import "strconv"

// What the pages of several rules are made of: pieces of configurations for their examples, and names of sources.

func number(n int) string { return strconv.Itoa(n) }

// members writes an example cluster; attrs are those of its servers.
func members(cluster, lists string, attrs ...string) string {
	text := `<ServerCluster ` + cluster + `Name="shop">`
	for i, a := range attrs {
		n := number(i + 1)
		text += "\n  <Server CloneID=\"c" + n + `" ` + a + `Name="m` + n + `"><Transport Hostname="h` + n +
			`" Port="9080"/></Server>`
	}
	if lists != "" {
		lists = "\n  " + lists
	}
	return text + lists + "\n</ServerCluster>"
}

const (
	primary1      = `<PrimaryServers><Server Name="m1"/></PrimaryServers>`
	primary12     = `<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>`
	backup2       = `<BackupServers><Server Name="m2"/></BackupServers>`
	backup23      = `<BackupServers><Server Name="m2"/><Server Name="m3"/></BackupServers>`
	pages         = "IBM page \"Web server plug-in configuration properties\""
	recommended   = "IBM technote swg21318463, recommended values"
	ioTimeoutNote = "IBM technote swg21408884, ServerIOTimeout and PostBufferSize"
)

func twoClusters(id1, id2, cookie string) string {
	return `<ServerCluster Name="shop"><Server CloneID="` + id1 + `" Name="m1"><Transport Hostname="h1" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="bank"><Server CloneID="` + id2 + `" Name="b1"><Transport Hostname="h2" Port="9080"/></Server></ServerCluster>
<UriGroup Name="shop_uris"><Uri AffinityCookie="` + cookie + `" Name="/shop/*"/></UriGroup>
<UriGroup Name="bank_uris"><Uri Name="/bank/*"/></UriGroup>
` + twoRoutes
}

const twoRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="bank" UriGroup="bank_uris" VirtualHostGroup="default_host"/>`

const sameAddressTwoClusters = `<ServerCluster Name="shop"><Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="bank"><Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server></ServerCluster>
<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<UriGroup Name="bank_uris"><Uri Name="/bank/*"/></UriGroup>
` + twoRoutes

func twoClustersWith(attrs1, attrs2 string) string {
	return `<ServerCluster ` + attrs1 + `Name="shop"><Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server></ServerCluster>
<ServerCluster ` + attrs2 + `Name="bank"><Server CloneID="c2" Name="b1"><Transport Hostname="h2" Port="9080"/></Server></ServerCluster>
<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<UriGroup Name="bank_uris"><Uri Name="/bank/*"/></UriGroup>
` + twoRoutes
}

// uriGroup writes an example group.
func uriGroup(name string, uris ...string) string {
	text := `<UriGroup Name="` + name + `">`
	for _, u := range uris {
		text += "\n  <Uri Name=\"" + u + `"/>`
	}
	return text + "\n</UriGroup>\n"
}

func hostGroup(name string, aliases ...string) string {
	text := `<VirtualHostGroup Name="` + name + `">`
	for _, a := range aliases {
		text += "\n  <VirtualHost Name=\"" + a + `"/>`
	}
	return text + "\n</VirtualHostGroup>\n"
}

const twoServers = `<ServerCluster Name="shop"><Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="bank"><Server CloneID="c2" Name="b1"><Transport Hostname="h2" Port="9080"/></Server></ServerCluster>
`

const innerRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="all_uris" VirtualHostGroup="inner_host"/>`

const twoHostRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="bank" UriGroup="bank_uris" VirtualHostGroup="bank_host"/>`

const (
	keys   = `<Property Name="keyring" Value="/k.kdb"/><Property Name="stashfile" Value="/k.sth"/>`
	https1 = `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https">` + keys +
		`</Transport></Server>`
	proxies1 = `<TrustedProxyGroup><TrustedProxy Name="10.0.0.5"/></TrustedProxyGroup>`
)
