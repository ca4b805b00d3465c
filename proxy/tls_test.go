package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/proxy/keystore"
)

// secured turns the transports of a site into https ones.
func secured(s site, properties string) string {
	return strings.NewReplacer(`Protocol="http"/>`, `Protocol="https">`+properties+`</Transport>`,
		"<VirtualHostGroup ", `<Property Name="PluginInstallRoot" Value="/opt/plugin"/><VirtualHostGroup `).
		Replace(s.xml())
}

func keyringProperty(path string, more ...string) string {
	s := `<Property Name="keyring" Value="` + path + `"/>`
	for i := 0; i < len(more); i += 2 {
		s += `<Property Name="` + more[i] + `" Value="` + more[i+1] + `"/>`
	}
	return s
}

// The certificates of members are checked against the keyring and the host name of the Transport, and streams are
// used again.
func TestTLSToMembers(t *testing.T) {
	dir := t.TempDir()
	ca, other := certtest.NewAuthority(t), certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(dir, "trust.pem"), certtest.CertBlock(ca.Cert))
	own := certtest.NewKey(t)
	p12, err := pkcs12.Modern.Encode(own, ca.Sign(t, "plugin", own), []*x509.Certificate{ca.Cert}, "WebAS")
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "plugin-key.p12")
	os.WriteFile(store, p12, 0o600)
	stash := filepath.Join(dir, "plugin-key.sth")
	os.WriteFile(stash, append(certtest.Stashed("WebAS"), 0xf5, 1, 2, 3), 0o600)
	stashed := keyringProperty(store, "stashfile", stash, "certLabel", "plugin")
	kdb := keyringProperty("/opt/plugin-key.kdb", "stashfile", "/opt/plugin-key.sth")
	const unverified = `SecureHostVerification="false"`
	for _, c := range []struct {
		name, properties, config string
		cert                     tls.Certificate
		mtls                     bool
		status                   int
	}{
		{"PEM", keyringProperty(trust), "", ca.Pair(t, "m1"), false, 200},
		{"p12 with stash", stashed, "", ca.Pair(t, "m1"), true, 200},
		{"kdb mapped", kdb, "", ca.Pair(t, "m1"), false, 200},
		{"wrong host", keyringProperty(trust), "", ca.Pair(t, "other"), false, 500},
		{"wrong host, not verified", keyringProperty(trust), unverified, ca.Pair(t, "other"), false, 200},
		{"wrong authority", keyringProperty(trust), unverified, other.Pair(t, "m1"), false, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := &tls.Config{Certificates: []tls.Certificate{c.cert}}
			if c.mtls {
				cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
				cfg.ClientCAs.AddCert(ca.Cert)
			}
			s := site{members: 1, config: c.config}
			opt := Options{Keystore: map[string]string{"/opt/plugin-key.kdb": trust}}
			w := start(t, false, s, opt, func(w *world) {
				w.secure("m1", cfg)
				w.adopt(secured(s, c.properties))
			})
			defer w.stop()
			v := w.visit()
			defer v.Close()
			for _, raw := range []string{get("/"), post(strings.Repeat("x", 100<<10)), get("/")} {
				r := v.ask(raw)
				if r.status != c.status {
					t.Fatalf("%+v\n%s", r, w.logs.String())
				}
				if r.close {
					break // the body was not read
				}
			}
			if c.status == 200 && w.connects("m1") != 1 {
				t.Errorf("%d connections for three requests", w.connects("m1"))
			}
		})
	}
}

// secure puts a member behind TLS.
func (w *world) secure(member string, cfg *tls.Config) {
	l := w.listen(w.t)
	w.wg.Go(func() { w.fakes[member].serve(tls.NewListener(l, cfg)) })
	w.mu.Lock()
	defer w.mu.Unlock()
	address := "10.0.0." + member[1:] + ":9080"
	w.members[address].Close()
	w.members[address] = l
}

// adopt reloads with another file.
func (w *world) adopt(xml string) {
	w.t.Helper()
	w.xml.Store(xml)
	if err := w.p.Reload(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.p.gen.Load().Clusters[0].State.Next = 0
}

// A certificate with another host name ends the attempt in any case; whether it marks the member down is for
// SecureHostVerification to say.
func TestNameOfMember(t *testing.T) {
	ca := certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certtest.CertBlock(ca.Cert))
	for verification, marks := range map[string]bool{"": true, "true-markdown": true, "true-nomarkdown": false} {
		s := site{members: 2}
		if verification != "" {
			s.config = `SecureHostVerification="` + verification + `"`
		}
		w := start(t, false, s, Options{}, func(w *world) {
			w.secure("m1", &tls.Config{Certificates: []tls.Certificate{ca.Pair(t, "other")}})
			w.secure("m2", &tls.Config{Certificates: []tls.Certificate{ca.Pair(t, "m2")}})
			w.adopt(secured(s, keyringProperty(trust)))
		})
		if r := w.once(post("body")); r.status != 200 || r.member != "m2" {
			t.Errorf("%q: %+v", verification, r)
		}
		if marked, pending := w.memberState("m1"); marked != marks || pending != 0 {
			t.Errorf("%q: m1 marked down: %v, pending %d", verification, marked, pending)
		}
		if n := len(w.fakes["m1"].requests()); n > 0 {
			t.Errorf("%q: m1 got %d requests", verification, n)
		}
		w.stop()
	}
}

