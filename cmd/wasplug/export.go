package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report"
)

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write plugin-cfg.xml for another proxy, and what is lost",
		ArgsUsage: "FILE",
		Description: `FILE is a plugin-cfg.xml or a topology. The folder that -o names gets a configuration that the
proxy starts with as it is, from any working folder, and always LOSSES.md and losses.json: for each thing that the
plug-in does, whether the target does it exactly (E), nearly so (A) or not (X), with its places in FILE. Paths are
compared as clients send them.

Envoy's configuration has been run on none. For traefik and gateway-api only LOSSES.md and losses.json are written:
affinity by clone ID cannot be kept there, and they say how to put 'wasplug proxy' behind.

Before anything is written, what is to be written is asked sample requests and must say what 'wasplug why' says. A file
that asks for partition tables, or in which two servers of a cluster share a clone ID, is refused.

   wasplug export --to haproxy -o haproxy/ --listen 127.0.0.1:8080=80 plugin-cfg.xml
   wasplug export --to haproxy -o haproxy/ --tls-listen :443 --cert web.pem --keystore plugin-key.kdb=cas.pem cfg.xml
   wasplug export --to haproxy -o haproxy/ --strict --check plugin-cfg.xml

Exit codes: 0 written; 1 --strict and something that FILE asks for is not kept, or the proxy's own check refuses the
configuration; 2 wrong usage; 3 FILE cannot be read or exported, or --check finds no program to check with.`,
		Flags:  append(outputFlags("`DIR` to write the files into"), exportFlags()...),
		Action: exportAction,
	}
}

// exportFlags say for which proxy, where it listens, what it tells members, and what becomes of the files.
func exportFlags() []cli.Flag {
	return append(configFlags(),
		wordFlag{&cli.StringFlag{Name: "to", Usage: "`TARGET`: " + strings.Join(authoring.ExportTargets(), ", ")},
			authoring.ExportTargets()},
		&cli.StringFlag{Name: "target-version",
			Usage: "`VERSION` of the proxy; nginx from 1.29.6 on gets 'sticky route' " +
				"(default: what every version takes)"},
		&cli.StringFlag{Name: "modules", Usage: "with --to httpd: `DIR` of its modules (default Debian's)"},
		&cli.BoolFlag{Name: "fragment", Usage: "write only the part to include, not a whole configuration"},
		&cli.StringSliceFlag{Name: "listen",
			Usage: "`ADDRESS[=PORT]` to listen on; PORT is the port that virtual hosts are matched with; repeatable " +
				"(default :8080=80, without --tls-listen)"},
		&cli.StringSliceFlag{Name: "tls-listen", Usage: "`ADDRESS[=PORT]` to listen on with TLS; repeatable"},
		&cli.StringFlag{Name: "cert", Usage: "PEM `FILE` with the certificate chain of --tls-listen and its key"},
		wordFlag{&cli.StringFlag{Name: "headers", Value: "ws",
			Usage: "what tells members of the client: ws ($WS headers), forwarded (X-Forwarded " +
				"headers), both or none"},
			export.HeaderKinds()},
		&cli.StringSliceFlag{Name: "keystore",
			Usage: "`FILE.kdb=FILE.pem`: the authorities of members' certificates, in place of a key database that " +
				"only GSKit reads; repeatable"},
		levelFlag(""),
		&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
		assumeFileFlag(),
		&cli.BoolFlag{Name: "strict", Usage: "exit 1 where something that the file asks for is not kept (X)"},
		&cli.BoolFlag{Name: "check",
			Usage: "have the proxy's own program check what was written, where it is installed"},
		formatFlag("", report.Export, ", of the report on standard output"),
	)
}

// exportAction writes the files, reports what they lose, and then has the proxy itself check them: the report is there
// also where that fails.
func exportAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	request, err := exportRequest(c)
	if err != nil {
		return err
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := writeExport(c, answer.Written); err != nil {
		return err
	}
	if err := report.Export.Write(c.App.Writer, format, answer.Report); err != nil {
		return failure(err)
	}
	if c.Bool("check") {
		if err := checkExport(c, request.Target, answer.Written); err != nil {
			return err
		}
	}
	if c.Bool("strict") && answer.Report.Lost() > 0 {
		return findings()
	}
	return nil
}

