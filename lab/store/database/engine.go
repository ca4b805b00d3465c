package database

import (
	"database/sql/driver"
	"errors"
	"net/url"
	"strings"
)

// An engine is a database that the lab knows: what of it differs from the other.
type engine struct {
	connector driver.Connector
	table     string   // the statement that creates it, harmless where it is there
	columns   []column // those that take attributes, the smallest first
	// refused says of an error that it is the database's answer. With any other the database was not reached.
	refused func(error) bool
	// duplicate says of an error that there is such a row, table or index already; busy, that another member is at it.
	duplicate, busy func(error) bool
}

// A column takes attributes up to a size.
type column struct {
	name  string
	limit int // bytes
}

// shrink lets no column take more than so many bytes.
func (e *engine) shrink(largest int) {
	for i := range e.columns {
		if largest > 0 {
			e.columns[i].limit = min(e.columns[i].limit, largest)
		}
	}
}

// engineOf finds the engine of a DSN: the URL of PostgreSQL, or a file of SQLite.
func engineOf(dsn string, readOnly bool) (*engine, error) {
	switch {
	case dsn == "":
		return nil, errors.New("the database has no DSN: give postgres://… or a file of SQLite")
	case isPostgres(dsn):
		return postgres(dsn, readOnly)
	}
	return sqlite(dsn, readOnly)
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// createTable is the statement of section 2 of the specification; only the types of four columns differ.
func createTable(user, attributes string) string {
	return "CREATE TABLE IF NOT EXISTS sessions (id varchar(128) NOT NULL, propid varchar(128) NOT NULL, " +
		"appname varchar(128) NOT NULL, listenercnt smallint, lastaccess bigint, creationtime bigint, " +
		"maxinactivetime integer, username " + user + ", " +
		"small " + attributes + ", medium " + attributes + ", large " + attributes + ")"
}

// fileURL names a file, whose path may hold "?" and "%", with parameters behind it.
func fileURL(path, parameters string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + parameters
}
