package database

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wasplug/wasplug/lab/session"
)

// written is what an attribute column holds: a form of the lab's own, where WebSphere has serialised Java objects.
// Beside the attributes stand the number of the write, its cache ID and its member, for which IBM's table has no
// column.
type written struct {
	WriteNo    uint64                     `json:"writeNo"`
	CacheID    int                        `json:"cacheId"`
	Owner      string                     `json:"owner"`
	Attributes map[string]json.RawMessage `json:"attributes"`
}

// place makes the image of attributes and chooses the smallest column that takes it; ErrTooLarge where none does.
func (t *table) place(w *session.Write, attributes map[string]json.RawMessage) (*column, []byte, error) {
	image, err := json.Marshal(written{w.WriteNo, w.CacheID, w.Owner, attributes})
	if err != nil {
		return nil, nil, err
	}
	for i := range t.columns {
		if len(image) <= t.columns[i].limit {
			return &t.columns[i], image, nil
		}
	}
	return nil, nil, fmt.Errorf("%w: %d bytes", session.ErrTooLarge, len(image))
}

// read joins the images that a statement finds, nil where it finds no row. A row that was never written has no image.
func (t *table) read(ctx context.Context, k session.Key, statement string, args ...any) (*session.Record, error) {
	images, err := query(ctx, t, scanImage, statement, args...)
	if err != nil || len(images) == 0 {
		return nil, err
	}
	r := &session.Record{Key: k, Attributes: map[string]json.RawMessage{}}
	for _, image := range images {
		if err := join(r, image); err != nil {
			return nil, fmt.Errorf("session %s of %s: %w", k.ID, k.App, err)
		}
	}
	return r, nil
}

// scanImage returns the column that has something, the smallest first: a write fills one and empties the others.
func scanImage(rows *sql.Rows) ([]byte, error) {
	var small, medium, large []byte
	err := rows.Scan(&small, &medium, &large)
	for _, image := range [][]byte{small, medium, large} {
		if image != nil {
			return image, err
		}
	}
	return nil, err
}

// join adds the attributes of an image. What was written last says by whom.
func join(r *session.Record, image []byte) error {
	if image == nil {
		return nil
	}
	var w written
	if err := json.Unmarshal(image, &w); err != nil {
		return err
	}
	for name, value := range w.Attributes {
		r.Attributes[name] = value
	}
	if w.WriteNo >= r.WriteNo {
		r.WriteNo, r.CacheID, r.Owner = w.WriteNo, w.CacheID, w.Owner
	}
	return nil
}
