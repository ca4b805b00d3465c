package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/internal/report/whyreport"
	"github.com/wasplug/wasplug/routecheck/explain"
)

func whyCommand() *cli.Command {
	return &cli.Command{
		Name:      "why",
		Aliases:   []string{"routecheck"},
		Usage:     "explain which cluster and member a request goes to, and why",
		ArgsUsage: "[FILE] URL|--to NAME",
		Description: `Decides one request as the plug-in would and explains each step: which rule, how well it is
known, and the place in the file that caused it. Without FILE it is ./plugin-cfg.xml. URL may be
HOST[:PORT]/PATH, or a path alone where it goes to one cluster on all hosts of the file.

   wasplug why -c plugin-cfg.xml http://shop.example.com/shop/cart
   wasplug why /shop/cart
   wasplug why --to shop2
   wasplug why -c plugin-cfg.xml --cookie JSESSIONID=0000abc:shop1a --down shop1 http://shop.example.com/shop/cart
   wasplug why --urls access.log plugin-cfg.xml
   wasplug why -c plugin-cfg.xml --requests 6 --next shop1 --expect cluster:shopCluster http://shop.example.com/cart

--urls asks about every request of a log, each as the first of a fresh process: who gets how many, whose sessions do
not get home and why, and whether the file was in force where the log names members.

Exit codes: 0 it could answer; 1 --expect is not met, or only by chance, --not is met, or less than --expect-agree
agrees; 2 wrong usage; 3 the file cannot be read, the plug-in would reject it, or the form of the log is not clear.`,
		Flags:  whyFlags(),
		Action: why,
	}
}

