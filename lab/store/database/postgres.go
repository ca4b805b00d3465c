package database

import (
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A server that does not answer is down after this time; IBM leaves it to the data source.
const connectTimeout = 5 * time.Second

// postgres is the engine of a DSN, with a limit for connecting where the DSN has none. bytea takes up to 1 GB, so one
// column is enough; the limit is that of IBM's table.
func postgres(dsn string, readOnly bool) (*engine, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.RuntimeParams["default_transaction_isolation"] = "read committed" // D12
	if readOnly {
		config.RuntimeParams["default_transaction_read_only"] = "on"
	}
	return &engine{
		connector: pgConnector{config},
		table:     createTable("varchar(255)", "bytea"),
		columns:   []column{{"small", 10 << 20}}, // the other two are there, unused
		refused:   func(err error) bool { return !lost(sqlState(err)) },
		duplicate: func(err error) bool {
			switch sqlState(err) {
			case "23505", "42710", "42P07": // of a row; of a table that is created twice at once: row, type or table
				return true
			}
			return false
		},
		busy: func(error) bool { return false },
	}, nil
}

// lost says of an SQLSTATE that there is no talking to the server: connection exceptions, too many connections, a
// server that shuts down or starts. "" is an error that it did not send.
func lost(state string) bool {
	return state == "" || state == "53300" || strings.HasPrefix(state, "08") || strings.HasPrefix(state, "57P")
}

func sqlState(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
