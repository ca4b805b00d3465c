package lint

import "github.com/wasplug/wasplug/parser/diag"

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

func routingRules() []*Rule {
	return []*Rule{
		{
			Code: "WP601", Name: "alias-and-uri-to-two-clusters", Category: Routing, Severity: diag.Error, Check: checkTwoClusters,
			Subjects: []string{"Route", "VirtualHost/Name", "Uri/Name"},
			Silences: []string{"WP204", "WP602", "WP603", "WP611"},
			Doc: Doc{
				Title:  "The same alias and the same Uri lead to two clusters",
				Why:    "The scores are equal, so one application gets the other's traffic; which one is undocumented. IBM counts it among the most common problems.",
				Bad:    twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/*") + twoRoutes,
				Good:   twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/bank/*") + twoRoutes,
				Near:   twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/bank/*") + twoRoutes,
				Source: "IBM, tracing the plug-in (V5.1); R1, R13",
			},
		},
		{
			Code: "WP602", Name: "unreachable-uri", Category: Routing, Severity: diag.Warning, Check: checkUnreachable,
			Subjects: []string{"Uri/Name", "Route"},
			Silences: []string{"WP604"},
			Doc: Doc{
				Title:  "A Uri never gets a request",
				Why:    "On each alias of its Routes another alias and Uri wins, under every open scoring choice. The decision core is asked for every Uri.",
				Bad:    "<UriGroup Name=\"shop_uris\">\n  <Uri Name=\"/shop/*\"/>\n  <Uri Name=\"/shop/*\"/>\n  <Uri Name=\"/shop/*\"/>\n</UriGroup>",
				Good:   uriGroup("shop_uris", "/shop/*"),
				Near:   uriGroup("shop_uris", "/shop/*", "/shop/cart/*", "/shop/cart/pay"),
				Source: "R1 to R15",
			},
		},
		{
			Code: "WP603", Name: "undetermined-route", Category: Routing, Severity: diag.Warning, Check: checkUndetermined,
			Subjects: []string{"Uri/Name", "VirtualHost/Name", "Route"},
			Silences: []string{"WP611"},
			Doc: Doc{
				Title:  "Which cluster gets a request depends on an open choice",
				Why:    "Admin or API traffic can land on the wrong cluster after a fix pack or a reorder of the file: how the scores of virtual host and URI combine is not documented.",
				Bad:    twoServers + hostGroup("default_host", "www.shop.example.com:443") + hostGroup("bank_host", "*:443") + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/admin/*") + twoHostRoutes,
				Good:   twoServers + hostGroup("default_host", "www.shop.example.com:443") + hostGroup("bank_host", "bank.example.com:443") + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/admin/*") + twoHostRoutes,
				Near:   twoServers + hostGroup("default_host", "www.shop.example.com:443") + hostGroup("bank_host", "*:443") + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/bank/*") + twoHostRoutes,
				Source: "R11 to R13; choices score-combination, vhost-score, score-tie, suffix-patterns",
			},
		},
		{
			Code: "WP604", Name: "redundant-uri", Category: Routing, Severity: diag.Info, Fix: SafeFix, Check: checkRedundant,
			Subjects: []string{"Uri/Name"},
			Doc: Doc{
				Title:  "A Uri is within another one, or its equal, and changes nothing",
				Why:    "It is noise, and every Uri is compared with every request. The decision core is asked, with and without the Uri, for its paths and those it shares with other Uris, on every alias: reported is only what has the same cluster and the same cookie without it under every open choice. Files of more than 5000 Uris are left out.",
				Bad:    twoServers + uriGroup("shop_uris", "/shop/*", "/shop/cart/*") + uriGroup("bank_uris", "/bank/*") + twoRoutes,
				Good:   twoServers + uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/bank/*") + twoRoutes,
				Near:   twoServers + uriGroup("shop_uris", "/shop/*", "/shop/cart/pay/*") + uriGroup("bank_uris", "/shop/cart/*") + twoRoutes,
				Source: "R1, R2, R4",
			},
		},
		{
			Code: "WP605", Name: "uri-syntax", Category: Routing, Severity: diag.Error, Check: checkURISyntax,
			Subjects:  []string{"Uri/Name"},
			Otherwise: "warning where the effect is undocumented",
			Silences:  []string{"WP602", "WP604", "WP612"},
			Doc: Doc{
				Title:  "A Uri has a form that matches nothing, or more than meant",
				Why:    "It never matches, or more than meant, or in a way that is undocumented: /app* also takes /apple. Only a warning for white space within and for letters beyond ASCII: where paths are decoded before the match, as IBM HTTP Server does, they match, and such names of folders exist.",
				Bad:    uriGroup("shop_uris", "shop/*"),
				Good:   uriGroup("shop_uris", "/shop/*"),
				Near:   uriGroup("shop_uris", "*.jsp", "/shop/*.jsf", "/shop/*"),
				Source: "IBM, Uri; R2, R14, R15",
			},
		},
		{
			Code: "WP606", Name: "uri-catch-all", Category: Routing, Severity: diag.Warning, Check: checkCatchAll,
			Subjects: []string{"Uri/Name"},
			Doc: Doc{
				Title:  "A Uri takes every path, or the first page",
				Why:    "Static files and other applications behind the web server disappear, and administration URIs become reachable with the rest. / alone takes the first page only, which is then no longer the web server's. Reported on aliases of any host, and on those that lead to other clusters too: a host that belongs to one cluster may well be its own.",
				Bad:    hostGroup("default_host", "*:80") + hostGroup("inner_host", "*:9080") + uriGroup("shop_uris", "/shop/*") + uriGroup("all_uris", "/*") + innerRoutes,
				Good:   hostGroup("default_host", "*:80") + hostGroup("inner_host", "*:9080") + uriGroup("shop_uris", "/shop/*") + uriGroup("all_uris", "/inner/*") + innerRoutes,
				Near:   hostGroup("default_host", "*:80") + uriGroup("shop_uris", "/shop", "/shop/*"),
				Source: "R1, R2",
			},
		},
		{
			Code: "WP607", Name: "alias-syntax", Category: Routing, Severity: diag.Error, Check: checkAliasSyntax,
			Subjects:  []string{"VirtualHost/Name"},
			Otherwise: "warning for an alias without a port",
			Silences:  []string{"WP611"},
			Doc: Doc{
				Title:  "A virtual host has a form that never matches, or no port",
				Why:    "There are no partial wildcards: *.example.com:80 matches nothing. Without a port (a warning) it means port 80 only.",
				Bad:    hostGroup("default_host", "*:80", "*.example.com:443"),
				Good:   hostGroup("default_host", "*:80", "www.example.com:443"),
				Near:   hostGroup("default_host", "*:80", "[2001:db8::1]:443", "*:*"),
				Source: "IBM, virtual hosts; R6, R8",
			},
		},
		{
			Code: "WP608", Name: "front-port-missing", Category: Routing, Severity: diag.Warning, Check: checkFrontPort,
			Subjects: []string{"VirtualHost/Name", "Config/VHostMatchingCompat"},
			Options:  []Option{{"ports", []int{80, 443}, "ports on which the web server is asked"}},
			Doc: Doc{
				Title:  "No alias has a port of the web server",
				Why:    "With only 9080 and 9443 each request of a browser is declined, and the web server answers 404. Where the web server listens stands in no such file: the option ports says it.",
				Bad:    hostGroup("default_host", "*:9080", "*:9443"),
				Good:   hostGroup("default_host", "*:80", "*:443", "*:9080", "*:9443"),
				Near:   hostGroup("default_host", "www.example.com:*"),
				Source: "R7, R9",
			},
		},
		{
			Code: "WP609", Name: "case-pairs", Category: Routing, Severity: diag.Info, Check: checkCasePairs,
			Subjects: []string{"VirtualHost/Name", "Uri/Name"},
			Doc: Doc{
				Title:  "Two aliases or two Uris differ in letter case only",
				Why:    "Hosts compare without case, so the two are one; paths with case, so they are two, which surprises.",
				Bad:    uriGroup("shop_uris", "/shop/*", "/Shop/*"),
				Good:   uriGroup("shop_uris", "/shop/*"),
				Near:   uriGroup("shop_uris", "/shop/*", "/shops/*"),
				Source: "APAR PQ70620; R5",
			},
		},
		{
			Code: "WP610", Name: "login-uri-missing", Category: Routing, Severity: diag.Warning, Check: checkLogin,
			Subjects: []string{"Uri/Name"},
			Doc: Doc{
				Title:  "An application is listed by its patterns, without the URIs of a form login",
				Why:    "The login page posts to j_security_check, which is then declined: the form login ends in 404. Which applications have a form login stands in no such file, and those without one need neither. Looked at are applications listed by patterns of files, as /shop/*.jsp, or of servlets, /shop/servlet/*; single servlets cannot be told from other paths.",
				Bad:    uriGroup("shop_uris", "/shop/*.jsp", "/shop/cart"),
				Good:   uriGroup("shop_uris", "/shop/*.jsp", "/shop/cart", "/shop/j_security_check", "/shop/ibm_security_logout"),
				Near:   uriGroup("shop_uris", "/shop/*.jsp", "/shop/*"),
				Source: "recalled; generators write both URIs",
			},
		},
		{
			Code: "WP611", Name: "alias-in-several-groups", Category: Routing, Severity: diag.Warning, Check: checkAliasTwice,
			Subjects:  []string{"VirtualHost/Name", "VirtualHostGroup"},
			Otherwise: "info for a group that no Route uses",
			Doc: Doc{
				Title:  "One alias stands in several VirtualHostGroups, and Uris of their Routes overlap",
				Why:    "Groups may share aliases (technote swg21139573). Where Routes of both lead to different clusters and their Uris overlap, it is the scores that decide, and what belongs together is split. Equal Uris are WP601. One Uri within another is reported although the longer one wins: who reads one group does not see that the other takes requests out of it. A warning when both groups are routed, else info; nothing is said of what merge tools write.",
				Bad:    twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:80") + uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/shop/bank/*") + twoHostRoutes,
				Good:   twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:443") + uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/shop/bank/*") + twoHostRoutes,
				Near:   twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:80") + uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/bank/*") + twoHostRoutes,
				Source: "technote swg21139573; R1",
			},
		},
		{
			Code: "WP612", Name: "exact-uri-without-subtree", Category: Routing, Severity: diag.Info, Fix: UnsafeFix, Check: checkExactOnly,
			Subjects: []string{"Uri/Name"},
			Doc: Doc{
				Title:  "A Uri matches one path and nothing below it",
				Why:    "/app matches only /app: everything below is declined. /app/* serves both.",
				Bad:    uriGroup("shop_uris", "/shop"),
				Good:   uriGroup("shop_uris", "/shop", "/shop/*"),
				Near:   uriGroup("shop_uris", "/index.html", "/shop/*"),
				Source: "R2, R3",
			},
		},
	}
}
