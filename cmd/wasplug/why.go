package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

func whyCommand() *cli.Command {
	return &cli.Command{
		Name:      "why",
		Aliases:   []string{"routecheck"},
		Usage:     "explain which cluster and member a request goes to, and why",
		ArgsUsage: "[FILE] URL",
		Description: `Decides one request as the plug-in would and explains each step: which rule, how well it is known, and the place in the file that caused it.

   wasplug why -c plugin-cfg.xml http://shop.example.com/shop/cart
   wasplug why -c plugin-cfg.xml --cookie JSESSIONID=0000abc:shop1a --down shop1 http://shop.example.com/shop/cart
   wasplug why -c plugin-cfg.xml --requests 6 --next shop1 --expect cluster:shopCluster http://shop.example.com/shop/cart

Exit codes: 0 it could answer; 1 --expect is not met, or only by chance; 2 wrong usage; 3 the file cannot be read, or the plug-in would reject it.`,
		Flags: append(configFlags(),
			&cli.StringSliceFlag{Name: "cookie", Usage: "`NAME=VALUE` sent by the client, repeatable"},
			&cli.StringSliceFlag{Name: "header", Aliases: []string{"H"}, Usage: "`'NAME: VALUE'` sent by the client, repeatable; Host and Cookie count"},
			&cli.StringFlag{Name: "method", Aliases: []string{"X"}, Value: "GET", Usage: "HTTP `METHOD`; no rule decides by it, --body-size says whether there is a body"},
			&cli.Int64Flag{Name: "body-size", Usage: "size of the request body in `BYTES`, -1 unknown beforehand (chunked)"},
			&cli.StringFlag{Name: "client", Usage: "`IP` address of the client; told to members in $WSRA, no rule decides by it"},
			&cli.IntFlag{Name: "port", Usage: "port the request arrived on (VHostMatchingCompat=true matches by it); default that of the URL"},
			&cli.StringSliceFlag{Name: "down", Usage: "`MEMBER[=refused|timeout|io-timeout|503|reset|malformed]`: how attempts on it end, default refused; repeatable"},
			&cli.StringSliceFlag{Name: "marked", Usage: "`MEMBER[=SECONDS]`: marked down that long ago, default 0; repeatable"},
			&cli.StringSliceFlag{Name: "pending", Usage: "`MEMBER=N`: pending requests of this process; repeatable"},
			&cli.StringSliceFlag{Name: "weight", Usage: "`MEMBER=N`: current weight; repeatable"},
			&cli.StringSliceFlag{Name: "partition", Usage: "`ID=MEMBER`: entry of the partition table, which the plug-in learns only where GetDWLMTable is true; repeatable"},
			&cli.StringFlag{Name: "next", Usage: "`MEMBER` where round robin stands; default anywhere, by chance"},
			&cli.Uint64Flag{Name: "seed", Usage: "draw random choices from seed `N` instead of leaving chance open"},
			&cli.IntFlag{Name: "requests", Value: 1, Usage: "send the same request `N` times through one process"},
			&cli.Float64Flag{Name: "every", Usage: "`SECONDS` from the start of one request to that of the next"},
			&cli.StringFlag{Name: "persistence", Usage: "what the servers do with sessions: none, database or memory-to-memory; default what the topology says"},
			&cli.IntFlag{Name: "replicas", Value: 1, Usage: "copies of a session under memory-to-memory, -1 on every member"},
			&cli.StringFlag{Name: "write-frequency", Value: "end of servlet service", Usage: "when sessions are written: 'end of servlet service', 'time based' or 'manual update'"},
			&cli.IntFlag{Name: "write-interval", Value: 10, Usage: "`SECONDS` between the writes under 'time based'"},
			&cli.StringFlag{Name: "plugin-level", Value: "latest", Usage: "`LEVEL` of the plug-in, such as 5.1, 7.0.0.13 or 9.0.5"},
			platformFlag(""),
			&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable; 'wasplug explain CHOICE' tells of it"},
			assumeFileFlag(),
			&cli.StringSliceFlag{Name: "expect", Usage: "`WHAT`: member:X, cluster:X, status:N or declined; exit 1 if not met, or only by chance; repeatable"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json (one line for each request)"},
		),
		Action: why,
	}
}

// whyArguments reads [FILE] URL: a file that stands before the URL is that of --config.
func whyArguments(c *cli.Context) error {
	first := c.Args().First()
	switch {
	case c.NArg() == 1:
		return nil
	case c.NArg() != 2:
		return usageError("why takes one URL, such as http://shop.example.com/shop/cart, and before it a file where -c names none; got %d arguments", c.NArg())
	case given(c, "config"):
		return usageError("why takes one URL where -c names the file; got %q, too", first)
	case strings.Contains(first, "://"):
		return usageError("why takes the file before the URL, or with -c; got %q first", first)
	}
	return c.Set("config", first)
}

func why(c *cli.Context) error {
	if err := whyArguments(c); err != nil {
		return err
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	request, err := readRequest(c)
	if err != nil {
		return err
	}
	sem, fixed, err := readSemantics(c, c.String("platform"))
	if err != nil {
		return err
	}
	l, err := loadTable(c, &sem)
	if err != nil {
		return err
	}
	if l.platform != "" && !c.IsSet("platform") {
		if sem, fixed, err = readSemantics(c, l.platform); err != nil {
			return err
		}
	}
	table := l.table
	sc := &routecheck.Scenario{Requests: routecheck.Repeat(request, c.Int("requests"), nanos(c.Float64("every")))}
	if err := readScenario(c, table, sc); err != nil {
		return err
	}
	if sc.Sessions, err = readSessions(c, l); err != nil {
		return err
	}
	expect, err := readExpectations(table, c.StringSlice("expect"))
	if err != nil {
		return err
	}
	detail := routecheck.WithAll
	if format == "text" && len(sc.Requests) > 1 {
		detail = routecheck.WithCertainty // which is all that the table of several requests shows
	}
	decisions := table.Explain(l.files, sc, sem, fixed, detail)
	if format == "json" {
		err = printJSON(readable(c.App.Writer, "json"), decisions)
	} else {
		printWhy(c.App.Writer, table, decisions)
	}
	if err != nil {
		return failure(err)
	}
	return checkExpectations(c.App.ErrWriter, decisions, expect)
}

func nanos(seconds float64) routecheck.Nanos { return routecheck.Nanos(math.Round(seconds * 1e9)) }

// readRequest makes the request from the URL and the flags. The path stays byte for byte as it is written.
func readRequest(c *cli.Context) (routecheck.Request, error) {
	rq, err := routecheck.ParseURL(c.Args().Get(c.NArg() - 1))
	if err != nil {
		return rq, usageError("%w", err)
	}
	rq.Body = c.Int64("body-size")
	if c.IsSet("port") {
		rq.Port = c.Int("port")
	}
	if rq.Port < 1 || rq.Port > 65535 {
		return rq, usageError("port %d: want 1 to 65535", rq.Port)
	}
	for _, cookie := range c.StringSlice("cookie") {
		if err := rq.AddCookie(cookie); err != nil {
			return rq, usageError("--cookie: %w", err)
		}
	}
	for _, h := range c.StringSlice("header") {
		name, value, ok := strings.Cut(h, ":")
		if !ok || name == "" {
			return rq, usageError("--header %q: want 'NAME: VALUE'", h)
		}
		if err := rq.AddHeader(name, strings.TrimSpace(value)); err != nil {
			return rq, usageError("--header %q: %w", h, err)
		}
	}
	return rq, checkFlags(c, rq)
}

func checkFlags(c *cli.Context, rq routecheck.Request) error {
	if ip := c.String("client"); ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			return usageError("--client %q: want an IP address", ip)
		}
	}
	switch method := c.String("method"); {
	case method == "" || strings.ContainsAny(method, " \t/:"):
		return usageError("--method %q: want an HTTP method such as GET or POST", method)
	case rq.Body < -1:
		return usageError("--body-size %d: want a number of bytes, or -1 for unknown", rq.Body)
	case c.Int("requests") < 1 || c.Int("requests") > 10000:
		return usageError("--requests %d: want 1 to 10000", c.Int("requests"))
	case !(c.Float64("every") >= 0 && c.Float64("every") <= 1e9):
		return usageError("--every %v: want seconds from 0 on", c.Float64("every"))
	}
	return nil
}

