package member

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/replication"
)

// openStore opens what keeps sessions outside of the member's memory.
func (m *server) openStore(ctx context.Context) error {
	switch s := &m.spec.Store; s.Kind {
	case "", "none":
		return nil
	case "database":
		return m.openDatabase(ctx)
	case "replication":
		return m.openReplication(ctx)
	case "grid":
		return m.openGrid(ctx)
	default:
		return fmt.Errorf("a store of the kind %s is not known", s.Kind)
	}
}

// openDatabase opens the table and creates it where it is missing. With a manual clock each look of the reaper is
// asked for, and none spares the next one.
func (m *server) openDatabase(ctx context.Context) error {
	db, err := database.Open(database.Config{DSN: m.spec.Store.DSN, Multirow: m.spec.Store.MultiRow,
		Largest: m.spec.Store.Largest, ReaperInterval: m.reaperInterval()})
	if err != nil {
		return err
	}
	m.outage = &outage{Store: db}
	m.store, m.closeStore = m.outage, db.Close
	return db.CreateTable(ctx)
}

// reaperInterval is how long one member's run spares the others theirs, 0 with a manual clock.
func (m *server) reaperInterval() session.Millis {
	if m.spec.ManualClock {
		return 0
	}
	return session.Millis(m.spec.Session.ReapEvery().Milliseconds())
}

// openGrid waits for the grid, as long as there is hope for it.
func (m *server) openGrid(ctx context.Context) error {
	c := *m.spec.Store.Grid
	c.ReaperInterval = m.reaperInterval()
	g, err := grid.Open(ctx, c)
	if err != nil {
		return err
	}
	m.outage = &outage{Store: g}
	m.store, m.closeStore = m.outage, g.Close
	return nil
}

// openReplication joins the replication domain: the member serves when it has what it must hold (L9).
func (m *server) openReplication(ctx context.Context) error {
	r, err := replication.Open(ctx, *m.spec.Store.Replication)
	if err != nil {
		return err
	}
	m.store, m.replication = r, r
	m.closeStore = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		return r.Close(ctx)
	}
	return nil
}

// The headers and the path by which a web server process learns the partition table (M11, L11).
const (
	tableHeader   = "$WSPT"
	versionHeader = "_WS_HAPRT_WLMVERSION"
	tablePath     = "/lab/partition-table"
)

// addTable tells a process the partition table when it has another version of it; one that has none sends -1 (M11). A
// request without the header comes from a plug-in that does not ask. Their names are written as they are.
func (m *server) addTable(h http.Header, known string) {
	if m.replication == nil || known == "" {
		return
	}
	version, text := m.replication.Table()
	if now := strconv.FormatUint(version, 10); text != "" && now != known {
		h[tableHeader], h[versionHeader] = []string{text}, []string{now}
	}
}

// serveTable is what a process asks for that wants the table before its first request (GetDWLMTable). It is no request
// of a client, so no failpoint waits for it.
func (m *server) serveTable(a *listener.Answer, rq *http.Request) {
	m.addTable(a.Header(), cmp.Or(rq.Header.Get(versionHeader), "-1"))
}
