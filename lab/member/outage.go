package member

import (
	"context"
	"sync/atomic"

	"github.com/wasplug/wasplug/lab/session"
)

// outage is a store that can be told to be down for this member: every method that may fail says ErrDown, and does
// not ask. A real outage takes the time of its retries; one on order takes none, so tests of it are quick.
type outage struct {
	session.Store
	down atomic.Bool
}

func (o *outage) err() error {
	if o.down.Load() {
		return session.ErrDown
	}
	return nil
}

func (o *outage) Create(ctx context.Context, r *session.Record) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Store.Create(ctx, r)
}

func (o *outage) Touch(ctx context.Context, k session.Key, mine, now session.Millis) (bool, error) {
	if err := o.err(); err != nil {
		return false, err
	}
	return o.Store.Touch(ctx, k, mine, now)
}

func (o *outage) Load(ctx context.Context, k session.Key, cacheID int, now session.Millis) (*session.Record, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Load(ctx, k, cacheID, now)
}

func (o *outage) Attributes(ctx context.Context, k session.Key, name string) (*session.Record, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Attributes(ctx, k, name)
}

func (o *outage) Write(ctx context.Context, w *session.Write) (session.Ack, error) {
	if err := o.err(); err != nil {
		return session.Ack{}, err
	}
	return o.Store.Write(ctx, w)
}

func (o *outage) Delete(ctx context.Context, k session.Key) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Store.Delete(ctx, k)
}

func (o *outage) Exists(ctx context.Context, id string) (bool, error) {
	if err := o.err(); err != nil {
		return false, err
	}
	return o.Store.Exists(ctx, id)
}

func (o *outage) Reap(ctx context.Context, app string, now session.Millis) ([]session.Key, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Reap(ctx, app, now)
}