// readSemantics reads the flags about the plug-in itself: its level, and what is settled of the open choices.
func readSemantics(c *cli.Context, platform string) (routecheck.Semantics, []routecheck.Choice, error) {
	sem, err := levelAndPlatform(c, platform)
	if err != nil {
		return sem, nil, err
	}
	steps := []func(*cli.Context, *routecheck.Semantics) ([]routecheck.Choice, error){assumeFile, assumeFlags}
	if !given(c, "assume") {
		slices.Reverse(steps) // what a file says wins over the environment
	}
	var fixed []routecheck.Choice
	for _, step := range steps {
		choices, err := step(c, &sem)
		if err != nil {
			return sem, nil, err
		}
		fixed = append(fixed, choices...)
	}
	return sem, fixed, nil
}

// assumeFlags sets the choices that --assume settles.
func assumeFlags(c *cli.Context, sem *routecheck.Semantics) (fixed []routecheck.Choice, err error) {
	for _, a := range c.StringSlice("assume") {
		choice, err := sem.Assume(a)
		if err != nil {
			return nil, usageError("--assume: %w", err)
		}
		fixed = append(fixed, choice)
	}
	return fixed, nil
}

// readScenario turns the flags about members into facts and states.
func readScenario(c *cli.Context, t *routecheck.Table, sc *routecheck.Scenario) error {
	if c.IsSet("seed") {
		seed := c.Uint64("seed")
		sc.Seed = &seed
	}
	var once once
	for _, s := range c.StringSlice("down") {
		fact, err := readDown(t, s)
		if err == nil {
			err = once.say("down", fact.Cluster, fact.Member)
		}
		if err != nil {
			return usageError("--down %q: %w", s, err)
		}
		sc.Facts = append(sc.Facts, fact)
	}
	for _, flag := range []string{"marked", "pending", "weight", "next"} {
		values := c.StringSlice(flag)
		if flag == "next" {
			values = nil
			if c.IsSet(flag) {
				values = []string{c.String(flag)}
			}
		}
		for _, s := range values {
			fact, err := readMemberFact(t, flag, s)
			if err == nil {
				err = once.say(flag, fact.Cluster, fact.Member)
			}
			if err != nil {
				return usageError("--%s %q: %w", flag, s, err)
			}
			sc.Members = append(sc.Members, fact)
		}
	}
	for _, s := range c.StringSlice("partition") {
		entry, err := readPartition(t, s)
		if err != nil {
			return usageError("--partition %q: %w", s, err)
		}
		if err := t.FitsPartition(entry); err != nil {
			fmt.Fprintf(c.App.ErrWriter, "wasplug: warning: --partition %s is followed, but %v\n", diag.Quote(s), err)
		}
		sc.Partition = append(sc.Partition, entry)
	}
	return nil
}

