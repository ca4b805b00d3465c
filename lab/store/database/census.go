package database

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser/diag"
)

// Census is what a table SESSIONS holds, the lab's or a server's: counts, and nothing of what is in a session. Of a
// server's table images are not read, for they hold serialised Java objects.
type Census struct {
	Table        string             `json:"table"` // without user and password
	Rows         int                `json:"rows"`
	Applications []ApplicationCount `json:"applications"`
	Ages         []AgeCount         `json:"ages"` // of sessions, by their last access
	Columns      []ColumnCount      `json:"columns"`
}

// ApplicationCount is one application's part.
type ApplicationCount struct {
	Name       string `json:"name"`
	Sessions   int    `json:"sessions"`
	Empty      int    `json:"empty"`      // sessions without attributes: a take-over finds nothing (W3)
	OverTime   int    `json:"overTime"`   // sessions that the reaper has not come to yet (S17)
	Attributes int    `json:"attributes"` // rows of attributes: a multi-row table
	Orphans    int    `json:"orphans"`    // of these, rows whose session has none
	// LastLook is when a reaper had its turn, null where none had.
	LastLook *session.Millis `json:"lastLook"`
}

// AgeCount counts the sessions whose last access is younger than so many seconds, and not younger than the bound
// before. The last one has no bound: 0.
type AgeCount struct {
	Under    int `json:"underSeconds,omitempty"`
	Sessions int `json:"sessions"`
}

// ColumnCount is how an attribute column is used, in rows and bytes.
type ColumnCount struct {
	Name    string `json:"name"`
	Rows    int    `json:"rows"`
	Bytes   int    `json:"bytes"`
	Largest int    `json:"largest"`
}

var ages = []int{60, 600, 1800, 3600, 24 * 3600} // seconds

// tableThere is a table to be read, which is there already: nothing is made in its database, which may be a server's.
func tableThere(dsn string) (*table, error) {
	e, err := engineOf(dsn, true)
	if err != nil {
		return nil, err
	}
	t := &table{engine: e, db: sql.OpenDB(e.connector)}
	t.created.Store(true)
	return t, nil
}

// Count reads a table, and changes nothing in its database.
func Count(ctx context.Context, dsn string, now session.Millis) (*Census, error) {
	t, err := tableThere(dsn)
	if err != nil {
		return nil, err
	}
	defer t.db.Close()
	c := &Census{Table: describe(dsn)}
	if err := t.applications(ctx, now, c); err != nil {
		return nil, t.elsewhere(ctx, err)
	}
	if c.Ages, err = t.ages(ctx, now); err != nil {
		return nil, err
	}
	c.Columns, err = t.columnsUsed(ctx)
	return c, err
}

// noTable is PostgreSQL's code for a table that is not in the search path.
const noTable = "42P01"

// elsewhere adds to a table that is not found the schemas that have one: a lab works in a schema of its own. What
// goes wrong meanwhile is left out; the first error is what is to be told.
func (t *table) elsewhere(ctx context.Context, err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) || said.Code != noTable {
		return err
	}
	schemas, listErr := query(ctx, t, scanName,
		"SELECT table_schema FROM information_schema.tables WHERE table_name = 'sessions' ORDER BY 1")
	if listErr != nil || len(schemas) == 0 {
		return err
	}
	return diag.Errorf("%w; there is one in the schema %s: add ?search_path=%s to the URL", err,
		strings.Join(schemas, ", "), schemas[0])
}

func scanName(rows *sql.Rows) (name string, err error) {
	err = rows.Scan(&name)
	return name, err
}

// describe names a table without its password.
func describe(dsn string) string {
	if !isPostgres(dsn) {
		return dsn
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return "PostgreSQL"
	}
	return diag.Sprintf("%s:%d/%s", config.Host, config.Port, config.Database)
}

// A row is a session's (ID = PROPID), an application's (its name three times) or an attribute's.
const (
	isSession = "s.id = s.propid AND s.id <> s.appname"

	// The columns: sessions; those without attributes in either schema; those over their time, where 1000 is cast or
	// the product would be an int4; rows of attributes; those without a session's row; when a reaper had its turn.
	selectApplications = "SELECT s.appname, count(CASE WHEN " + isSession + " THEN 1 END), " +
		"count(CASE WHEN " + isSession +
		" AND s.small IS NULL AND s.medium IS NULL AND s.large IS NULL AND NOT EXISTS " +
		"(SELECT 1 FROM sessions a WHERE a.id = s.id AND a.appname = s.appname AND a.propid <> s.id) THEN 1 END), " +
		"count(CASE WHEN " + isSession + " AND s.maxinactivetime >= 0 " +
		"AND s.lastaccess + s.maxinactivetime * CAST(1000 AS bigint) < $1 THEN 1 END), " +
		"count(CASE WHEN s.id <> s.propid THEN 1 END), " +
		"count(CASE WHEN s.id <> s.propid AND NOT EXISTS " +
		"(SELECT 1 FROM sessions m WHERE m.id = s.id AND m.appname = s.appname AND m.propid = s.id) THEN 1 END), " +
		"max(CASE WHEN s.id = s.propid AND s.id = s.appname THEN s.lastaccess END) " +
		"FROM sessions s GROUP BY s.appname ORDER BY s.appname"

	selectAges   = "SELECT lastaccess FROM sessions s WHERE " + isSession
	selectColumn = "SELECT count(?), CAST(coalesce(sum(length(?)), 0) AS bigint), coalesce(max(length(?)), 0) " +
		"FROM sessions"
)

// applications counts by application, and the rows of all of them: those of sessions, of attributes, and of turns.
func (t *table) applications(ctx context.Context, now session.Millis, c *Census) (err error) {
	c.Applications, err = query(ctx, t, scanApplication, selectApplications, now)
	for _, a := range c.Applications {
		c.Rows += a.Sessions + a.Attributes
		if a.LastLook != nil {
			c.Rows++
		}
	}
	return err
}

func scanApplication(rows *sql.Rows) (a ApplicationCount, err error) {
	err = rows.Scan(&a.Name, &a.Sessions, &a.Empty, &a.OverTime, &a.Attributes, &a.Orphans, &a.LastLook)
	return a, err
}

// columnsUsed asks for one column after the other: names of columns cannot be arguments of a statement.
func (t *table) columnsUsed(ctx context.Context) (used []ColumnCount, err error) {
	for _, name := range []string{"small", "medium", "large"} {
		found, err := query(ctx, t, scanColumn, strings.ReplaceAll(selectColumn, "?", name))
		if err != nil {
			return nil, err
		}
		found[0].Name = name
		used = append(used, found...)
	}
	return used, nil
}

func scanColumn(rows *sql.Rows) (c ColumnCount, err error) {
	err = rows.Scan(&c.Rows, &c.Bytes, &c.Largest)
	return c, err
}

func (t *table) ages(ctx context.Context, now session.Millis) ([]AgeCount, error) {
	last, err := query(ctx, t, scanTime, selectAges)
	return Ages(now, last), err
}

// Ages puts each session, of which the last access is given, with those of its age.
func Ages(now session.Millis, last []session.Millis) []AgeCount {
	counts := make([]AgeCount, len(ages)+1)
	for i := range ages {
		counts[i].Under = ages[i]
	}
	for _, at := range last {
		i := 0
		for i < len(ages) && now-at >= session.Millis(ages[i])*1000 {
			i++
		}
		counts[i].Sessions++
	}
	return counts
}
