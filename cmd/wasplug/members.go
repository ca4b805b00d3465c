package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/live"
)

func membersCommand() *cli.Command {
	return &cli.Command{
		Name:  "members",
		Usage: "stand in for the servers of plugin-cfg.xml: note what arrives, misbehave on command",
		Description: `Starts a member for each Server of each cluster, and one for each ClusterAddress, on a port of its
own, and writes plugin-cfg.xml with these ports in place of the servers' own. A web server whose plug-in is given that
file can be asked by 'wasplug verify', which orders the members to refuse, hang, reset, answer 503, late or nonsense.
The page of --control shows what arrived, head by head. With --cert and --key they take TLS, too, on the same ports: the
plug-in's key database must trust that certificate.

With --probe the file also gets a virtual host, groups and clusters that are made for the questions: what is settled
there holds for the user's own, too.

   wasplug members -c plugin-cfg.xml -o probe.xml --probe
   wasplug members -c plugin-cfg.xml -o probe.xml --probe --bind 192.0.2.7   # for a web server on another machine

Exit codes: 0 stopped as asked; 2 wrong usage; 3 the file cannot be read or written, the plug-in would reject it, or an
address cannot be listened on.`,
		Flags: slices.Concat(configFlags(), []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"},
				Usage: "`FILE` that names the members: the plugin-cfg.xml for the web server"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite a file that says something else"},
			&cli.BoolFlag{Name: "probe",
				Usage: "add a virtual host, groups and clusters that are made for the questions"},
			&cli.StringFlag{Name: "control", Value: "127.0.0.1:9099",
				Usage: "`ADDRESS` of the control interface and its page; loopback, for whoever " +
					"reaches it gives orders"},
			&cli.StringFlag{Name: "bind", Value: "127.0.0.1",
				Usage: "`IP` address that members listen on, and that the file names"},
			&cli.StringFlag{Name: "cert",
				Usage: "PEM `FILE` with the certificate that members show, for the address of --bind; without it " +
					"Transports of https become http"},
			&cli.StringFlag{Name: "key", Usage: "PEM `FILE` with its key"},
		}),
		Action: membersAction,
	}
}

// membersAction opens everything first, then writes the file that names it, then serves: whatever cannot be listened
// on is said before a file has changed.
func membersAction(c *cli.Context) error {
	if c.NArg() > 0 {
		return usageError("members takes no arguments, got %q", c.Args().First())
	}
	if path := c.String("output"); path == "" || path == "-" {
		return usageError("say with -o which file is to name the members, as in -o probe.xml")
	}
	// The file names this address, so it cannot be "all": 0.0.0.0 leads nowhere.
	ip, err := netip.ParseAddr(c.String("bind"))
	if err != nil || ip.IsUnspecified() {
		return usageError("--bind %q: want an IP address that the web server can reach, such as 127.0.0.1",
			c.String("bind"))
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	control, err := listenControl(c.Context, c.String("control"))
	if err != nil {
		return err
	}
	defer control.Close()
	secure, err := membersTLS(c)
	if err != nil {
		return err
	}
	members := live.NewMembers(ip.String(), secure)
	defer members.Close()
	probe := evidence.Probe{Config: configOf(c), Add: c.Bool("probe"), TLS: secure != nil, Door: members.Door}
	answer, err := probe.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	// The file is written when its members listen: a web server that reads it at once finds them.
	if err := writeOutput(c, answer.XML); err != nil {
		return err
	}
	return serveMembers(ctx, c, members, control)
}

// membersTLS is how members take TLS, nil where they do not.
func membersTLS(c *cli.Context) (*tls.Config, error) {
	cert, key := c.String("cert"), c.String("key")
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "" || key == "":
		return nil, usageError("--cert and --key go together")
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, failure(fmt.Errorf("--cert, --key: %w", err))
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// listenControl opens the control interface. Who reaches it can make members fail, so it is for this machine alone.
func listenControl(ctx context.Context, address string) (net.Listener, error) {
	if own, err := live.IsLoopback(ctx, address); err != nil || !own {
		return nil, usageError("--control %q: want a loopback address with a port, such as 127.0.0.1:9099; for "+
			"another machine forward that port by ssh", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, failure(fmt.Errorf("--control: %w", err))
	}
	return l, nil
}

// serveMembers says what there is, and runs until ctx ends.
func serveMembers(ctx context.Context, c *cli.Context, members *live.Members, control net.Listener) error {
	url := "http://" + control.Addr().String()
	fmt.Fprintf(c.App.ErrWriter, `%d members listen on %s; %s names them.
What arrives: %s/

Give %[3]s to the plug-in, start the web server anew, and ask it:

   wasplug verify -c %[3]s --control %[4]s --against http://WEB-SERVER --dry-run

Ctrl-C ends the members.
`, members.Count(), c.String("bind"), c.String("output"), url)
	server := &http.Server{Handler: members.Control(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(control) }()
	defer server.Close()
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return failure(err)
	}
}
