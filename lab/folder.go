package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// folder is where a run keeps its files. Nobody else may look into it, for sessions are there, and it goes when the
// run ends unless somebody has asked for it.
type folder struct {
	path string
	keep bool
	held *os.File // the lock; nil where the folder stays anyway
}

// makeFolder makes the folder of a run: under $TMPDIR with a lock in it, or the one that somebody wants kept, which
// nobody may take for a dead run's and so has none.
func makeFolder(keep string) (*folder, error) {
	if keep == "" {
		path, err := os.MkdirTemp("", folderPrefix) // 0700
		if err != nil {
			return nil, err
		}
		f := &folder{path: path}
		return f, f.lock()
	}
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return nil, err
	}
	return &folder{path: keep, keep: true}, os.Chmod(keep, 0o700)
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// remove takes the folder away before it lets go of the lock, or the next run might begin to clear it at the same
// time.
func (f *folder) remove() error {
	if f.keep {
		return nil
	}
	err := os.RemoveAll(f.path)
	if f.held != nil {
		err = errors.Join(err, f.held.Close())
	}
	return err
}

// identity is the certificate of a run: all its members show it, under every name that https Transports have. It is
// its own authority, and stands for the keyrings of the file, whose real ones the lab has no use for.
type identity struct{ cert, key []byte } // PEM

func newIdentity(hosts []string) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	// An hour back, for clocks that differ; a lab does not run for a month. ClientAuth is for the routes between
	// members, whose two ends show it to each other.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wasplug lab"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour),
		BasicConstraintsValid: true, IsCA: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	return &identity{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	}, err
}
