package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
)

// memberTLS makes the TLS configuration of an https transport from its keyring. What it cannot do is an error: never a silent fallback.
func (b *builder) memberTLS(tt *routecheck.Transport) (*tls.Config, error) {
	name := ringName{propertyOf(tt, "keyring"), propertyOf(tt, "stashfile"), propertyOf(tt, "password")}
	ring := b.rings[name]
	if ring == nil {
		var err error
		if ring, err = b.p.keyring(name); err != nil {
			return nil, fmt.Errorf("%s: https transport: %w", b.g.files.Start(tt.At), err)
		}
		b.rings[name] = ring
	}
	cfg := &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: ring.roots, ServerName: tt.Host, NextProtos: []string{"http/1.1"},
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
	}
	var err error
	if cfg.Certificates, err = ring.pick(propertyOf(tt, "certLabel")); err != nil {
		return nil, fmt.Errorf("%s: https transport: keyring %s: %w", b.g.files.Start(tt.At), name.path, err)
	}
	if strings.EqualFold(b.g.cfg.HostVerification.V, "false") {
		cfg.InsecureSkipVerify = true // the chain is verified all the same, only the name is not
		cfg.VerifyConnection = func(cs tls.ConnectionState) error { return verifyChain(cs, ring.roots) }
	}
	return cfg, nil
}

func propertyOf(tt *routecheck.Transport, name string) string {
	if p := parser.Find(tt.Source.Properties, name); p != nil {
		return p.Value.V
	}
	return ""
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

// Certificate is the certificate of a TLS listener. It is read again when one of its files has changed; while the files do not fit
// together the old one stays.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu    sync.Mutex
	pair  *tls.Certificate
	stamp [2]time.Time
}

// LoadCertificate reads a certificate chain and its key in PEM form.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.refresh(); err != nil {
		return nil, err
	}
	return c, nil
}

// refresh reads the files when they have changed.
func (c *Certificate) refresh() error {
	var stamp [2]time.Time
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		stamp[i] = info.ModTime()
	}
	if stamp == c.stamp {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	c.pair, c.stamp = &pair, stamp
	return nil
}

// Config returns a TLS configuration for a listener. With clientCA, clients may show a certificate of that authority ($WSCC).
func (c *Certificate) Config(clientCA *x509.CertPool) *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"http/1.1"}}
	if clientCA != nil {
		cfg.ClientCAs, cfg.ClientAuth = clientCA, tls.VerifyClientCertIfGiven
	}
	return cfg
}

// get is called for each handshake; a look at two files costs little beside it.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refresh(); err != nil {
		c.log.Warn("cannot read the changed certificate: the old one stays in use", "error", err)
	}
	return c.pair, nil
}
