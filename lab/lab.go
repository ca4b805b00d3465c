package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Lab is what runs. Fields are set by Start and stay as they are; what changes has a lock of its own in Member and
// Process.
type Lab struct {
	opt       Options
	table     *routecheck.Table
	port      int // that requests count as sent to, 0 the listener's own
	folder    *folder
	network   *network
	identity  *identity         // nil: no https Transport
	keystore  map[string]string // the file that stands for each keyring
	members   []*Member         // in the order of the file, then replicators, then servers of the grid
	processes []*Process        // web servers
	client    *http.Client      // for orders to members
	began     time.Time
	stores    stores
	ahead     atomic.Int64 // milliseconds that clocks have been moved
}

// Start starts all members and then the web server processes. After an error nothing is left running. What dead runs
// have left is taken away first.
func Start(ctx context.Context, opt Options) (*Lab, error) {
	l := &Lab{opt: opt, client: &http.Client{Timeout: controlLimit}, began: time.Now(),
		stores: stores{domains: map[string]*domain{}, password: randomName()}, keystore: map[string]string{},
		network: &network{hosts: map[string]netip.Addr{}, ports: map[string]string{}}}
	if err := l.start(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// start makes everything in the order in which one thing needs another: who runs, the folder, the certificate that
// members show, members with their ports and stores, who is in a domain with whom; only then are processes started,
// members before the proxies that ask them.
func (l *Lab) start(ctx context.Context) (err error) {
	if err := l.opt.complete(); err != nil {
		return err
	}
	l.table, _ = match.New(l.opt.Config)
	at := func(m *match.Member) string { return l.opt.Files.Start(m.At).String() }
	l.port = servedPort(l.table, l.opt.Listen)
	planned, err := plan(l.table, at)
	if err != nil {
		return err
	}
	sweep(ctx, os.TempDir(), "")
	if l.folder, err = makeFolder(l.opt.Keep); err != nil {
		return err
	}
	if err := l.secure(planned); err != nil {
		return err
	}
	if err := l.admit(ctx, planned); err != nil {
		return err
	}
	if err := l.introduce(); err != nil {
		return err
	}
	if err := l.startMembers(ctx); err != nil {
		return err
	}
	return l.startProcesses(ctx)
}

// complete puts in what is not said.
func (o *Options) complete() (err error) {
	if o.Sessions == nil {
		o.Sessions = func(string) Sessions { return Sessions{Config: session.Default()} }
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if host, _, err := net.SplitHostPort(o.Listen); err != nil || !isLoopback(host) {
		return fmt.Errorf("%s: the lab listens on loopback addresses only, such as 127.0.0.1:8080", o.Listen)
	}
	o.Processes = max(o.Processes, 1)
	if o.Executable == "" {
		o.Executable, err = os.Executable()
	}
	return err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// servedPort is the port that requests count as sent to: that of the listener where some virtual host has it, else
// the first one that a virtual host has. The lab listens where it may, and the file speaks of port 80.
func servedPort(t *routecheck.Table, listen string) int {
	_, text, _ := net.SplitHostPort(listen)
	if port, err := strconv.Atoi(text); err == nil && port != 0 && t.TakesPort(port) {
		return 0
	}
	for _, r := range t.Routes {
		if r.Vhosts == nil {
			continue
		}
		for _, a := range r.Vhosts.Aliases {
			if a.Port != 0 {
				return a.Port
			}
		}
	}
	return 0
}
