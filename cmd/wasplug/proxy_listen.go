package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/demo"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/keystore"
)

// source is where the configuration comes from, and where the proxy listens.
func (s *proxySetup) source(ctx context.Context) (generation.Source, []*proxy.Listener, error) {
	path := s.c.String("config")
	if s.c.Bool("demo") {
		if given(s.c, "config") {
			return generation.Source{}, nil, usageError("--demo brings its own configuration: leave --config out")
		}
		return s.demoSource(ctx)
	}
	switch {
	case path == "":
		return generation.Source{}, nil, usageError("say which file to serve with --config, or try --demo")
	case path == "-":
		return generation.Source{}, nil, usageError("--config: the proxy reads its file again and again, so it " +
			"cannot be standard input")
	}
	source := generation.Source{Stamp: generation.FileStamp(path),
		Read: func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
			load := app.Load{Config: configOf(s.c), Pause: pause}
			l, err := load.Run(inputOf(s.c))
			printNotes(s.c, l.Notes)
			printDiagnostics(s.c.App.ErrWriter, l.Files, app.Doubts(l.Reports))
			return l.Config, l.Files, l.Reports, ended(err)
		}}
	listeners, err := s.listeners()
	return source, listeners, err
}

// demoSource is the configuration of --demo, which its members are part of; --listen may say another address.
func (s *proxySetup) demoSource(ctx context.Context) (generation.Source, []*proxy.Listener, error) {
	d, err := demo.Start()
	if err != nil {
		return generation.Source{}, nil, failure(err)
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
			for _, l := range all { // nothing listens half
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

// tlsConfig is shared by all listeners of --tls-listen. The pair is read again when its files change; authorities of
// clients are read once.
func (s *proxySetup) tlsConfig() (*tls.Config, error) {
	cert, key := s.c.String("cert"), s.c.String("key")
	if cert == "" || key == "" {
		return nil, usageError("--tls-listen needs --cert and --key")
	}
	pair, err := keystore.LoadCertificate(cert, key, time.Now, s.log)
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

// listen opens ADDRESS[=PORT]: 127.0.0.1:8080=80 listens on 8080 and is matched as 80, for who may not listen there,
// or stands behind what does.
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

// listenAdmin opens the address of the status page; the demo has one without being asked.
func listenAdmin(address, token string) (net.Listener, error) {
	if address == "" {
		return listenFree("127.0.0.1:9090")
	}
	if !admin.CheckAddress(address, token) {
		return nil, usageError("--admin %q can be reached from outside: use a loopback address such as "+
			"127.0.0.1:9090, or set a token with --admin-token-file", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, failure(fmt.Errorf("--admin: %w", err))
	}
	return l, nil
}
