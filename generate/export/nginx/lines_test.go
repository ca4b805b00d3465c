package nginx_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/nginx"
	"github.com/wasplug/wasplug/internal/exporttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Members of the cases, without and with TLS.
const (
	plainServer = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9080"/></Server>`
	otherServer = `<Server Name="n" CloneID="b"><Transport Hostname="i" Port="9080"/></Server>`
	keyring     = `<Property Name="keyring" Value="/plugin/plugin-key.kdb"/>`
	tlsServer   = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9443" Protocol="https">` + keyring +
		`</Transport></Server>`
	tlsOther = `<Server Name="n" CloneID="b" LoadBalanceWeight="4"><Transport Hostname="i" Port="9443" ` +
		`Protocol="https">` + keyring + `</Transport></Server>`
)

var keystores = map[string]string{"plugin-key.kdb": `/etc/my "key".pem`}

// TestLines: what each value of a configuration becomes in nginx's words, in the chain of locations.
func TestLines(t *testing.T) {
	t.Parallel()
	two := plainServer + otherServer
	for name, c := range map[string]exporttest.Case{
		"a member is marked by one failure, and has a neighbour that is down": {
			XML: sharedtest.ClusterXML("", `RetryInterval="30"`, two),
			Has: []string{"upstream C.m {", "server h:9080 max_fails=1 fail_timeout=30s;", "server h:9080 down;",
				"upstream C.pool.0 {", "server h:9080 weight=1 max_fails=1 fail_timeout=30s;",
				"server i:9080 weight=1 max_fails=1 fail_timeout=30s;", "location @C.1 {",
				"error_page 502 504 = $plugin_go_1;", "proxy_pass $plugin_home_1$request_uri;", "location @C {",
				"proxy_pass http://C.pool.0$request_uri;"},
			Lacks: []string{"random;", "max_conns", "sticky"}},
		"the only server is never marked (R51)": {XML: sharedtest.ClusterXML("", "", plainServer),
			Has:   []string{"server h:9080 max_fails=0;", "location @C {", "proxy_pass http://C.m$request_uri;"},
			Lacks: []string{"down;", ".pool."}},
		"random": {XML: sharedtest.ClusterXML("", `LoadBalance="Random"`, two),
			Has: []string{"upstream C.pool.0 {", "random;"}},
		"no body is kept: a pool repeats none": {XML: sharedtest.ClusterXML("", `PostBufferSize="0"`, two),
			Has: []string{"proxy_next_upstream error timeout;"}, Lacks: []string{"non_idempotent"}},
		"bodies are kept (R57)": {XML: sharedtest.ClusterXML("", `PostBufferSize="64"`, two),
			Has: []string{"proxy_next_upstream error timeout non_idempotent;"}},
		"a limit of bodies": {XML: sharedtest.ClusterXML("", `PostSizeLimit="1000"`, two),
			Has: []string{"client_max_body_size 1000;"}},
		"no limit of bodies": {XML: sharedtest.ClusterXML("", `PostSizeLimit="-1"`, two),
			Has: []string{"client_max_body_size 0;"}},
		"a limit of a member": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `MaxConnections="5"`)),
			Has: []string{"server m.example.com:9080 max_fails=0 max_conns=5;"}},
		"limits of time": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `ServerIOTimeout="-60" `+
			`ConnectTimeout="100"`)),
			Has: []string{"proxy_connect_timeout 75s; proxy_read_timeout 60s; proxy_send_timeout 60s;"}},
		"no limits of time": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `ServerIOTimeout="0" `+
			`ConnectTimeout="0"`)),
			Has: []string{"proxy_connect_timeout 60s; proxy_read_timeout 86400s; proxy_send_timeout 86400s;"}},
		"weight 0 comes behind the pool, a backup behind that": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `LoadBalanceWeight="0"`)+
				sharedtest.Server("o", "")+otherServer+sharedtest.Lists("m o", "n")),
			Has: []string{"location @C {", "error_page 502 504 = @C.stage1;", "proxy_pass http://C.o$request_uri;",
				"location @C.stage1 {", "error_page 502 504 = @C.stage2;", "proxy_pass http://C.m$request_uri;",
				"location @C.stage2 {", "proxy_pass http://C.n$request_uri;"},
			Lacks: []string{".pool."}},
		"a ClusterAddress takes what no session places (R41)": {XML: sharedtest.ClusterXML("", "", two+
			`<ClusterAddress Name="all"><Transport Hostname="l" Port="9080"/></ClusterAddress>`),
			Has:   []string{"location @C.1 {", "location @C {", "proxy_pass http://C.ClusterAddress$request_uri;"},
			Lacks: []string{"stage1", ".pool."}},
		"no member with a Transport": {XML: sharedtest.ClusterXML("", "", `<Server Name="m" CloneID="a"/>`),
			Has: []string{"location @C { return 500; } # no member has a Transport for this"}},
		"names of certificates that differ: one is drawn by the weights": {
			XML:     sharedtest.ClusterXML("", "", tlsServer+tlsOther),
			Options: export.Options{Keystores: keystores},
			Has: []string{`"https://C.m" h;`, `"https://C.n" i;`, "split_clients $request_id $plugin_drawn_0 {",
				"33.33% https://C.m;", "* https://C.n;", "map $plugin_drawn_0 $plugin_drawn_0_name {",
				"location @C {", "error_page 502 504 = @C.stage1;", "proxy_pass $plugin_drawn_0$request_uri;",
				`proxy_ssl_verify on; proxy_ssl_verify_depth 9; proxy_ssl_trusted_certificate "/etc/my \"key\".pem";`,
				"proxy_ssl_server_name on; proxy_ssl_name $plugin_drawn_0_name;", "location @C.stage1 {",
				"proxy_pass https://C.m$request_uri;"},
			Lacks: []string{".pool."}},
		"an address is matched as another port": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Listen: []export.Listen{{Host: "127.0.0.1", Port: 8080, As: 80}}},
			Has: []string{"map $server_port $plugin_arrived {", "8080 80;",
				`map "*:$plugin_written" $plugin_class_0 {`,
				"listen 127.0.0.1:8080;"}},
		"the port of arrival is matched (R7)": {
			XML: sharedtest.ClusterXML(`VHostMatchingCompat="true"`, "", plainServer),
			Has: []string{`map "*:$plugin_arrived" $plugin_class_0 {`}},
		"the port of arrival is told (R10)": {
			XML:     sharedtest.ClusterXML(`AppServerPortPreference="WebserverPort"`, "", plainServer),
			Options: export.Options{Headers: "both"},
			Has: []string{"proxy_set_header $WSSP $plugin_arrived;",
				"proxy_set_header X-Forwarded-Port $plugin_arrived;"}},
		"TLS": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Certificate: `/etc/a b.pem`, TLSListen: []export.Listen{{Port: 443, As: 443}}},
			Has: []string{"listen *:443 ssl;", `ssl_certificate "/etc/a b.pem";`,
				`ssl_certificate_key "/etc/a b.pem";`,
				"location @C.tls.1 {"},
			Lacks: []string{"location @C {", "$WSRA"}},
		"a cluster that is called as a word of nginx's": {
			XML: strings.ReplaceAll(sharedtest.ClusterXML("", `CloneSeparatorChange="true"`, plainServer), `"C"`,
				`"default"`),
			Has: []string{"map =$plugin_cluster $plugin_separator {", "default :;", `"=default" +;`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "plugin.conf"
			c.Holds(t, nginx.Write)
		})
	}
}

