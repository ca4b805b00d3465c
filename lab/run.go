package lab

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser"
)

// secure makes the certificate of the run, where the file has https Transports, and lets every keyring stand for it.
// Members check nothing of clients, so the proxy needs the certificate only to trust it.
func (l *Lab) secure(members []*planned) (err error) {
	var hosts []string
	for _, p := range members {
		hosts = append(hosts, p.https...)
		if l.opt.Sessions(p.cluster).Encryption == "tls" {
			hosts = append(hosts, "127.0.0.1") // of the routes between the members
		}
	}
	if len(hosts) == 0 {
		return nil
	}
	if l.identity, err = newIdentity(hosts); err != nil {
		return fmt.Errorf("the certificate of the run: %w", err)
	}
	ring := l.folder.file("keyring.pem")
	for i := range l.table.Clusters {
		for j := range l.table.Clusters[i].Members {
			for _, tr := range l.table.Clusters[i].Members[j].Transports {
				if p := parser.Find(tr.Source.Properties, "keyring"); p != nil {
					l.keystore[p.Value.V] = ring
				}
			}
		}
	}
	return os.WriteFile(ring, l.identity.cert, 0o600)
}

// admit makes the members, dead yet, and leads the addresses of the file to them. Token and key are drawn once: all
// members of the run have the same, so that a login at one is good at all.
func (l *Lab) admit(ctx context.Context, all []*planned) error {
	secret := make([]byte, 48)
	rand.Read(secret)
	for i, p := range all {
		m := &Member{Name: p.name, Cluster: p.cluster, CloneID: p.cloneID, lab: l, state: Dead}
		sessions := l.sessionsOf(p.cluster)
		m.spec = member.Spec{Name: p.name, Cluster: p.cluster, CloneID: p.cloneID,
			Token: hex.EncodeToString(secret[:16]), LTPAKey: secret[16:], Roots: contextRoots(l.opt.Config),
			Apps: l.opt.Apps, Session: sessions.Config, ManualClock: l.opt.Manual}
		if l.opt.Manual {
			m.spec.Start = session.Millis(noon(l.began).UnixMilli())
		}
		// Each member draws other IDs than the others; bits 48 and up tell its lives apart (command).
		if l.opt.Seed != 0 {
			m.spec.Seed = l.opt.Seed + uint64(i)<<32
		}
		if l.identity != nil {
			m.spec.Cert, m.spec.Key = string(l.identity.cert), string(l.identity.key)
		}
		l.members = append(l.members, m)
		if err := m.reserve(); err != nil {
			return err
		}
		// the port that is kept for it stays unused then
		if l.opt.PortBase > 0 {
			m.spec.Listen = net.JoinHostPort("127.0.0.1", strconv.Itoa(l.opt.PortBase+i))
		}
		if err := l.assign(ctx, m, sessions); err != nil {
			return err
		}
		for _, address := range p.addresses {
			host, port, _ := net.SplitHostPort(address)
			l.network.lead(host, port, m.spec.Listen)
		}
	}
	return nil
}

// noon is when clocks begin that stand: so it is no matter of the day's time which hours of clean-up are near (D9).
func noon(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour) }

// sessionsOf are the sessions of a cluster, with what the file says of them: a member must answer with the cookie that
// the plug-in looks for.
func (l *Lab) sessionsOf(cluster string) Sessions {
	s := l.opt.Sessions(cluster)
	id, _ := l.table.ClusterByName(cluster)
	s.CloneSeparator = string(l.table.Clusters[id].Separator)
	for _, r := range l.table.Routes {
		if r.Cluster != id || r.URIs == nil {
			continue
		}
		for _, p := range r.URIs.Patterns {
			if p.Source != nil && p.Source.AffinityCookie.V != "" {
				s.Cookie = p.Source.AffinityCookie.V
				if u := p.Source.AffinityURLIdentifier.V; u != "" {
					s.URLIdentifier = u
				}
				return s
			}
		}
	}
	return s
}

// reserve keeps two ports for the member, over all its lives: while it is dead nobody else gets them, and connecting
// to them is refused.
func (m *Member) reserve() error {
	for _, at := range []*string{&m.spec.Listen, &m.spec.Control} {
		address, release, err := port.Reserve("127.0.0.1:0")
		if err != nil {
			return err
		}
		*at, m.release = address, append(m.release, release)
	}
	return nil
}

// startMembers starts the servers of the grid, which members look for, and then the members, all at the same time:
// those of a domain wait for each other.
func (l *Lab) startMembers(ctx context.Context) error {
	begin := func(m *Member) error { return m.Start(ctx) }
	if err := each(l.part(true), begin); err != nil {
		return err
	}
	return each(l.part(false), begin)
}

// part are the servers of the grid, or those who are none.
func (l *Lab) part(grid bool) (list []*Member) {
	for _, m := range l.members {
		if m.InGrid() == grid {
			list = append(list, m)
		}
	}
	return list
}

