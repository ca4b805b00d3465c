package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/lab/session"
)

// Config says which table a member keeps its sessions in.
type Config struct {
	DSN      string // postgres://…, or a file of SQLite
	Multirow bool
	Largest  int // bytes that a column takes at most, where that is less than the largest column does; 0: it is not
	// ReaperInterval is for how long one member's look spares the others theirs (D9). 0: nobody is spared but who
	// comes at the same moment.
	ReaperInterval session.Millis
	Wrap           func(driver.Connector) driver.Connector // what sees each statement; nil: nothing does
}

// Store is the table as one member has it.
type Store struct {
	*table
	schema
	reaperInterval session.Millis
}

var _ session.Store = (*Store)(nil)

// Open prepares a store. The table is created with the first statement, or by [Store.CreateTable].
func Open(c Config) (*Store, error) {
	e, err := engineOf(c.DSN, false)
	if err != nil {
		return nil, err
	}
	if c.Wrap != nil {
		e.connector = c.Wrap(e.connector)
	}
	e.shrink(c.Largest)
	t := &table{engine: e, db: sql.OpenDB(e.connector)}
	t.db.SetMaxOpenConns(maxConnections)
	t.db.SetMaxIdleConns(maxConnections)
	s := &Store{table: t, schema: singleRow{t}, reaperInterval: c.ReaperInterval}
	if c.Multirow {
		s.schema = multiRow{t}
	}
	return s, nil
}

// Close gives the connections back.
func (s *Store) Close() error { return s.db.Close() }

// CreateTable is what the first member does that starts. ErrDown is no reason not to start.
func (s *Store) CreateTable(ctx context.Context) error {
	return s.reach(ctx, func() error { return nil })
}

// Empty deletes all sessions of all applications.
func (s *Store) Empty(ctx context.Context) error {
	_, err := s.exec(ctx, "DELETE FROM sessions")
	return err
}

// Holders is nil: the table is nobody's.
func (s *Store) Holders(string) []string { return nil }

// The row of a session has PROPID = ID; $1 is the ID, $2 the application. Statements with these conditions number
// their other arguments from $3 on.
const (
	ofSession = " WHERE id = $1 AND propid = $1 AND appname = $2"
	ofAll     = " WHERE id = $1 AND appname = $2" // with the rows of its attributes
)

const insertSession = "INSERT INTO sessions (id, propid, appname, listenercnt, lastaccess, creationtime, " +
	"maxinactivetime, username, small, medium, large) VALUES ($1, $1, $2, 0, $3, $4, $5, $6, NULL, NULL, NULL)"

// Create inserts the row, without attributes (D1). A row that is there already stays: by its time of last access the
// next touch finds that somebody else has the session.
func (s *Store) Create(ctx context.Context, r *session.Record) error {
	_, err := s.exec(ctx, insertSession, r.ID, r.App, r.LastAccess, r.Created, r.MaxInactive, r.User)
	if err != nil && s.duplicate(err) {
		return nil
	}
	return err
}

const touchSession = "UPDATE sessions SET lastaccess = $3" + ofSession + " AND lastaccess = $4"

// Touch is a compare and set (D2): no row changed means that another member has had the session, or that it is gone.
func (s *Store) Touch(ctx context.Context, k session.Key, mine, now session.Millis) (bool, error) {
	changed, err := s.exec(ctx, touchSession, k.ID, k.App, now, mine)
	return changed > 0, err
}

const selectSession = "SELECT listenercnt, lastaccess, creationtime, maxinactivetime, username FROM sessions" +
	ofSession

// Load reads the plain columns and moves the time of last access on from there (D4), again where another member has
// moved it in between. Servers do so without comparing; but times are whole milliseconds, and of two members that hold
// the same one D2 and S4 would take the older copy for the newest.
func (s *Store) Load(ctx context.Context, k session.Key, _ int, now session.Millis) (*session.Record, error) {
	for fits(k.ID) {
		found, err := query(ctx, s.table, scanSession, selectSession, k.ID, k.App)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			break
		}
		r := found[0]
		r.Key, r.Before, r.LastAccess = k, r.LastAccess, max(now, r.LastAccess+1)
		moved, err := s.Touch(ctx, k, r.Before, r.LastAccess)
		if err != nil {
			return nil, err
		}
		if moved {
			return r, nil
		}
	}
	return nil, session.ErrGone
}

func scanSession(rows *sql.Rows) (*session.Record, error) {
	var listeners int
	r := &session.Record{}
	return r, rows.Scan(&listeners, &r.LastAccess, &r.Created, &r.MaxInactive, &r.User)
}

const keySize = 128 // of the columns ID, PROPID and APPNAME

// fits says whether text fits a column of the key: what does not, no row has.
func fits(text string) bool {
	return len(text) <= keySize && utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

// Delete removes the row, and those of the attributes with it (D10).
func (s *Store) Delete(ctx context.Context, k session.Key) error {
	_, err := s.exec(ctx, "DELETE FROM sessions"+ofAll, k.ID, k.App)
	return err
}

const selectID = "SELECT 1 FROM sessions WHERE id = $1 AND propid = $1"

// Exists looks for a row of any application (S15).
func (s *Store) Exists(ctx context.Context, id string) (bool, error) {
	if !fits(id) {
		return false, nil
	}
	found, err := query(ctx, s.table, func(*sql.Rows) (struct{}, error) { return struct{}{}, nil }, selectID, id)
	return len(found) > 0, err
}
