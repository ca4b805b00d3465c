package envoy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/envoy"
	"github.com/wasplug/wasplug/internal/exporttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Members of the cases, without and with TLS.
const (
	plainServer = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9080"/></Server>`
	otherServer = `<Server Name="n" CloneID="b"><Transport Hostname="[::1]" Port="9080"/></Server>`
	tlsServer   = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9443" Protocol="https">` +
		`<Property Name="keyring" Value="/plugin/plugin-key.kdb"/></Transport></Server>`
)

var keystores = map[string]string{"plugin-key.kdb": "/etc/it's.pem"}

// TestLines: what each value of a configuration becomes in Envoy's words.
func TestLines(t *testing.T) {
	t.Parallel()
	two := plainServer + otherServer
	for name, c := range map[string]exporttest.Case{
		"a member with sessions is put first, and ejected by one failed connect": {
			XML: sharedtest.ClusterXML("", `RetryInterval="30"`, two),
			Has: []string{`["a"] = "C.m",`, `["b"] = "C.n",`, "- name: 'C'", "consecutive_local_origin_failure: 1",
				"base_ejection_time: 30s",
				"- endpoint: { address: { socket_address: { address: 'h', port_value: 9080 } } }",
				"- endpoint: { address: { socket_address: { address: '::1', port_value: 9080 } } }",
				"- name: 'C.m.alone'",
				"- name: 'C.m'", "name: envoy.clusters.aggregate", "clusters: ['C.m.alone', 'C']", "- name: 'C.n'"},
			Lacks: []string{"RANDOM", "circuit_breakers", "transport_socket:"}},
		"the only server is never ejected (R51)": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", "")),
			Has: []string{"- name: 'C'"}, Lacks: []string{"outlier_detection", "aggregate"}},
		"random": {XML: sharedtest.ClusterXML("", `LoadBalance="Random"`, two), Has: []string{"lb_policy: RANDOM"}},
		"backups have priorities of their own (R38)": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `LoadBalanceWeight="1000"`)+
				sharedtest.Server("n", `LoadBalanceWeight="0"`)+sharedtest.Server("o", "")+sharedtest.Server("p", "")+
				sharedtest.Lists("m n", "p o")),
			Has: []string{"policy: { overprovisioning_factor: 400 }", "- priority: 0", "load_balancing_weight: 128",
				"load_balancing_weight: 1", "- priority: 1",
				"- endpoint: { address: { socket_address: { address: 'p.example.com', port_value: 9080 } } }",
				"- priority: 2",
				"- endpoint: { address: { socket_address: { address: 'o.example.com', port_value: 9080 } } }"}},
		"weights above 128 are scaled": {XML: sharedtest.ClusterXML("", "",
			sharedtest.Server("m", `LoadBalanceWeight="1000"`)+sharedtest.Server("n", `LoadBalanceWeight="1"`)),
			Has: []string{"load_balancing_weight: 128", "load_balancing_weight: 1"}},
		"a ClusterAddress takes what no session places (R41)": {
			XML: sharedtest.ClusterXML("", "", plainServer+sharedtest.Server("apart", "")+
				`<ClusterAddress Name="all"><Transport Hostname="l" Port="9080"/></ClusterAddress>`),
			Has: []string{`["a"] = "C.m",`, "- name: 'C'",
				"- endpoint: { address: { socket_address: { address: 'l', port_value: 9080 } } }",
				"- name: 'C.m.alone'",
				"- endpoint: { address: { socket_address: { address: 'h', port_value: 9080 } } }",
				"clusters: ['C.m.alone', 'C']"},
			Lacks: []string{"apart.example.com"}},
		"limits of all members are one of the cluster": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `MaxConnections="5"`)+
				sharedtest.Server("n", `MaxConnections="7"`)),
			Has: []string{"circuit_breakers: { thresholds: [ { max_requests: 12 } ] }"}},
		"a limit that one member lacks is none": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `MaxConnections="5"`)+sharedtest.Server("n",
				"")),
			Has: []string{"- name: 'C'"}, Lacks: []string{"circuit_breakers"}},
		"limits of time": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `ServerIOTimeout="60"`+
			` ConnectTimeout="0"`)),
			Has: []string{"route: { cluster_header: x-wasplug-member, timeout: 0s, idle_timeout: 60s }", "- name: 'C'",
				"connect_timeout: 120s"}},
		"members over TLS": {XML: sharedtest.ClusterXML("", "", tlsServer),
			Options: export.Options{Keystores: keystores},
			Has: []string{"transport_socket:", "auto_host_sni: true", "auto_sni_san_validation: true",
				"common_tls_context: { validation_context: { trusted_ca: { filename: '/etc/it''s.pem' } } }"}},
		"names of certificates are not checked": {
			XML:     sharedtest.ClusterXML(`SecureHostVerification="false"`, "", tlsServer),
			Options: export.Options{Keystores: keystores},
			Has:     []string{"auto_host_sni: true"}, Lacks: []string{"auto_sni_san_validation"}},
		"members of which some speak TLS are spoken to without": {
			XML:     sharedtest.ClusterXML("", "", tlsServer+otherServer),
			Options: export.Options{Keystores: keystores},
			Has:     []string{"- name: 'C.m.alone'", "transport_socket:", "- name: 'C.n.alone'"}},
		"an address with TLS": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Certificate: "/c d.pem",
				TLSListen: []export.Listen{{Host: "[::1]", Port: 8443, As: 443}}},
			Has: []string{"- name: tls0", "address: { socket_address: { address: '::1', port_value: 8443 } }",
				"- certificate_chain: { filename: '/c d.pem' }", "private_key: { filename: '/c d.pem' }",
				"- name: 'C.tls'"},
			Lacks: []string{"- name: 'C'\n"}},
		"all addresses": {XML: sharedtest.ClusterXML("", "", plainServer),
			Has: []string{"- name: plain0", "address: { socket_address: { address: '0.0.0.0', port_value: 80 } }"}},
		"a fragment tells what the bootstrap needs": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Fragment: true},
			Has: []string{"# The bootstrap needs re2.max_program_size.error_level: 1048576 in a layer of its " +
				"layered_runtime.", "listeners:", "clusters:"},
			Lacks: []string{"static_resources:", "layered_runtime:"}},
		"the port of arrival is matched (R7)": {XML: sharedtest.ClusterXML(`VHostMatchingCompat="true"`, "",
			plainServer),
			Options: export.Options{Listen: []export.Listen{{Port: 8080, As: 81}}},
			Has: []string{
				`h:replace("x-wasplug-place", name:lower() .. ":" .. "81" .. " " .. path:sub(1, cut - 1))`}},
		"the port of arrival is matched, and that of Host told": {
			XML:     sharedtest.ClusterXML(`VHostMatchingCompat="true"`, "", plainServer),
			Options: export.Options{Headers: "both", Listen: []export.Listen{{Port: 8080, As: 81}}},
			Has: []string{`local authority, port = h:get(":authority") or "", "80"`,
				`if digits and digits:match("^%d+$") then port = digits:match("^0*(%d+)$") end`,
				`h:replace("$wssp", port)`, `h:replace("x-forwarded-port", port)`}},
		"the port of arrival is told (R10)": {
			XML:     sharedtest.ClusterXML(`AppServerPortPreference="WebserverPort"`, "", plainServer),
			Options: export.Options{Headers: "ws", Listen: []export.Listen{{Port: 8080, As: 81}}},
			Has: []string{`h:replace("$wssp", "81")`,
				`h:replace("x-wasplug-place", name:lower() .. ":" .. port .. " " .. path:sub(1, cut - 1))`}},
		"the port of X-Forwarded headers is ours, not a client's": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Headers: "forwarded"},
			Has: []string{"- header: { key: 'x-forwarded-host', value: '%REQ(:AUTHORITY)%' }",
				`h:replace("x-forwarded-port", port)`}, Lacks: []string{"$wssn"}},
		"no headers": {XML: sharedtest.ClusterXML("", "", plainServer), Options: export.Options{Headers: "none"},
			Lacks: []string{"request_headers_to_add", "$wssn"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "envoy.yaml"
			c.Holds(t, envoy.Write)
		})
	}
}