// each does something to several members at once.
func each(members []*Member, do func(*Member) error) error {
	errs := make([]error, len(members))
	var all sync.WaitGroup
	for i, m := range members {
		all.Go(func() { errs[i] = do(m) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// startProcesses starts the web server processes, one after the other: the first at the address that somebody may
// have asked for, the others at free ports of the same host.
func (l *Lab) startProcesses(ctx context.Context) error {
	host, _, _ := net.SplitHostPort(l.opt.Listen)
	for i := range l.opt.Processes {
		address := l.opt.Listen
		if i > 0 {
			address = net.JoinHostPort(host, "0")
		}
		p, err := l.startProcess(ctx, address)
		if err != nil {
			return err
		}
		l.processes = append(l.processes, p)
	}
	return nil
}

// Tick lets the write threads of all members that run have a look (W4), and returns when all have written.
func (l *Lab) Tick(ctx context.Context) error {
	return each(l.part(false), func(m *Member) error {
		if m.State() != Up {
			return nil
		}
		_, err := m.Control(ctx, "/tick", "")
		return err
	})
}

// Example is a URL at the first web server process that leads to the servlet which counts, or another one where the
// file does not let it through, and the Host header to send; "" for that of the URL.
func (l *Lab) Example() (url, host string) {
	var paths []string
	for _, r := range l.table.Routes {
		if r.URIs == nil {
			paths = append(paths, "/hitcount")
			continue
		}
		for _, p := range r.URIs.Patterns {
			if root, ok := strings.CutSuffix(p.Text, "/*"); ok {
				paths = append(paths, root+"/hitcount")
			} else if !strings.Contains(p.Text, "*") {
				paths = append(paths, p.Text)
			}
		}
	}
	best := slices.IndexFunc(paths, func(p string) bool { return strings.HasSuffix(p, "/hitcount") })
	path := "/"
	if len(paths) > 0 {
		path = paths[max(best, 0)]
	}
	for _, r := range l.table.Routes {
		if r.Vhosts == nil || len(r.Vhosts.Aliases) == 0 {
			continue
		}
		if name := r.Vhosts.Aliases[0].Host; name != "*" {
			host = name
		}
		break
	}
	return l.Proxy(0).URL + path, host
}

// tell hands on what a member said.
func (l *Lab) tell(name string, line []byte) {
	if l.opt.OnEvent != nil {
		l.opt.OnEvent(Event{name, line})
	}
}

// Members are all of them, in the order of the file.
func (l *Lab) Members() []*Member { return l.members }

// Member is one by its name, nil for none.
func (l *Lab) Member(name string) *Member {
	for _, m := range l.members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Proxy is a web server process, from 0 on.
func (l *Lab) Proxy(i int) *Process { return l.processes[i] }

// Processes is how many web server processes there are.
func (l *Lab) Processes() int { return len(l.processes) }

// Port is the one that requests count as sent to.
func (l *Lab) Port() int {
	if l.port != 0 {
		return l.port
	}
	_, text, _ := net.SplitHostPort(l.processes[0].at)
	port, _ := strconv.Atoi(text) // it is that of a listener
	return port
}

// Folder is where the run keeps its files.
func (l *Lab) Folder() string { return l.folder.path }

// Advance moves the clocks of all web server processes and of all members that run; those that are started later
// begin with it, and one that is stopped keeps its own time.
func (l *Lab) Advance(ctx context.Context, d time.Duration) error {
	for _, p := range l.processes {
		p.Advance(d)
	}
	l.ahead.Add(d.Milliseconds())
	return each(l.part(false), func(m *Member) error {
		if m.State() != Up {
			return nil
		}
		_, err := m.Control(ctx, "/clock", "add="+d.String())
		return err
	})
}

// advanced is how far the clocks have been moved.
func (l *Lab) advanced() session.Millis { return session.Millis(l.ahead.Load()) }

// Abort kills all members at once. Close is still to be called, or goes on faster where it waits. It is for whoever
// presses Ctrl-C twice.
func (l *Lab) Abort() {
	each(l.members, func(m *Member) error { return m.Kill() })
}

// Close ends everything: web server processes at once, members in order, those that take longer than 20 s by force,
// and last the stores, to which members write while they end. The folder goes, unless it is to be kept. Start calls
// it, too, when it has failed half-way.
func (l *Lab) Close() error {
	for _, p := range l.processes {
		p.close()
	}
	end := func(m *Member) error {
		defer m.free()
		if m.State() == Dead {
			return nil
		}
		return m.Shutdown(context.Background())
	}
	err := errors.Join(each(l.part(false), end), each(l.part(true), end))
	l.client.CloseIdleConnections()
	err = errors.Join(err, l.closeStores())
	if l.folder != nil {
		err = errors.Join(err, l.folder.remove())
	}
	return err
}

// free gives up the ports of the member.
func (m *Member) free() {
	for _, release := range m.release {
		release()
	}
	m.release = nil
}
