package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// checkLabFlags refuses what the lab does not do, before anything runs.
func checkLabFlags(c *cli.Context) error {
	store, err := chosen(c, "store")
	if err != nil {
		return err
	}
	switch {
	case !admin.CheckAddress(c.String("listen"), ""):
		return usageError("--listen %q: the lab listens on loopback addresses only, such as 127.0.0.1:8080",
			c.String("listen"))
	case c.String("admin") != "" && !admin.CheckAddress(c.String("admin"), ""):
		return usageError("--admin %q: the lab listens on loopback addresses only, such as 127.0.0.1:9090",
			c.String("admin"))
	case c.String("dsn") != "" && c.IsSet("store") && store != "postgres":
		return usageError("--dsn is of --store postgres")
	case c.String("dsn") == "" && store == "postgres":
		return usageError("--store postgres needs --dsn, as in postgres://me@localhost/test")
	case c.Int("proxies") < 1 || c.Int("proxies") > 16:
		return usageError("--proxies %d: want a number from 1 to 16", c.Int("proxies"))
	case c.Int("replicators") < 0:
		return usageError("--replicators %d: want a number from 0 on", c.Int("replicators"))
	}
	return nil
}

// labPolicy is what the members of each cluster do with sessions: what the flags say, else what the topology does.
func labPolicy(c *cli.Context, l *app.Loaded) (func(cluster string) session.Policy, error) {
	settings, err := sessionSettings(c)
	switch {
	case err != nil:
		return nil, err
	case settings == nil && l.Topology == nil:
		return nil, usageError(
			"say what the members do with sessions, as in --persistence database: a plugin-cfg.xml does not " +
				"tell, a topology does")
	case settings == nil || l.Topology != nil && !given(c, "persistence"):
		return l.Topology.SessionPolicy, nil
	}
	flavor := ""
	if l.Topology != nil {
		flavor = l.Topology.Flavor.V
	}
	policy, err := settings.Policy(flavor)
	if err != nil {
		return nil, usageError("%s", err)
	}
	return func(string) session.Policy { return policy }, nil
}

// labSessions are the policies in the words of the members. Theirs wait for acknowledgements unless they are told not
// to, by the session choice replication-ack. Timeouts are those of the topology, as no flag says them.
func labSessions(
	c *cli.Context, l *app.Loaded, policy func(string) session.Policy, sem *choices.Assumptions,
) func(string) lab.Sessions {
	var timeouts map[string]int
	if l.Topology != nil && !given(c, "persistence") {
		timeouts = map[string]int{}
		for cluster, s := range l.Topology.Sessions() {
			timeouts[cluster] = int(s.Timeout)
		}
	}
	return func(cluster string) lab.Sessions {
		s := scenario.MemberSettings(policy(cluster), sem.Session)
		if seconds := timeouts[cluster]; seconds != 0 {
			s.Timeout = seconds
		}
		if slices.Contains(c.StringSlice("assume"), "replication-ack=async") {
			s.Ack = "async"
		}
		return s
	}
}

// fromTopology takes over what its lab block says and no flag does.
func fromTopology(c *cli.Context, opt *lab.Options, l *app.Loaded) {
	block := l.Topology.Lab()
	if !given(c, "store") && block.Store != "" {
		opt.Database.Kind = block.Store
	}
	if !given(c, "dsn") {
		opt.Database.DSN = block.DSN
	}
	if !given(c, "grid") {
		opt.Grid.Kind = block.Grid
	}
	if !given(c, "redis") && !given(c, "grid") {
		opt.Grid.Redis = block.Redis
	}
	if !given(c, "replicators") {
		opt.Replicators = block.Replicators
	}
	opt.Apps, opt.PortBase = block.Apps, block.PortBase
}
