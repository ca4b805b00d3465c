package proxy

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t *testing.T) *authority {
	a := &authority{key: newKey(t)}
	a.cert = a.sign(t, "authority", a.key)
	return a
}

func (a *authority) sign(t *testing.T, name string, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: a.cert == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent := template
	if a.cert != nil {
		parent = a.cert
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (a *authority) pair(t *testing.T, name string) tls.Certificate {
	key := newKey(t)
	return tls.Certificate{Certificate: [][]byte{a.sign(t, name, key).Raw}, PrivateKey: key}
}

func writePEM(t *testing.T, path string, blocks ...*pem.Block) string {
	t.Helper()
	var b bytes.Buffer
	for _, block := range blocks {
		pem.Encode(&b, block)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func certBlock(c *x509.Certificate) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw} }

func keyBlock(t *testing.T, key *ecdsa.PrivateKey) *pem.Block {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

// secured turns the transports of a site into https ones.
func secured(s site, properties string) string {
	return strings.NewReplacer(`Protocol="http"/>`, `Protocol="https">`+properties+`</Transport>`,
		"<VirtualHostGroup ", `<Property Name="PluginInstallRoot" Value="/opt/plugin"/><VirtualHostGroup `).Replace(s.xml())
}

func keyringProperty(path string, more ...string) string {
	s := `<Property Name="keyring" Value="` + path + `"/>`
	for i := 0; i < len(more); i += 2 {
		s += `<Property Name="` + more[i] + `" Value="` + more[i+1] + `"/>`
	}
	return s
}

// The certificates of members are checked against the keyring and the host name of the Transport, and streams are used again.
func TestTLSToMembers(t *testing.T) {
	dir := t.TempDir()
	ca, other := newAuthority(t), newAuthority(t)
	trust := writePEM(t, filepath.Join(dir, "trust.pem"), certBlock(ca.cert))
	own := newKey(t)
	p12, err := pkcs12.Modern.Encode(own, ca.sign(t, "plugin", own), []*x509.Certificate{ca.cert}, "WebAS")
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "plugin-key.p12")
	os.WriteFile(store, p12, 0o600)
	stash := filepath.Join(dir, "plugin-key.sth")
	os.WriteFile(stash, append(stashed("WebAS"), 0xf5, 1, 2, 3), 0o600)
	for _, c := range []struct {
		name, properties, config string
		cert                     tls.Certificate
		mtls                     bool
		status                   int
	}{
		{"PEM", keyringProperty(trust), "", ca.pair(t, "m1"), false, 200},
		{"p12 with stash", keyringProperty(store, "stashfile", stash, "certLabel", "plugin"), "", ca.pair(t, "m1"), true, 200},
		{"kdb mapped", keyringProperty("/opt/plugin-key.kdb", "stashfile", "/opt/plugin-key.sth"), "", ca.pair(t, "m1"), false, 200},
		{"wrong host", keyringProperty(trust), "", ca.pair(t, "other"), false, 500},
		{"wrong host, not verified", keyringProperty(trust), `SecureHostVerification="false"`, ca.pair(t, "other"), false, 200},
		{"wrong authority", keyringProperty(trust), `SecureHostVerification="false"`, other.pair(t, "m1"), false, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := &tls.Config{Certificates: []tls.Certificate{c.cert}}
			if c.mtls {
				cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
				cfg.ClientCAs.AddCert(ca.cert)
			}
			w := start(t, false, site{members: 1, config: c.config}, Options{Keystore: map[string]string{"/opt/plugin-key.kdb": trust}}, func(w *world) {
				w.secure("m1", cfg)
				w.adopt(secured(site{members: 1, config: c.config}, c.properties))
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
	w.p.gen.Load().clusters[0].state.Next = 0
}

// A certificate with another host name ends the attempt in any case; whether it marks the member down is for SecureHostVerification to say.
func TestNameOfMember(t *testing.T) {
	ca := newAuthority(t)
	trust := writePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certBlock(ca.cert))
	for verification, marks := range map[string]bool{"": true, "true-markdown": true, "true-nomarkdown": false} {
		s := site{members: 2}
		if verification != "" {
			s.config = `SecureHostVerification="` + verification + `"`
		}
		w := start(t, false, s, Options{}, func(w *world) {
			w.secure("m1", &tls.Config{Certificates: []tls.Certificate{ca.pair(t, "other")}})
			w.secure("m2", &tls.Config{Certificates: []tls.Certificate{ca.pair(t, "m2")}})
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

// A member whose https Transport cannot be used does not starve the others: a pick of it has cost its weight and moved the position (R32, R64).
func TestUnusableTransportCosts(t *testing.T) {
	ca := newAuthority(t)
	trust := writePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certBlock(ca.cert))
	for weights, want := range map[string][]string{
		"2 2": {"m1", "", "m1", "", "m1", ""},
		"4 2": {"m1", "", "m1", "", "m1", "m1"}, // the position stays behind m1 when the weights are raised
	} {
		s := site{members: 2, config: `SSLMapMode="onload"`}
		w := start(t, false, s, Options{}, func(w *world) {
			w.secure("m1", &tls.Config{Certificates: []tls.Certificate{ca.pair(t, "m1")}})
			of := strings.Fields(weights)
			w.adopt(strings.NewReplacer(`CloneID="c1"`, `CloneID="c1" LoadBalanceWeight="`+of[0]+`"`, `CloneID="c2"`, `CloneID="c2" LoadBalanceWeight="`+of[1]+`"`,
				`<Transport Hostname="m2" Port="9080" Protocol="https">`+keyringProperty(trust), `<Transport Hostname="m2" Port="9080" Protocol="https">`).
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

// stashed is the password as a stash file holds it.
func stashed(password string) []byte {
	out := []byte(password)
	for i := range out {
		out[i] ^= 0xf5
	}
	return out
}

// A key store that cannot be used is a clear error, never plain http.
func TestBadKeyrings(t *testing.T) {
	dir := t.TempDir()
	empty := writePEM(t, filepath.Join(dir, "empty.pem"))
	stash := filepath.Join(dir, "v2.sth")
	os.WriteFile(stash, append(stashed("looks like version 1"), bytes.Repeat([]byte{0xf5}, 173)...), 0o600)
	garbage := filepath.Join(dir, "garbage.sth")
	os.WriteFile(garbage, bytes.Repeat([]byte{1}, 129), 0o600)
	trust := writePEM(t, filepath.Join(dir, "trust.pem"), certBlock(newAuthority(t).cert))
	p12 := filepath.Join(dir, "a.p12")
	os.WriteFile(p12, []byte("no key store"), 0o600)
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	for properties, want := range map[string]string{
		keyringProperty("/opt/plugin-key.kdb"):           "--keystore /opt/plugin-key.kdb=FILE.pem",
		keyringProperty(filepath.Join(dir, "none.pem")):  "no such file",
		keyringProperty(empty):                           "no certificate",
		keyringProperty(p12, "stashfile", stash):         "is of version 2 (GSKit 8.0.50.69 and later), whose form is not public; the way out",
		keyringProperty(p12, "stashfile", garbage):       "--keystore " + p12 + "=FILE.pem",
		keyringProperty(p12, "stashfile", dir+"/no.sth"): "stash file",
		keyringProperty(p12):                             "a.p12",
		keyringProperty(trust, "certLabel", "x"):         "certLabel",
	} {
		w.xml.Store(secured(site{members: 1}, properties))
		if err := w.p.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "plugin-cfg.xml:1:") {
			t.Errorf("%s: %v, want %q", properties, err, want)
		}
	}
}

// A TLS listener tells members about the client's side, and takes a changed certificate without a restart.
func TestTLSListener(t *testing.T) {
	dir := t.TempDir()
	ca := newAuthority(t)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(name string, age time.Duration) {
		key := newKey(t)
		writePEM(t, certFile, certBlock(ca.sign(t, name, key)))
		writePEM(t, keyFile, keyBlock(t, key))
		os.Chtimes(certFile, time.Time{}, time.Now().Add(-age))
	}
	write("shop", time.Hour)
	cert, err := LoadCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	l := w.listen(t)
	w.wg.Go(func() { w.p.Serve(&Listener{Listener: l, TLS: cert.Config(pool), Port: 80}) })
	me := ca.pair(t, "me")
	ask := func(name string) *http.Response {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name, Certificates: []tls.Certificate{me}}, DisableKeepAlives: true}
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
	for _, want := range []string{"$WSIS: true\r\n", "$WSSC: https\r\n", "$WSCS: TLS_", "$WSCC: MII", "$WSSN: shop\r\n", "$WSSP: 80\r\n"} {
		if !strings.Contains(raw, want) {
			t.Errorf("the member does not get %q: %q", want, raw)
		}
	}
	for _, never := range []string{"$WSSI", "$WSAT", "$WSRU"} {
		if strings.Contains(raw, never) {
			t.Errorf("the member gets %s, which nobody knows: %q", never, raw)
		}
	}
	write("shop2", 0)
	if rs := ask("shop2"); rs.StatusCode != 200 {
		t.Error(rs.Status)
	}
	os.WriteFile(certFile, []byte("broken"), 0o600)
	if rs := ask("shop2"); rs.StatusCode != 200 {
		t.Error("a broken file replaces the certificate")
	}
	if _, err := LoadCertificate(certFile, keyFile, nil); err == nil {
		t.Error("a broken certificate is accepted at start")
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"))
	if answer, _ := io.ReadAll(c); !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || strings.Contains(string(answer), "X-Member") {
		t.Errorf("plain HTTP on a TLS port gets %q", answer)
	}
}