// TestRoutes: pairs that follow each other and differ in their place alone are one route; what all clusters have in
// common about retries stands once.
func TestRoutes(t *testing.T) {
	t.Parallel()
	match := func(regex string) string {
		return "- match: { prefix: '/', headers: [ { name: x-wasplug-place, string_match: { safe_regex: { regex: '" +
			regex + "' } } } ] }"
	}
	one := strings.Replace(sharedtest.ClusterXML("", "", plainServer+otherServer), `<Uri Name="/*"/>`,
		`<Uri Name="/a.b" AffinityCookie="SID"/><Uri Name="*.do"/><Uri Name="/it's"/>`, 1)
	for name, c := range map[string]exporttest.Case{
		"one cluster": {XML: one,
			Has: []string{match(`(?:.*:443|.*:80) /a\.b`),
				"metadata: { filter_metadata: { envoy.filters.http.lua: { " +
					"cluster: 'C', cookie: 'SID', identifier: 'jsessionid' } } }",
				"route: { cluster_header: x-wasplug-member, timeout: 0s, idle_timeout: 0s }",
				match(`(?:.*:443|.*:80) .*\.do`), "- match: { prefix: '/' }", "direct_response: { status: 404 }"},
			Lacks: []string{"it's"}},
		"clusters that differ": {
			XML: strings.Replace(one, `<UriGroup`, `<ServerCluster Name="D" PostBufferSize="0">`+
				sharedtest.Server("d", "")+`</ServerCluster>`+
				`<Route ServerCluster="D" VirtualHostGroup="v" UriGroup="w"/>`+
				`<UriGroup Name="w"><Uri Name="/d"/></UriGroup><UriGroup`, 1),
			Has: []string{"route: { cluster_header: x-wasplug-member, timeout: 0s, idle_timeout: 0s, " +
				"retry_policy: { retry_on: 'connect-failure,reset', num_retries: 1, retry_priority: { " +
				"name: envoy.retry_priorities.previous_priorities, typed_config: { '@type': " +
				"type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3." +
				"PreviousPrioritiesConfig, update_frequency: 1 } } } }"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "envoy.yaml"
			c.Holds(t, envoy.Write)
		})
	}
}

// TestKeystore: a key database without a PEM file in its place is named with its place in the file.
func TestKeystore(t *testing.T) {
	t.Parallel()
	_, _, err := exporttest.Written(t, envoy.Write, sharedtest.ClusterXML("", "", tlsServer), export.Options{})
	var missing *export.KeystoreError
	if !errors.As(err, &missing) || missing.At.IsZero() {
		t.Errorf("%v", err)
	}
}
