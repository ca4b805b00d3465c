package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// logFlags say which log is asked about, and what is not in it.
func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "urls",
			Usage: "ask about every request of an access log, a list of URLs or a log of the " +
				"plug-in: `LOG`, - for standard input; packed with gzip or not"},
		&cli.StringFlag{Name: "log-format", Value: "auto", Usage: "with --urls: `FORMAT` of the log: " +
			strings.Join(app.LogFormats(), ", ") + ", a LogFormat such as " +
			"'%h %l %u %t \"%r\" %>s %b', or @httpd.conf[:NICKNAME]"},
		&cli.StringFlag{Name: "json-fields", Usage: "with --urls and a log of JSON lines: `FACT=FIELD,...`, such as " +
			"url=request_line,host=vhost"},
		&cli.StringFlag{Name: "host",
			Usage: "with --urls: `HOST[:PORT]` of requests whose line names none; without it " +
				"they are asked about where all hosts of the file agree"},
		&cli.StringFlag{Name: "scheme", Usage: "with --urls: http or https, of requests whose line tells neither"},
		&cli.IntFlag{Name: "jobs", Usage: "with --urls: `N` workers; the output is the same for any number",
			DefaultText: "one for each processor", Action: func(_ *cli.Context, n int) error {
				if n == 0 {
					return usageError("--jobs 0: want 1 to 1024")
				}
				return nil
			}},
	}
}

// States of the process that gets the requests of a log.
const (
	stateFresh = "fresh"
	stateKept  = "kept"
)

// whyLogFlags are those of why alone.
func whyLogFlags() []cli.Flag {
	return append(logFlags(),
		&cli.StringFlag{Name: "group", Usage: "with --urls: count requests by " + strings.Join(answers.Groups(), ", "),
			DefaultText: "cluster and members"},
		wordFlag{&cli.StringFlag{Name: "state",
			Value: stateFresh, Usage: "with --urls: fresh, each request is the first " +
				"of a process, or kept, one process gets all of them in turn (--seed says where it begins)"},
			[]string{stateFresh, stateKept}},
		&cli.BoolFlag{Name: "each",
			Usage: "with --urls: one record for each request, as --format ndjson (default) or csv"},
		&cli.Float64Flag{Name: "expect-agree",
			Usage: "with --urls: exit 1 when less than `PERCENT` of the members that " +
				"the log names are those of the file"},
		&cli.BoolFlag{Name: "show-secrets", Usage: "with --each: whole session IDs, and URLs with their queries"})
}

// urlsOf is the log that the flags name.
func urlsOf(c *cli.Context, port int) app.URLs {
	return app.URLs{Path: c.String("urls"), Format: c.String("log-format"), JSONFields: c.String("json-fields"),
		Where: batch.Where{Host: c.String("host"), Scheme: c.String("scheme"), Port: port}, Jobs: c.Int("jobs")}
}

// onlyWithURLs refuses flags that say nothing without a log.
func onlyWithURLs(c *cli.Context, flags []cli.Flag) error {
	for _, f := range flags {
		if name := f.Names()[0]; name != "urls" && given(c, name) {
			return usageError("--%s is for --urls LOG", name)
		}
	}
	return nil
}

// notWithURLs are the flags of why that are about one request.
var notWithURLs = []string{"cookie", "header", "method", "body-size", "client", "down", "marked", "pending", "weight",
	"partition", "next", "requests", "every", "expect", "not", "brief", "quiet"}

// aboutOneRequest is the first flag given that is about one request, or about its session; "" for none.
func aboutOneRequest(c *cli.Context) string {
	names := slices.Clone(notWithURLs)
	for _, f := range sessionFlags() {
		names = append(names, f.Names()[0])
	}
	return firstGiven(c, names...)
}

// whyURLs asks about a log.
func whyURLs(c *cli.Context) error {
	if err := whyURLsArguments(c); err != nil {
		return err
	}
	format, err := urlsFormat(c)
	if err != nil {
		return err
	}
	request, err := whyURLsRequest(c)
	if err != nil {
		return err
	}
	if c.Bool("each") {
		request.Each = report.URLLines(c.App.Writer, format, bool(secretsOf(c)))
	}
	// Records of --each are written while the log is read; the other answers when all is.
	done := working(c, "asking about the requests of "+displayName(request.URLs.Path))
	setGC(whileLoading)
	request.Loaded = func() { setGC(whileReading) }
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if request.Each == nil {
		err = report.URLs.Write(c.App.Writer, format, answer)
	}
	switch {
	case err != nil:
		return failure(err)
	case answer.Unmet:
		return findings()
	}
	return nil
}

// whyURLsArguments reads [FILE], the configuration, and refuses what is about one request.
func whyURLsArguments(c *cli.Context) error {
	if name := aboutOneRequest(c); name != "" {
		return usageError("--%s is about one request, and --urls asks about those of a log", name)
	}
	if given(c, "to") {
		return usageError("--to asks about a name, and --urls about the requests of a log: leave one out")
	}
	switch first := c.Args().First(); {
	case c.NArg() > 1 || c.NArg() == 1 && given(c, "config"):
		return usageError("why --urls LOG takes the configuration alone; got %q", c.Args().Get(c.NArg()-1))
	case c.NArg() == 1 && !isFile(first):
		return usageError("why --urls LOG takes a file as its argument, the configuration; %q is none", first)
	case c.NArg() == 1:
		return c.Set("config", first)
	}
	return needConfig(c)
}

// whyURLsRequest is what the flags ask.
func whyURLsRequest(c *cli.Context) (answers.WhyURLs, error) {
	port := 0
	if c.IsSet("port") {
		port = c.Int("port")
	}
	request := answers.WhyURLs{Config: configOf(c), Plugin: pluginOf(c), URLs: urlsOf(c, port),
		Group: c.String("group"),
		Seed:  c.Uint64("seed")}
	state, err := chosen(c, "state")
	if err != nil {
		return request, err
	}
	if request.Kept = state == stateKept; given(c, "seed") && !request.Kept {
		return request, usageError("--seed is for --state kept: of a fresh process chance is left open")
	}
	if c.IsSet("expect-agree") {
		least := c.Float64("expect-agree")
		request.ExpectAgree = &least
	}
	return request, nil
}

// urlsFormat is the format of the answer about a log. --format lists those of all three answers of why, so that which
// of them fits is looked at here; text, its default, is none of --each.
func urlsFormat(c *cli.Context) (string, error) {
	format := c.String("format")
	if !c.Bool("each") {
		return oneOf("format", format, report.URLs.Names())
	}
	if !c.IsSet("format") {
		return report.EachURL[0], nil
	}
	return oneOf("format", format, report.EachURL)
}

// diffURLs compares two configurations over the requests of a log.
func diffURLs(c *cli.Context, both checks.Diff, format string) error {
	if isFolder(both.Old) || isFolder(both.New) {
		return usageError(
			"diff --urls takes two files, not folders: nobody says which file served a request of the log")
	}
	if name := firstGiven(c, "only", "values"); name != "" {
		return usageError("--%s is about a comparison of files, and --urls compares over a log", name)
	}
	request := checks.DiffURLs{Diff: both, URLs: urlsOf(c, 0)}
	setGC(whileReading)
	done := working(c, "asking both files about the requests of "+displayName(request.URLs.Path))
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := report.DiffURLs.Write(c.App.Writer, format, answer); err != nil {
		return failure(err)
	}
	if len(answer.Comparison.Classes) > 0 {
		return findings()
	}
	return nil
}
