package exporttest

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"testing"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// routingXML is a configuration in which hosts, ports, Uris and sessions meet in every way that a target must tell
// apart.
// PORT(m) stands for the port of a member.
const routingXML = `<?xml version="1.0"?>
<Config>
<VirtualHostGroup Name="shop"><VirtualHost Name="shop.example:80"/><VirtualHost Name="shop.example:8080"/>
 <VirtualHost Name="Other.Example:*"/><VirtualHost Name="[::1]:80"/></VirtualHostGroup>
<VirtualHostGroup Name="any"><VirtualHost Name="*:80"/><VirtualHost Name="*:9080"/></VirtualHostGroup>
<VirtualHostGroup Name="all"><VirtualHost Name="*:*"/></VirtualHostGroup>
<ServerCluster Name="Shop Cluster" RetryInterval="1">
 <Server Name="m1" CloneID="a" LoadBalanceWeight="2"><Transport Hostname="127.0.0.1" Port="PORT(m1)"/></Server>
 <Server Name="m2" CloneID="b" LoadBalanceWeight="2"><Transport Hostname="127.0.0.1" Port="PORT(m2)"/></Server>
 <Server Name="m3" CloneID="c"><Transport Hostname="127.0.0.1" Port="PORT(m3)"/></Server>
 <PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>
 <BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="plus" CloneSeparatorChange="true" PostBufferSize="0" RetryInterval="1">
 <Server Name="p1" CloneID="a"><Transport Hostname="127.0.0.1" Port="PORT(p1)"/></Server>
 <Server Name="p2" CloneID="b.2-x"><Transport Hostname="127.0.0.1" Port="PORT(p2)"/></Server>
</ServerCluster>
<ServerCluster Name="one"><Server Name="o1"><Transport Hostname="127.0.0.1" Port="PORT(o1)"/></Server></ServerCluster>
<UriGroup Name="shop"><Uri Name="/shop/*"/><Uri Name="/shop/admin"/><Uri Name="/Shop/*"/><Uri Name="*.do"/>
 <Uri Name="/shop/*.jsp"/></UriGroup>
<UriGroup Name="plus"><Uri Name="/shop/long/path/*" AffinityCookie="SID" AffinityURLIdentifier="sid"/>
 <Uri Name="/plus*" AffinityCookie="SID" AffinityURLIdentifier="sid"/><Uri Name="/x.d*"/>
 <Uri Name="/shop/a/*.jsp"/><Uri Name="*/tail.do"/>
 <Uri Name="/shop/admin/(x)[1]+$/*"/></UriGroup>
<UriGroup Name="rest"><Uri Name="/one"/><Uri Name="/one/*"/><Uri Name="*.jsp"/><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="Shop Cluster" VirtualHostGroup="shop" UriGroup="shop"/>
<Route ServerCluster="plus" VirtualHostGroup="any" UriGroup="plus"/>
<Route ServerCluster="plus" VirtualHostGroup="shop" UriGroup="plus"/>
<Route ServerCluster="one" VirtualHostGroup="all" UriGroup="rest"/>
<Route ServerCluster="one" VirtualHostGroup="any" UriGroup="rest"/>
</Config>`

// hosts and paths of the questions about routing; PATHS times HOSTS is what each daemon is asked.
var (
	hosts = []string{"shop.example", "SHOP.example:80", "shop.example:8080", "shop.example:81", "other.example:7",
		"other.example",
		"[::1]", "[::1]:80", "nobody.example", "nobody.example:9080", "nobody.example:0080"}
	paths = []string{"/", "/shop", "/shop/", "/shop/x", "/shop/admin", "/shop/admin/", "/SHOP/x", "/Shop/x", "/Shop",
		"/x.do",
		"/shop/x.do", "/shop/x.jsp", "/shop/a/x.jsp", "/shop/a/x.jspx", "/shop/long/path/x", "/shop/long/path",
		"/shop/long/pathx", "/plus", "/plusx/y", "/Plus", "/one", "/one/", "/onex", "/x.jsp",
		"/one/x.jsp", "/x.d", "/x.do2",
		"/shop/%61x", "/shop/../one", "//shop/x", "/shop/x?a=/one", "/shop/x;jsessionid=1",
		"/shop;v=1", "/one;sid=2/x",
		"/shop/admin/(x)[1]+$/y", "/.do", "/one/../x.jsp",
		"/tail.do", "/shop/tail.do", "/atail.do", "/shop/100%25", "/shop/100%25/%2f"}
)

// members are recording servers, each of which answers its name.
type members struct {
	Recorder listener.Recorder
	ByName   map[string]*listener.Listener
}

var portOf = regexp.MustCompile(`PORT\((\w+)\)`)

// loopback is where members listen.
const loopback = "127.0.0.1"

// start starts a member for each PORT of a configuration, and returns the configuration with their ports.
func start(t testing.TB, xml string) (*members, string) { return startTLS(t, xml, nil, nil) }

// startTLS is start with members that speak TLS, perhaps at other addresses of the loopback interface.
func startTLS(t testing.TB, xml string, certificates map[string]*tls.Config,
	hosts map[string]string) (*members, string) {
	t.Helper()
	m := &members{ByName: map[string]*listener.Listener{}}
	out := portOf.ReplaceAllStringFunc(xml, func(text string) string {
		name := portOf.FindStringSubmatch(text)[1]
		if m.ByName[name] == nil {
			l, err := listener.Open(listener.Options{Name: name, Recorder: &m.Recorder, TLS: certificates[name],
				Address: net.JoinHostPort(cmp.Or(hosts[name], loopback), "0"),
				Serve:   func(a *listener.Answer, _ *http.Request) { fmt.Fprint(a, name) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Stop(0) })
			m.ByName[name] = l
		}
		_, port, _ := net.SplitHostPort(m.ByName[name].Address())
		return port
	})
	return m, out
}

// load reads a configuration as exports read it: paths are as they were sent.
func load(t testing.TB, xml string) (*parser.Config, *match.Table, *choices.Assumptions) {
	t.Helper()
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	sem, err := choices.Defaults("latest", "iis")
	if err != nil {
		t.Fatal(err)
	}
	return cfg, table, &sem
}
