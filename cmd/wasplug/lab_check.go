package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/check"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

func labCheckCommand() *cli.Command {
	return &cli.Command{
		Name:  "lab check",
		Usage: "kill one of your own servers, and see what becomes of sessions",
		Description: `Clients count in sessions of your own servers, through your own web server, while you kill a server,
or a command of yours does. It says of each session whether it was kept, which changes are lost, how long its client
had to wait, and what the cookie tells of persistence; with -c, what 'wasplug why' predicts beside it.

   wasplug lab check --url https://shop.example.com/hitcount --who-header X-Server
   wasplug lab check --url https://shop.test.example.com/hitcount --ca company-ca.pem
   wasplug lab check --url http://shop/hitcount --kill 'ssh app1 kill -9 $(cat was.pid)' --start 'ssh app1 start' --yes
   wasplug lab check --url http://shop/hitcount -c plugin-cfg.xml --persistence database --yes --kill ./kill-app1

Nothing is sent but GET requests for the URL: 3 by one client to see that it counts, then one by each client in each
--every, and after --start one of a new client each second until that server answers; 20,000 at most. --kill and
--start are run by the shell, once each, and only with --yes; without --kill you are asked, and waited for.

Exit codes: 0 as predicted, or without a prediction nothing lost; 1 otherwise, or no session left its server, or a
client has no answer since; 2 wrong usage; 3 it could not be done: the URL, the count, a command, a file.`,
		Flags:  append(labCheckFlags(), labCheckPrediction()...),
		Action: labCheck,
	}
}

func labCheckFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "url",
			Usage: "`URL` of a page that counts in the session, such as /hitcount of WebSphere's DefaultApplication"},
		&cli.StringFlag{Name: "count",
			Value: `(?s)Hit count.*?(\d+)`,
			Usage: "`REGEX` that finds the count on the page; its first group is the number"},
		&cli.StringFlag{Name: "who-header",
			Usage: "`NAME` of the header that says which server answers; default by the session cookie"},
		&cli.StringFlag{Name: "who",
			Usage: "`REGEX` that finds on the page which server answers; its first group is the name"},
		&cli.StringSliceFlag{Name: "members",
			Usage: "`NAME=ID`: what to call a server that calls itself ID, or has this clone ID; repeatable"},
		&cli.StringFlag{Name: "cookie", Value: "JSESSIONID", Usage: "`NAME` of the session cookie"},
		&cli.StringFlag{Name: "form", Value: "websphere",
			Usage: "`FORM` of its value: " + strings.Join(check.Forms(), ", ") +
				", or a regular expression with the groups id and member"},
		&cli.StringSliceFlag{Name: "header",
			Aliases: []string{"H"}, Usage: "`'NAME: VALUE'` sent with each request, repeatable; Host counts"},
		&cli.StringFlag{Name: "ca",
			Usage: "`FILE` in PEM with certificates of authorities to trust beside those of the system"},
		&cli.BoolFlag{Name: "insecure", Usage: "accept any certificate"},
		&cli.IntFlag{Name: "clients",
			Value: 6, Usage: fmt.Sprintf("`N` clients, each with a session of its own; at most %d", check.MaxClients)},
		&cli.DurationFlag{Name: "every",
			Value: 500 * time.Millisecond, Usage: "`TIME` from a request of a client to its next; 100ms or more"},
		&cli.DurationFlag{Name: "before",
			Value: 5 * time.Second, Usage: "`TIME` of counting before the kill, and after it"},
		&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, Usage: "`TIME` that a request may take"},
		&cli.StringFlag{Name: "kill", Usage: "`COMMAND` for the shell that kills a server"},
		&cli.StringFlag{Name: "start", Usage: "`COMMAND` for the shell that starts it again"},
		&cli.BoolFlag{Name: "yes", Usage: "run the commands of --kill and --start"},
		&cli.DurationFlag{Name: "command-timeout", Value: time.Minute, Usage: "`TIME` that such a command may take"},
		&cli.DurationFlag{Name: "recovers-in", Value: 2 * time.Minute,
			Usage: "`TIME` in which each client must have an answer again, and a server that was started serve"},
		&cli.DurationFlag{Name: "wait", Value: 10 * time.Minute, Usage: "`TIME` that a person has to kill a server"},
		formatFlag("", labreport.ServerCheck, ""),
		&cli.StringFlag{Name: "history", Usage: "`FILE` for what clients saw, for 'wasplug lab history'"},
	}
}

