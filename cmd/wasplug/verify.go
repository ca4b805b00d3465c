package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/report/verifyreport"
)

func verifyCommand() *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "ask a plug-in that runs how it decides where no document says",
		Description: `Sends requests on which the values of open choices differ to a web server whose plug-in has the
file of 'wasplug members', lets members fail on command, and sees who got what. For each choice it names the values that
agree with what was seen, and what rules the others out. What contradicts every value shows that the plug-in does not
follow what wasplug takes for a rule.

Without --control the servers are the user's own: nothing is made to fail, only routing and affinity are asked, and who
answers is read from the clone ID in Set-Cookie, or from the field that --member-header names.

A target that is not loopback takes --yes-real. Only what --dry-run prints is sent, each request marked with the header
field X-Wasplug-Verify.

   wasplug verify -c probe.xml --control http://127.0.0.1:9099 --against http://127.0.0.1:8080 --settle semantics.yaml
   wasplug verify -c plugin-cfg.xml --against http://www.example.com --suite routes.yaml --yes-real

Exit codes: 0 nothing contradicts what is known; 1 something contradicts every value, or what --suite expects; 2 wrong
usage; 3 the file cannot be read, or the target or the members cannot be reached.`,
		Flags: slices.Concat(configFlags(), []cli.Flag{
			&cli.StringFlag{Name: "against",
				Usage: "`URL` of the web server, as in http://ihs:80, or https://ihs:443 where it takes TLS alone"},
			&cli.StringFlag{Name: "tls-target",
				Usage: "`URL` where it takes requests over TLS, as in https://ihs:443"},
			&cli.StringSliceFlag{Name: "listen",
				Usage: "`ADDRESS=PORT`: requests that are to arrive on this port go to this address; repeatable"},
			&cli.StringFlag{Name: "control", Usage: "`URL` of the members' control interface"},
			&cli.StringFlag{Name: "member-header",
				Usage: "`NAME` of the header field in which the user's own servers say who answers"},
			&cli.StringSliceFlag{Name: "only",
				Usage: "ask for this `CHOICE` alone, and not for each Route; repeatable"},
			&cli.StringFlag{Name: "suite",
				Usage: "`FILE` of tests whose requests are sent, too; with --control also those that let members " +
					"fail"},
			&cli.StringFlag{Name: "settle",
				Usage: "write the choices that are settled to `FILE`, for 'wasplug why --assume-file'"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite a --settle file that says something else"},
			&cli.BoolFlag{Name: "dry-run", Usage: "print what would be sent, and send nothing"},
			&cli.BoolFlag{Name: "yes-real", Usage: "send to a target that is not loopback"},
			&cli.Float64Flag{Name: "rate",
				Usage: "send at most `N` requests a second; default 5, on loopback no limit"},
			&cli.Uint64Flag{Name: "seed", Usage: "make the plan from seed `N`"},
			levelFlag(""),
			platformFlag(""),
			&cli.StringSliceFlag{Name: "assume",
				Usage: "`CHOICE=VALUE`: it is settled already, and not asked; repeatable"},
			assumeFileFlag(),
			formatFlag("", verifyreport.Verify, ""),
		}),
		Action: verifyAction,
	}
}

// verifyAction plans, shows the plan or says how much it is, and asks. Nothing is sent before the plan is made as a
// whole.
func verifyAction(c *cli.Context) error {
	v, err := newVerifying(c)
	if err != nil {
		return err
	}
	plan, err := v.request.Plan(inputOf(c))
	printNotes(c, plan.Notes)
	if err != nil {
		return ended(err)
	}
	shown := verifyreport.PlannedVerify{VerifyPlan: plan, Target: strings.Join(v.target.All(), ", "), Pace: v.pace}
	if c.Bool("dry-run") {
		format := v.format
		if format == "junit" {
			return usageError("--dry-run prints its plan as text or json")
		}
		if err := verifyreport.VerifyPlan.Write(c.App.Writer, format, shown); err != nil {
			return failure(err)
		}
		return nil
	}
	fmt.Fprintf(c.App.ErrWriter, "wasplug: %s\n", verifyreport.PlanSummary(shown))
	return v.run(plan)
}

// verifying is a run of verify.
type verifying struct {
	c       *cli.Context
	format  string
	request evidence.Verify
	target  live.Target   // where requests go; request has the ports that they are matched with
	pace    time.Duration // from request to request, 0 without a limit
}

// newVerifying reads the flags. Nothing is sent, and no file is read, before all of them fit together.
func newVerifying(c *cli.Context) (*verifying, error) {
	v := &verifying{c: c}
	var err error
	if v.format, err = chosen(c, "format"); err != nil {
		return nil, err
	}
	if c.NArg() > 0 {
		return nil, usageError("verify takes no arguments, got %q", c.Args().First())
	}
	if given(c, "force") && !c.IsSet("settle") {
		return nil, usageError("--force is about the file of --settle, which is not given")
	}
	v.request = evidence.Verify{Config: configOf(c), Plugin: pluginOf(c), Only: c.StringSlice("only"),
		Members: c.String("control") != "", Suite: c.String("suite"), Seed: c.Uint64("seed")}
	if err := v.readTarget(); err != nil {
		return nil, err
	}
	return v, v.readPace()
}

