package keystore

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is the certificate of a TLS listener. It is read again when one of its files has changed; while the
// files do not fit together the old one stays.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]time.Time // of both files when pair was read
	looked time.Time    // when their times were last asked for
}

// lookAgain is how long handshakes do without a look at the files: it is a good part of what one costs beside its
// cryptography, and files on a network folder may let it wait.
const lookAgain = time.Second

// LoadCertificate reads a certificate chain and its key in PEM form. now is the time.
func LoadCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now, log: log}
	if err := c.refresh(); err != nil {
		return nil, err
	}
	return c, nil
}

// refresh reads the files when they have changed. While only one of them has been replaced they do not fit together:
// that is an error, stamp stays as it is, and the next look tries again.
func (c *Certificate) refresh() error {
	now := c.now()
	if since := now.Sub(c.looked); since >= 0 && since < lookAgain { // a clock that was set back is no reason to wait
		return nil
	}
	c.looked = now
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

// Config returns a TLS configuration for a listener. With clientCA, clients may show a certificate of that authority
// ($WSCC). HTTP/1.1 is all that is offered, so that no browser comes with HTTP/2.
func (c *Certificate) Config(clientCA *x509.CertPool) *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"http/1.1"}}
	if clientCA != nil {
		cfg.ClientCAs, cfg.ClientAuth = clientCA, tls.VerifyClientCertIfGiven
	}
	return cfg
}

// get is called for each handshake.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refresh(); err != nil {
		c.log.Warn("cannot read the changed certificate: the old one stays in use", "error", err)
	}
	return c.pair, nil
}