// labCheckPrediction are the flags of the prediction.
func labCheckPrediction() []cli.Flag {
	flags := append(configFlags(), labSessionFlags()...)
	return append(flags,
		&cli.StringFlag{Name: "public-url",
			Usage: "`URL` of the page as the file knows it, where --url is a tunnel or a test address"},
		&cli.StringSliceFlag{Name: "partition",
			Usage: "`ID=MEMBER`: entry of the partition table, repeatable; default what the first answers show"},
		levelFlag(""),
		platformFlag(""),
		&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
	)
}

// labCheck kills, or lets kill, a server of somebody. What is wrong with flags and files is said before the first
// request; what comes of an interruption is not judged.
func labCheck(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	o, err := labCheckOptions(c)
	if err != nil {
		return err
	}
	if o.Predict, err = predictorOf(c); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	result, err := o.Run(ctx)
	switch {
	case errors.Is(err, context.Canceled):
		return failure(errors.New("interrupted: nothing is judged; see that your server is up again"))
	case err != nil:
		return ended(err)
	}
	if err := writeHistory(c, result.History); err != nil {
		return err
	}
	if err := labreport.ServerCheck.Write(c.App.Writer, format, result); err != nil {
		return failure(err)
	}
	if !result.Fine() {
		return findings()
	}
	return nil
}

// labCheckOptions reads the flags that say what is sent, and what is done.
func labCheckOptions(c *cli.Context) (*check.Options, error) {
	if c.Args().Present() {
		return nil, usageError("lab check takes no argument; got %q", c.Args().First())
	}
	if c.String("url") == "" {
		return nil, usageError("lab check needs --url URL, a page that counts in the session")
	}
	for _, name := range []string{"kill", "start"} {
		if words := c.String(name); words != "" && !c.Bool("yes") {
			return nil, usageError("--%s would run %q: say --yes, too", name, words)
		}
	}
	o := &check.Options{URL: c.String("url"), Cookie: c.String("cookie"), WhoFrom: c.String("who-header"),
		Insecure: c.Bool("insecure"),
		Clients:  c.Int("clients"), Every: c.Duration("every"), Timeout: c.Duration("timeout"),
		Before: c.Duration("before"),
		Kill:   c.String("kill"), Start: c.String("start"), CommandTimeout: c.Duration("command-timeout"),
		Recovers: c.Duration("recovers-in"), Persistence: c.String("persistence"), Names: map[string]string{},
		Header: http.Header{}, Ask: func(ctx context.Context) error { return askPerson(ctx, c) },
		Say: func(text string) { fmt.Fprintln(c.App.ErrWriter, text) }}
	for _, read := range []func(*cli.Context, *check.Options) error{
		readCheckPatterns, readCheckLists, readAuthorities,
	} {
		if err := read(c, o); err != nil {
			return nil, err
		}
	}
	if err := o.Fits(); err != nil {
		return nil, usageError("%w", err)
	}
	return o, nil
}

// readCheckPatterns reads how an answer is read: its count, who gave it, and the form of its cookie.
func readCheckPatterns(c *cli.Context, o *check.Options) (err error) {
	if o.Count, err = regexp.Compile(c.String("count")); err != nil {
		return usageError("--count: %w", err)
	}
	if c.String("who") != "" {
		if o.Who, err = regexp.Compile(c.String("who")); err != nil {
			return usageError("--who: %w", err)
		}
	}
	if o.Form, err = check.NewForm(c.String("form")); err != nil {
		return usageError("--form: %w", err)
	}
	return nil
}

// readCheckLists reads what the client sends, and what servers that cookies name are called.
func readCheckLists(c *cli.Context, o *check.Options) error {
	for _, h := range c.StringSlice("header") {
		name, value, ok := strings.Cut(h, ":")
		if !ok || name == "" {
			return usageError("--header %q: want 'NAME: VALUE'", h)
		}
		o.Header.Add(name, strings.TrimSpace(value))
	}
	for _, m := range c.StringSlice("members") {
		name, id, ok := strings.Cut(m, "=")
		if !ok || name == "" || id == "" {
			return usageError("--members %q: want NAME=ID", m)
		}
		o.Names[id] = name
	}
	return nil
}

