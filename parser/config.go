package parser

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Val is the value of an attribute.
type Val[T any] = diag.Val[T]

// Config is the typed view on a Document. It holds what deciding and proxying need; every other attribute is reached
// through Node. All slices are in file order. In a fragment (several roots, or a root that is not Config) it holds
// what the top level has, and what is in its Config elements. A lone Server, Uri or VirtualHost there is viewed in a
// cluster or group of its own kind whose Node, outside of the tree, has the element's name and zero spans. Val.V is
// the value that is written; where nothing is, or nothing readable, it is the default of the table, and zero where the
// table has none.
type Config struct {
	Doc  *Document
	Node *Node // the first Config element, nil in a fragment that has none

	IgnoreDNSFailures   Val[bool]
	RefreshInterval     Val[int] // seconds, default 60
	VHostMatchingCompat Val[bool]
	AppServerPort       Val[string] // AppServerPortPreference: HostHeader (default) or WebserverPort, any case
	AcceptAllContent    Val[bool]
	ASDisableNagle      Val[bool]
	ResponseChunkSize   Val[int] // kilobytes, default 64
	HTTPMaxHeaders      Val[int] // default 300
	UseInsecure         Val[bool]
	SSLMapMode          Val[string] // "", onload or offload
	HostVerification    Val[string] // SecureHostVerification: "", true-markdown, true-nomarkdown or false
	MarkBusyDown        Val[bool]
	FailoverToNext      Val[bool]
	TrustedProxyEnable  Val[bool]

	Log                   *Log // the first, nil when there is none
	Properties            []*Property
	VirtualHostGroups     []*VirtualHostGroup
	TrustedProxies        []*TrustedProxy
	Clusters              []*ServerCluster // ServerCluster and the V4 form ServerGroup
	UriGroups             []*UriGroup
	Routes                []*Route
	IntelligentManagement *Node // nil when there is none
}

// Log is the plug-in's log.
type Log struct {
	Node  *Node
	Name  Val[string] // path of http_plugin.log
	Level Val[string] // LogLevel: Error (default), Warn, Stats, Detail, Debug or Trace
}

// Property is a name and a value, under Config or under a Transport. Names compare without letter case.
type Property struct {
	Node        *Node
	Name, Value Val[string]
}

// Find returns the property of that name, without letter case; nil when there is none.
func Find(ps []*Property, name string) *Property {
	for _, p := range ps {
		if strings.EqualFold(p.Name.V, name) {
			return p
		}
	}
	return nil
}

// VirtualHostGroup is a named set of aliases.
type VirtualHostGroup struct {
	Node    *Node
	Name    Val[string]
	Aliases []*VirtualHost
}

// VirtualHost is one alias.
type VirtualHost struct {
	Node *Node
	Name Val[string] // host:port as written; see ParseAlias
}

// TrustedProxy is a proxy whose private headers are believed.
type TrustedProxy struct {
	Node *Node
	Name Val[string]
}

// ServerCluster is a group of servers that run the same applications.
type ServerCluster struct {
	Node                   *Node
	Name                   Val[string]
	LoadBalance            Val[string] // "Round Robin" (default) or "Random"
	RetryInterval          Val[int]    // seconds, default 60
	IgnoreAffinityRequests Val[bool]   // default true
	RemoveSpecialHeaders   Val[bool]   // default true
	CloneSeparatorChange   Val[bool]
	PostSizeLimit          Val[int] // bytes, -1 (default) no limit
	PostBufferSize         Val[int] // kilobytes, default 64, 0 off, -1 no limit
	GetDWLMTable           Val[bool]
	ServerIOTimeoutRetry   Val[int] // -1 (default) no limit of its own

	Servers        []*Server
	ClusterAddress *Server // nil when there is none; CloneID and weight mean nothing on it
	Primary        *ServerList
	Backup         *ServerList // nil when there is none
}

// Transport is an address where a server listens.
type Transport struct {
	Node     *Node
	Hostname Val[string]
	Port     Val[int]
	Protocol Val[string] // http (default) or https
	// seconds, 0 no limit; the default depends on the plug-in level (R65), so V is 0 when not Set
	ConnectionTTL Val[int]
	Properties    []*Property
}

// ServerList is PrimaryServers or BackupServers.
type ServerList struct {
	Node    *Node
	Servers []*ServerRef
}

// ServerRef names a Server of the same cluster.
type ServerRef struct {
	Node *Node
	Name Val[string]
}

// UriGroup is a named set of URI patterns.
type UriGroup struct {
	Node *Node
	Name Val[string]
	Uris []*Uri
}

// Uri is one pattern.
type Uri struct {
	Node                  *Node
	Name                  Val[string]
	AffinityCookie        Val[string] // default JSESSIONID
	AffinityURLIdentifier Val[string] // default jsessionid
}

// Route ties virtual hosts and URIs to a cluster. A reference that is not written is not Set.
type Route struct {
	Node             *Node
	VirtualHostGroup Val[string]
	UriGroup         Val[string]
	ServerCluster    Val[string] // also read from the V4 form ServerGroup
}