// TestSticky: what the form with "sticky route" says in another way, and who keeps the chain.
func TestSticky(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]exporttest.Case{
		"sessions, a pool, and a member that gets sessions alone": {
			XML: sharedtest.ClusterXML("", "", plainServer+otherServer+
				sharedtest.Server("o", `CloneID="c" LoadBalanceWeight="0"`)),
			Has: []string{`"C:a" "a 0.0";`, `"=C" @$plugin_group;`, "upstream C.pool.0 {",
				"server h:9080 weight=1 max_fails=1 fail_timeout=60s route=0.0;",
				"server i:9080 weight=1 max_fails=1 fail_timeout=60s route=0.1;",
				"server o.example.com:9080 weight=1 max_fails=1 fail_timeout=60s route=0.2 drain;",
				"sticky route $plugin_home_1 $plugin_home_2 $plugin_home_3 $plugin_home_4 $plugin_home_5 " +
					"$plugin_home_6 $plugin_home_7 $plugin_home_8;", "location @C {", "location @C.stage1 {",
				"proxy_pass http://C.o$request_uri;"},
			Lacks: []string{"location @C.1 {", "upstream C.m {"}},
		"no sessions": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", "")+sharedtest.Server("n", "")),
			Has: []string{"upstream C.pool.0 {"}, Lacks: []string{"sticky", "route="}},
		"several names of certificates": {XML: sharedtest.ClusterXML("", "", tlsServer+tlsOther),
			Options: export.Options{Keystores: keystores}, Has: []string{"location @C.1 {"},
			Lacks: []string{"sticky"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File, c.Options.Version = "plugin.conf", nginx.Sticky
			c.Holds(t, nginx.Write)
		})
	}
}

// TestWithoutSticky leaves what an older nginx can check.
func TestWithoutSticky(t *testing.T) {
	t.Parallel()
	got := string(nginx.WithoutSticky([]byte("upstream a {\n    server h:1 max_fails=1 route=0.1 drain;\n" +
		"    server h:2;\n    sticky route $plugin_home_1;\n    keepalive 16;\n}\n")))
	if want := "upstream a {\n    server h:1 max_fails=1;\n    server h:2;\n    keepalive 16;\n}\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestPaths: a text is looked up without its letter case and compared with it; what a map cannot hold is compared.
func TestPaths(t *testing.T) {
	t.Parallel()
	xml := strings.Replace(sharedtest.ClusterXML("", "", plainServer), `<Uri Name="/*"/>`,
		`<Uri Name="/Shop/x"/><Uri Name="/shop/x"/><Uri Name="/a$b/c"/><Uri Name="/one"/><Uri Name="/app*"/>`+
			`<Uri Name="/it's"/>`, 1)
	c := exporttest.Case{XML: xml, File: "plugin.conf",
		Has: []string{`map "$plugin_class#$plugin_path" $plugin_any_1_other {`, `"~^0#/app" C|0;`,
			`"0#/one" "/one C|0";`, `map "$plugin_class#$plugin_path" $plugin_whole_special {`,
			`"~^0#/Shop/x$" C|0;`, `"~^0#/a\\$b/c$" C|0;`, `"~^0#/shop/x$" C|0;`},
		Lacks: []string{"it's"}}
	c.Holds(t, nginx.Write)
}

// TestKeystore: a key database without a PEM file in its place is named with its place in the file.
func TestKeystore(t *testing.T) {
	t.Parallel()
	_, _, err := exporttest.Written(t, nginx.Write, sharedtest.ClusterXML("", "", tlsServer), export.Options{})
	var missing *export.KeystoreError
	if !errors.As(err, &missing) || missing.Name != "/plugin/plugin-key.kdb" || missing.At.IsZero() {
		t.Errorf("%v", err)
	}
}
