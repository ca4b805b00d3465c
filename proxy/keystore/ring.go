package keystore

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Name is how a Transport names its key store: by its properties keyring, stashfile and password, "" where one is
// absent. Of equal names a key store is read once (generation).
type Name struct{ Path, Stash, Password string }

// Ring is what a key store holds: whom it trusts, and the certificates that it can show.
type Ring struct {
	roots *x509.CertPool
	pairs []labelled // in the order of the file; none where it has no key, and then nothing is shown
}

// labelled is a certificate with its key, and the label by which certLabel asks for it; "" in PEM, which has none.
type labelled struct {
	label string
	cert  tls.Certificate
}

// Read reads a key store: a .p12 whose password stands in the stash file, PEM, or a .kdb that instead names a PEM file
// for (--keystore).
func Read(name Name, instead map[string]string) (*Ring, error) {
	path := name.Path
	if mapped, ok := instead[path]; ok {
		path = mapped
	}
	ext := strings.ToLower(filepath.Ext(path)) // the ending alone tells the form
	if ext == ".kdb" {
		return nil, fmt.Errorf("keyring %s is a CMS key database, which only IBM's GSKit reads: convert it to PEM "+
			"(gskcapicmd or keytool, then openssl) and say --keystore %s=FILE.pem", name.Path, name.Path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if ext != ".p12" && ext != ".pfx" {
		return ringOf(path, pemBlocks(data))
	}
	blocks, err := name.open(path, data)
	if err != nil {
		return nil, err
	}
	return ringOf(path, blocks)
}

// open decrypts a .p12, which stands at path. The stash file counts before a password in the configuration.
func (n Name) open(path string, data []byte) ([]*pem.Block, error) {
	password := n.Password
	if n.Stash != "" {
		var err error
		if password, err = unstash(n.Stash); err != nil {
			return nil, fmt.Errorf("keyring %s: %w; the way out is to stash the password in the old form "+
				"(gskcapicmd -keydb -stashpw -v1stash), "+
				"or to convert the key store to PEM and say --keystore %s=FILE.pem",
				n.Path, err, n.Path)
		}
	}
	blocks, err := pkcs12Blocks(data, password)
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", path, err)
	}
	return blocks, nil
}

// ringOf sorts certificates and keys. Every certificate is trusted, as in a key database; a key makes its certificate
// one to show.
func ringOf(path string, blocks []*pem.Block) (*Ring, error) {
	r := &Ring{roots: x509.NewCertPool()}
	var certs []*x509.Certificate
	var labels []string
	var keys []crypto.Signer
	for _, b := range blocks {
		switch {
		case b.Type == "CERTIFICATE":
			c, err := x509.ParseCertificate(b.Bytes)
			if err != nil {
				return nil, fmt.Errorf("keyring %s: %w", path, err)
			}
			r.roots.AddCert(c)
			certs, labels = append(certs, c), append(labels, b.Headers["friendlyName"])
		case strings.HasSuffix(b.Type, "PRIVATE KEY"):
			key, err := parseKey(b.Bytes)
			if err != nil {
				return nil, fmt.Errorf("keyring %s: private key: %w", path, err)
			}
			keys = append(keys, key)
		}
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("keyring %s holds no certificate, so no member can be trusted", path)
	}
	for _, key := range keys {
		r.pairs = append(r.pairs, pair(key, certs, labels))
	}
	return r, nil
}

// pair finds the certificate of a key, and puts the others behind it: whoever needs the chain finds it there.
func pair(key crypto.Signer, certs []*x509.Certificate, labels []string) labelled {
	p := labelled{cert: tls.Certificate{PrivateKey: key}}
	public, _ := x509.MarshalPKIXPublicKey(key.Public())
	for i, c := range certs {
		own, _ := x509.MarshalPKIXPublicKey(c.PublicKey)
		if bytes.Equal(own, public) {
			p.label = labels[i]
			p.cert.Certificate = append([][]byte{c.Raw}, p.cert.Certificate...)
		} else {
			p.cert.Certificate = append(p.cert.Certificate, c.Raw)
		}
	}
	return p
}

// pick returns the certificate to show: that of the label, else the first. A single key without a label is taken for
// any: it comes from PEM, where the label has got lost. Without keys nothing is shown; a label that asks for one is an
// error then.
func (r *Ring) pick(label string) ([]tls.Certificate, error) {
	if label == "" {
		if len(r.pairs) == 0 {
			return nil, nil
		}
		return []tls.Certificate{r.pairs[0].cert}, nil
	}
	var known []string
	for _, p := range r.pairs {
		if p.label == label || p.label == "" && len(r.pairs) == 1 {
			return []tls.Certificate{p.cert}, nil
		}
		known = append(known, diag.Quote(p.label))
	}
	known = append(known, "no other")
	return nil, diag.Errorf("no key has the certLabel %q, it holds %s", label, strings.Join(known, ", "))
}

// Client makes the TLS configuration for a member: whom to trust, and what to show. Without checkName a certificate
// with any other host name will do.
func (r *Ring) Client(host, label string, checkName bool) (*tls.Config, error) {
	cfg := &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: r.roots, ServerName: host, NextProtos: []string{"http/1.1"},
		ClientSessionCache: tls.NewLRUClientSessionCache(0), // a cache for each Transport: sessions are a member's own
	}
	var err error
	if cfg.Certificates, err = r.pick(label); err != nil {
		return nil, err
	}
	if !checkName {
		cfg.InsecureSkipVerify = true // the chain is verified all the same, only the name is not
		cfg.VerifyConnection = func(cs tls.ConnectionState) error { return verifyChain(cs, r.roots) }
	}
	return cfg, nil
}

// verifyChain is what crypto/tls does but for the name: SecureHostVerification=false lifts that alone (APAR PH48747).
func verifyChain(cs tls.ConnectionState, roots *x509.CertPool) error {
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range cs.PeerCertificates[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := cs.PeerCertificates[0].Verify(opts)
	return err
}