// exportRequest makes the request of the flags.
func exportRequest(c *cli.Context) (*authoring.Export, error) {
	request := &authoring.Export{Config: configOf(c), Plugin: pluginOf(c), Target: c.String("to")}
	switch {
	case c.NArg() == 1 && !given(c, "config"):
		request.Path = c.Args().First()
	case request.Path == "" || c.NArg() > 0:
		return nil, notOneFile(c)
	}
	if request.Target == "" {
		return nil, usageError("--to is missing: want one of %s", strings.Join(authoring.ExportTargets(), ", "))
	}
	if c.String("output") == "" || c.String("output") == "-" {
		return nil, usageError("an export is several files: name a folder with -o")
	}
	return request, exportOptions(c, &request.Options)
}

// exportOptions reads what the flags say of the target. What does not hang on the configuration is refused before it
// is read.
func exportOptions(c *cli.Context, o *export.Options) (err error) {
	if o.Headers, err = chosen(c, "headers"); err != nil {
		return err
	}
	if text := c.String("target-version"); text != "" {
		if o.Version, err = export.ReadVersion(text); err != nil {
			return usageError("--target-version %v", err)
		}
	}
	if o.Modules, o.Fragment = c.String("modules"), c.Bool("fragment"); o.Modules != "" && c.String("to") != "httpd" {
		return usageError("--modules is for --to httpd")
	}
	// Files name each other, and the proxy reads them from a folder of its own: by whole paths.
	if o.Dir, err = filepath.Abs(c.String("output")); err != nil {
		return failure(err)
	}
	if o.Listen, err = listens(c, "listen"); err != nil {
		return err
	}
	if o.TLSListen, err = listens(c, "tls-listen"); err != nil {
		return err
	}
	switch {
	case len(o.TLSListen) > 0 && c.String("cert") == "":
		return usageError("--tls-listen needs --cert FILE, with the certificate chain and its key")
	case len(o.TLSListen) > 0:
		if o.Certificate, err = filepath.Abs(c.String("cert")); err != nil {
			return failure(err)
		}
	case len(o.Listen) == 0:
		o.Listen = []export.Listen{{Port: 8080, As: 80}} // nobody needs rights to try it
	}
	o.Keystores = map[string]string{}
	for _, pair := range c.StringSlice("keystore") {
		kdb, pem, ok := strings.Cut(pair, "=")
		if !ok || kdb == "" || pem == "" {
			return usageError("--keystore %q: want FILE.kdb=FILE.pem", pair)
		}
		if o.Keystores[kdb], err = filepath.Abs(pem); err != nil {
			return failure(err)
		}
	}
	return writablePaths(o)
}

// writablePaths refuses paths that a configuration of another program cannot have in it: a $, a line end.
func writablePaths(o *export.Options) error {
	paths := append(slices.Sorted(maps.Values(o.Keystores)), o.Dir, o.Certificate, o.Modules)
	for _, path := range paths {
		if err := export.Writable(path); err != nil {
			return usageError("%v", err)
		}
	}
	return nil
}

// listens reads ADDRESS[=PORT] as the proxy of ours has it.
func listens(c *cli.Context, flag string) (out []export.Listen, err error) {
	for _, text := range c.StringSlice(flag) {
		l, err := export.ReadListen(text)
		if err != nil {
			return nil, usageError("--%s %v", flag, err)
		}
		out = append(out, l)
	}
	return out, nil
}

// writeExport writes all files, or none when one must not be replaced.
func writeExport(c *cli.Context, files []export.File) error {
	dir := c.String("output")
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := spare(c, path); err != nil {
			return err
		}
		if err := mayWrite(path, f.Data, forced(path, c.Bool("force"))); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failure(err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := writeFile(path, f.Data, forced(path, c.Bool("force"))); err != nil {
			return err
		}
	}
	return nil
}
