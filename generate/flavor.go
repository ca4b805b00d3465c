package generate

import (
	"sync"

	"github.com/wasplug/wasplug/parser"
)

// pair is a name and a value that a generator writes by default.
type pair struct{ name, value string }

// flavor holds what is written when nobody says otherwise: what the traditional generator writes, what Liberty's does,
// or nothing.
type flavor struct {
	config, log, properties, cluster, server, uri []pair
	root                                          bool // the Property PluginInstallRoot
	noAdmin                                       bool // admin_host is left out
}

// flavorDefaults returns what the generator of a flavor writes by default, as the parser's table has it.
// Log, Properties and affinity names are not in the table's columns: of the two they are taken as Liberty's generator
// writes them, which fixes LogLevel at Error and puts PluginInstallRoot behind the ESI properties.
func flavorDefaults(name string) flavor {
	var f flavor
	if name == "plain" {
		return f
	}
	f.log, f.properties, f.root = []pair{{"LogLevel", "Error"}}, properties, true
	f.noAdmin = name == "was"
	f.uri = []pair{{"AffinityCookie", "JSESSIONID"}, {"AffinityURLIdentifier", "jsessionid"}}
	for _, a := range parser.Attributes() {
		p := pair{a.Name, a.WAS}
		if name == "liberty" {
			p.value = a.Liberty
		}
		if p.value == "" || a.Property {
			continue
		}
		switch a.Element {
		case "Config":
			f.config = append(f.config, p)
		case "ServerCluster":
			f.cluster = append(f.cluster, p)
		case "Server":
			f.server = append(f.server, p)
		}
	}
	return f
}

// properties are those of Config that Liberty's generator writes always, in its order.
var properties = []pair{
	{"ESIEnable", "true"}, {"ESIMaxCacheSize", "1024"}, {"ESIInvalidationMonitor", "false"},
	{"ESIEnableToPassCookies", "false"},
}

// keysOf lists the keys of the topology that stand for an attribute of an element, as the parser's table has them.
func keysOf(element string) (keys []pair) {
	for _, a := range parser.Attributes() {
		if a.Element == element && a.Key != "" {
			keys = append(keys, pair{a.Key, a.Name})
		}
	}
	return keys
}

var (
	// asked for every cluster and member, of which there may be thousands
	clusterKeys = sync.OnceValue(func() []pair { return keysOf("ServerCluster") })
	serverKeys  = sync.OnceValue(func() []pair { return keysOf("Server") })
)
