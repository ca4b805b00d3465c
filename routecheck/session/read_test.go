package session_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/routecheck/session"
)

func TestReadCookie(t *testing.T) {
	const id = "A2MBr0nzeYl-_8uJ3kQx7Vd"
	for value, want := range map[string]struct {
		cookie session.Cookie
		keeps  string
	}{
		"0000" + id + ":a": {session.Cookie{ID: id, Separator: ':', IDs: []string{"a"}}, "none"},
		"0000" + id:        {session.Cookie{ID: id}, "none"},
		"0002" + id + "+a+b": {session.Cookie{CacheID: 2, ID: id, Separator: '+', IDs: []string{"a", "b"}},
			"database, grid, or memory-to-memory client/server"},
		"0001" + id + ":" + "71": {session.Cookie{CacheID: 1, ID: id, Separator: ':', IDs: []string{"71"}},
			"database, grid, or memory-to-memory client/server"},
		"0001" + id + ":9155555555512345678": {
			session.Cookie{CacheID: 1, ID: id, Separator: ':', IDs: []string{"9155555555512345678"}, Partition: true},
			"memory-to-memory, peer to peer"},
	} {
		c, ok := session.ReadCookie(value)
		if diff := cmp.Diff(want.cookie, c); diff != "" || !ok || c.Keeps() != want.keeps {
			t.Errorf("%s: %v, %s, %s", value, ok, c.Keeps(), diff)
		}
	}
	for _, value := range []string{"", "0000", "000A" + id, "0000:a:b:c:d:e:f",
		"B6F1A9E25D0F4C1F.tomcat1", "+001" + id} {
		if c, ok := session.ReadCookie(value); ok {
			t.Errorf("%q was read as %+v", value, c)
		}
	}
}

func FuzzReadCookie(f *testing.F) {
	f.Add("0002A2MBr0nzeYl-_8uJ3kQx7Vd:a:b")
	f.Fuzz(func(t *testing.T, value string) {
		c, ok := session.ReadCookie(value)
		if !ok {
			return
		}
		again := value[:4] + strings.Join(append([]string{c.ID}, c.IDs...), string(c.Separator))
		if again != value {
			t.Errorf("%q came apart as %q", value, again)
		}
	})
}
