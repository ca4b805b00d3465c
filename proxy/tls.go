package proxy

import (
	"crypto/tls"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/proxy/keystore"
	"github.com/wasplug/wasplug/routecheck/match"
)

// memberTLS makes the TLS configuration of an https transport from its keyring. What it cannot do is an error: never a
// silent fallback.
func (b *builder) memberTLS(tt *match.Transport) (*tls.Config, error) {
	name := keystore.Name{
		Path: propertyOf(tt, "keyring"), Stash: propertyOf(tt, "stashfile"), Password: propertyOf(tt, "password"),
	}
	ring := b.rings[name]
	if ring == nil {
		var err error
		if ring, err = keystore.Read(name, b.p.opt.Keystore); err != nil {
			return nil, fmt.Errorf("%s: https transport: %w", b.g.files.Start(tt.At), err)
		}
		b.rings[name] = ring
	}
	checkName := !strings.EqualFold(b.g.cfg.HostVerification.V, "false")
	cfg, err := ring.Client(tt.Host, propertyOf(tt, "certLabel"), checkName)
	if err != nil {
		return nil, fmt.Errorf("%s: https transport: keyring %s: %w", b.g.files.Start(tt.At), name.Path, err)
	}
	return cfg, nil
}

func propertyOf(tt *match.Transport, name string) string {
	if p := parser.Find(tt.Source.Properties, name); p != nil {
		return p.Value.V
	}
	return ""
}
