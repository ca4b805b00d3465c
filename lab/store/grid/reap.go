package grid

import (
	"context"
	"errors"

	"github.com/wasplug/wasplug/lab/session"
)

// errStop ends a walk over the entries because of an error that is none of the engine's.
var errStop = errors.New("stopped")

// Reap removes the sessions that are over their time, in one member at a time (D9). One that was touched since it was
// found is another entry, and stays.
func (s *Store) Reap(ctx context.Context, app string, now session.Millis) ([]session.Key, error) {
	if turn, err := s.takeTurn(ctx, app, now); err != nil || !turn {
		return nil, err
	}
	stale, err := s.stale(ctx, app, now)
	reaped := []session.Key{}
	for k, old := range stale {
		switch err := s.remove(ctx, k, old); {
		case err == nil:
			reaped = append(reaped, k)
		case !errors.Is(err, errOther):
			return reaped, err
		}
	}
	return reaped, err
}

// stale are the sessions of an application that are over their time.
func (s *Store) stale(ctx context.Context, app string, now session.Millis) (found map[session.Key]*kept, err error) {
	err = walkAll(ctx, s.engine, app, func(k session.Key, e *entry, old *kept) {
		if k.ID != turn && e.over(now) {
			found[k] = old
		}
	}, func() { found = map[session.Key]*kept{} })
	return found, err
}

// walkAll gives all entries of an application, "" of all, and begins again where the grid was not to be reached.
func walkAll(ctx context.Context, e engine, app string, give func(session.Key, *entry, *kept), begin func()) error {
	return reach(ctx, e, func(context.Context) error {
		begin()
		// The walk takes as long as its caller waits: an attempt's limit is for one entry.
		return e.each(ctx, app, func(k session.Key, old *kept) error {
			parsed, err := parse(k, old)
			if err != nil {
				return errors.Join(errStop, err)
			}
			give(k, parsed, old)
			return ctx.Err()
		})
	})
}

// takeTurn moves the entry of the application on, unless another member has: by compare and set, so of members that
// come at the same moment one gets it.
func (s *Store) takeTurn(ctx context.Context, app string, now session.Millis) (bool, error) {
	k := session.Key{App: app, ID: turn}
	old, err := s.get(ctx, k)
	mine := &entry{Stamp: s.life, Created: now, LastAccess: now, MaxInactive: -1}
	switch {
	case errors.Is(err, session.ErrGone):
		old = nil
	case err != nil:
		return false, err
	default:
		last, err := parse(k, old)
		if err != nil || now <= last.LastAccess || now < last.LastAccess+s.reaperInterval {
			return false, err
		}
	}
	err = s.put(ctx, k, old, mine)
	if errors.Is(err, errOther) {
		return false, nil
	}
	return err == nil, err
}
