package proxy

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/history"
)

// Which sessions a member has is told by its answers, and where they set no cookie by the requests.
func TestSessionsOfMembers(t *testing.T) {
	set := "" // what m1 sets
	w := start(t, false, site{members: 2}, Options{}, func(w *world) {
		for _, f := range w.fakes {
			f.act = func(f *fake, c net.Conn, _ *http.Request) bool {
				line := ""
				if set != "" {
					line = "Set-Cookie: JSESSIONID=0000sessionZ:c1\r\n" + // browsers keep the last
						"Set-Cookie:  JSESSIONID=" + set + "; Path=/; HttpOnly\r\nset-COOKIE: other=1\r\n"
				}
				out := bufio.NewWriter(c)
				out.WriteString("HTTP/1.1 200 OK\r\n" + line + "Content-Length: 0\r\n\r\n")
				return out.Flush() == nil
			}
		}
	})
	defer w.stop()
	var want admin.SessionStatus
	for i, c := range []struct {
		name, asks, sets         string
		begun, takenOver, recent uint64
	}{
		{"no session", "", "", 0, 0, 0},
		{"begun", "", "0000sessionA:c1", 1, 0, 1},
		{"goes on", "0000sessionA:c1", "", 0, 0, 0},
		{"the same cookie again", "0000sessionA:c1", "0000sessionA:c1", 0, 0, 0},
		{"read again from the store", "0000sessionA:c1", "0001sessionA:c1", 0, 0, 0},
		{"another one in its place", "0000sessionA:c1", "0000sessionB:c1", 1, 0, 1},
		{"taken over", "0001sessionC:c1:c9", "0002sessionC:c1:c9:c1", 0, 1, 1},
		{"begun elsewhere, seen here", "0000sessionD:c1", "", 0, 0, 1},
		{"logged out", "0000sessionD:c1", `""`, 0, 0, 0},
		{"of no WebSphere", "0000:c1", "x", 0, 0, 0},
	} {
		cookie := "X: y"
		if c.asks != "" {
			cookie = "Cookie: JSESSIONID=" + c.asks
		} else if i > 0 {
			cookie = "Cookie: JSESSIONID=0000:c1" // leads to m1, and names no session
		}
		set = c.sets
		w.once(get("/", cookie))
		want.Begun += c.begun
		want.TakenOver += c.takenOver
		want.Recent += c.recent
		if got := w.p.Snapshot().Clusters[0].Members[0].Sessions; got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.p.Snapshot().Clusters[0].Members[0].Sessions; got != want {
		t.Errorf("after a reload: %+v, want %+v", got, want)
	}
}

// The seed of the sketch of sessions is the proxy's own: IDs that one of a known seed takes for one session are eight.
func TestSessionsHaveTheSeed(t *testing.T) {
	const wanted = 8
	ids := []string{"session0"}
	for i := 1; len(ids) < wanted; i++ {
		s, id := history.NewSessions(0), fmt.Sprint("session", i)
		s.Seen(ids[0], 0)
		s.Seen(id, 0)
		if s.Status(0).Recent == 1 {
			ids = append(ids, id)
		}
	}
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	for _, id := range ids {
		w.once(get("/", "Cookie: JSESSIONID=0000"+id+":c1"))
	}
	if got := w.p.Snapshot().Clusters[0].Members[0].Sessions; got.Recent != wanted {
		t.Errorf("%d sessions are told as %+v", wanted, got)
	}
}
