package lint

import "github.com/wasplug/wasplug/parser/diag"

func affinityRules() []*Rule {
	return []*Rule{
		{
			Code: "WP301", Name: "clone-id-collision", Category: Affinity, Severity: diag.Error, Check: checkCollision,
			Subjects: []string{"Server/CloneID"},
			Silences: []string{"WP302", "WP309"},
			Doc: Doc{
				Title:  "Two servers of one cluster have one CloneID",
				Why:    "The first of them in the list gets the sessions of both: users of the other are logged out, or half of them. Copied profiles carry the same ID; IBM tells administrators to check by eye.",
				Bad:    "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c1\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Good:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Near:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"C1\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Source: "R22; IBM eXtreme Scale manual, page txsgenliberty",
			},
		},
		{
			Code: "WP302", Name: "clone-id-reused-across-clusters", Category: Affinity, Severity: diag.Error, Check: checkReused,
			Subjects:  []string{"Server/CloneID"},
			Otherwise: "warning where no Route brings their cookies together today",
			Topology:  true,
			Doc: Doc{
				Title:  "Servers of two clusters have one CloneID and different addresses",
				Why:    "A browser sends one cookie to both clusters when they share an alias and the cookie's name: the session of application A's member is looked for in B's. An error where one cookie reaches both, else a warning.",
				Bad:    twoClusters("c1", "c1", "JSESSIONID"),
				Good:   twoClusters("c1", "c2", "JSESSIONID"),
				Near:   sameAddressTwoClusters,
				Source: "R21, R22",
			},
		},
		{
			Code: "WP303", Name: "clone-id-missing", Category: Affinity, Severity: diag.Error, Check: checkMissingClone,
			Subjects:  []string{"Server/CloneID", "ClusterAddress"},
			Otherwise: "warning where no server of the cluster has one",
			Topology:  true,
			Doc: Doc{
				Title:  "Servers of a cluster with several members, or a ClusterAddress, have no CloneID",
				Why:    "Without it there is no affinity to a server, without any message: sessions held in memory are lost at random. An error when some servers have one, a warning when none has (applications without sessions need none).",
				Bad:    "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Good:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Near:   "<ServerCluster Name=\"shop\">\n  <Server Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Source: "IBM technote \"CloneID\" (V4); R25",
			},
		},
		{
			Code: "WP304", Name: "clone-id-characters", Category: Affinity, Severity: diag.Error, Check: checkCloneCharacters,
			Subjects:  []string{"Server/CloneID", "ServerCluster/CloneSeparatorChange"},
			Otherwise: "warning for one that is empty, or that the separator does not cut",
			Silences:  []string{"WP310"},
			Doc: Doc{
				Title:  "A CloneID holds the separator of clone IDs, white space, or nothing",
				Why:    "The session cookie is cut at the separator, so the ID never matches. An error for the separator in use, a warning for the other, for white space and for an empty ID.",
				Bad:    "<Server CloneID=\"c1:a\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Good:   "<Server CloneID=\"c1-a\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Near:   "<Server CloneID=\"c1_a.b-c\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Source: "R21; documented: neither : nor +",
			},
		},
		{
			Code: "WP305", Name: "separator-differs", Category: Affinity, Severity: diag.Warning, Check: checkSeparators,
			Subjects: []string{"ServerCluster/CloneSeparatorChange"},
			Doc: Doc{
				Title:  "CloneSeparatorChange differs between clusters that share a host and a cookie",
				Why:    "A cookie written with + is read with : and names no clone: affinity is lost where the browser moves from one application to the other.",
				Bad:    twoClustersWith(`CloneSeparatorChange="true" `, ""),
				Good:   twoClustersWith(`CloneSeparatorChange="true" `, `CloneSeparatorChange="true" `),
				Near:   twoClustersWith(`CloneSeparatorChange="false" `, ""),
				Source: "APAR PM56332",
			},
		},
		{
			Code: "WP306", Name: "affinity-cookie-differs-on-overlap", Category: Affinity, Severity: diag.Warning, Fix: UnsafeFix, Check: checkCookieOverlap,
			Subjects: []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
			Silences: []string{"WP311"},
			Doc: Doc{
				Title:  "Two Uris that overlap, or are equal, have different affinity cookies or URL identifiers",
				Why:    "The cookie of the Uri that decided counts: /app/* and /app/x/* behave differently, and one of them looks for a cookie that the application never sets. Of two equal Uris which one counts is undocumented (choice score-tie). Looked at are Uris that lead from one alias to one cluster: applications of different clusters have cookies of their own.",
				Bad:    "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n  <Uri Name=\"/shop/cart/*\"/>\n</UriGroup>",
				Good:   "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/cart/*\"/>\n</UriGroup>",
				Near:   "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n  <Uri Name=\"/other/*\"/>\n</UriGroup>",
				Source: "APAR PQ67476; R4",
			},
		},
		{
			Code: "WP307", Name: "same-address-two-clone-ids", Category: Affinity, Severity: diag.Error, Check: checkSameAddressIDs,
			Subjects: []string{"Server/CloneID", "Transport/Hostname", "Transport/Port"},
			Silences: []string{"WP308"},
			Doc: Doc{
				Title:  "One address stands in two servers with different CloneIDs",
				Why:    "One of the two IDs is stale: the server behind the address knows only one, and the sessions that name the other look foreign.",
				Bad:    "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"H1\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Good:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Near:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" Port=\"9081\"/></Server>\n</ServerCluster>",
				Source: "follows from R22",
			},
		},
		{
			Code: "WP308", Name: "same-address-twice", Category: Affinity, Severity: diag.Warning, Check: checkSameAddress,
			Subjects: []string{"Transport/Hostname", "Transport/Port"},
			Doc: Doc{
				Title:  "One address stands in two members of a cluster",
				Why:    "One JVM gets a double share of the load and two marks that know nothing of each other. It was once shown as a trick for weights; LoadBalanceWeight does that better.",
				Bad:    "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c1\" Name=\"m2\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Good:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
				Near:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" Port=\"9090\"/></Server>\n</ServerCluster>",
				Source: "V4 technote 1104515",
			},
		},
		{
			Code: "WP309", Name: "clone-id-collision-after-merge", Category: Affinity, Severity: diag.Error, Check: checkAcrossFiles,
			Subjects: []string{"Server/CloneID"},
			Doc: Doc{
				Title:  "Two files that are checked together have one CloneID at different addresses",
				Why:    "A merge copies the IDs unchecked; copied profiles carry the same one. Files whose clusters share a host and a cookie name then send sessions of one to the other. One ID at one address is fine. Looked at are files of one folder, of one command line and of one group in the settings; --across says so otherwise, for files of many web servers or versions of one file.",
				Source: "observed in merge tools, OpenLiberty/open-liberty#24584 and #35345",
			},
		},
		{
			Code: "WP310", Name: "clone-id-wrong-format", Category: Affinity, Severity: diag.Warning, Check: checkCloneFormat,
			Subjects:  []string{"Server/CloneID"},
			Otherwise: "info where only the form differs from the others",
			Doc: Doc{
				Title:  "A CloneID looks mistyped, cut, or like a placeholder",
				Why:    "An ID that does not equal the server's own gives no affinity. Known forms: a clock in base 32 (traditional servers), a UUID (Liberty), set by hand. IDs set by hand in a cluster of several servers, and several forms in one cluster, are only mentioned.",
				Bad:    "<Server CloneID=\"placeholder\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Good:   "<Server CloneID=\"1b2c3d4e5\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Near:   "<Server CloneID=\"a0aaea8c-3251-45bb-87bb-f8b09169c03c\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Source: "computed from published IDs",
			},
		},
		{
			Code: "WP311", Name: "affinity-cookie-differs-in-cluster", Category: Affinity, Severity: diag.Info, Check: checkCookieInCluster,
			Subjects: []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
			Doc: Doc{
				Title:  "Uris of one cluster use different affinity cookies",
				Why:    "Right when applications have cookies of their own; otherwise one of them lost its affinity. Liberty learns the names of cookies late.",
				Bad:    "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n  <Uri Name=\"/other/*\"/>\n</UriGroup>",
				Good:   "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/other/*\"/>\n</UriGroup>",
				Near:   "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"JSESSIONID\" Name=\"/shop/*\"/>\n  <Uri Name=\"/other/*\"/>\n</UriGroup>",
				Source: "R4",
			},
		},
	}
}

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
