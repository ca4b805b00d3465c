package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/demo"
	"github.com/wasplug/wasplug/proxy/keystore"
)

func proxyCommand() *cli.Command {
	return &cli.Command{
		Name:  "proxy",
		Usage: "serve plugin-cfg.xml: a reverse proxy that decides as the plug-in does",
		Description: `Listens for clients and passes their requests to the members of the clusters, with the plug-in's routing, session affinity and failover.
It reads the file again when RefreshInterval has passed and a request arrives, and on SIGHUP; SIGTERM and SIGINT stop it gracefully.

   wasplug proxy --demo
   wasplug proxy -c plugin-cfg.xml --listen 127.0.0.1:8080=80 --admin 127.0.0.1:9090
   wasplug proxy -c plugin-cfg.xml --tls-listen :8443=443 --cert cert.pem --key key.pem --access-log -

Exit codes: 0 stopped as asked; 2 wrong usage; 3 the file cannot be read, the plug-in would reject it, or an address cannot be listened on.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE`, a plugin-cfg.xml or a topology (YAML)"},
			&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
			&cli.StringSliceFlag{Name: "listen", Usage: "`ADDRESS[=PORT]` to listen on; PORT is the port that virtual hosts are matched with; repeatable"},
			&cli.StringSliceFlag{Name: "tls-listen", Usage: "`ADDRESS[=PORT]` to listen on with TLS; repeatable"},
			&cli.StringFlag{Name: "cert", Usage: "PEM `FILE` with the certificate chain of --tls-listen; read again when it changes"},
			&cli.StringFlag{Name: "key", Usage: "PEM `FILE` with its key"},
			&cli.StringFlag{Name: "client-ca", Usage: "PEM `FILE`: clients may show a certificate of this authority, which members get as $WSCC"},
			&cli.StringSliceFlag{Name: "keystore", Usage: "`FILE.kdb=FILE.pem`: read the PEM file in place of a key database that only GSKit reads; repeatable"},
			&cli.BoolFlag{Name: "allow-trace", Usage: "pass TRACE on to members, which is answered 405 without it"},
			&cli.IntFlag{Name: "max-clients", Usage: "connections of clients at once, `N`; more are answered 503; default: what the limit of open files allows"},
			wordFlag{&cli.StringFlag{Name: "decline", Value: "404", Usage: "answer to requests that no Route matches: 404"}, []string{"404"}},
			&cli.StringFlag{Name: "docroot", Usage: "`FOLDER` of static files for requests that no Route matches"},
			&cli.StringFlag{Name: "admin", Usage: "`ADDRESS` of the status page, /status.json, /metrics, /health; loopback unless --admin-token-file is given"},
			&cli.StringFlag{Name: "admin-token-file", Usage: "`FILE` with the token that the admin listener asks for"},
			&cli.StringFlag{Name: "access-log", Usage: "`FILE` for a line per request, - for standard output"},
			wordFlag{&cli.StringFlag{Name: "access-log-format", Value: "text", Usage: "text or json"}, []string{"text", "json"}},
			&cli.StringFlag{Name: "plugin-log", Usage: "`FILE` for lines as in http_plugin.log, as detailed as the LogLevel of the configuration says"},
			&cli.DurationFlag{Name: "grace", Value: 30 * time.Second, Usage: "how long requests in flight may take when the proxy is stopped"},
			&cli.StringFlag{Name: "plugin-level", Value: "latest", Usage: "`LEVEL` of the plug-in, such as 5.1, 7.0.0.13 or 9.0.5"},
			&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
			&cli.Uint64Flag{Name: "seed", Usage: "draw random choices from seed `N`, not 0"},
			&cli.BoolFlag{Name: "demo", Usage: "start two small members, a proxy before them and its status page, and print what to try"},
		},
		Action: runProxy,
	}
}

func runProxy(c *cli.Context) error {
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.NArg() > 0 {
		return usageError("proxy takes no arguments, got %q", c.Args().First())
	}
	s := &proxySetup{c: c, log: slog.New(slog.NewTextHandler(c.App.ErrWriter, nil))}
	defer s.close()
	opt, err := s.options()
	if err != nil {
		return err
	}
	source, listeners, err := s.source(ctx)
	if err != nil {
		return err
	}
	p, err := proxy.New(ctx, source, opt)
	if err != nil {
		return s.refused(err)
	}
	if err := s.serve(ctx, p, listeners); err != nil {
		p.Shutdown(context.Background())
		return err
	}
	stop() // a second signal ends the program at once
	s.shutdown(p, c.Duration("grace"))
	return nil
}

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

// proxySetup turns flags into a running proxy.
type proxySetup struct {
	c     *cli.Context
	log   *slog.Logger
	files []io.Closer
	demo  *demo.Demo
	page  string // URL of the status page
}

