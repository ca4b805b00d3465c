package database_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wasplug/wasplug/lab/store/database"
)

// TestRows: each row as the database has it, also one that was never written, and those of attributes.
func TestRows(t *testing.T) {
	for _, engine := range engines {
		for _, multirow := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, multi-row %t", engine.name, multirow), func(t *testing.T) {
				dsn := engine.dsn(t)
				s := open(t, database.Config{DSN: dsn, Multirow: multirow})
				put(t, s, "written", now, `1`)
				put(t, s, "never", now-1000)
				check(t, second(s.Reap(t.Context(), "shop", now-5_000_000))) // whose row is no session's
				rows, err := database.Rows(t.Context(), dsn, 10)
				check(t, err)
				var got []string
				for _, r := range rows {
					got = append(got,
						fmt.Sprintf("%s %s %s %t %s %d", r.ID, r.PropID, r.App, r.LastAccess > 0, r.Column,
							min(r.Bytes, 1)))
				}
				want := []string{"written written shop true SMALL 1", "never never shop true  0"}
				if multirow {
					want = []string{"written written shop true  0", "never never shop true  0",
						"written a shop false SMALL 1"}
				}
				if !slices.Equal(got, want) {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			})
		}
	}
}
