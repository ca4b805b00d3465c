package database

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wasplug/wasplug/parser/diag"
)

const schemaPrefix = "wasplug_lab_" // the lab touches no schema of another name

// isRunName says whether a text needs no quotes as part of a schema's name.
func isRunName(run string) bool {
	return run != "" && len(run) <= 40 && strings.Trim(run, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// CreateSchema makes the schema of a run in a PostgreSQL database. It returns the DSN by which members reach it, and
// what drops it again. All that the lab does there is inside of that schema.
func CreateSchema(ctx context.Context, dsn, run string) (member string, drop func(context.Context) error, err error) {
	if !isRunName(run) {
		return "", nil, diag.Errorf("a run is called by letters, digits and _, not %q", run)
	}
	member, err = inSchema(dsn, schemaPrefix+run)
	if err != nil {
		return "", nil, err
	}
	if err := execOnce(ctx, dsn, "CREATE SCHEMA "+schemaPrefix+run); err != nil {
		return "", nil, err
	}
	return member, func(ctx context.Context) error {
		return execOnce(ctx, dsn, "DROP SCHEMA "+schemaPrefix+run+" CASCADE")
	}, nil
}

// DropSchema drops the schema of a run that cannot do so itself any more; false: this database has none of it.
func DropSchema(ctx context.Context, dsn, run string) (dropped bool, err error) {
	if !isRunName(run) {
		return false, diag.Errorf("a run is called by letters, digits and _, not %q", run)
	}
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	there := conn.ExecParams(ctx, "SELECT FROM pg_namespace WHERE nspname = $1", [][]byte{[]byte(schemaPrefix + run)},
		nil, nil, nil).Read()
	if there.Err != nil || len(there.Rows) == 0 {
		return false, there.Err
	}
	_, err = conn.Exec(ctx, "DROP SCHEMA "+schemaPrefix+run+" CASCADE").ReadAll()
	return err == nil, err
}

// inSchema adds a schema to a DSN. Where one is named twice the first would count, and the lab work in the user's.
func inSchema(dsn, schema string) (string, error) {
	if !isPostgres(dsn) {
		return "", errors.New("the DSN of PostgreSQL is a URL: postgres://user:password@host:port/database")
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return "", err
	}
	if config.RuntimeParams["search_path"] != "" || strings.Contains(dsn, "#") {
		return "", errors.New("the lab works in a schema of its own: leave search_path and # out of the DSN")
	}
	separator := "?"
	if strings.Contains(dsn, "?") {
		separator = "&"
	}
	return dsn + separator + "search_path=" + schema, nil
}

// execOnce runs one statement on a connection of its own, as somebody who is no member.
func execOnce(ctx context.Context, dsn, statement string) error {
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement).ReadAll()
	return err
}

// Ping signs in to a PostgreSQL database, and leaves nothing there.
func Ping(ctx context.Context, dsn string) error { return execOnce(ctx, dsn, "SELECT 1") }

// Remote says whether a DSN leads to another machine, which the lab goes to only when it is told to. A DSN can name
// several hosts, and one that is not here is enough.
func Remote(dsn string) (bool, error) {
	if !isPostgres(dsn) {
		return false, nil
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return false, err
	}
	hosts := append([]*pgconn.FallbackConfig{{Host: config.Host}}, config.Fallbacks...)
	for _, h := range hosts {
		if !isLocal(h.Host) {
			return true, nil
		}
	}
	return false, nil
}

// isLocal: a socket's folder, the name of this machine for itself, or a loopback address.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}