func (s *proxySetup) close() {
	for _, f := range s.files {
		f.Close()
	}
}

func (s *proxySetup) options() (opt proxy.Options, err error) {
	plugin, notes := pluginOf(s.c), app.Notes{}
	plugin.Platform = "proxy"
	sem, _, err := plugin.Semantics(inputOf(s.c), &notes)
	if err != nil {
		return opt, ended(err)
	}
	opt = proxy.Options{
		Semantics: &sem, Seed: s.c.Uint64("seed"), Log: s.log, Version: "wasplug " + buildInfo().Version,
		Docroot: s.c.String("docroot"), Keystore: map[string]string{}, MaxClients: s.c.Int("max-clients"),
		AllowTrace: s.c.Bool("allow-trace"),
	}
	if opt.MaxClients < 0 {
		return opt, usageError("--max-clients %d: want a number from 0 (no limit) on", opt.MaxClients)
	}
	if !s.c.IsSet("max-clients") {
		opt.MaxClients = clientsFor(openFiles())
	}
	if d := s.c.String("decline"); d != "404" {
		return opt, usageError("--decline %q: want 404; files for such requests come from --docroot", d)
	}
	for _, m := range s.c.StringSlice("keystore") {
		from, to, ok := strings.Cut(m, "=")
		if !ok {
			return opt, usageError("--keystore %q: want FILE.kdb=FILE.pem", m)
		}
		opt.Keystore[from] = to
	}
	format, err := chosen(s.c, "access-log-format")
	if err != nil {
		return opt, err
	}
	if name := s.c.String("access-log"); name != "" {
		w, err := s.appendTo(name)
		if err != nil {
			return opt, err
		}
		opt.AccessLog = proxy.NewAccessLog(w, format == "json", time.Now)
	}
	if name := s.c.String("plugin-log"); name != "" {
		if opt.PluginLog, err = s.appendTo(name); err != nil {
			return opt, err
		}
	}
	return opt, nil
}

// clientsFor says how many clients a limit of open files allows, 0 for no limit: each may need a stream to a member
// and a file for its body, and some are needed for everything else.
func clientsFor(files uint64) int {
	if files == 0 || files > 1<<30 {
		return 0
	}
	return max(int(files/5*2)-16, 4)
}

// appendTo opens a log file, or standard output for "-".
func (s *proxySetup) appendTo(name string) (io.Writer, error) {
	if name == "-" {
		return s.c.App.Writer, nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, failure(err)
	}
	s.files = append(s.files, f)
	return f, nil
}

// source is where the configuration comes from, and where the proxy listens.
func (s *proxySetup) source(ctx context.Context) (proxy.Source, []*proxy.Listener, error) {
	path := s.c.String("config")
	if s.c.Bool("demo") {
		if given(s.c, "config") {
			return proxy.Source{}, nil, usageError("--demo brings its own configuration: leave --config out")
		}
		return s.demoSource(ctx)
	}
	switch {
	case path == "":
		return proxy.Source{}, nil, usageError("say which file to serve with --config, or try --demo")
	case path == "-":
		return proxy.Source{}, nil, usageError("--config: the proxy reads its file again and again, so it cannot be standard input")
	}
	source := proxy.Source{Stamp: proxy.FileStamp(path), Read: func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
		load := app.Load{Config: configOf(s.c), Pause: pause}
		l, err := load.Run(inputOf(s.c))
		tell(s.c, l.Notes)
		printDiagnostics(s.c.App.ErrWriter, l.Files, app.Doubts(l.Faults))
		return l.Config, l.Files, l.Faults, ended(err)
	}}
	listeners, err := s.listeners()
	return source, listeners, err
}

func (s *proxySetup) demoSource(ctx context.Context) (proxy.Source, []*proxy.Listener, error) {
	d, err := demo.Start()
	if err != nil {
		return proxy.Source{}, nil, failure(err)
	}
	s.demo = d
	s.files = append(s.files, d)
	if addresses := s.c.StringSlice("listen"); len(addresses) > 0 {
		l, err := listen("--listen", addresses[0])
		return d.Source(), []*proxy.Listener{l}, err
	}
	inner, err := listenFree("127.0.0.1:9080")
	return d.Source(), []*proxy.Listener{{Listener: inner}}, err
}

// listenFree listens on the usual address of the demo, or on a free port where another program has it.
func listenFree(usual string) (net.Listener, error) {
	l, err := net.Listen("tcp", usual)
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, failure(err)
	}
	return l, nil
}

