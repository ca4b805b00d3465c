package database

import (
	"context"
	"database/sql"

	"github.com/wasplug/wasplug/lab/session"
)

// Row is a row of the table as the database has it: a session's (PropID = ID), or an attribute's. Attributes
// themselves are not read: the page shows where they lie and how large they are.
type Row struct {
	ID, PropID, App string
	LastAccess      session.Millis
	MaxInactive     int // seconds
	User            string
	Column          string // that has something, "" where all three are NULL: no attribute was written
	Bytes           int
}

const selectRows = "SELECT id, propid, appname, lastaccess, maxinactivetime, coalesce(username, ''), " +
	"CASE WHEN small IS NOT NULL THEN 'SMALL' WHEN medium IS NOT NULL THEN 'MEDIUM' WHEN large IS " +
	"NOT NULL THEN 'LARGE' " +
	"ELSE '' END, coalesce(length(small), length(medium), length(large), 0) FROM sessions WHERE id <> appname " +
	"ORDER BY coalesce(lastaccess, 0) DESC, id, propid LIMIT $1"

// Rows reads the rows of a table that were accessed last, and changes nothing.
func Rows(ctx context.Context, dsn string, most int) ([]Row, error) {
	t, err := tableThere(dsn)
	if err != nil {
		return nil, err
	}
	defer t.db.Close()
	return query(ctx, t, scanRow, selectRows, most)
}

func scanRow(rows *sql.Rows) (r Row, err error) {
	var access, inactive sql.NullInt64 // of attribute rows they are NULL
	err = rows.Scan(&r.ID, &r.PropID, &r.App, &access, &inactive, &r.User, &r.Column, &r.Bytes)
	r.LastAccess, r.MaxInactive = session.Millis(access.Int64), int(inactive.Int64)
	return r, err
}
