package proxy

import (
	"fmt"
	"strings"
	"testing"
)

// A member whose https Transport cannot be used is picked in its turn and fails its request; the others get theirs
// (R32, R64).
func TestUnusableTransport(t *testing.T) {
	second := `Hostname="m2" Port="9080" Protocol="http"`
	for name, c := range map[string]struct {
		server [2]string // attributes of m1 and m2
		ask    string
		want   string
	}{
		"round robin": {ask: get("/"), want: "m1 500 m1 500 m1 500"},
		"weights 2 and 1": {server: [2]string{`LoadBalanceWeight="2"`, `LoadBalanceWeight="1"`}, ask: get("/"),
			want: "m1 500 m1 500 m1 m1"},
		"sessions of m2": {ask: get("/", sticky("m2")), want: "500 500 500 500 500 500"},
		"m2 weighs nothing": {server: [2]string{"", `LoadBalanceWeight="0"`}, ask: get("/"),
			want: "m1 m1 m1 m1 m1 m1"},
	} {
		t.Run(name, func(t *testing.T) {
			// onload sends requests out as https; m1 has none, so it gets them as http; that of m2 has no keyring
			s := site{members: 2, config: `SSLMapMode="onload"`}
			xml := strings.Replace(s.xml(), second, strings.Replace(second, `Protocol="http"`, `Protocol="https"`, 1),
				1)
			for i, attributes := range c.server {
				xml = strings.Replace(xml, fmt.Sprintf(`<Server Name="m%d" `, i+1),
					fmt.Sprintf(`<Server Name="m%d" %s `, i+1, attributes), 1)
			}
			w := start(t, false, s, Options{}, func(w *world) { w.adopt(xml) })
			defer w.stop()
			var got []string
			for range 6 {
				if r := w.once(c.ask); r.status == 200 {
					got = append(got, r.member)
				} else {
					got = append(got, fmt.Sprint(r.status))
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
			if marked, pending := w.memberState("m2"); marked || pending != 0 {
				t.Errorf("m2: marked %t, %d pending", marked, pending)
			}
		})
	}
}
