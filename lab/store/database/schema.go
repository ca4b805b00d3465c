package database

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser/diag"
)

// A schema is one of the two ways in which attributes lie in the table. Switching needs an empty table: neither reads
// what the other wrote.
type schema interface {
	// Attributes, Write and Apart are those of [session.Store].
	Attributes(ctx context.Context, k session.Key, name string) (*session.Record, error)
	Write(ctx context.Context, w *session.Write) (session.Ack, error)
	Apart() bool
	// deleteAttributes removes what a session leaves beside its own row.
	deleteAttributes(ctx context.Context, id, app string) error
}

var done = session.Ack{Replicas: 1} // one table has it

const selectImages = "SELECT small, medium, large FROM sessions"

// singleRow: all attributes lie together, in the session's own row.
type singleRow struct{ *table }

// Attributes reads all of them, whatever is asked for (D4).
func (s singleRow) Attributes(ctx context.Context, k session.Key, _ string) (*session.Record, error) {
	r, err := s.read(ctx, k, selectImages+ofSession, k.ID, k.App)
	if err == nil && r == nil {
		err = session.ErrGone
	}
	return r, err
}

var errInParts = errors.New("the attributes of a single row are written all at once")

// Write updates what changed, nothing where nothing did (D5).
func (s singleRow) Write(ctx context.Context, w *session.Write) (session.Ack, error) {
	u := newUpdate(w.ID, w.App)
	if w.Whole {
		c, image, err := s.place(w, w.Attributes)
		if err != nil {
			return session.Ack{}, err // the other columns are not written either
		}
		u.image(c, image)
	} else if len(w.Attributes)+len(w.Removed) > 0 {
		return session.Ack{}, errInParts
	}
	u.plain(w)
	if err := u.run(ctx, s.table, ofSession); err != nil {
		return session.Ack{}, err
	}
	return done, nil
}

func (singleRow) Apart() bool { return false }
func (multiRow) Apart() bool  { return true }

func (singleRow) deleteAttributes(context.Context, string, string) error { return nil }

// multiRow: each attribute has a row of its own, whose PROPID is its name; the session's own row has none. A write is
// several statements without a transaction (D12): a member that dies between two has written some attributes.
type multiRow struct{ *table }

const (
	ofAttribute  = " WHERE id = $1 AND propid = $3 AND appname = $2"
	ofAttributes = " WHERE id = $1 AND propid <> $1 AND appname = $2"
)

// Attributes reads one attribute (D4), all of them where no name is given.
func (m multiRow) Attributes(ctx context.Context, k session.Key, name string) (r *session.Record, err error) {
	if name == "" {
		r, err = m.read(ctx, k, selectImages+ofAttributes, k.ID, k.App)
	} else if fits(name) {
		r, err = m.read(ctx, k, selectImages+ofAttribute, k.ID, k.App, name)
	}
	if err == nil && r == nil {
		r = &session.Record{Key: k, Attributes: map[string]json.RawMessage{}}
	}
	return r, err
}

// Write updates the session's own row where plain columns changed, then the row of each attribute (D5).
func (m multiRow) Write(ctx context.Context, w *session.Write) (session.Ack, error) {
	u := newUpdate(w.ID, w.App)
	u.plain(w)
	if err := u.run(ctx, m.table, ofSession); err != nil {
		return session.Ack{}, err
	}
	var refused []error
	for _, name := range slices.Sorted(maps.Keys(w.Attributes)) {
		switch err := m.put(ctx, w, name); {
		case errors.Is(err, session.ErrName), errors.Is(err, session.ErrTooLarge):
			refused = append(refused, err) // the others are written
		case err != nil:
			return session.Ack{}, err
		}
	}
	for _, name := range w.Removed {
		if _, err := m.exec(ctx, "DELETE FROM sessions"+ofAttribute, w.ID, w.App, name); err != nil {
			return session.Ack{}, err
		}
	}
	if refused != nil {
		return session.Ack{}, errors.Join(refused...)
	}
	return done, nil
}

// put updates the row of an attribute, or inserts it where there is none.
func (m multiRow) put(ctx context.Context, w *session.Write, name string) error {
	if name == w.ID || !fits(name) {
		return diag.Errorf("%w: %q", session.ErrName, name)
	}
	c, image, err := m.place(w, map[string]json.RawMessage{name: w.Attributes[name]})
	if err != nil {
		return err
	}
	u := newUpdate(w.ID, w.App, name)
	u.image(c, image)
	if err = u.run(ctx, m.table, ofAttribute); !errors.Is(err, session.ErrGone) {
		return err
	}
	_, err = m.exec(ctx, "INSERT INTO sessions (id, propid, appname, "+c.name+") VALUES ($1, $3, $2, $4)",
		w.ID, w.App, name, image)
	if err != nil && m.duplicate(err) { // another member has inserted it since: the last writer wins
		return u.run(ctx, m.table, ofAttribute)
	}
	return err
}

func (m multiRow) deleteAttributes(ctx context.Context, id, app string) error {
	_, err := m.exec(ctx, "DELETE FROM sessions"+ofAll, id, app)
	return err
}