// once refuses a flag that says two things about one member.
type once map[string]bool

func (o *once) say(flag string, cluster routecheck.ClusterID, member routecheck.MemberID) error {
	key := fmt.Sprint(flag, cluster, "/", member)
	if (*o)[key] {
		return errors.New("this member is given twice")
	}
	if *o == nil {
		*o = once{}
	}
	(*o)[key] = true
	return nil
}

func readPartition(t *routecheck.Table, s string) (entry routecheck.PartitionEntry, err error) {
	id, member, ok := strings.Cut(s, "=")
	if !ok || id == "" {
		return entry, fmt.Errorf("want ID=MEMBER")
	}
	entry.ID = id
	entry.Cluster, entry.Member, err = t.FindMember(member)
	return entry, err
}

// readSessions returns what the flags, or else the topology, say of sessions; nil when neither does.
func readSessions(c *cli.Context, l *loaded) (func(string) routecheck.Sessions, error) {
	if !c.IsSet("persistence") {
		if flag := firstGiven(c, "replicas", "write-frequency", "write-interval"); flag != "" {
			return nil, usageError("--%s needs --persistence", flag)
		}
	} else if l.topology == nil || given(c, "persistence") {
		s := routecheck.Sessions{Replicas: c.Int("replicas"), WriteInterval: c.Int("write-interval")}
		var err error
		if s.Persistence, err = chosen(c, "persistence"); err != nil {
			return nil, err
		}
		if s.WriteFrequency, err = chosen(c, "write-frequency"); err != nil {
			return nil, err
		}
		switch {
		case s.Replicas < -1:
			return nil, usageError("--replicas %d: want a number of copies, or -1 for one on every member", s.Replicas)
		case s.WriteInterval < 1:
			return nil, usageError("--write-interval %d: want seconds from 1 on", s.WriteInterval)
		}
		return func(string) routecheck.Sessions { return s }, nil
	}
	return l.sessions(), nil
}

func readDown(t *routecheck.Table, s string) (routecheck.Fact, error) {
	cluster, member, how, err := memberAndValue(t, s)
	if err != nil {
		return routecheck.Fact{}, err
	}
	fault := routecheck.Refused
	if how != "" || strings.HasSuffix(s, "=") {
		if fault, err = routecheck.ParseFault(how); err != nil {
			return routecheck.Fact{}, err
		}
	}
	fact := routecheck.Fact{Cluster: cluster, Member: member, Fault: fault}
	return fact, t.Fits(fact)
}

func readMemberFact(t *routecheck.Table, flag, s string) (routecheck.MemberFact, error) {
	cluster, member, value, err := memberAndValue(t, s)
	fact := routecheck.MemberFact{Cluster: cluster, Member: member}
	if err != nil {
		return fact, err
	}
	switch flag {
	case "next":
		fact.Next = true
		if value != "" {
			return fact, fmt.Errorf("want a member only")
		}
	case "marked":
		ago := 0.0
		if value != "" || strings.HasSuffix(s, "=") {
			if ago, err = strconv.ParseFloat(value, 64); err != nil || !(ago >= 0 && ago < 1e9) {
				return fact, fmt.Errorf("want MEMBER or MEMBER=SECONDS, from 0 on")
			}
		}
		n := nanos(ago)
		fact.Marked = &n
	default:
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil || flag == "pending" && n < 0 {
			return fact, fmt.Errorf("want MEMBER=N with a whole number")
		}
		n32 := int32(n)
		if fact.Pending = &n32; flag == "weight" {
			fact.Pending, fact.Weight = nil, &n32
		}
	}
	return fact, t.FitsState(fact)
}

func printJSON(w io.Writer, decisions []routecheck.Decision) error {
	enc := newJSONLines(w)
	for i := range decisions {
		if err := enc.Encode(&decisions[i]); err != nil {
			return err
		}
	}
	return nil
}
