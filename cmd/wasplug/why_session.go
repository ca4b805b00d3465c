package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/routecheck/session"
)

// sessionFlags say what the servers do with sessions, and how the member of the session failed.
func sessionFlags() []cli.Flag {
	return []cli.Flag{
		wordFlag{&cli.StringFlag{Name: "persistence",
			Usage: "what the servers do with sessions: none, database, memory-to-memory or grid (a session cache " +
				"outside the members), in place of all that the topology says of sessions, which is the default"},
			session.Persistences()},
		&cli.IntFlag{Name: "replicas", Value: 1,
			Usage: "copies of a session under memory-to-memory, -1 on every member"},
		wordFlag{&cli.StringFlag{Name: "write-frequency",
			Usage: "when sessions are written: 'end of servlet service', 'time based' or 'manual update'; default " +
				"by flavor, was: time based, liberty: end of servlet service"}, session.Frequencies()},
		&cli.IntFlag{Name: "write-interval",
			Usage: "`SECONDS` between the writes under 'time based'; default by flavor, was: 10, liberty: 120"},
		wordFlag{&cli.StringFlag{Name: "write-contents",
			Usage: "what is written: 'only updated attributes' (default), 'all session attributes' or 'get and set " +
				"attributes'"}, session.WriteContents()},
		wordFlag{&cli.StringFlag{Name: "moment",
			Usage: "`MOMENT` in which the member of the session failed: " + strings.Join(session.Moments(), ", ") +
				" (after-answer); default between requests, nobody knows when"}, session.Moments()},
		&cli.Float64Flag{Name: "change-age", Usage: "`SECONDS` since the last change of the session"},
		&cli.BoolFlag{Name: "in-place", Usage: "the last change was made in place, without setAttribute"},
		&cli.BoolFlag{Name: "other-set", Usage: "and another attribute was set in the same write period"},
		&cli.BoolFlag{Name: "new-session", Usage: "the session was new: its last change is its first one"},
		&cli.BoolFlag{Name: "store-down",
			Usage: "the database, a majority of the grid, or every replicator of client/server, cannot be reached"},
		&cli.BoolFlag{Name: "store-lost",
			Usage: "the database or the grid has lost what it had, as a Redis without persistence that was killed"},
		wordFlag{&cli.StringFlag{Name: "app",
			Usage: "`KIND` of application: " + strings.Join(session.Apps(), ", ") + "; default ordinary"},
			session.Apps()},
	}
}

// sessionsOf reads these flags. Yield has what a topology says of sessions win where --persistence comes from the
// environment.
func sessionsOf(c *cli.Context) (s answers.Sessions, err error) {
	s = answers.Sessions{InPlace: c.Bool("in-place"), OtherSet: c.Bool("other-set"), New: c.Bool("new-session"),
		StoreDown: c.Bool("store-down"), StoreLost: c.Bool("store-lost"), Yield: !given(c, "persistence")}
	if c.IsSet("change-age") {
		age := c.Float64("change-age")
		s.ChangeAge = &age
	}
	if s.Moment, err = chosenOr(c, "moment"); err == nil {
		s.App, err = chosenOr(c, "app")
	}
	if err == nil {
		s.Settings, err = sessionSettings(c)
	}
	return s, err
}

// sessionSettings reads what the servers do; nil where the flags say nothing.
func sessionSettings(c *cli.Context) (*session.Settings, error) {
	if !c.IsSet("persistence") {
		if flag := firstGiven(c, "replicas", "write-frequency", "write-interval", "write-contents"); flag != "" {
			return nil, usageError("--%s needs --persistence", flag)
		}
		return nil, nil
	}
	replicas := c.Int("replicas")
	s := &session.Settings{Replicas: &replicas, WriteInterval: c.Int("write-interval")}
	if c.IsSet("write-interval") && s.WriteInterval < 1 { // 0 is what is not given: the default of the flavor
		return nil, usageError("--write-interval %d: want seconds from 1 on", s.WriteInterval)
	}
	for _, f := range []struct {
		name string
		to   *string
	}{
		{"persistence", &s.Persistence}, {"write-frequency", &s.WriteFrequency}, {"write-contents", &s.WriteContents},
	} {
		var err error
		if *f.to, err = chosenOr(c, f.name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// chosenOr returns the word of a flag, "" where it is not given.
func chosenOr(c *cli.Context, name string) (string, error) {
	if !c.IsSet(name) {
		return "", nil
	}
	return chosen(c, name)
}