// readAuthorities reads whom to trust.
func readAuthorities(c *cli.Context, o *check.Options) error {
	path := c.String("ca")
	switch {
	case path == "":
		return nil
	case c.Bool("insecure"):
		return usageError("--ca names whom to trust, and --insecure trusts everybody: want one of them")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return failure(err)
	}
	if o.Trusted, err = x509.SystemCertPool(); err != nil {
		o.Trusted = x509.NewCertPool() // a system without any
	}
	if !o.Trusted.AppendCertsFromPEM(text) {
		return failure(fmt.Errorf("%s holds no certificate in PEM; a CMS keyring, .kdb or .p12, must be "+
			"exported first", path))
	}
	return nil
}

// askPerson waits until somebody has killed a server, no longer than --wait: clients count meanwhile. Reading goes on
// where nobody types, as nothing can end it; the program does.
func askPerson(ctx context.Context, c *cli.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Duration("wait"))
	defer cancel()
	fmt.Fprintln(c.App.ErrWriter, "Clients are counting. Kill a server now, and press Enter when it is done.")
	typed := make(chan error, 1)
	go func() {
		_, err := bufio.NewReader(c.App.Reader).ReadString('\n')
		typed <- err
	}()
	select {
	case err := <-typed:
		if err != nil {
			return errors.New(
				"standard input ended before anybody said that a server is killed: want --kill COMMAND --yes")
		}
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return diag.Errorf("nobody has said within %s, the limit of --wait, that a server is killed",
				c.Duration("wait"))
		}
		return ctx.Err()
	}
}

// predictorOf asks what why predicts; nil where no file is named. What is wrong with the file is said before anything
// is sent.
func predictorOf(c *cli.Context) (func(name, value, server string) (*check.Prediction, error), error) {
	if c.String("config") == "" {
		if flag := firstGiven(c, "persistence", "replicas", "write-frequency", "write-interval",
			"write-contents"); flag != "" {
			return nil, usageError("--%s is for the prediction, which needs -c FILE", flag)
		}
		return nil, nil
	}
	if c.String("config") == "-" {
		return nil, usageError("-c -: lab check reads the file several times: name it")
	}
	request := answers.LabCheck{Config: configOf(c), Plugin: pluginOf(c),
		Members: answers.Members{Partition: c.StringSlice("partition")},
		Request: answers.Request{URL: c.String("url"), Headers: c.StringSlice("header"), Method: "GET"}}
	if public := c.String("public-url"); public != "" {
		request.Request.URL, request.Request.Headers = public, nil
	}
	var err error
	if request.Sessions, err = sessionsOf(c); err != nil {
		return nil, err
	}
	loaded, err := (&app.Load{Config: request.Config}).Run(inputOf(c))
	printNotes(c, loaded.Notes)
	if err != nil {
		return nil, ended(err)
	}
	if _, err := labPolicy(c, loaded); err != nil {
		return nil, err
	}
	return func(name, value, server string) (*check.Prediction, error) {
		one := request
		one.Request.Cookies = []string{name + "=" + value}
		// Of a partition ID the file names no member: the server that answered before has it, unless --partition says
		// more.
		if read, ok := session.ReadCookie(value); ok && read.Partition && len(one.Members.Partition) == 0 {
			one.Members.Partition = []string{read.IDs[0] + "=" + server}
		}
		answer, err := one.Run(inputOf(c))
		if err != nil {
			return nil, err
		}
		p := answer.Session.Outcome
		return &check.Prediction{Owner: answer.Owner, Text: answer.Session.Text,
				Session: p.Session, Changes: p.Changes,
				Bound: time.Duration(p.Bound * float64(time.Second)), Cookie: p.Cookie,
				Serves: p.Serves, Rules: p.Rules},
			nil
	}, nil
}

// writeHistory writes what clients saw, where a file is named for it.
func writeHistory(c *cli.Context, h *history.History) error {
	path := c.String("history")
	if path == "" {
		return nil
	}
	text, err := h.Text()
	if err != nil {
		return failure(err)
	}
	return writeFile(path, text, ownKind(path, false, isHistory))
}
