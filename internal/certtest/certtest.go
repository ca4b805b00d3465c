// Package certtest makes authorities, certificates and key files for tests.
package certtest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates.
type Authority struct {
	Cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewKey makes a key that a test has time for.
func NewKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// NewAuthority makes an authority that has signed itself.
func NewAuthority(t *testing.T) *Authority {
	t.Helper()
	a := &Authority{key: NewKey(t)}
	a.Cert = a.Sign(t, "authority", a.key)
	return a
}

// Sign makes a certificate for a host and for the key of its server or client, valid for an hour from now.
func (a *Authority) Sign(t *testing.T, name string, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: a.Cert == nil,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		template.IPAddresses = append(template.IPAddresses, ip.AsSlice())
	}
	parent := template
	if a.Cert != nil {
		parent = a.Cert
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

// Pair makes a certificate for a host, with a key.
func (a *Authority) Pair(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key := NewKey(t)
	return tls.Certificate{Certificate: [][]byte{a.Sign(t, name, key).Raw}, PrivateKey: key}
}

// WritePEM writes a file, and returns its path.
func WritePEM(t *testing.T, path string, blocks ...*pem.Block) string {
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

// Write writes a certificate of a name and its key, of that age, to cert.pem and key.pem of a folder.
func (a *Authority) Write(t *testing.T, dir, name string, age time.Duration) (cert, key string) {
	t.Helper()
	private := NewKey(t)
	cert = WritePEM(t, filepath.Join(dir, "cert.pem"), CertBlock(a.Sign(t, name, private)))
	key = WritePEM(t, filepath.Join(dir, "key.pem"), KeyBlock(t, private))
	if err := os.Chtimes(cert, time.Time{}, time.Now().Add(-age)); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// CertBlock is a certificate as PEM files have it.
func CertBlock(c *x509.Certificate) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw} }

// KeyBlock is a private key in the form of PKCS #8.
func KeyBlock(t *testing.T, key crypto.Signer) *pem.Block {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

// Stashed is a password as a stash file of version 1 begins: each byte is combined with F5.
func Stashed(password string) []byte {
	out := []byte(password)
	for i := range out {
		out[i] ^= 0xf5
	}
	return out
}
