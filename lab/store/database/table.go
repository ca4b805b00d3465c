package database

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// A member holds so many connections at most, and tries so often again where the database cannot be reached
// (ConnectionRetryCount).
const (
	maxConnections = 4
	retries        = 2
)

// A table is SESSIONS as one member reaches it.
type table struct {
	*engine
	db *sql.DB
	// the table was seen or made; until then each statement makes it first, for the database may have been down at
	// the start
	created atomic.Bool
}

const createIndex = "CREATE UNIQUE INDEX IF NOT EXISTS sess_index ON sessions (id, propid, appname)"

// Members that start together create the table at once, and all but one may be told that the database is busy or that
// there is one already: they look again, for some seconds.
const (
	creationPause    = 20 * time.Millisecond
	creationAttempts = 200
)

// create makes the table and its index where they are missing.
func (t *table) create(ctx context.Context) (err error) {
	for range creationAttempts {
		if err = t.createOnce(ctx); err == nil || !t.duplicate(err) && !t.busy(err) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(creationPause):
		}
	}
	t.created.Store(err == nil)
	return err
}

func (t *table) createOnce(ctx context.Context) error {
	for _, statement := range []string{t.engine.table, createIndex} {
		if _, err := t.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement that changes rows, and says how many it has changed.
func (t *table) exec(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	err = t.reach(ctx, func() error {
		result, err := t.db.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return changed, err
}

// query returns what scan makes of each row.
func query[T any](ctx context.Context, t *table, scan func(*sql.Rows) (T, error), statement string, args ...any) (
	found []T, err error) {
	err = t.reach(ctx, func() error {
		rows, err := t.db.QueryContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for found = nil; rows.Next(); {
			row, err := scan(rows)
			if err != nil {
				return err
			}
			found = append(found, row)
		}
		return rows.Err()
	})
	return found, err
}

// reach asks the database, again where it cannot be reached: what is asked must bear to be done twice. A touch that
// was done and not answered finds itself outrun at the second try, which costs a read and a cache ID; a write is the
// same twice.
func (t *table) reach(ctx context.Context, ask func() error) (err error) {
	for range 1 + retries {
		if err = t.once(ctx, ask); err == nil || t.refused(err) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return fmt.Errorf("%w: %w", session.ErrDown, err)
}

// once asks, after the table was seen or made: also by a member that started while the database was down.
func (t *table) once(ctx context.Context, ask func() error) error {
	if !t.created.Load() {
		if err := t.create(ctx); err != nil {
			return err
		}
	}
	return ask()
}
