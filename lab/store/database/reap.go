package database

import (
	"context"
	"database/sql"

	"github.com/wasplug/wasplug/lab/session"
)

const (
	selectTurn = "SELECT lastaccess FROM sessions" + ofSession
	// A session whose time is over at this very millisecond is not yet over it, as the session manager has it (S5).
	selectStale = "SELECT id, lastaccess FROM sessions WHERE appname = $1 AND id = propid AND maxinactivetime >= 0 " +
		"AND lastaccess + maxinactivetime * CAST(1000 AS bigint) < $2"
	// A session that was touched since it was found is in use.
	deleteStale = "DELETE FROM sessions" + ofSession + " AND lastaccess = $3"
)

// Reap deletes the sessions that are over their time, in one member at a time (D9). What fails half-way is told with
// what went before it: the rest is still over its time at the next run.
func (s *Store) Reap(ctx context.Context, app string, now session.Millis) ([]session.Key, error) {
	if turn, err := s.takeTurn(ctx, app, now); err != nil || !turn {
		return nil, err
	}
	stale, err := query(ctx, s.table, scanStale, selectStale, app, now)
	reaped := []session.Key{}
	for _, r := range stale {
		changed, err := s.exec(ctx, deleteStale, r.ID, app, r.LastAccess)
		if err != nil {
			return reaped, err
		}
		if changed == 0 {
			continue
		}
		reaped = append(reaped, session.Key{App: app, ID: r.ID})
		if err := s.deleteAttributes(ctx, r.ID, app); err != nil {
			return reaped, err
		}
	}
	return reaped, err
}

func scanStale(rows *sql.Rows) (*session.Record, error) {
	r := &session.Record{}
	return r, rows.Scan(&r.ID, &r.LastAccess)
}

// takeTurn moves the row of the application on, whose key is three times its name, unless another member has: by
// compare and set, or by inserting it first, so of members that come at the same moment one gets it.
func (s *Store) takeTurn(ctx context.Context, app string, now session.Millis) (bool, error) {
	last, err := query(ctx, s.table, scanTime, selectTurn, app, app)
	if err != nil {
		return false, err
	}
	if len(last) == 0 {
		_, err := s.exec(ctx, insertSession, app, app, now, now, -1, "")
		if err != nil && s.duplicate(err) {
			return false, nil
		}
		return err == nil, err
	}
	if now <= last[0] || now < last[0]+s.reaperInterval {
		return false, nil
	}
	changed, err := s.exec(ctx, touchSession, app, app, now, last[0])
	return changed > 0, err
}

func scanTime(rows *sql.Rows) (at session.Millis, err error) {
	err = rows.Scan(&at)
	return at, err
}
