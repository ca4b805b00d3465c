package main

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy"
)

func proxyCommand() *cli.Command {
	return &cli.Command{
		Name:  "proxy",
		Usage: "serve plugin-cfg.xml: a reverse proxy that decides as the plug-in does",
		Description: `Listens for clients and passes their requests to the members of the clusters, with the plug-in's routing, session affinity and failover.

   wasplug proxy -c plugin-cfg.xml --listen 127.0.0.1:9080
   wasplug proxy -c plugin-cfg.xml --listen 0.0.0.0:8080=80

Exit codes: 0 stopped as asked; 2 wrong usage; 3 the file cannot be read, the plug-in would reject it, or an address cannot be listened on.`,
		Flags: append(configFlags(),
			&cli.StringSliceFlag{Name: "listen", Usage: "`ADDRESS[=PORT]` to listen on; PORT is the port that virtual hosts are matched with; repeatable"},
			&cli.DurationFlag{Name: "grace", Value: 30 * time.Second, Usage: "how long requests in flight may take when the proxy is stopped"},
			&cli.StringFlag{Name: "plugin-level", Value: "latest", Usage: "`LEVEL` of the plug-in, such as 5.1, 7.0.0.13 or 9.0.5"},
			&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
		),
		Action: runProxy,
	}
}

func runProxy(c *cli.Context) error {
	sem, _, err := readSemantics(c)
	if err != nil {
		return err
	}
	path := c.String("config")
	source := proxy.Source{
		Read: func() (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
			files := diag.NewFiles()
			cfg, faults, err := loadConfig(c, files, path)
			return cfg, files, faults, err
		},
		Stamp: proxy.FileStamp(path),
	}
	p, err := proxy.New(c.Context, source, proxy.Options{Semantics: &sem})
	if err != nil {
		return failure(err)
	}
	errs := make(chan error, 1)
	for _, spec := range c.StringSlice("listen") {
		l, err := listen(spec)
		if err != nil {
			return err
		}
		go func() {
			if err := p.Serve(l); err != nil {
				errs <- err
			}
		}()
	}
	select {
	case <-c.Context.Done():
	case err = <-errs:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context), c.Duration("grace"))
	defer cancel()
	p.Shutdown(ctx)
	if err != nil {
		return failure(err)
	}
	return nil
}

// listen opens ADDRESS[=PORT].
func listen(spec string) (*proxy.Listener, error) {
	address, port, written := strings.Cut(spec, "=")
	l := &proxy.Listener{}
	if written {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return nil, usageError("--listen %q: the port behind = is not a number from 1 to 65535", spec)
		}
		l.Port = n
	}
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, failure(err)
	}
	l.Listener = inner
	return l, nil
}
