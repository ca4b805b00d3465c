package proxy

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/wasplug/wasplug/parser/diag"
)

// keyring is what a key store holds: whom it trusts, and the certificates that it can show.
type keyring struct {
	roots *x509.CertPool
	pairs []labelled
}

type labelled struct {
	label string
	cert  tls.Certificate
}

// ringName is how a transport names its key store.
type ringName struct{ path, stash, password string }

// keyring reads the key store that a transport names: a .p12 whose password stands in the stash file, PEM, or a .kdb that --keystore
// replaces by a PEM file.
func (p *Proxy) keyring(name ringName) (*keyring, error) {
	path, stash, password := name.path, name.stash, name.password
	actual := path
	if mapped, ok := p.opt.Keystore[path]; ok {
		actual = mapped
	}
	ext := strings.ToLower(filepath.Ext(actual))
	if ext == ".kdb" {
		return nil, fmt.Errorf("keyring %s is a CMS key database, which only IBM's GSKit reads: convert it to PEM (gskcapicmd or keytool, then openssl) and say --keystore %s=FILE.pem", path, path)
	}
	data, err := os.ReadFile(actual)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if ext != ".p12" && ext != ".pfx" {
		return ringOf(actual, pemBlocks(data))
	}
	if stash != "" {
		if password, err = unstash(stash); err != nil {
			return nil, fmt.Errorf("keyring %s: %w; the way out is to stash the password in the old form (gskcapicmd -keydb -stashpw -v1stash), or to convert the key store to PEM and say --keystore %s=FILE.pem", path, err, path)
		}
	}
	blocks, err := pkcs12Blocks(data, password)
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", actual, err)
	}
	return ringOf(actual, blocks)
}

// pkcs12Blocks reads a .p12 of keys, or one that holds certificates to trust alone, as WebSphere's trust.p12.
func pkcs12Blocks(data []byte, password string) ([]*pem.Block, error) {
	//lint:ignore SA1019 the only function that tells the labels of certificates
	blocks, err := pkcs12.ToPEM(data, password)
	if err == nil || errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return blocks, err
	}
	certs, trustErr := pkcs12.DecodeTrustStore(data, password)
	if trustErr != nil {
		return nil, err
	}
	for _, c := range certs {
		blocks = append(blocks, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return blocks, nil
}

func pemBlocks(data []byte) (blocks []*pem.Block) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return blocks
		}
		blocks = append(blocks, b)
	}
}

// stash2Size is the size of stash files of version 2, which GSKit 8.0.50.69 and later writes (IBM support, node/568257).
const stash2Size = 193

// unstash reads the password from a stash file of version 1: each byte is combined with F5, and F5 itself ends it. Those of version 2 have a
// form that IBM keeps to itself.
func unstash(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("stash file: %w", err)
	}
	if len(data) == stash2Size {
		return "", fmt.Errorf("stash file %s is of version 2 (GSKit 8.0.50.69 and later), whose form is not public", path)
	}
	var b strings.Builder
	for _, c := range data {
		c ^= 0xf5
		if c == 0 {
			return b.String(), nil
		}
		if c < ' ' || c > '~' {
			break
		}
		b.WriteByte(c)
	}
	return "", fmt.Errorf("stash file %s holds no password of version 1, the only form that is public", path)
}

// ringOf sorts certificates and keys. Every certificate is trusted, as in a key database; a key makes its certificate one to show.
func ringOf(path string, blocks []*pem.Block) (*keyring, error) {
	r := &keyring{roots: x509.NewCertPool()}
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

// parseKey reads the forms in which tools write a private key: PKCS #8, the older PKCS #1 for RSA, and SEC 1 for elliptic curves.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if s, ok := key.(crypto.Signer); ok {
			return s, nil
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	return x509.ParseECPrivateKey(der)
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

// pick returns the certificate to show: that of the label, else the first.
func (r *keyring) pick(label string) ([]tls.Certificate, error) {
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
	return nil, diag.Errorf("no key has the certLabel %q, it holds %s", label, strings.Join(append(known, "no other"), ", "))
}
