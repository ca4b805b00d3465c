package generation

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/keystore"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Resolver finds addresses. net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Maker makes the generations of one proxy. Nothing in it changes but Changes, which the proxy guards by the lock of
// its reloads.
type Maker struct {
	Assumptions   *choices.Assumptions
	Seed          uint64                   // of round robin's start and random choices
	Next          func(cluster string) int // see proxy.Options
	PartitionForm string                   // see proxy.Options
	Keystore      map[string]string        // a .kdb file and the PEM file that replaces it
	Resolver      Resolver
	Log           *slog.Logger
	Changes       Changes // beside what is read; nil: none
}

// builder makes one generation ready.
type builder struct {
	*Maker
	g     *Generation
	ctx   context.Context
	pause parser.Pause
	rings map[keystore.Name]*keystore.Ring // read once, for all Transports name the same one as a rule
}

// Make makes a configuration ready to serve: host names are resolved here and never again, as the plug-in does. pause
// is called between pieces of the work, for requests to have their turn; nil at the start, when there are none. The
// error is a *Rejected where the plug-in would reject the file.
func (m *Maker) Make(
	ctx context.Context, cfg *parser.Config, files *diag.Files, pause parser.Pause,
) (*Generation, error) {
	table, _ := match.NewPausing(m.Changes.in(cfg), pause)
	if reasons := table.Rejected(m.Assumptions); diag.Worst(reasons) >= diag.Error {
		return nil, &Rejected{Files: files, Diagnostics: reasons}
	}
	g := &Generation{
		Table: table, cfg: cfg, Files: files, Sem: *m.Assumptions, form: m.PartitionForm,
		changes:  m.Changes,
		Fields:   max(cfg.HTTPMaxHeaders.V, 0),
		Clusters: make([]Cluster, len(table.Clusters)),
	}
	if cfg.TrustedProxyEnable.V {
		g.trusted = m.trustedProxies(ctx, cfg)
	}
	b := builder{m, g, ctx, pause, map[keystore.Name]*keystore.Ring{}}
	for i := range table.Clusters {
		tc := &table.Clusters[i]
		if tc.GetTable && m.PartitionForm == "" {
			m.Log.Warn("GetDWLMTable is accepted, but the wire form of the partition table is not public: "+
				"requests are balanced", "cluster", tc.Name)
		}
		g.Clusters[i].State = failover.NewState(tc, &g.Sem, m.Seed+uint64(i)) // no two clusters in step
		if at := m.Next(tc.Name); at >= 0 {
			g.Clusters[i].State.LearnPosition(at)
		}
		if err := b.members(match.ClusterID(i)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// members fails on a name that cannot be resolved, as the plug-in does, unless IgnoreDNSFailures lets it live without
// the member; and even then where a cluster has nobody left.
func (b *builder) members(id match.ClusterID) error {
	tc, c := &b.g.Table.Clusters[id], &b.g.Clusters[id]
	c.Members = make([]Member, len(tc.Members))
	reachable, unresolved := false, error(nil)
	for i := range tc.Members {
		b.pause.Take()
		tm := &tc.Members[i]
		m := &c.Members[i]
		if tm.Source.ExtendedHandshake.V {
			b.Log.Warn("ExtendedHandshake is accepted, but its wire form is not public: a connect alone tells "+
				"whether the member lives", "cluster", tc.Name, "member", tm.Name)
		}
		m.Name, m.Wait = tm.Name, failover.WaitsForContinue(b.g.Table, id, match.MemberID(i), &b.g.Sem)
		m.Transports = make([]upstream.Transport, len(tm.Transports))
		for j := range tm.Transports {
			t := &m.Transports[j]
			if err := b.transport(&tm.Transports[j], t); err != nil {
				return err
			}
			if t.Err == nil {
				reachable = true
				continue
			}
			unresolved = fmt.Errorf("%s: member %s: %w", b.g.Files.Start(tm.Transports[j].At), tm.Name, t.Err)
			if !b.g.cfg.IgnoreDNSFailures.V {
				return fmt.Errorf("%w; the plug-in does not start with it unless IgnoreDNSFailures=\"true\"",
					unresolved)
			}
			b.Log.Warn("host name of a member cannot be resolved: it is unavailable until the next reload",
				"cluster", tc.Name, "member", tm.Name, "error", t.Err)
		}
	}
	if unresolved != nil && !reachable {
		return fmt.Errorf("%w; no host of cluster %s can be resolved", unresolved, tc.Name)
	}
	return nil
}

// transport makes an address ready. A Transport that R64 never uses needs no keyring that can be read. An error is one
// for which the configuration is refused; that a name has no address is noted in the Transport, and judged above.
func (b *builder) transport(tt *match.Transport, t *upstream.Transport) error {
	t.TTL = tt.TTLIn(&b.g.Sem)
	t.Name = net.JoinHostPort(tt.Host, strconv.Itoa(tt.Port))
	if tt.HTTPS && tt.Usable {
		cfg, err := b.memberTLS(tt)
		if err != nil {
			return err
		}
		t.TLS, t.SparesWrongName = cfg, b.g.cfg.HostVerification.V == "true-nomarkdown"
	}
	if tt.Host == "" {
		t.Err = errors.New("its Transport has no Hostname")
		return nil
	}
	addrs, err := b.Resolver.LookupNetIP(b.ctx, "ip", tt.Host)
	if err == nil && len(addrs) == 0 {
		err = fmt.Errorf("host %s has no address", tt.Host)
	}
	if err != nil {
		t.Err = err
		return nil
	}
	for _, a := range addrs { // a port that is none stays one that nobody can connect to
		t.Addrs = append(t.Addrs, net.JoinHostPort(a.Unmap().String(), strconv.Itoa(tt.Port)))
	}
	return nil
}

// trustedProxies resolves TrustedProxyGroup: addresses, networks and host names. What cannot be resolved is not
// trusted.
func (m *Maker) trustedProxies(ctx context.Context, cfg *parser.Config) []netip.Prefix {
	var out []netip.Prefix
	for _, tp := range cfg.TrustedProxies {
		if prefix, err := netip.ParsePrefix(tp.Name.V); err == nil {
			out = append(out, prefix.Masked())
			continue
		}
		addrs, err := m.Resolver.LookupNetIP(ctx, "ip", tp.Name.V)
		if err != nil {
			m.Log.Warn("trusted proxy cannot be resolved: its private headers are dropped", "proxy", tp.Name.V,
				"error", err)
		}
		for _, a := range addrs {
			a = a.Unmap()
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// memberTLS makes the TLS configuration of an https transport from its keyring. What it cannot do is an error: never a
// silent fallback.
func (b *builder) memberTLS(tt *match.Transport) (*tls.Config, error) {
	name := keystore.Name{
		Path: propertyOf(tt, "keyring"), Stash: propertyOf(tt, "stashfile"), Password: propertyOf(tt, "password"),
	}
	ring := b.rings[name]
	if ring == nil {
		var err error
		if ring, err = keystore.Read(name, b.Keystore); err != nil {
			return nil, fmt.Errorf("%s: https transport: %w", b.g.Files.Start(tt.At), err)
		}
		b.rings[name] = ring
	}
	checkName := !strings.EqualFold(b.g.cfg.HostVerification.V, "false")
	cfg, err := ring.Client(tt.Host, propertyOf(tt, "certLabel"), checkName)
	if err != nil {
		return nil, fmt.Errorf("%s: https transport: keyring %s: %w", b.g.Files.Start(tt.At), name.Path, err)
	}
	return cfg, nil
}

// propertyOf is the value of a Property of a Transport, "" where it has none: keyring, stashfile, certLabel, password.
func propertyOf(tt *match.Transport, name string) string {
	if p := parser.Find(tt.Source.Properties, name); p != nil {
		return p.Value.V
	}
	return ""
}
