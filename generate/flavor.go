package generate

// pair is a name and a value that a generator writes unasked.
type pair struct{ name, value string }

// flavor holds what one of the generators writes when nobody says otherwise: the traditional one and Liberty's.
type flavor struct {
	config, cluster, server []pair
}

var libertyConfig = []pair{
	{"ASDisableNagle", "false"}, {"AcceptAllContent", "false"}, {"AppServerPortPreference", "HostHeader"}, {"ChunkedResponse", "false"},
	{"FIPSEnable", "false"}, {"IISDisableNagle", "false"}, {"IISPluginPriority", "High"}, {"IgnoreDNSFailures", "false"},
	{"RefreshInterval", "60"}, {"ResponseChunkSize", "64"}, {"SSLConsolidate", "false"}, {"TrustedProxyEnable", "false"},
	{"VHostMatchingCompat", "false"},
}

var libertyCluster = []pair{
	{"CloneSeparatorChange", "false"}, {"GetDWLMTable", "false"}, {"IgnoreAffinityRequests", "true"}, {"LoadBalance", "Round Robin"},
	{"PostBufferSize", "0"}, {"PostSizeLimit", "-1"}, {"RemoveSpecialHeaders", "true"}, {"RetryInterval", "60"}, {"ServerIOTimeoutRetry", "-1"},
}

var libertyServer = []pair{
	{"ConnectTimeout", "5"}, {"ExtendedHandshake", "false"}, {"LoadBalanceWeight", "20"}, {"MaxConnections", "-1"},
	{"ServerIOTimeout", "900"}, {"WaitForContinue", "false"},
}

var flavors = map[string]flavor{
	"liberty": {libertyConfig, libertyCluster, libertyServer},
	"was": {
		with(libertyConfig, pair{"HTTPMaxHeaders", "300"}, pair{"SSLConsolidate", "true"}),
		with(libertyCluster, pair{"PostBufferSize", "64"}),
		with(libertyServer, pair{"LoadBalanceWeight", "2"}),
	},
}

// with returns defaults of which some have another value.
func with(pairs []pair, changed ...pair) []pair {
	all := append([]pair{}, pairs...)
next:
	for _, c := range changed {
		for i := range all {
			if all[i].name == c.name {
				all[i] = c
				continue next
			}
		}
		all = append(all, c)
	}
	return all
}

var properties = []pair{
	{"ESIEnable", "true"}, {"ESIMaxCacheSize", "1024"}, {"ESIInvalidationMonitor", "false"}, {"ESIEnableToPassCookies", "false"},
}

// The keys of the topology that stand for an attribute.
var (
	clusterKeys = []pair{
		{"loadBalance", "LoadBalance"}, {"retryInterval", "RetryInterval"}, {"ignoreAffinityRequests", "IgnoreAffinityRequests"},
		{"removeSpecialHeaders", "RemoveSpecialHeaders"}, {"postSizeLimit", "PostSizeLimit"}, {"postBufferSize", "PostBufferSize"},
		{"getDWLMTable", "GetDWLMTable"}, {"serverIOTimeoutRetry", "ServerIOTimeoutRetry"},
	}
	serverKeys = []pair{
		{"connectTimeout", "ConnectTimeout"}, {"serverIOTimeout", "ServerIOTimeout"}, {"wsServerIOTimeout", "wsServerIOTimeout"},
		{"wsServerIdleTimeout", "wsServerIdleTimeout"}, {"maxConnections", "MaxConnections"}, {"extendedHandshake", "ExtendedHandshake"},
		{"waitForContinue", "WaitForContinue"}, {"weight", "LoadBalanceWeight"},
	}
)
