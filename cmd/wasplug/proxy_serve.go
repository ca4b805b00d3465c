package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/admin"
)

// shutdown ends the proxy, and waits no longer than it must even where a file that is being read holds it.
func (s *proxySetup) shutdown(p *proxy.Proxy, patience time.Duration) {
	grace, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.Shutdown(grace) }()
	select {
	case err := <-done:
		if err != nil {
			s.log.Warn("requests in flight were cut: they took longer than --grace")
		}
	case <-time.After(patience + time.Second):
		s.log.Warn("something did not end within --grace, such as a file that cannot be read: ended all the same")
	}
}

// serve runs until ctx ends or an address cannot be served any longer.
func (s *proxySetup) serve(ctx context.Context, p *proxy.Proxy, listeners []*proxy.Listener) error {
	hangup := make(chan os.Signal, 1)
	// before anybody can know that it listens: a SIGHUP that nobody waits for ends the program
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	errs := make(chan error, len(listeners)+1) // one of each, so that none waits for a reader that is gone
	stopAdmin, err := s.admin(p, errs)
	if err != nil {
		return err
	}
	defer stopAdmin()
	for _, l := range listeners {
		s.announce(p, l)
		go func() {
			if err := p.Serve(l); err != nil {
				errs <- err
			}
		}()
	}
	if s.demo != nil {
		fmt.Fprint(s.c.App.Writer, s.demo.Help(listeners[0].Addr().String(), s.page))
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			go p.Reload(ctx) // it logs what came of it; a file that cannot be read must hold up nobody
		case err := <-errs:
			return failure(err)
		}
	}
}

// announce says where the proxy listens and which requests can match there.
func (s *proxySetup) announce(p *proxy.Proxy, l *proxy.Listener) {
	scheme := "http"
	if l.TLS != nil {
		scheme = "https"
	}
	aliases, idle := p.Serves(l)
	fmt.Fprintf(s.c.App.ErrWriter, "wasplug: listening on %s://%s; virtual hosts that can match: %s\n", scheme,
		l.Addr(), orNone(aliases))
	if idle != "" {
		fmt.Fprintf(s.c.App.ErrWriter, "wasplug: warning: %s\n", idle)
	}
}

// orNone lists names in a line of the log, of many the first.
func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	const most = 8
	if len(list) > most {
		return strings.Join(list[:most], " ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, " ")
}

// admin serves the status page, when asked to.
func (s *proxySetup) admin(p *proxy.Proxy, errs chan<- error) (stop func(), err error) {
	address, token := s.c.String("admin"), ""
	if s.c.Bool("admin-write") && (address == "" || s.c.String("admin-token-file") == "") {
		return nil, usageError("--admin-write lets people change members: give --admin and --admin-token-file, too")
	}
	if address == "" && s.demo == nil {
		return func() {}, nil
	}
	token, err = adminToken(s.c)
	if err != nil {
		return nil, err
	}
	l, err := listenAdmin(address, token)
	if err != nil {
		return nil, err
	}
	s.page = "http://" + l.Addr().String() + "/"
	fmt.Fprintf(s.c.App.ErrWriter, "wasplug: status page on %s\n", s.page)
	page := admin.New(p, token)
	if s.c.Bool("admin-write") {
		page.Writing(p, token)
	}
	return serveAdmin(l, page, errs), nil
}

// adminToken reads the token of the status page, "" without one. It is read once, and from a file: arguments and
// environment of a process are shown to others.
func adminToken(c *cli.Context) (string, error) {
	name := c.String("admin-token-file")
	if name == "" {
		return "", nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return "", failure(err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", usageError("--admin-token-file %s is empty", name)
	}
	return token, nil
}

// serveAdmin serves a status page until it is told to stop; that it cannot go on it says to errs.
func serveAdmin(l net.Listener, page http.Handler, errs chan<- error) (stop func()) {
	// Limits are those of a page that few read, and that must not be held by who reads slowly.
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(l); err != http.ErrServerClosed {
			errs <- err
		}
	}()
	return func() { server.Close() }
}
