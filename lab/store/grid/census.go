package grid

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
)

const (
	scheme    = "nats://"      // of the URL of a JetStream server of a lab
	keyPrefix = "wasplug:lab:" // of all keys of labs in a Redis
)

// Prefix is that of the keys of a run: wasplug:lab:RUN: and the session's ID.
func Prefix(run string) string { return keyPrefix + run + ":" }

// URL is where what the grid holds can be counted: with the password of the run.
func (c *Config) URL() string {
	if len(c.Servers) == 0 {
		return c.Redis
	}
	return scheme + c.User + ":" + c.Password + "@" + c.Servers[0]
}

// IsURL says whether a text is the URL of a grid, where the path of a SQLite file may stand, too.
func IsURL(text string) bool {
	return slices.ContainsFunc([]string{scheme, "redis://", "rediss://", "unix://"}, func(s string) bool {
		return strings.HasPrefix(text, s)
	})
}

// address takes the URL of a JetStream server of a lab apart, nats://USER:PASSWORD@HOST:PORT; false: it is none. One
// server is enough: it passes on what the one that leads has to answer.
func address(text string) (c Config, ok bool) {
	rest, ok := strings.CutPrefix(text, scheme)
	who, at, _ := strings.Cut(rest, "@")
	c = Config{Member: "census", Servers: []string{at}}
	c.User, c.Password, _ = strings.Cut(who, ":")
	return c, ok
}

// Remote says whether the URL of a grid leads to another machine.
func Remote(text string) (bool, error) {
	if c, ok := address(text); ok {
		return onThisMachine(c.Servers[0]) != nil, nil
	}
	return RemoteRedis(text)
}

// Count says what a grid of the lab holds, as a table of sessions is counted: of all runs where they share a Redis.
func Count(ctx context.Context, text string, now session.Millis) (*database.Census, error) {
	c, ok := address(text)
	if !ok {
		c = Config{Redis: text, Prefix: keyPrefix}
	}
	e, err := open(&c)
	if err != nil {
		return nil, err
	}
	defer e.close()
	return count(ctx, e, c.name(), now)
}

// name is where the grid is, without a password.
func (c *Config) name() string {
	if len(c.Servers) > 0 {
		return scheme + c.Servers[0]
	}
	return nameOfRedis(c.Redis)
}

// count goes through all entries. Where the walk begins again, so does the count.
func count(ctx context.Context, e engine, name string, now session.Millis) (*database.Census, error) {
	var c *census
	err := walkAll(ctx, e, "", func(k session.Key, e *entry, old *kept) { c.add(k, e, len(old.value)) }, func() {
		c = &census{now: now, applications: map[string]*database.ApplicationCount{}}
		c.column.Name = "entry"
	})
	if err != nil {
		return nil, err
	}
	out := &database.Census{Table: name, Rows: c.column.Rows, Ages: database.Ages(now, c.last),
		Columns: []database.ColumnCount{c.column}, Applications: []database.ApplicationCount{}}
	for _, a := range c.applications {
		out.Applications = append(out.Applications, *a)
	}
	slices.SortFunc(out.Applications, func(a, b database.ApplicationCount) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Rows reads the sessions of a run that were accessed last, as rows of a table are read. All entries are read for it:
// neither engine has an order by last access.
func Rows(ctx context.Context, c Config, most int) (rows []database.Row, err error) {
	c.Member = "page"
	e, err := open(&c)
	if err != nil {
		return nil, err
	}
	defer e.close()
	err = walkAll(ctx, e, "", func(k session.Key, e *entry, old *kept) {
		if k.ID == turn {
			return
		}
		r := database.Row{ID: k.ID, PropID: k.ID, App: k.App, LastAccess: e.LastAccess, MaxInactive: e.MaxInactive,
			User: e.User, Bytes: len(old.value)}
		if len(e.Attributes) > 0 {
			r.Column = "entry"
		}
		rows = append(rows, r)
	}, func() { rows = nil })
	slices.SortFunc(rows, func(a, b database.Row) int {
		return cmp.Or(cmp.Compare(b.LastAccess, a.LastAccess), cmp.Compare(a.ID, b.ID), cmp.Compare(a.App, b.App))
	})
	return rows[:min(len(rows), most)], err
}

// census is what is counted.
type census struct {
	now          session.Millis
	applications map[string]*database.ApplicationCount
	last         []session.Millis
	column       database.ColumnCount
}

// add counts an entry, the turn of an application among them: it is an entry of the grid, and no session.
func (c *census) add(k session.Key, e *entry, bytes int) {
	a := c.applications[k.App]
	if a == nil {
		a = &database.ApplicationCount{Name: k.App}
		c.applications[k.App] = a
	}
	c.column.Rows++
	c.column.Bytes += bytes
	c.column.Largest = max(c.column.Largest, bytes)
	if k.ID == turn || strings.HasSuffix(k.ID, ":"+turn) { // behind the name of its run
		a.LastLook = &e.LastAccess
		return
	}
	a.Sessions++
	if len(e.Attributes) == 0 {
		a.Empty++
	}
	if e.over(c.now) {
		a.OverTime++
	}
	c.last = append(c.last, e.LastAccess)
}
