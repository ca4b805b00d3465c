package lab

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/replication"
)

// stores are what the members of a run share: made when the first cluster needs it, given back by closeStores.
type stores struct {
	dsn string // of the table; "" until a cluster needs it
	// of the schema in PostgreSQL and of the keys in a Redis that runs: there may be both, in different clusters
	drops   []func(context.Context) error
	domains map[string]*domain // by their names
	grid    *grid.Config       // without the member; nil until a cluster needs it
	servers []*Member          // of the grid
	// password is the run's, for replication and the grid: all programs of the machine can reach a loopback port.
	password string
}

// domain is a replication domain: its members are known when all of them are planned.
type domain struct {
	sessions Sessions
	members  []*Member
}

// assign says where the sessions of a member are kept. Clusters may keep them in different ways; those that keep them
// in a table or a grid share one.
func (l *Lab) assign(ctx context.Context, m *Member, s Sessions) error {
	switch s.Persistence {
	case "", "none":
		return nil
	case "database":
		if err := l.openDatabase(ctx); err != nil {
			return err
		}
		m.spec.Store = member.StoreSpec{Kind: "database", DSN: l.stores.dsn, MultiRow: s.MultiRow,
			Largest: l.opt.Database.Largest}
		return nil
	case "memory-to-memory":
		l.replicate(m, s)
		return nil
	case "grid":
		if err := l.openGrid(m); err != nil {
			return err
		}
		c := *l.stores.grid
		c.Member, c.Mutant = m.Name, grid.Mutant(s.Mutant)
		m.spec.Store = member.StoreSpec{Kind: "grid", Grid: &c}
		return nil
	}
	return fmt.Errorf("cluster %s: the lab has no persistence %s", m.Cluster, s.Persistence)
}

// openDatabase makes the table's place, once: a file in the run's folder, or a schema of the run in PostgreSQL. The
// schema's name is noted before the schema is made, or a run that dies in between would leave one that nobody finds.
func (l *Lab) openDatabase(ctx context.Context) (err error) {
	if l.stores.dsn != "" {
		return nil
	}
	db := &l.opt.Database
	if db.Kind != "postgres" {
		l.stores.dsn = l.folder.file("sessions.db")
		return nil
	}
	err = db.allowed()
	run := randomName()
	var drop func(context.Context) error
	if err == nil {
		err = os.WriteFile(l.folder.file(schemaFile), []byte(run), 0o600)
	}
	if err == nil {
		l.stores.dsn, drop, err = database.CreateSchema(ctx, db.DSN, run)
	}
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	l.stores.drops = append(l.stores.drops, drop)
	sweep(ctx, os.TempDir(), db.DSN)
	return nil
}

// allowed refuses a DSN that cannot be read, and one of another host unless that may be.
func (d *Database) allowed() error {
	remote, err := database.Remote(d.DSN)
	if err == nil && remote && !d.AllowRemote {
		err = errors.New("the DSN names another host, which the lab goes to only when that is allowed")
	}
	return err
}

// Check says why the lab would not keep sessions there, before anything runs: the DSN is not allowed, or nothing that
// it can sign in to answers. SQLite needs nothing.
func (d *Database) Check(ctx context.Context) error {
	if d.Kind != "postgres" {
		return nil
	}
	err := d.allowed()
	if err == nil {
		err = database.Ping(ctx, d.DSN)
	}
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return nil
}

// Rows are the rows of the table, and the entries of the grid, that were accessed last, nil where no cluster keeps its
// sessions in either.
func (l *Lab) Rows(ctx context.Context, most int) (rows []database.Row, err error) {
	if l.stores.dsn != "" {
		rows, err = database.Rows(ctx, l.stores.dsn, most)
	}
	if l.stores.grid == nil || err != nil {
		return rows, err
	}
	entries, err := grid.Rows(ctx, *l.stores.grid, most)
	return append(rows, entries...), err
}

func randomName() string {
	name := make([]byte, 8)
	rand.Read(name)
	return hex.EncodeToString(name)
}

// replicate puts a member into its domain. In peer-to-peer mode its cookies carry a partition ID, drawn once for all
// its lives (M10).
func (l *Lab) replicate(m *Member, s Sessions) {
	name := s.Domain
	if name == "" {
		name = m.Cluster
	}
	d := l.stores.domains[name]
	if d == nil {
		d = &domain{sessions: s}
		l.stores.domains[name] = d
	}
	if s.Mode == "" || s.Mode == "both" {
		var id [8]byte
		rand.Read(id[:])
		m.spec.Partition = strconv.FormatUint(binary.LittleEndian.Uint64(id[:]), 10)
	}
	d.members = append(d.members, m)
	m.spec.Store = member.StoreSpec{Kind: "replication", Replication: &replication.Config{
		Domain: name, Member: m.Name, Replicas: s.Replicas, Ack: replication.Ack(s.Ack),
		Retarget: replication.Retarget(s.Retarget), Encryption: s.Encryption, User: "lab", Password: l.stores.password,
		Mutant: replication.Mutant(s.Mutant),
	}}
}

// introduce tells the members of each domain about each other, and where to find them. Servers of the grid come last.
// Replicators are made here, as a domain is known only when all members have been assigned.
func (l *Lab) introduce() error {
	for name, d := range l.stores.domains {
		for i := range l.opt.Replicators {
			m := l.replicator(fmt.Sprintf("%s-replicator%d", name, i+1), d.members[0])
			l.replicate(m, d.sessions)
			m.spec.Partition = ""
			if err := m.reserve(); err != nil {
				return err
			}
			l.members = append(l.members, m)
		}
		// each gets a port of its own for the routes of the others
		var all []replication.Member
		for _, m := range d.members {
			route, release, err := port.Reserve("127.0.0.1:0")
			if err != nil {
				return err
			}
			m.release = append(m.release, release)
			mode := replication.Mode(d.sessions.Mode)
			if m.replicator {
				mode = replication.Server
			}
			all = append(all, replication.Member{Name: m.Name, Mode: mode, CloneID: m.CloneID,
				Partition: m.spec.Partition, Route: route})
		}
		for _, m := range d.members {
			c := m.spec.Store.Replication
			c.Members = all
			if l.identity != nil {
				c.Cert, c.Key = string(l.identity.cert), string(l.identity.key)
			}
		}
	}
	if len(l.members) > most {
		return fmt.Errorf("%d members with the replicators: the lab runs at most %d", len(l.members), most)
	}
	l.members = append(l.members, l.stores.servers...)
	return nil
}

// replicator is a member that holds copies and gets no requests (L12).
func (l *Lab) replicator(name string, like *Member) *Member {
	m := &Member{Name: name, Cluster: like.Cluster, lab: l, state: Dead, replicator: true, spec: like.spec}
	m.spec.Name, m.spec.CloneID = name, ""
	return m
}

// closeStores gives back what the members shared.
func (l *Lab) closeStores() (err error) {
	for _, drop := range l.stores.drops {
		err = errors.Join(err, drop(context.Background()))
	}
	return err
}
