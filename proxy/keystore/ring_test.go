package keystore

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/wasplug/wasplug/internal/certtest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// write writes a file of a test.
func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every form that tools write is read: whom it trusts, and what it can show under which label.
func TestForms(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	own := certtest.NewKey(t)
	cert := ca.Sign(t, "plugin", own)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, blocks ...*pem.Block) string {
		return certtest.WritePEM(t, filepath.Join(dir, name), blocks...)
	}
	p12 := func(data []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	trust := file("trust.pem", certtest.CertBlock(ca.Cert))
	store := write(t, filepath.Join(dir, "plugin-key.p12"),
		p12(pkcs12.Modern.Encode(own, cert, []*x509.Certificate{ca.Cert}, "WebAS")))
	trustStore := write(t, filepath.Join(dir, "trust.p12"),
		p12(pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{ca.Cert}, "WebAS")))
	stash := write(t, filepath.Join(dir, "plugin-key.sth"), append(certtest.Stashed("WebAS"), 0xf5, 1, 2, 3))
	instead := map[string]string{"/opt/plugin-key.kdb": trust}
	for _, c := range []struct {
		name  string
		ring  Name
		label string
		shows bool
	}{
		{"PEM to trust", Name{Path: trust}, "", false},
		{"PKCS #8", Name{Path: file("8.pem", certtest.CertBlock(cert), certtest.KeyBlock(t, own))}, "", true},
		{"SEC 1", Name{Path: file("1.pem", certtest.CertBlock(cert), &pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})},
			"", true},
		{"PKCS #1", Name{Path: file("rsa.pem", certtest.CertBlock(ca.Sign(t, "plugin", rsaKey)),
			&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})}, "", true},
		{"p12 with a stash file", Name{Path: store, Stash: stash}, "plugin", true},
		{"p12 with a password", Name{Path: store, Password: "WebAS"}, "", true},
		{"p12 to trust", Name{Path: trustStore, Password: "WebAS"}, "", false},
		{"kdb replaced", Name{Path: "/opt/plugin-key.kdb", Stash: "/opt/plugin-key.sth"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring, err := Read(c.ring, instead)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := ring.Client("m1", c.label, true)
			if err != nil {
				t.Fatal(err)
			}
			if shows := len(cfg.Certificates) > 0; shows != c.shows {
				t.Errorf("shows a certificate: %t", shows)
			}
			if c.shows {
				leaf, err := x509.ParseCertificate(cfg.Certificates[0].Certificate[0])
				if err != nil || leaf.Subject.CommonName != "plugin" {
					t.Errorf("shows %v, %v", leaf, err)
				}
				return // its own certificate is no authority
			}
			member := ca.Sign(t, "m1", certtest.NewKey(t))
			if _, err := member.Verify(x509.VerifyOptions{Roots: cfg.RootCAs, DNSName: "m1"}); err != nil {
				t.Error(err)
			}
		})
	}
}

// The certificate of the label is shown; one that no key has is an error that lists those that are there.
func TestLabels(t *testing.T) {
	ca := certtest.NewAuthority(t)
	block := func(name string) []*pem.Block {
		key := certtest.NewKey(t)
		cert := certtest.CertBlock(ca.Sign(t, name, key))
		cert.Headers = map[string]string{"friendlyName": name}
		return []*pem.Block{cert, certtest.KeyBlock(t, key)}
	}
	path := certtest.WritePEM(t, filepath.Join(t.TempDir(), "two.pem"), append(block("first"), block("second")...)...)
	ring, err := Read(Name{Path: path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{"": "first", "first": "first", "second": "second"} {
		cfg, err := ring.Client("m1", label, true)
		if err != nil {
			t.Fatal(err)
		}
		if leaf, _ := x509.ParseCertificate(cfg.Certificates[0].Certificate[0]); leaf.Subject.CommonName != want {
			t.Errorf("%q shows %s", label, leaf.Subject.CommonName)
		}
	}
	if _, err := ring.Client("m1", "third", true); err == nil ||
		err.Error() != `no key has the certLabel "third", it holds "first", "second", no other` {
		t.Error(err)
	}
}

// A key store that cannot be used is an error that says what to do.
func TestBadRings(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string { return write(t, filepath.Join(dir, name), content) }
	version2 := append(certtest.Stashed("looks like version 1"), bytes.Repeat([]byte{0xf5}, 173)...)
	p12 := file("a.p12", []byte("no key store"))
	bad := func(name, kind string) string {
		return certtest.WritePEM(t, filepath.Join(dir, name), &pem.Block{Type: kind, Bytes: []byte("nonsense")})
	}
	for _, c := range []struct {
		ring Name
		want string
	}{
		{Name{Path: "/opt/plugin-key.kdb"}, "--keystore /opt/plugin-key.kdb=FILE.pem"},
		{Name{Path: filepath.Join(dir, "none.pem")}, "no such file"},
		{Name{Path: file("empty.pem", nil)}, "no certificate"},
		{Name{Path: bad("bad.pem", "CERTIFICATE")}, "bad.pem: x509: "},
		{Name{Path: bad("key.pem", "PRIVATE KEY")}, "key.pem: private key: "},
		{Name{Path: p12, Stash: file("v2.sth", version2)},
			"is of version 2 (GSKit 8.0.50.69 and later), whose form is not public; the way out"},
		{Name{Path: p12, Stash: file("garbage.sth", bytes.Repeat([]byte{1}, 129))}, "--keystore " + p12 + "=FILE.pem"},
		{Name{Path: p12, Stash: file("open.sth", certtest.Stashed("without an end"))}, "no password of version 1"},
		{Name{Path: p12, Stash: filepath.Join(dir, "no.sth")}, "stash file"},
		{Name{Path: p12}, "a.p12"},
	} {
		if _, err := Read(c.ring, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.ring, err, c.want)
		}
	}
}
