// Package example has what the pages of several rules are made of: pieces of configurations, and names of sources.
package example

import "strconv"

// Sources that several rules name.
const (
	Pages         = "IBM page \"Web server plug-in configuration properties\""
	Recommended   = "IBM technote swg21318463, recommended values"
	IOTimeoutNote = "IBM technote swg21408884, ServerIOTimeout and PostBufferSize"
)

// Lists of the servers that Members writes.
const (
	Primary1  = `<PrimaryServers><Server Name="m1"/></PrimaryServers>`
	Primary12 = `<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>`
	Backup2   = `<BackupServers><Server Name="m2"/></BackupServers>`
	Backup23  = `<BackupServers><Server Name="m2"/><Server Name="m3"/></BackupServers>`
)

// Members writes a cluster; attrs are those of its servers.
func Members(cluster, lists string, attrs ...string) string {
	text := `<ServerCluster ` + cluster + `Name="shop">`
	for i, a := range attrs {
		n := strconv.Itoa(i + 1)
		text += "\n  <Server CloneID=\"c" + n + `" ` + a + `Name="m` + n + `"><Transport Hostname="h` + n +
			`" Port="9080"/></Server>`
	}
	if lists != "" {
		lists = "\n  " + lists
	}
	return text + lists + "\n</ServerCluster>"
}

// CloneIDs writes a cluster whose servers have the CloneIDs.
func CloneIDs(ids ...string) string {
	text := `<ServerCluster Name="shop">`
	for i, id := range ids {
		n := strconv.Itoa(i + 1)
		text += "\n  <Server CloneID=\"" + id + `" Name="m` + n + `"><Transport Hostname="h` + n +
			`" Port="9080"/></Server>`
	}
	return text + "\n</ServerCluster>"
}

// one writes a cluster of one server.
func one(attrs, cluster, cloneID, server, host string) string {
	return `<ServerCluster ` + attrs + `Name="` + cluster + `"><Server CloneID="` + cloneID + `" Name="` + server +
		`"><Transport Hostname="` + host + `" Port="9080"/></Server></ServerCluster>` + "\n"
}

const (
	shopURIs = `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>` + "\n"
	bankURIs = `<UriGroup Name="bank_uris"><Uri Name="/bank/*"/></UriGroup>` + "\n"
)

// TwoRoutes lead to the clusters shop and bank, over one group of hosts.
const TwoRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="bank" UriGroup="bank_uris" VirtualHostGroup="default_host"/>`

// TwoClusters writes two clusters with Routes, one of them with a cookie of its own.
func TwoClusters(id1, id2, cookie string) string {
	return TwoServers(id1, id2) + `<UriGroup Name="shop_uris"><Uri AffinityCookie="` + cookie +
		`" Name="/shop/*"/></UriGroup>` + "\n" + bankURIs + TwoRoutes
}

// TwoClustersWith writes two clusters with Routes, and attributes of each.
func TwoClustersWith(attrs1, attrs2 string) string {
	return one(attrs1, "shop", "c1", "m1", "h1") + one(attrs2, "bank", "c2", "b1", "h2") + shopURIs +
		bankURIs + TwoRoutes
}

// SameAddressTwoClusters writes two clusters with Routes that both have one server.
func SameAddressTwoClusters() string {
	return one("", "shop", "c1", "m1", "h1") + one("", "bank", "c1", "m1", "h1") + shopURIs + bankURIs + TwoRoutes
}

// TwoServers writes the clusters shop and bank with a server each.
func TwoServers(id1, id2 string) string {
	return one("", "shop", id1, "m1", "h1") + one("", "bank", id2, "b1", "h2")
}

// UriGroup writes a group.
func UriGroup(name string, uris ...string) string {
	text := `<UriGroup Name="` + name + `">`
	for _, u := range uris {
		text += "\n  <Uri Name=\"" + u + `"/>`
	}
	return text + "\n</UriGroup>\n"
}

// HostGroup writes a group.
func HostGroup(name string, aliases ...string) string {
	text := `<VirtualHostGroup Name="` + name + `">`
	for _, a := range aliases {
		text += "\n  <VirtualHost Name=\"" + a + `"/>`
	}
	return text + "\n</VirtualHostGroup>\n"
}

// InnerRoutes lead to one cluster over the groups default_host and inner_host.
const InnerRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="all_uris" VirtualHostGroup="inner_host"/>`

// TwoHostRoutes lead to the clusters shop and bank, each over its own group of hosts.
const TwoHostRoutes = `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="bank" UriGroup="bank_uris" VirtualHostGroup="bank_host"/>`

// For rules about https and about who may speak for a client.
const (
	Keys   = `<Property Name="keyring" Value="/k.kdb"/><Property Name="stashfile" Value="/k.sth"/>`
	HTTPS1 = `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https">` + Keys +
		`</Transport></Server>`
	Proxies1 = `<TrustedProxyGroup><TrustedProxy Name="10.0.0.5"/></TrustedProxyGroup>`
)