// A member whose https Transport cannot be used does not starve the others: a pick of it has cost its weight and
// moved the position (R32, R64).
func TestUnusableTransportCosts(t *testing.T) {
	ca := certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certtest.CertBlock(ca.Cert))
	const second = `<Transport Hostname="m2" Port="9080" Protocol="https">`
	for weights, want := range map[string][]string{
		"2 2": {"m1", "", "m1", "", "m1", ""},
		"4 2": {"m1", "", "m1", "", "m1", "m1"}, // the position stays behind m1 when the weights are raised
	} {
		s := site{members: 2, config: `SSLMapMode="onload"`}
		w := start(t, false, s, Options{}, func(w *world) {
			w.secure("m1", &tls.Config{Certificates: []tls.Certificate{ca.Pair(t, "m1")}})
			of := strings.Fields(weights)
			w.adopt(strings.NewReplacer(
				`CloneID="c1"`, `CloneID="c1" LoadBalanceWeight="`+of[0]+`"`,
				`CloneID="c2"`, `CloneID="c2" LoadBalanceWeight="`+of[1]+`"`,
				second+keyringProperty(trust), second).
				Replace(secured(s, keyringProperty(trust))))
		})
		var got []string
		for range want {
			r := w.once(get("/"))
			if got = append(got, r.member); r.member == "" && r.status != 500 {
				t.Errorf("%+v", r)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("weights %s: %q, want %q", weights, got, want)
		}
		w.stop()
	}
}

// A key store that cannot be used is a clear error that says where it is named, never plain http.
func TestBadKeyrings(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(dir, "trust.pem"), certtest.CertBlock(ca.Cert))
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	for properties, want := range map[string]string{
		keyringProperty("/opt/plugin-key.kdb"):          "--keystore /opt/plugin-key.kdb=FILE.pem",
		keyringProperty(filepath.Join(dir, "none.pem")): "no such file",
		keyringProperty(trust, "certLabel", "x"):        "keyring " + trust + ": no key has the certLabel \"x\"",
	} {
		w.xml.Store(secured(site{members: 1}, properties))
		err := w.p.Reload(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "plugin-cfg.xml:1:") {
			t.Errorf("%s: %v, want %q", properties, err, want)
		}
	}
}

// A TLS listener tells members about the client's side, and takes a changed certificate without a restart.
func TestTLSListener(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Write(t, dir, "shop", time.Hour)
	var looks atomic.Int64
	clock := func() time.Time { return time.Unix(looks.Add(1), 0) } // each look is later
	cert, err := keystore.LoadCertificate(certFile, keyFile, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.Cert)
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	l := w.listen(t)
	w.wg.Go(func() { w.p.Serve(&Listener{Listener: l, TLS: cert.Config(pool), Port: 80}) })
	me := ca.Pair(t, "me")
	ask := func(name string) *http.Response {
		cfg := &tls.Config{RootCAs: pool, ServerName: name, Certificates: []tls.Certificate{me}}
		transport := &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true}
		defer transport.CloseIdleConnections()
		rq, _ := http.NewRequest("GET", "https://"+l.Addr().String()+"/x", nil)
		rq.Host = "shop:80"
		rs, err := transport.RoundTrip(rq)
		if err != nil {
			t.Fatal(err)
		}
		rs.Body.Close()
		return rs
	}
	if rs := ask("shop"); rs.StatusCode != 200 {
		t.Error(rs.Status)
	}
	raw := w.fakes["m1"].raw.String()
	for _, want := range []string{
		"$WSIS: true\r\n", "$WSSC: https\r\n", "$WSCS: TLS_", "$WSCC: MII", "$WSSN: shop\r\n", "$WSSP: 80\r\n",
	} {
		if !strings.Contains(raw, want) {
			t.Errorf("the member does not get %q: %q", want, raw)
		}
	}
	for _, never := range []string{"$WSSI", "$WSAT", "$WSRU"} {
		if strings.Contains(raw, never) {
			t.Errorf("the member gets %s, which nobody knows: %q", never, raw)
		}
	}
	ca.Write(t, dir, "shop2", 0)
	if rs := ask("shop2"); rs.StatusCode != 200 {
		t.Error(rs.Status)
	}
	os.WriteFile(certFile, []byte("broken"), 0o600)
	if rs := ask("shop2"); rs.StatusCode != 200 {
		t.Error("a broken file replaces the certificate")
	}
	if _, err := keystore.LoadCertificate(certFile, keyFile, clock, nil); err == nil {
		t.Error("a broken certificate is accepted at start")
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"))
	if answer, _ := io.ReadAll(c); !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") ||
		strings.Contains(string(answer), "X-Member") {
		t.Errorf("plain HTTP on a TLS port gets %q", answer)
	}
}
