package keystore

import (
	"bytes"
	"crypto/x509"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/certtest"
)

// A listener takes a changed certificate at the next handshake, a second later than the last look. Files that do not
// fit together leave the old one in use, and are refused at the start.
func TestCertificateChanges(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Write(t, dir, "shop", time.Hour)
	var logs bytes.Buffer
	now := time.Now()
	clock := func() time.Time { return now }
	cert, err := LoadCertificate(certFile, keyFile, clock, slog.New(slog.NewTextHandler(&logs, nil)))
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
	ca.Write(t, dir, "shop2", 0)
	shows("shop")
	now = now.Add(lookAgain)
	shows("shop2")
	now = now.Add(lookAgain)
	write(t, certFile, []byte("broken"))
	os.Chtimes(certFile, time.Time{}, time.Now().Add(time.Hour))
	shows("shop2")
	if !strings.Contains(logs.String(), "the old one stays in use") {
		t.Errorf("the log says %q", logs.String())
	}
	if _, err := LoadCertificate(certFile, keyFile, clock, nil); err == nil ||
		!strings.Contains(err.Error(), certFile) {
		t.Errorf("a broken certificate at the start: %v", err)
	}
}