// readTarget reads where requests go.
func (v *verifying) readTarget() error {
	if err := v.readAddresses(v.c.String("against"), v.c.String("tls-target")); err != nil {
		return err
	}
	v.target.Ports = map[int]string{}
	for _, spec := range v.c.StringSlice("listen") {
		address, port, _ := strings.Cut(spec, "=")
		n, err := strconv.ParseUint(port, 10, 16)
		if _, _, bad := net.SplitHostPort(address); err != nil || n == 0 || bad != nil {
			return usageError("--listen %q: want ADDRESS=PORT, as in 127.0.0.1:8080=80", spec)
		}
		v.target.Ports[int(n)] = address
		v.request.Ports = append(v.request.Ports, int(n))
	}
	return v.mayAsk()
}

// readAddresses reads --against, which may take TLS alone, and --tls-target.
func (v *verifying) readAddresses(against, overTLS string) error {
	if against == "" {
		return usageError("say with --against which web server is asked, as in --against http://127.0.0.1:8080")
	}
	address, secure, err := live.HostPort(against)
	switch {
	case err != nil:
		return usageError("--against %q: want http://HOST[:PORT], or https://HOST[:PORT] of what takes TLS alone",
			against)
	case secure && overTLS != "":
		return usageError("--against %q takes TLS, and so does --tls-target: leave that out, or name what takes "+
			"plain requests with --against", against)
	case secure:
		overTLS = against
	default:
		v.target.Plain, v.request.Port = address, portOf(address)
	}
	if overTLS == "" {
		return nil
	}
	address, secure, err = live.HostPort(overTLS)
	if err != nil || !secure {
		return usageError("--tls-target %q: want https://HOST[:PORT]", overTLS)
	}
	v.target.TLS, v.request.TLSPort, v.request.TLS = address, portOf(address), true
	return nil
}

func portOf(address string) int {
	_, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	return n
}

// mayAsk refuses a target that is not loopback, unless it is meant, and so members that are elsewhere.
func (v *verifying) mayAsk() error {
	addresses := v.target.All()
	if control := v.c.String("control"); control != "" {
		at, _, err := live.HostPort(control)
		if err != nil {
			return usageError("--control %q: want http://HOST:PORT, as 'wasplug members' prints it", control)
		}
		addresses = append(addresses, at)
	}
	if v.target.Real = v.c.Bool("yes-real"); v.target.Real || v.c.Bool("dry-run") {
		return nil
	}
	for _, at := range addresses {
		own, err := live.IsLoopback(v.c.Context, at)
		if err != nil {
			return failure(err)
		}
		if !own {
			return usageError("%s is not on this machine: look with --dry-run at what would be sent, and say "+
				"--yes-real if it may be", at)
		}
	}
	return nil
}

// usualRate is how many requests a second a target that is not loopback gets: it may serve people meanwhile.
const usualRate = 5

// readPace reads how fast requests may follow each other.
func (v *verifying) readPace() error {
	rate := v.c.Float64("rate")
	switch {
	case v.c.IsSet("rate") && !(rate > 0 && rate <= 10000):
		return usageError("--rate %v: want a number above 0, up to 10000", rate)
	case v.c.IsSet("rate"):
	case v.local():
		return nil
	default:
		rate = usualRate
	}
	v.pace = time.Duration(float64(time.Second) / rate)
	return nil
}

// local reports whether all targets are loopback.
func (v *verifying) local() bool {
	for _, at := range v.target.All() {
		if own, err := live.IsLoopback(v.c.Context, at); err != nil || !own {
			return false
		}
	}
	return true
}

// run asks, and reports what was learnt.
func (v *verifying) run(plan *evidence.VerifyPlan) error {
	c := v.c
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	d := &live.Driver{Table: plan.Table, Assumptions: plan.Assumptions(), Target: v.target,
		MemberHeader: c.String("member-header"), Every: v.pace, Clock: live.Wall{},
		Run: strconv.FormatInt(time.Now().UnixNano(), 36)} // tells our requests from those of an earlier run
	if url := c.String("control"); url != "" {
		d.Members = &live.Remote{URL: url}
		if err := fits(ctx, d, plan); err != nil {
			return err
		}
	}
	start, done := time.Now(), working(c, "asking "+v.target.All()[0])
	ran, err := d.Execute(ctx, plan.Plan)
	done()
	if err != nil {
		return failure(err)
	}
	answer := plan.Judge(*ran)
	answer.Target, answer.Seconds = c.String("against"), time.Since(start).Seconds()
	if err := verifyreport.Verify.Write(c.App.Writer, v.format, answer); err != nil {
		return failure(err)
	}
	if err := settle(c, answer.Settled()); err != nil {
		return err
	}
	if answer.Failed() {
		return findings()
	}
	return nil
}

// fits reports members that the file does not have, or the other way round: what was seen would be nonsense.
func fits(ctx context.Context, d *live.Driver, plan *evidence.VerifyPlan) error {
	names, err := d.Members.Names(ctx)
	if err != nil {
		return failure(err)
	}
	for _, want := range plan.Table.AllMembers() {
		if !slices.Contains(names, want) {
			return failure(fmt.Errorf("%s has the member %s, and --control has not: is it the file that "+
				"'wasplug members' wrote?", plan.Config, want))
		}
	}
	return nil
}
