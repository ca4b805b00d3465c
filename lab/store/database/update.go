package database

import (
	"context"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/lab/session"
)

// An update is an UPDATE in the making: only what changed is named.
type update struct {
	sets []string
	args []any
}

// newUpdate begins with the arguments of the condition: they are $1 and the following, and columns take the numbers
// after them.
func newUpdate(key ...any) *update { return &update{args: key} }

func (u *update) set(column string, value any) {
	u.args = append(u.args, value)
	u.sets = append(u.sets, fmt.Sprintf("%s = $%d", column, len(u.args)))
}

// image puts attributes into one column and empties the other two.
func (u *update) image(c *column, image []byte) {
	for _, name := range []string{"small", "medium", "large"} {
		if name == c.name {
			u.set(name, image)
		} else {
			u.sets = append(u.sets, name+" = NULL")
		}
	}
}

// plain sets the columns that the write touches.
func (u *update) plain(w *session.Write) {
	if w.TouchesAccess {
		u.set("lastaccess", w.LastAccess)
	}
	if w.TouchesMaxInactive {
		u.set("maxinactivetime", w.MaxInactive)
	}
	if w.TouchesUser {
		u.set("username", w.User)
	}
}

// run updates the row, nothing where nothing is set. ErrGone: there is no such row.
func (u *update) run(ctx context.Context, t *table, where string) error {
	if len(u.sets) == 0 {
		return nil
	}
	changed, err := t.exec(ctx, "UPDATE sessions SET "+strings.Join(u.sets, ", ")+where, u.args...)
	if err == nil && changed == 0 {
		return session.ErrGone
	}
	return err
}
