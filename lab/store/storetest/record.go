package storetest

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
)

// A Recorder lists the statements that go to a database, in order, as their text. It can cut the line, too. It stands
// below database/sql: what that does by itself, as asking again on another connection, is seen as well.
type Recorder struct {
	// Before is what happens while a statement is on its way, nil for nothing.
	Before func(statement string)

	lock       sync.Mutex
	statements []string
	cut        int // so many connections are refused, each counting it down
}

// Cut ends the connections that there are and refuses so many new ones.
func (r *Recorder) Cut(connections int) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.cut = connections
}

func (r *Recorder) isCut() bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.cut > 0
}

var errCut = errors.New("the line is cut")

func (r *Recorder) connect() error {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.cut == 0 {
		return nil
	}
	r.cut--
	return errCut
}

// Wrap puts the recorder between database/sql and a driver.
func (r *Recorder) Wrap(c driver.Connector) driver.Connector { return recordedConnector{c, r} }

// Take returns what was sent since the last call.
func (r *Recorder) Take() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	taken := r.statements
	r.statements = nil
	return slices.Clip(taken)
}

func (r *Recorder) add(statement string) {
	if r.Before != nil {
		r.Before(statement)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.statements = append(r.statements, statement)
}

type recordedConnector struct {
	driver.Connector
	log *Recorder
}

func (c recordedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.log.connect(); err != nil {
		return nil, err
	}
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return recordedConn{conn.(fullConn), c.log}, nil
}

// fullConn is what both drivers offer and database/sql uses: a wrapper that hid one would change what happens.
type fullConn interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
}

type recordedConn struct {
	fullConn
	log *Recorder
}

func (c recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.log.add(query)
	return c.fullConn.ExecContext(ctx, query, args)
}

func (c recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.log.add(query)
	return c.fullConn.QueryContext(ctx, query, args)
}

// ResetSession is what database/sql asks of a connection before it uses it again.
func (c recordedConn) ResetSession(ctx context.Context) error {
	if c.log.isCut() {
		return driver.ErrBadConn
	}
	return c.fullConn.ResetSession(ctx)
}

// Optional interfaces: what the driver does not offer is skipped as database/sql would.
func (c recordedConn) IsValid() bool {
	v, ok := c.fullConn.(driver.Validator)
	return !ok || v.IsValid()
}

func (c recordedConn) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.fullConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}
