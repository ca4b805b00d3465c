package exporttest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/certtest"
)

// tlsXML has members over TLS: one that is right, one whose certificate is of another authority, one with another
// name.
const tlsXML = `<?xml version="1.0"?>
<Config>
<Property Name="PluginInstallRoot" Value="/opt"/>
<VirtualHostGroup Name="v"><VirtualHost Name="localhost:80"/><VirtualHost Name="localhost:443"/></VirtualHostGroup>
<ServerCluster Name="right">
 <Server Name="r1" CloneID="a"><Transport Hostname="localhost" Port="PORT(plain)"/>
  <Transport Hostname="localhost" Port="PORT(right)" Protocol="https">
   <Property Name="keyring" Value="/k/plugin-key.kdb"/></Transport></Server>
 <Server Name="r2" CloneID="b"><Transport Hostname="localhost" Port="PORT(plain)"/>
  <Transport Hostname="localhost" Port="PORT(right)" Protocol="https">
   <Property Name="keyring" Value="/k/plugin-key.kdb"/></Transport></Server>
</ServerCluster>
<ServerCluster Name="foreign"><Server Name="f"><Transport Hostname="localhost" Port="PORT(foreign)" Protocol="https">
 <Property Name="keyring" Value="/k/plugin-key.kdb"/></Transport></Server></ServerCluster>
<ServerCluster Name="misnamed"><Server Name="n"><Transport Hostname="localhost" Port="PORT(misnamed)" Protocol="https">
 <Property Name="keyring" Value="/k/plugin-key.kdb"/></Transport></Server></ServerCluster>
<UriGroup Name="right"><Uri Name="/right/*"/></UriGroup><UriGroup Name="foreign"><Uri Name="/foreign/*"/></UriGroup>
<UriGroup Name="misnamed"><Uri Name="/misnamed/*"/></UriGroup>
<Route ServerCluster="right" VirtualHostGroup="v" UriGroup="right"/>
<Route ServerCluster="foreign" VirtualHostGroup="v" UriGroup="foreign"/>
<Route ServerCluster="misnamed" VirtualHostGroup="v" UriGroup="misnamed"/>
</Config>`

// authorities writes a file with the certificate of an authority.
func authorities(t *testing.T) string {
	return certtest.WritePEM(t, filepath.Join(t.TempDir(), "cas.pem"),
		certtest.CertBlock(certtest.NewAuthority(t).Cert))
}

// overTLS asks a daemon over TLS, before members that speak it: who is right gets requests, who is not gets none.
func (d *Daemon) overTLS(t *testing.T) {
	d.Find(t)
	ours, other := certtest.NewAuthority(t), certtest.NewAuthority(t)
	config := func(a *certtest.Authority, name string) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{a.Pair(t, name)}}
	}
	m, xml := startTLS(t, tlsXML, map[string]*tls.Config{"right": config(ours, "localhost"),
		"foreign": config(other, "localhost"), "misnamed": config(ours, "elsewhere.example")}, nil)
	dir := t.TempDir()
	key := certtest.NewKey(t)
	cert := certtest.WritePEM(t, filepath.Join(dir, "web.pem"), certtest.CertBlock(ours.Sign(t, "localhost", key)),
		certtest.KeyBlock(t, key))
	cas := certtest.WritePEM(t, filepath.Join(dir, "cas.pem"), certtest.CertBlock(ours.Cert))
	secure := Front(t, 443)
	plain := d.serve(t, xml, export.Options{Headers: "ws", Certificate: cert, TLSListen: []export.Listen{secure},
		Keystores: map[string]string{"plugin-key.kdb": cas}})
	roots := x509.NewCertPool()
	roots.AddCert(ours.Cert)
	for path, want := range map[string][2]string{
		"/right/x": {"plain", "right"}, "/foreign/x": {"5xx", "5xx"}, "/misnamed/x": {"5xx", "5xx"},
	} {
		q := question{Host: "localhost", Target: path, Cookies: session("b")}
		if got := brief(ask(t, plain, q)); got != want[0] {
			t.Errorf("%s: %s, want %s", path, got, want[0])
		}
		conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", secure.Address(""),
			&tls.Config{RootCAs: roots, ServerName: "localhost"})
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		a, err := over(conn, q)
		conn.Close()
		if got := brief(a); err != nil || got != want[1] {
			t.Errorf("%s over TLS: %s %v, want %s", path, got, err, want[1])
		}
	}
	for _, seen := range m.Recorder.Since(0) {
		if seen.Member == "foreign" || seen.Member == "misnamed" {
			t.Errorf("%s gets a request", seen.Member)
		}
	}
}

// namesXML has members that are reached by several names of the loopback interface.
const namesXML = `<?xml version="1.0"?>
<Config>
<Property Name="PluginInstallRoot" Value="/opt"/>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c">
 <Server Name="r1" CloneID="a"><Transport Hostname="localhost" Port="PORT(one)" Protocol="https">
  <Property Name="keyring" Value="k.kdb"/></Transport></Server>
 <Server Name="r2" CloneID="b"><Transport Hostname="elsewhere" Port="PORT(two)" Protocol="https">
  <Property Name="keyring" Value="k.kdb"/></Transport></Server>
</ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/></UriGroup>
<Route ServerCluster="c" VirtualHostGroup="v" UriGroup="u"/>
</Config>`

// nameOfThis is the name of this machine, and the one address of the loopback interface that it leads to: Debian's
// installer makes that 127.0.1.1.
func nameOfThis(t *testing.T) (name, host string) {
	name, err := os.Hostname()
	addresses, e := net.LookupHost(name)
	if err != nil || e != nil || len(addresses) != 1 || !net.ParseIP(addresses[0]).IsLoopback() {
		t.Skipf("the name of this machine, %q, leads to %q: members listen on the loopback interface alone", name,
			addresses)
	}
	return name, addresses[0]
}

// severalNames asks members whose certificates have several names, without a session and with one.
func (d *Daemon) severalNames(t *testing.T) {
	d.Find(t)
	name, host := nameOfThis(t)
	a := certtest.NewAuthority(t)
	_, xml := startTLS(t, strings.ReplaceAll(namesXML, "elsewhere", name), map[string]*tls.Config{
		"one": {Certificates: []tls.Certificate{a.Pair(t, "localhost")}},
		"two": {Certificates: []tls.Certificate{a.Pair(t, name)}}}, map[string]string{"two": host})
	cas := certtest.WritePEM(t, filepath.Join(t.TempDir(), "cas.pem"), certtest.CertBlock(a.Cert))
	address := d.serve(t, xml, export.Options{Headers: "ws", Keystores: map[string]string{"k.kdb": cas}})
	seen := map[string]bool{}
	for range 40 {
		seen[brief(ask(t, address, question{Host: "h", Target: "/x"}))] = true
	}
	if len(seen) != 2 || !seen["one"] || !seen["two"] {
		t.Errorf("without a session %v answer, want both", seen)
	}
	for clone, want := range map[string]string{"a": "one", "b": "two"} {
		if got := brief(ask(t, address, question{Host: "h", Target: "/x", Cookies: session(clone)})); got != want {
			t.Errorf("a session of %s: %s, want %s", clone, got, want)
		}
	}
}

// brief is who answered, or that the proxy did for want of a member.
func brief(a answer) string {
	switch {
	case a.Status == 200:
		return a.Body
	case a.Status >= 500:
		return "5xx"
	}
	return fmt.Sprint(a.Status)
}
