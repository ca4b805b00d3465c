package exporttest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
)

// sessions are the questions about affinity.
var sessions = []question{
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:a"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:c"}}, // a backup's: affinity looks at primaries
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:a:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:b:a"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:zz:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:zz:yy:a"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:zz:yy:xx:b"}}, // the fourth: see export.CloneIDs
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:A"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id+b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000id:bb"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=00:0id:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=000:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID=0000:b"}},
	{Target: "/shop/x", Cookies: []string{"JSESSIONID="}},
	{Target: "/shop/x", Cookies: []string{"SID=0000id+a"}},
	{Target: "/shop/x", Cookies: []string{"x=1; JSESSIONID=0000id:b; y=2"}},
	{Target: "/shop/x", Cookies: []string{"xJSESSIONID=0000id:a; JSESSIONID=0000id:b"}},
	{Target: "/shop/x", Cookies: []string{"jsessionid=0000id:b"}},
	{Target: "/shop/x", Cookies: []string{"x=1", "JSESSIONID=0000id:b"}},
	{Target: "/shop/x", Cookies: []string{"wasplug_route=.b"}}, // by which the export for httpd tells its balancer
	{Target: "/shop/x", Cookies: []string{"x=1; wasplug_route=.a"}},
	{Target: "/shop/x;jsessionid=0000id:b"},
	{Target: "/shop/x;jsessionid=0000id:a?q=;jsessionid=0000id:b"},
	{Target: "/shop/x?q=;jsessionid=0000id:b"},
	{Target: "/shop/x;jsessionid=0000id:b;v=1"},
	{Target: "/shop/x;v=1;jsessionid=0000id:b"},
	{Target: "/shop/x;jsessionid=0000id:b/more"},
	{Target: "/shop/x;jsessionid=0000id:a", Cookies: []string{"JSESSIONID=0000id:b"}}, // the cookie comes first
	{Target: "/shop/x;jsessionid=0000id:a", Cookies: []string{"JSESSIONID=0000id:zz"}},
	{Target: "/shop/x;jsessionid=0000id:zz:b", Cookies: []string{"JSESSIONID=0000id"}},
	{Target: "/plus/x", Cookies: []string{"SID=0000id+a"}},
	{Target: "/plus/x", Cookies: []string{"SID=0000id+b.2-x"}},
	{Target: "/plus/x", Cookies: []string{"SID=0000id+bx2-x"}},
	{Target: "/plus/x", Cookies: []string{"SID=0000id:a"}},
	{Target: "/plus/x", Cookies: []string{"JSESSIONID=0000id+a"}},
	{Target: "/plus/x;sid=0000id+b.2-x"},
	{Target: "/plus/x;jsessionid=0000id+a"},
}

// routing asks a daemon every host with every path, and every session; each answer must be what the decision core
// says.
func (d *Daemon) routing(t *testing.T) {
	_, xml := start(t, routingXML)
	address := d.serve(t, xml, export.Options{Headers: "ws"})
	_, table, sem := load(t, xml)
	asked := 0
	ask := func(q question) (got string, home bool) {
		asked++
		want, home := want(table, sem, q)
		a := ask(t, address, q)
		got = a.Body
		if a.Status != 200 {
			got = fmt.Sprint(a.Status)
		}
		if !slices.Contains(want, got) {
			t.Errorf("%s %s %q: %s, want %v", q.Host, q.Target, q.Cookies, got, want)
		}
		return got, home || len(want) == 1
	}
	for _, host := range hosts {
		for _, path := range paths {
			ask(question{Host: host, Target: path})
		}
	}
	for _, q := range sessions {
		q.Host = "shop.example"
		seen := map[string]bool{}
		home := false
		for n := 0; n < 3 || n < 12 && !home && len(seen) == 1; n++ { // by chance one time in two is right
			var got string
			got, home = ask(q)
			seen[got] = true
		}
		if !home && len(seen) == 1 {
			t.Errorf("%s %q: always %v, as if it were at home there", q.Target, q.Cookies, seen)
		}
	}
	t.Logf("%d questions", asked)
}