// whyFlags are the request, what the process knows of members, what servers do with sessions, what is assumed, what is
// expected, and how the answer is shown.
func whyFlags() []cli.Flag {
	return slices.Concat(configFlags(), []cli.Flag{
		&cli.StringSliceFlag{Name: "cookie", Usage: "`NAME=VALUE` sent by the client, a whole Cookie header, " +
			"or a session value alone, then of the " +
			"cookie that the winning Uri watches; repeatable"},
		&cli.StringSliceFlag{Name: "header", Aliases: []string{"H"},
			Usage: "`'NAME: VALUE'` sent by the client, repeatable; Host and Cookie count"},
		&cli.StringFlag{Name: "method", Aliases: []string{"X"}, Value: "GET",
			Usage: "HTTP `METHOD`; no rule decides by it, --body-size says whether there is a body"},
		&cli.Int64Flag{Name: "body-size",
			Usage: "size of the request body in `BYTES`, -1 unknown beforehand (chunked)"},
		&cli.StringFlag{Name: "client",
			Usage: "`IP` address of the client; told to members in $WSRA, no rule decides by it"},
		&cli.IntFlag{Name: "port",
			Usage: "port the request arrived on (VHostMatchingCompat=true matches by it); default that of the " +
				"URL"},
		&cli.StringSliceFlag{Name: "down",
			Usage: "`MEMBER[=refused|timeout|io-timeout|503|reset|malformed]`: how attempts on it end, default " +
				"refused; repeatable"},
		&cli.StringSliceFlag{Name: "marked",
			Usage: "`MEMBER[=SECONDS]`: marked down that long ago, default 0; repeatable"},
		&cli.StringSliceFlag{Name: "pending", Usage: "`MEMBER=N`: pending requests of this process; repeatable"},
		&cli.StringSliceFlag{Name: "weight", Usage: "`MEMBER=N`: current weight; repeatable"},
		&cli.StringSliceFlag{Name: "partition",
			Usage: "`ID=MEMBER`: entry of the partition table, which the plug-in learns only where GetDWLMTable " +
				"is true; repeatable, of several members of an ID the first that can be used gets the request"},
		&cli.StringFlag{Name: "next", Usage: "`MEMBER` where round robin stands; default anywhere, by chance"},
		&cli.Uint64Flag{Name: "seed", Usage: "draw random choices from seed `N` instead of leaving chance open"},
		&cli.IntFlag{Name: "requests", Value: 1, Usage: "send the same request `N` times through one process"},
		&cli.Float64Flag{Name: "every", Usage: "`SECONDS` from the start of one request to that of the next"},
	}, sessionFlags(), []cli.Flag{
		levelFlag(""),
		platformFlag(""),
		&cli.StringSliceFlag{Name: "assume",
			Usage: "`CHOICE=VALUE`: settle an open choice, repeatable; 'wasplug explain CHOICE' tells of it"},
		assumeFileFlag(),
		&cli.StringSliceFlag{Name: "expect",
			Usage: "`WHAT`: member:X, cluster:X, status:N or declined; exit 1 if not met, or only by chance; " +
				"repeatable"},
		&cli.StringSliceFlag{Name: "not",
			Usage: "`WHAT`, as for --expect: exit 1 if the answer can be so; repeatable"},
		&cli.StringFlag{Name: "to",
			Usage: "instead of a URL: what leads to `MEMBER|CLUSTER|CLUSTER/MEMBER`, on --host HOST alone if " +
				"that is given; exit 1 " +
				"if it gets no new session"},
		&cli.BoolFlag{Name: "brief", Usage: "print only the first lines: the cause, who gets it, what to check"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print only who gets the request"},
		wordFlag{&cli.StringFlag{Name: "format", Value: "text",
			Usage: whyreport.Why.Usage() + "; with --each " + strings.Join(report.EachURL, " or ")},
			append(whyreport.Why.Names(), report.EachURL...)},
	}, whyLogFlags())
}

// whyArguments reads [FILE] URL: a file that stands before the URL is that of --config.
func whyArguments(c *cli.Context) error {
	first := c.Args().First()
	switch {
	case c.NArg() == 1 && isFile(first):
		return usageError("why takes a URL behind the file, such as http://shop.example.com/shop/cart; %q is a "+
			"file", first)
	case c.NArg() == 1:
		return needConfig(c)
	case c.NArg() != 2:
		return usageError("why takes one URL, such as http://shop.example.com/shop/cart, and before it a file where "+
			"-c names none; got %d arguments", c.NArg())
	case given(c, "config"):
		return usageError("why takes one URL where -c names the file; got %q, too", first)
	case strings.Contains(first, "://"):
		return usageError("why takes the file before the URL, or with -c; got %q first", first)
	}
	return c.Set("config", first)
}

// why is one of three: about a log (--urls), about a name (--to), or about a request.
func why(c *cli.Context) error {
	switch {
	case c.String("urls") != "":
		return whyURLs(c)
	case c.IsSet("to"):
		return whyTo(c)
	case given(c, "host"):
		return usageError("--host is for --to NAME and --urls LOG; a URL names its host")
	}
	if err := onlyWithURLs(c, whyLogFlags()); err != nil {
		return err
	}
	if err := whyArguments(c); err != nil {
		return err
	}
	format, err := chosen(c, "format")
	switch {
	case err != nil:
		return err
	case slices.Contains(report.EachURL, format):
		return usageError("--format %s is for --urls LOG --each", format)
	}
	request := answers.Why{
		Config: configOf(c), Request: requestOf(c), Plugin: pluginOf(c), Members: membersOf(c), Seed: seedOf(c),
		Times: c.Int("requests"), Every: c.Float64("every"), Expect: c.StringSlice("expect"),
		Not: c.StringSlice("not"),
	}
	if request.Sessions, err = sessionsOf(c); err != nil {
		return err
	}
	if format == "text" && request.Times > 1 && !c.Bool("quiet") {
		request.Detail = explain.WithCertainty // which is all that the table of several requests shows
	}
	switch {
	case c.Bool("quiet"):
		request.Show = answers.GoesTo
	case c.Bool("brief"):
		request.Show = answers.Brief
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := whyreport.Why.Write(c.App.Writer, format, answer); err != nil {
		return failure(err)
	}
	return expected(c, answer.Unmet)
}

// requestOf is the request that the flags describe; its URL is the last argument, whether a file stands before it or
// not. A port of 0 is one that was typed, hence the pointer.
func requestOf(c *cli.Context) answers.Request {
	r := answers.Request{
		URL: c.Args().Get(c.NArg() - 1), Headers: c.StringSlice("header"), Cookies: c.StringSlice("cookie"),
		Method: c.String("method"), BodySize: c.Int64("body-size"), Client: c.String("client"),
	}
	if c.IsSet("port") {
		port := c.Int("port")
		r.Port = &port
	}
	return r
}

// membersOf is what the process knows of its members before the request. --next names one member, of one cluster; the
// use case takes one for each.
func membersOf(c *cli.Context) answers.Members {
	m := answers.Members{
		Down: c.StringSlice("down"), Marked: c.StringSlice("marked"), Pending: c.StringSlice("pending"),
		Weight: c.StringSlice("weight"), Partition: c.StringSlice("partition"),
	}
	if c.IsSet("next") {
		m.Next = []string{c.String("next")}
	}
	return m
}

// seedOf is nil where chance is left open; seed 0 is a seed.
func seedOf(c *cli.Context) *uint64 {
	if !c.IsSet("seed") {
		return nil
	}
	seed := c.Uint64("seed")
	return &seed
}

// expected ends with exit code 1 when an expectation is not met.
func expected(c *cli.Context, unmet []answers.Unmet) error {
	for _, u := range unmet {
		how := "not met"
		if u.ByChance {
			how = "met only by chance (pin it with --next or --seed)"
		}
		fmt.Fprintf(c.App.ErrWriter, "wasplug: request %d: expected %s: %s, the answer is %s\n", u.Request,
			u.Expected, how, u.Answers)
	}
	if len(unmet) > 0 {
		return findings()
	}
	return nil
}
