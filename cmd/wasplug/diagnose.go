package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/diagnose"
)

func diagnoseCommand() *cli.Command {
	return &cli.Command{
		Name:      "diagnose",
		Usage:     "say what causes a symptom, by configuration and logs of plug-in and web server",
		ArgsUsage: " ",
		Description: `Judges every cause of a symptom by what is given, at least one of -c, -t, --access-log and
--error-log: it is found (with the lines that show it, what to do, and the command), possible (the file allows it),
excluded (by what), or open (what must be collected). Without --symptom every symptom is judged, and those with a cause
that was found are shown.

   wasplug diagnose --symptom affinity-lost -c plugin-cfg.xml -t http_plugin.log
   wasplug diagnose -c plugin-cfg.xml -t http_plugin.log.1.gz -t http_plugin.log --access-log access_log
   wasplug diagnose --symptom slow -t http_plugin.log --error-log error_log
   wasplug diagnose --symptom session-lost -c plugin-cfg.xml --topology topology.yaml --access-log access_log
   wasplug explain NB1

Symptoms: ` + strings.Join(diagnose.SymptomNames(), ", ") + `.
Session IDs are cut to 4 characters and queries left out, so that the answer can be passed on; --show-secrets keeps
them. Exit codes: 0 no cause was found, 1 one was, 2 wrong usage, 3 something cannot be read, or is no plug-in log.`,
		Flags: slices.Concat([]cli.Flag{
			wordFlag{&cli.StringFlag{Name: "symptom", Usage: "`SYMPTOM` that is seen; without it all are judged"},
				diagnose.SymptomNames()},
		}, configFlags(), []cli.Flag{
			&cli.StringSliceFlag{Name: "trace", Aliases: []string{"t"},
				Usage: "`LOG` of the plug-in, packed or not, repeatable; they are read in the order of their times"},
			&cli.StringFlag{Name: "since",
				Usage: "leave out what the logs have before `TIME`: 15:40, 2026-11-29T15:40, a time of " +
					"the log, or -2h"},
			&cli.StringFlag{Name: "until", Usage: "leave out what the logs have after `TIME`"},
			&cli.StringFlag{Name: "access-log", Usage: "`LOG` of the web server, packed or not"},
			&cli.StringFlag{Name: "log-format", Value: "auto", Usage: "`FORMAT` of the access log: " +
				strings.Join(app.LogFormats(), ", ") + ", a LogFormat such as " +
				"'%h %l %u %t \"%r\" %>s %b', or @httpd.conf[:NICKNAME]"},
			&cli.StringFlag{Name: "log-zone",
				Usage: "of an access log whose times are UTC (w3c): `±HH:MM` that the web server's clock is ahead"},
			&cli.StringFlag{Name: "json-fields",
				Usage: "with an access log of JSON lines: `FACT=FIELD,...`, such as url=request_line,host=vhost"},
			&cli.StringFlag{Name: "error-log",
				Usage: "error `LOG` of the web server, packed or not: mod_mpmstats and limits that were reached"},
			&cli.StringFlag{Name: "topology",
				Usage: "`FILE` that says what servers do with sessions, when -c is a plugin-cfg.xml"},
			&cli.IntFlag{Name: "processes", Usage: "`N` processes that the web server has"},
			levelFlag(""),
			platformFlag(""),
			&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`, settle an open choice, repeatable"},
			&cli.BoolFlag{Name: "show-secrets", Usage: "show session IDs and queries as they are"},
			formatFlag("", report.Diagnose, ""),
		}),
		Action: diagnoseAction,
	}
}

func diagnoseAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return usageError("diagnose: %w", err)
	}
	if c.NArg() > 0 {
		return usageError("diagnose takes no arguments, got %s: give a log of the plug-in as -t, those of the web "+
			"server as --access-log and --error-log, a configuration as -c", strings.Join(c.Args().Slice(), " "))
	}
	defer logGC()() // sets it now, and back when the logs are read
	request := evidence.Diagnose{Symptom: c.String("symptom"), Config: configOf(c), Plugin: pluginOf(c),
		Topology: c.String("topology"), Files: c.StringSlice("trace"), Processes: c.Int("processes"),
		Access: app.URLs{Path: c.String("access-log"), Format: c.String("log-format"), Zone: c.String("log-zone"),
			JSONFields: c.String("json-fields")},
		ErrorLog: c.String("error-log"), Since: c.String("since"), Until: c.String("until")}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := report.Diagnosed{DiagnoseAnswer: answer, Secrets: forms.Secrets(c.Bool("show-secrets"))}
	if err := report.Diagnose.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	if answer.Found() {
		return findings()
	}
	return nil
}
