package database

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgConnector opens connections to PostgreSQL for database/sql. The protocol is pgconn's; what is added here is the
// handful of types that the table has. The driver of pgx knows all types there are, which is 2 MB of program.
type pgConnector struct{ config *pgconn.Config }

// Connect opens a connection.
func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgconn.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	return &pgConn{conn: conn, prepared: map[string]string{}}, nil
}

// Driver says nothing: nobody opens by name.
func (c pgConnector) Driver() driver.Driver { return nil }

// pgConn is a connection.
type pgConn struct {
	conn     *pgconn.PgConn
	lastUsed time.Time
	prepared map[string]string // names of statements that the server has parsed: a dozen is all there are
}

// A connection that was idle for so long may be gone without a sign, and is asked before it is used.
const pingAfter = time.Second

// A server that does not answer keeps nobody longer who takes leave of it.
const closeTimeout = 5 * time.Second

func (c *pgConn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return c.conn.Close(ctx)
}

// ResetSession refuses a connection that cannot be used again: closed, in a transaction (TxStatus 'I' is idle), or
// not answering. database/sql calls it before each use of an idle one, and takes another where it refuses.
func (c *pgConn) ResetSession(ctx context.Context) error {
	now := time.Now()
	if c.conn.IsClosed() || c.conn.TxStatus() != 'I' || now.Sub(c.lastUsed) > pingAfter && c.conn.Ping(ctx) != nil {
		return driver.ErrBadConn
	}
	c.lastUsed = now
	return nil
}

// errAlone: a statement is prepared when it is first run, and none is part of a transaction.
var errAlone = errors.New("each statement stands alone")

func (c *pgConn) Prepare(string) (driver.Stmt, error) { return nil, errAlone }
func (c *pgConn) Begin() (driver.Tx, error)           { return nil, errAlone }

func (c *pgConn) Ping(ctx context.Context) error { return badConn(c.conn.Ping(ctx)) }

// badConn tells database/sql that another connection may do what this one did not begin to do. What may have been
// done keeps its error: table.reach decides whether to ask again.
func badConn(err error) error {
	if err != nil && pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}

func (c *pgConn) ExecContext(ctx context.Context, statement string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.ask(ctx, statement, args)
	if err != nil {
		return nil, err
	}
	tag, err := result.Close()
	return driver.RowsAffected(tag.RowsAffected()), badConn(err)
}

// QueryContext reads the first row before it returns: so an error of the statement is one of the query, and a
// statement that was never sent can be asked again on another connection.
func (c *pgConn) QueryContext(ctx context.Context, statement string, args []driver.NamedValue) (driver.Rows, error) {
	result, err := c.ask(ctx, statement, args)
	if err != nil {
		return nil, err
	}
	rows := &pgRows{result: result, more: result.NextRow()}
	if !rows.more {
		_, rows.end = result.Close()
	}
	if rows.end != nil {
		return nil, badConn(rows.end)
	}
	return rows, nil
}

// ask sends a statement with its arguments and returns what the server answers, still to be read. Statements come
// from this package alone, with $1, $2 and so on for arguments.
func (c *pgConn) ask(ctx context.Context, statement string, args []driver.NamedValue) (*pgconn.ResultReader, error) {
	if c.conn.IsClosed() {
		return nil, driver.ErrBadConn
	}
	values, formats := make([][]byte, len(args)), make([]int16, len(args))
	for i, a := range args {
		var err error
		if values[i], formats[i], err = pgValue(a.Value); err != nil {
			return nil, err
		}
	}
	if len(args) == 0 { // it makes a table or drops one, once
		return c.conn.ExecParams(ctx, statement, nil, nil, nil, nil), nil
	}
	name, err := c.prepare(ctx, statement)
	if err != nil {
		return nil, badConn(err)
	}
	return c.conn.ExecPrepared(ctx, name, values, formats, nil), nil
}

// prepare has the server parse a statement when it is first asked for: to parse and plan it takes longer than to run
// it.
func (c *pgConn) prepare(ctx context.Context, statement string) (name string, err error) {
	name, ok := c.prepared[statement]
	if !ok {
		name = "s" + strconv.Itoa(len(c.prepared))
		if _, err = c.conn.Prepare(ctx, name, statement, nil); err == nil {
			c.prepared[statement] = name
		}
	}
	return name, err
}

// How a value is written.
const (
	asText   = 0
	asBinary = 1
)

// pgValue writes a value as PostgreSQL reads it: bytes as they are, for hex would double a session on the wire.
func pgValue(v driver.Value) (value []byte, format int16, err error) {
	switch v := v.(type) {
	case nil:
		return nil, asText, nil
	case int64:
		return strconv.AppendInt(nil, v, 10), asText, nil
	case string:
		return []byte(v), asText, nil
	case []byte:
		if v == nil {
			return nil, asText, nil
		}
		return v, asBinary, nil
	}
	return nil, 0, fmt.Errorf("no column takes a %T", v)
}

// The types of pg_type.dat that are not read as text.
const (
	oidBytea = 17
	oidInt8  = 20
	oidInt2  = 21
	oidInt4  = 23
)

// goValue reads a value that PostgreSQL wrote as text.
func goValue(text []byte, oid uint32) (driver.Value, error) {
	switch {
	case text == nil:
		return nil, nil
	case oid == oidInt2 || oid == oidInt4 || oid == oidInt8:
		return strconv.ParseInt(string(text), 10, 64)
	case oid == oidBytea:
		digits, ok := strings.CutPrefix(string(text), `\x`)
		if !ok {
			return nil, errors.New(`the server does not write bytea as hex: set bytea_output to hex`)
		}
		return hex.DecodeString(digits)
	}
	return string(text), nil
}

// pgRows are the rows of an answer, read as they come; the first was read already.
type pgRows struct {
	result *pgconn.ResultReader
	more   bool
	end    error
}

func (r *pgRows) Columns() []string {
	names := make([]string, len(r.result.FieldDescriptions()))
	for i, f := range r.result.FieldDescriptions() {
		names[i] = f.Name
	}
	return names
}

func (r *pgRows) Close() error {
	_, err := r.result.Close()
	return err
}

// Next gives the row that was read last, and reads the following one: QueryContext has read the first.
func (r *pgRows) Next(row []driver.Value) (err error) {
	if !r.more {
		if err := r.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	for i, text := range r.result.Values() {
		if row[i], err = goValue(text, r.result.FieldDescriptions()[i].DataTypeOID); err != nil {
			return err
		}
	}
	r.more = r.result.NextRow()
	return nil
}
