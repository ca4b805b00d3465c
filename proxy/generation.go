package proxy

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/keystore"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// generation is one configuration at work. A reload makes a new one; requests in flight keep theirs.
type generation struct {
	table    *routecheck.Table
	cfg      *parser.Config
	files    *diag.Files
	sem      choices.Assumptions
	clusters []cluster
	trusted  []netip.Prefix // TrustedProxyGroup
	fields   int            // HTTPMaxHeaders
	number   int            // 1 for the first
	loaded   time.Time
	log      *logs.Plugin // nil: none
	refresh  match.Nanos  // RefreshInterval
}

// cluster is the state of a ServerCluster in this process.
type cluster struct {
	mu      sync.Mutex
	state   failover.ClusterState
	members []member
	times   *histogram // lives as long as the name of the cluster does

	tableVersion atomic.Uint64 // of the partition table, 0 none; set under mu
}

// member is a Server with its streams.
type member struct {
	name       string
	wait       bool // WaitForContinue applies
	transports []transport
}

// Resolver finds addresses. net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// builder makes a configuration ready to serve.
type builder struct {
	p     *Proxy
	g     *generation
	ctx   context.Context
	pause parser.Pause
	rings map[keystore.Name]*keystore.Ring // read once, for all Transports name the same one as a rule
}

// build makes a configuration ready to serve: host names are resolved here and never again, as the plug-in does.
func (p *Proxy) build(
	ctx context.Context, cfg *parser.Config, files *diag.Files, pause parser.Pause,
) (*generation, error) {
	table, _ := match.NewPausing(cfg, pause)
	if reasons := table.Rejected(p.opt.Assumptions); diag.Worst(reasons) >= diag.Error {
		return nil, &Rejected{Files: files, Diagnostics: reasons}
	}
	g := &generation{
		table: table, cfg: cfg, files: files, sem: *p.opt.Assumptions,
		fields:   max(cfg.HTTPMaxHeaders.V, 0),
		clusters: make([]cluster, len(table.Clusters)),
	}
	if cfg.TrustedProxyEnable.V {
		g.trusted = p.trustedProxies(ctx, cfg)
	}
	b := builder{p, g, ctx, pause, map[keystore.Name]*keystore.Ring{}}
	for i := range table.Clusters {
		tc := &table.Clusters[i]
		if tc.GetTable && p.opt.PartitionForm == "" {
			p.log.Warn("GetDWLMTable is accepted, but the wire form of the partition table is not public: "+
				"requests are balanced", "cluster", tc.Name)
		}
		g.clusters[i].state = failover.NewState(tc, &g.sem, p.opt.Seed+uint64(i))
		if at := p.opt.Next(tc.Name); at >= 0 {
			g.clusters[i].state.LearnPosition(at)
		}
		if err := b.members(match.ClusterID(i)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// members fails on a name that cannot be resolved, as the plug-in does, unless IgnoreDNSFailures lets it live without
// the member.
func (b *builder) members(id match.ClusterID) error {
	tc, c := &b.g.table.Clusters[id], &b.g.clusters[id]
	c.members = make([]member, len(tc.Members))
	reachable, unresolved := false, error(nil)
	for i := range tc.Members {
		b.pause.Take()
		tm := &tc.Members[i]
		m := &c.members[i]
		if tm.Source.ExtendedHandshake.V {
			b.p.log.Warn("ExtendedHandshake is accepted, but its wire form is not public: a connect alone tells "+
				"whether the member lives", "cluster", tc.Name, "member", tm.Name)
		}
		m.name, m.wait = tm.Name, failover.WaitsForContinue(b.g.table, id, match.MemberID(i), &b.g.sem)
		m.transports = make([]transport, len(tm.Transports))
		for j := range tm.Transports {
			t := &m.transports[j]
			if err := b.transport(&tm.Transports[j], t); err != nil {
				return err
			}
			if t.err == nil {
				reachable = true
				continue
			}
			unresolved = fmt.Errorf("%s: member %s: %w", b.g.files.Start(tm.Transports[j].At), tm.Name, t.err)
			if !b.g.cfg.IgnoreDNSFailures.V {
				return fmt.Errorf("%w; the plug-in does not start with it unless IgnoreDNSFailures=\"true\"",
					unresolved)
			}
			b.p.log.Warn("host name of a member cannot be resolved: it is unavailable until the next reload",
				"cluster", tc.Name, "member", tm.Name, "error", t.err)
		}
	}
	if unresolved != nil && !reachable {
		return fmt.Errorf("%w; no host of cluster %s can be resolved", unresolved, tc.Name)
	}
	return nil
}

// transport makes an address ready. A Transport that R64 never uses needs no keyring that can be read.
func (b *builder) transport(tt *match.Transport, t *transport) error {
	t.ttl = tt.TTLIn(&b.g.sem)
	t.name = net.JoinHostPort(tt.Host, strconv.Itoa(tt.Port))
	if tt.HTTPS && tt.Usable {
		cfg, err := b.memberTLS(tt)
		if err != nil {
			return err
		}
		t.tls, t.spare = cfg, b.g.cfg.HostVerification.V == "true-nomarkdown"
	}
	addrs, err := b.p.opt.Resolver.LookupNetIP(b.ctx, "ip", tt.Host)
	if err == nil && len(addrs) == 0 {
		err = fmt.Errorf("host %s has no address", tt.Host)
	}
	if err != nil {
		t.err = err
		return nil
	}
	for _, a := range addrs {
		t.addrs = append(t.addrs, netip.AddrPortFrom(a.Unmap(), uint16(tt.Port)).String())
	}
	return nil
}

// trustedProxies resolves TrustedProxyGroup: addresses, networks and host names. What cannot be resolved is not
// trusted.
func (p *Proxy) trustedProxies(ctx context.Context, cfg *parser.Config) []netip.Prefix {
	var out []netip.Prefix
	for _, tp := range cfg.TrustedProxies {
		if prefix, err := netip.ParsePrefix(tp.Name.V); err == nil {
			out = append(out, prefix.Masked())
			continue
		}
		addrs, err := p.opt.Resolver.LookupNetIP(ctx, "ip", tp.Name.V)
		if err != nil {
			p.log.Warn("trusted proxy cannot be resolved: its private headers are dropped", "proxy", tp.Name.V,
				"error", err)
		}
		for _, a := range addrs {
			a = a.Unmap()
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// trusts reports whether private headers from an address are believed (TrustedProxyGroup).
func (g *generation) trusts(a netip.Addr) bool {
	for _, p := range g.trusted {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// close ends idle streams. Streams in use are closed when they come back.
func (g *generation) close() {
	for i := range g.clusters {
		for j := range g.clusters[i].members {
			for k := range g.clusters[i].members[j].transports {
				g.clusters[i].members[j].transports[k].close()
			}
		}
	}
}

// sweep drops idle streams that are too old or were closed by their member.
func (g *generation) sweep(now match.Nanos) {
	for i := range g.clusters {
		for j := range g.clusters[i].members {
			for k := range g.clusters[i].members[j].transports {
				g.clusters[i].members[j].transports[k].sweep(now)
			}
		}
	}
}

// Rejected is a configuration that the plug-in would reject.
type Rejected struct {
	Files       *diag.Files
	Diagnostics []diag.Diagnostic
}

// Error tells the first error; Diagnostics has them all.
func (r *Rejected) Error() string {
	for _, d := range r.Diagnostics {
		if d.Severity >= diag.Error {
			return r.Files.Line(d)
		}
	}
	return "the configuration is rejected"
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
