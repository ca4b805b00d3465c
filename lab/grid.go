package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/routecheck/match"
)

// gridServers is how many servers the grid of a run has, each with a copy of all sessions: the fewest of which one
// can die while a majority is left.
const gridServers = 3

// openGrid says where the grid of the run is, once: servers of its own, or a Redis, the lab's own or one that runs.
// Nothing is started yet. like is any member: the servers of a grid take orders by the same token.
func (l *Lab) openGrid(like *Member) (err error) {
	if l.stores.grid != nil {
		return nil
	}
	l.stores.grid = &grid.Config{User: "lab", Password: l.stores.password, Prefix: grid.Prefix(randomName())}
	switch g := &l.opt.Grid; {
	case g.Redis != "":
		err = l.useRedis()
	case g.Kind == "redis":
		err = l.addRedis()
	default:
		err = l.addGridServers(like)
	}
	if err != nil {
		return fmt.Errorf("grid: %w", err)
	}
	return nil
}

// GridURL is where what the grid of the run holds can be counted, with the password of the run; "" where the run has
// no grid of its own.
func (l *Lab) GridURL() string {
	if len(l.stores.servers) == 0 {
		return ""
	}
	return l.stores.grid.URL()
}

// GridWorks reports that most servers of the grid are up: the one Redis, or two of three. So it is where there is
// none.
func (l *Lab) GridWorks() bool {
	up := 0
	for _, m := range l.stores.servers {
		if m.State() == Up {
			up++
		}
	}
	return len(l.stores.servers) == 0 || up > len(l.stores.servers)/2
}

// useRedis keeps the sessions in a Redis that runs already. The keys of the run are deleted when it ends, and no
// others.
func (l *Lab) useRedis() error {
	c := l.stores.grid
	c.Redis = l.opt.Grid.Redis
	err := l.opt.Grid.ping(context.Background(), *c)
	if err == nil {
		l.stores.drops = append(l.stores.drops, func(ctx context.Context) error { return grid.Drop(ctx, *c) })
	}
	return err
}

// ping asks the Redis that runs already whether it is there, if the lab may go to it.
func (g *Grid) ping(ctx context.Context, c grid.Config) error {
	remote, err := grid.RemoteRedis(g.Redis)
	if err == nil && remote && !g.AllowRemote {
		err = errors.New("the URL names another host, which the lab goes to only when that is allowed")
	}
	if err == nil {
		err = grid.Ping(ctx, c)
	}
	return err
}

// Check says why the lab would not keep sessions in a Redis that runs already, before anything runs: its URL is not
// allowed, or it does not answer. What the lab starts itself is not looked at.
func (g *Grid) Check(ctx context.Context) error {
	if g.Redis == "" {
		return nil
	}
	if err := g.ping(ctx, grid.Config{Redis: g.Redis}); err != nil {
		return fmt.Errorf("grid: %w", err)
	}
	return nil
}

// addRedis lets the run have a Redis of its own. It is started, killed and shown like a member, and takes no orders.
func (l *Lab) addRedis() error {
	address, release, err := port.Reserve("127.0.0.1:0")
	if err != nil {
		return err
	}
	m := &Member{Name: l.unused("redis"), lab: l, state: Dead, release: []func(){release}}
	l.stores.servers = []*Member{m}
	l.stores.grid.Redis = "redis://:" + l.stores.password + "@" + address + "/0"
	m.redis, err = newRedisProgram(address, l.stores.password, l.folder.path)
	return err
}

// addGridServers lets the run have JetStream servers of its own. All addresses are drawn first, since each server
// must know those of the others.
func (l *Lab) addGridServers(like *Member) error {
	c := grid.ServerConfig{User: "lab", Password: l.stores.password}
	for i := range gridServers {
		m := &Member{Name: l.unused(fmt.Sprintf("grid%d", i+1)), lab: l, state: Dead}
		l.stores.servers = append(l.stores.servers, m)
		// for orders, for members, and for the other servers
		var addresses [3]string
		for j := range addresses {
			address, release, err := port.Reserve("127.0.0.1:0")
			if err != nil {
				return err
			}
			addresses[j], m.release = address, append(m.release, release)
		}
		m.spec = member.Spec{Name: m.Name, Token: like.spec.Token, Control: addresses[0]}
		c.Servers, c.Routes = append(c.Servers, addresses[1]), append(c.Routes, addresses[2])
	}
	for i, m := range l.stores.servers {
		one := c
		one.Name, one.Listen, one.Route, one.Folder = m.Name, c.Servers[i], c.Routes[i], l.folder.file(m.Name)
		m.spec.GridServer = &one
	}
	l.stores.grid.Servers = c.Servers
	return nil
}

// unused is a name that no Server of the file has.
func (l *Lab) unused(name string) string {
	for slices.ContainsFunc(l.table.Clusters, func(c match.Cluster) bool {
		return slices.ContainsFunc(c.Members, func(m match.Member) bool { return m.Name == name })
	}) {
		name = "lab-" + name
	}
	return name
}