// listeners opens everything that clients can connect to.
func (s *proxySetup) listeners() (all []*proxy.Listener, err error) {
	plain, secure := s.c.StringSlice("listen"), s.c.StringSlice("tls-listen")
	if len(plain)+len(secure) == 0 {
		return nil, usageError("say where to listen, as in --listen 127.0.0.1:8080")
	}
	var cfg *tls.Config
	if len(secure) > 0 {
		if cfg, err = s.tlsConfig(); err != nil {
			return nil, err
		}
	}
	for i, spec := range append(plain, secure...) {
		flag := "--listen"
		if i >= len(plain) {
			flag = "--tls-listen"
		}
		l, err := listen(flag, spec)
		if err != nil {
			for _, l := range all {
				l.Close()
			}
			return nil, err
		}
		if i >= len(plain) {
			l.TLS = cfg
		}
		all = append(all, l)
	}
	return all, nil
}

func (s *proxySetup) tlsConfig() (*tls.Config, error) {
	cert, key := s.c.String("cert"), s.c.String("key")
	if cert == "" || key == "" {
		return nil, usageError("--tls-listen needs --cert and --key")
	}
	pair, err := keystore.LoadCertificate(cert, key, s.log)
	if err != nil {
		return nil, failure(err)
	}
	var authorities *x509.CertPool
	if name := s.c.String("client-ca"); name != "" {
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, failure(err)
		}
		authorities = x509.NewCertPool()
		if !authorities.AppendCertsFromPEM(pem) {
			return nil, failure(fmt.Errorf("%s holds no certificate", name))
		}
	}
	return pair.Config(authorities), nil
}

// listen opens ADDRESS[=PORT].
func listen(flag, spec string) (*proxy.Listener, error) {
	address, port, written := strings.Cut(spec, "=")
	l := &proxy.Listener{}
	if written {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return nil, usageError("%s %q: the port behind = is not a number from 1 to 65535", flag, spec)
		}
		l.Port = n
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, usageError("%s %q: want an address with a port, as in 127.0.0.1:8080 or :8080", flag, spec)
	}
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, failure(fmt.Errorf("%s: %w", flag, err))
	}
	l.Listener = inner
	return l, nil
}

// refused words an error of the configuration.
func (s *proxySetup) refused(err error) error {
	var rejected *proxy.Rejected
	if errors.As(err, &rejected) {
		printDiagnostics(s.c.App.ErrWriter, rejected.Files, rejected.Diagnostics)
		return failure(fmt.Errorf("%s: the plug-in would reject this file, so nothing is served", s.c.String("config")))
	}
	var exit *exitError
	if errors.As(err, &exit) {
		return err
	}
	return failure(err)
}

// serve runs until ctx ends or an address cannot be served any longer.
func (s *proxySetup) serve(ctx context.Context, p *proxy.Proxy, listeners []*proxy.Listener) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP) // before anybody can know that it listens: a SIGHUP that nobody waits for ends the program
	defer signal.Stop(hangup)
	errs := make(chan error, len(listeners)+1)
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
	aliases, any := p.Serves(l)
	fmt.Fprintf(s.c.App.ErrWriter, "wasplug: listening on %s://%s; virtual hosts that can match: %s\n", scheme, l.Addr(), orNone(aliases))
	if !any {
		fmt.Fprintf(s.c.App.ErrWriter, "wasplug: warning: no virtual host has the port that requests arrive with, so all are declined; say which port is meant with %s=PORT\n", l.Addr())
	}
}

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

// listenAdmin opens the address of the status page; the demo has one without being asked.
func listenAdmin(address, token string) (net.Listener, error) {
	if address == "" {
		return listenFree("127.0.0.1:9090")
	}
	if !admin.CheckAddress(address, token) {
		return nil, usageError("--admin %q can be reached from outside: use a loopback address such as 127.0.0.1:9090, or set a token with --admin-token-file", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, failure(fmt.Errorf("--admin: %w", err))
	}
	return l, nil
}

// admin serves the status page, when asked to.
func (s *proxySetup) admin(p *proxy.Proxy, errs chan<- error) (stop func(), err error) {
	address, token := s.c.String("admin"), ""
	if address == "" && s.demo == nil {
		return func() {}, nil
	}
	if name := s.c.String("admin-token-file"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, failure(err)
		}
		if token = strings.TrimSpace(string(data)); token == "" {
			return nil, usageError("--admin-token-file %s is empty", name)
		}
	}
	l, err := listenAdmin(address, token)
	if err != nil {
		return nil, err
	}
	s.page = "http://" + l.Addr().String() + "/"
	fmt.Fprintf(s.c.App.ErrWriter, "wasplug: status page on %s\n", s.page)
	server := &http.Server{Handler: admin.New(p, token), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(l); err != http.ErrServerClosed {
			errs <- err
		}
	}()
	return func() { server.Close() }, nil
}
