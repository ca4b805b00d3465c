package keystore

import (
	"bytes"
	"crypto/x509"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/certtest"
)

// A listener takes a changed certificate at the next handshake. Files that do not fit together leave the old one in
// use, and are refused at the start.
func TestCertificateChanges(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	replace := func(name string, age time.Duration) {
		key := certtest.NewKey(t)
		certtest.WritePEM(t, certFile, certtest.CertBlock(ca.Sign(t, name, key)))
		certtest.WritePEM(t, keyFile, certtest.KeyBlock(t, key))
		os.Chtimes(certFile, time.Time{}, time.Now().Add(-age))
	}
	replace("shop", time.Hour)
	var logs bytes.Buffer
	cert, err := LoadCertificate(certFile, keyFile, slog.New(slog.NewTextHandler(&logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	shows := func(want string) {
		t.Helper()
		pair, err := cert.Config(nil).GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		if leaf, err := x509.ParseCertificate(pair.Certificate[0]); err != nil || leaf.Subject.CommonName != want {
			t.Errorf("shows %v, %v, want %s", leaf, err, want)
		}
	}
	shows("shop")
	replace("shop2", 0)
	shows("shop2")
	write(t, certFile, []byte("broken"))
	os.Chtimes(certFile, time.Time{}, time.Now().Add(time.Hour))
	shows("shop2")
	if !strings.Contains(logs.String(), "the old one stays in use") {
		t.Errorf("the log says %q", logs.String())
	}
	if _, err := LoadCertificate(certFile, keyFile, nil); err == nil || !strings.Contains(err.Error(), certFile) {
		t.Errorf("a broken certificate at the start: %v", err)
	}
}
