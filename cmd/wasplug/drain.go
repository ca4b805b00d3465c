package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/edit"
	"github.com/wasplug/wasplug/internal/app/checks"
)

func drainCommand() *cli.Command {
	return &cli.Command{
		Name:      "drain",
		Usage:     "take new sessions away from members, in plugin-cfg.xml itself",
		ArgsUsage: "MEMBER ... [FILE]",
		Description: `A drained member gets no new sessions; those that it has go on until they end (R36).
LoadBalanceWeight becomes 0, and a comment before the Server keeps the old value for 'wasplug undrain'. MEMBER is meant
in all its clusters, CLUSTER/MEMBER in one.

--by list takes the member out of PrimaryServers or BackupServers instead: its sessions lose their home at once (R40),
so --yes must say that this is meant. It is the only way under LoadBalance="Random", and for backups. The last member
of a cluster that gets new sessions is not drained without --force.

   wasplug drain m2
   wasplug drain -w --backup shop/m2 plugin-cfg.xml
   wasplug drain --by list --yes m2 plugin-cfg.xml | patch
` + editRules,
		Flags: editFlags(
			wordFlag{&cli.StringFlag{Name: "by", Value: edit.Ways[0], Usage: "`WAY` to drain: weight or list"},
				edit.Ways},
			&cli.BoolFlag{Name: "yes", Usage: "with --by list: sessions may lose their home at once"}),
		Action: func(c *cli.Context) error {
			by, err := chosen(c, "by")
			if err != nil {
				return err
			}
			members, path, err := editArguments(c, "a MEMBER")
			if err != nil {
				return err
			}
			return editing(c, path, checks.Edit{Force: c.Bool("force"), Drain: &edit.Drain{Members: members, By: by,
				Date: time.Now().Format(time.DateOnly), Yes: c.Bool("yes"), Force: c.Bool("force")}})
		},
	}
}

func undrainCommand() *cli.Command {
	return &cli.Command{
		Name:      "undrain",
		Usage:     "give drained members their new sessions back",
		ArgsUsage: "MEMBER ... [FILE]",
		Description: `What 'wasplug drain' has changed is put back from its comment: drain and undrain together leave
the file byte by byte as it was. A member that was drained otherwise gets the weight that most others have, or that of
--weight.

   wasplug undrain m2
   wasplug undrain -w --weight 10 shop/m2 plugin-cfg.xml
` + editRules,
		Flags: editFlags(&cli.IntFlag{Name: "weight", Usage: "the LoadBalanceWeight `N` that it gets, from 1",
			DefaultText: "that of before"}),
		Action: func(c *cli.Context) error {
			members, path, err := editArguments(c, "a MEMBER")
			switch {
			case err != nil:
				return err
			case c.IsSet("weight") && c.Int("weight") < 1:
				return usageError("--weight %d: a member of weight 0 is drained; want 1 or more", c.Int("weight"))
			}
			return editing(c, path, checks.Edit{Force: c.Bool("force"), Undrain: &edit.Undrain{Members: members,
				Weight: c.Int("weight"), Force: c.Bool("force")}})
		},
	}
}

func setCommand() *cli.Command {
	return &cli.Command{
		Name:      "set",
		Usage:     "set attributes of plugin-cfg.xml, and leave every other byte",
		ArgsUsage: "SELECTOR=VALUE ... [FILE]",
		Description: `A selector names elements and an attribute; "*" stands for all, and the value - removes the attribute:

   Config.RefreshInterval=10               Log.LogLevel=Stats
   ServerCluster[C].RetryInterval=30       Server[m1].ConnectTimeout=5
   Server[C/m1].MaxConnections=-           Server[C/*].ServerIOTimeout=-60
   Transport[m1:https].Port=9444           Property[m1:keyring]=/opt/plugin-key.kdb

Names and values are those that 'wasplug explain ELEMENT' knows. An attribute that is not there is added at its
alphabetical place. A result in which lint finds an error that was not there is not written without --force.

   wasplug set Log.LogLevel=Stats plugin-cfg.xml
   wasplug set -w 'Server[*].ConnectTimeout=5' 'ServerCluster[*].RetryInterval=30'
` + editRules,
		Flags: editFlags(),
		Action: func(c *cli.Context) error {
			assignments, path, err := editArguments(c, "a SELECTOR=VALUE")
			if err != nil {
				return err
			}
			return editing(c, path, checks.Edit{Force: c.Bool("force"), Set: &edit.Set{Assignments: assignments}})
		},
	}
}
