package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/demo"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/logs"
)

func proxyCommand() *cli.Command {
	return &cli.Command{
		Name:  "proxy",
		Usage: "serve plugin-cfg.xml: a reverse proxy that decides as the plug-in does",
		Description: `Listens for clients and passes their requests to the members of the clusters, with the plug-in's
routing, session affinity and failover. It reads the file again when RefreshInterval has passed and a request arrives,
and on SIGHUP; SIGTERM and SIGINT stop it gracefully.

   wasplug proxy --demo
   wasplug proxy -c plugin-cfg.xml --listen 127.0.0.1:8080=80 --admin 127.0.0.1:9090
   wasplug proxy -c plugin-cfg.xml --tls-listen :8443=443 --cert cert.pem --key key.pem --access-log -

Exit codes: 0 stopped as asked; 2 wrong usage; 3 the file cannot be read, the plug-in would reject it, or an address
cannot be listened on.`,
		Flags:  proxyFlags(),
		Action: runProxy,
	}
}

// proxyFlags are those of a program that runs for long: where it listens, what it logs, who may look at it.
func proxyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"},
			Usage: "`FILE`, a plugin-cfg.xml or a topology (YAML)"},
		&cli.StringFlag{Name: "web-server",
			Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
		&cli.StringSliceFlag{Name: "listen",
			Usage: "`ADDRESS[=PORT]` to listen on; PORT is the port that virtual hosts are matched with; " +
				"repeatable"},
		&cli.StringSliceFlag{Name: "tls-listen", Usage: "`ADDRESS[=PORT]` to listen on with TLS; repeatable"},
		&cli.StringFlag{Name: "cert",
			Usage: "PEM `FILE` with the certificate chain of --tls-listen; read again when it changes"},
		&cli.StringFlag{Name: "key", Usage: "PEM `FILE` with its key"},
		&cli.StringFlag{Name: "client-ca",
			Usage: "PEM `FILE`: clients may show a certificate of this authority, which members get as $WSCC"},
		&cli.StringSliceFlag{Name: "keystore",
			Usage: "`FILE.kdb=FILE.pem`: read the PEM file in place of a key database that only GSKit reads; " +
				"repeatable"},
		&cli.BoolFlag{Name: "allow-trace", Usage: "pass TRACE on to members, which is answered 405 without it"},
		&cli.BoolFlag{Name: "abort-on-close",
			Usage: "give a request up within a second when its client ends its side, as HAProxy's option " +
				"abortonclose; without it such a client gets its answer"},
		&cli.IntFlag{Name: "max-clients",
			Usage: "connections of clients at once, `N`; more are answered 503; default: what the limit of open " +
				"files allows"},
		wordFlag{&cli.StringFlag{Name: "decline", Value: "404",
			Usage: "answer to requests that no Route matches: 404"}, []string{"404"}},
		&cli.StringFlag{Name: "docroot", Usage: "`FOLDER` of static files for requests that no Route matches"},
		&cli.StringFlag{Name: "admin",
			Usage: "`ADDRESS` of the status page, /status.json, /metrics, /health; loopback unless " +
				"--admin-token-file is given"},
		&cli.StringFlag{Name: "admin-token-file", Usage: "`FILE` with the token that the admin listener asks for"},
		&cli.BoolFlag{Name: "admin-write",
			Usage: "let those who have the token drain, disable and weigh members on the status page, beside " +
				"the file"},
		&cli.BoolFlag{Name: "alert-rules", Usage: "print rules for Prometheus about the metrics of --admin, and end"},
		&cli.StringFlag{Name: "access-log", Usage: "`FILE` for a line per request, - for standard output"},
		wordFlag{&cli.StringFlag{Name: "access-log-format", Value: "text",
			Usage: "text or json"}, []string{"text", "json"}},
		&cli.StringFlag{Name: "plugin-log",
			Usage: "`FILE` for lines as in http_plugin.log, as detailed as the LogLevel of the configuration " +
				"says"},
		&cli.DurationFlag{Name: "grace", Value: 30 * time.Second,
			Usage: "how long requests in flight may take when the proxy is stopped"},
		levelFlag(""),
		&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
		&cli.Uint64Flag{Name: "seed", Usage: "draw random choices from seed `N`, not 0"},
		&cli.BoolFlag{Name: "demo",
			Usage: "start two small members, a proxy before them and its status page, and print what to try"},
	}
}

// runProxy reads the flags, opens files and addresses, loads the configuration, serves, and ends in order. Signals are
// noted from the beginning, so that one that comes while it starts ends it, too.
func runProxy(c *cli.Context) error {
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.NArg() > 0 {
		return usageError("proxy takes no arguments, got %q", c.Args().First())
	}
	if c.Bool("alert-rules") { // needs no configuration
		_, err := io.WriteString(c.App.Writer, admin.AlertRules)
		return err
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
	// From here on requests may be in flight, so that every way out goes through Shutdown.
	if err := s.serve(ctx, p, listeners); err != nil {
		p.Shutdown(context.Background())
		return err
	}
	stop() // a second signal ends the program at once
	s.shutdown(p, c.Duration("grace"))
	return nil
}

// proxySetup turns flags into a running proxy.
type proxySetup struct {
	c     *cli.Context
	log   *slog.Logger
	files []io.Closer // logs, and the demo: closed when the proxy has ended
	demo  *demo.Demo  // nil without --demo
	page  string      // URL of the status page, "" without one
}

func (s *proxySetup) close() {
	for _, f := range s.files {
		f.Close()
	}
}

// options turns flags into what the proxy is told. The plug-in that it plays sits in no web server of IBM's: the open
// choices of a platform are those of this proxy.
func (s *proxySetup) options() (opt proxy.Options, err error) {
	plugin, notes := pluginOf(s.c), app.Notes{}
	plugin.Platform = "proxy"
	sem, _, err := plugin.Assumptions(inputOf(s.c), &notes)
	if err != nil {
		return opt, ended(err)
	}
	opt = proxy.Options{
		Assumptions: &sem, Seed: s.c.Uint64("seed"), Log: s.log, Version: "wasplug " + buildInfo().Version,
		Docroot: s.c.String("docroot"), Keystore: map[string]string{}, MaxClients: s.c.Int("max-clients"),
		AllowTrace: s.c.Bool("allow-trace"), AbortOnClose: s.c.Bool("abort-on-close"),
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
		opt.AccessLog = logs.NewAccess(w, format == "json", time.Now)
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
	return max(int(files/5*2)-16, 4) // two of five files, less 16 for listeners, logs and what the program has open
}

// appendTo opens a log file, or standard output for "-". It appends: a log of before a restart is the one that is
// looked for.
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

// refused words an error of the configuration. A file that the plug-in would reject (R18) is told finding by finding.
func (s *proxySetup) refused(err error) error {
	var rejected *generation.Rejected
	if errors.As(err, &rejected) {
		printDiagnostics(s.c.App.ErrWriter, rejected.Files, rejected.Diagnostics)
		return failure(fmt.Errorf("%s: the plug-in would reject this file, so nothing is served",
			s.c.String("config")))
	}
	var exit *exitError
	if errors.As(err, &exit) {
		return err
	}
	return failure(err)
}
