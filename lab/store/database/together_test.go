package database_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

// TestOneMillisecond: a was slow with a request, which was sent again to b; a touches the session between the two
// statements by which b takes it over, in the same millisecond. What b writes then must be known to a when the client
// is back there.
func TestOneMillisecond(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			dsn, clock, line := engine.dsn(t), now, &storetest.Recorder{}
			tell := func() session.Millis { return clock }
			a := manager(t, "a", open(t, database.Config{DSN: dsn}), tell)
			b := manager(t, "b", open(t, database.Config{DSN: dsn, Wrap: line.Wrap}), tell)
			one, cookie := count(t, a, "")
			clock += 10
			slow := 0.0
			line.Before = func(statement string) {
				if strings.HasPrefix(statement, "UPDATE") && slow == 0 {
					slow, _ = count(t, a, cookie)
				}
			}
			again, moved := count(t, b, cookie)
			back, _ := count(t, a, moved)
			if got, want := [4]float64{one, slow, again, back}, [4]float64{1, 2, 3, 4}; got != want {
				t.Errorf("the requests counted to %v, want %v", got, want)
			}
		})
	}
}

func manager(t *testing.T, name string, store session.Store, clock func() session.Millis) *session.Manager {
	cfg := session.Default()
	cfg.WriteFrequency = session.EndOfService
	m, err := session.NewManager(&session.Member{Name: name, CloneID: name, Store: store, Random: rand.Reader,
		Now: clock}, "shop", cfg)
	check(t, err)
	return m
}

// count is a request that counts, with the cookie of the client, and the cookie that it has then.
func count(t *testing.T, m *session.Manager, cookie string) (n float64, after string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Cookie", cookie)
	x := m.Begin(r)
	s, err := x.Get(true)
	check(t, err)
	n, _ = s.Get("count").(float64)
	n++
	check(t, s.Set("count", n))
	x.End()
	if set, _, _ := strings.Cut(x.Commit(), ";"); set != "" {
		cookie = set
	}
	return n, cookie
}
