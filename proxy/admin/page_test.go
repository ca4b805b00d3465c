package admin

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/explain"
)

// secondsOf is for fields that may be absent.
func secondsOf(n float64) *float64 { return &n }

// What is wrong with a member is told by the worst of it.
func TestSickness(t *testing.T) {
	busy := Recent{PerSecond: 10, Wait: secondsOf(0.1)}
	for name, c := range map[string]struct {
		member MemberStatus
		want   Sickness
		why    string
	}{
		"well":       {MemberStatus{Recent: busy}, "", ""},
		"idle":       {MemberStatus{}, "", ""},
		"no address": {MemberStatus{Down: "no such host", Max: 1}, down, "unreachable: no such host"},
		"marked": {MemberStatus{MemberNote: explain.MemberNote{Marked: true, RetryIn: 3}},
			down, "marked down; retry in 3 s"},
		"a few fail": {MemberStatus{Recent: Recent{PerSecond: 1000, FailedPerSecond: 0.5}}, "", ""},
		"many fail": {MemberStatus{Recent: Recent{PerSecond: 10, FailedPerSecond: 0.5}},
			failing, "0.5 failed a second"},
		"all fail":     {MemberStatus{Recent: Recent{FailedPerSecond: 2}}, failing, "2.0 failed a second"},
		"a few errors": {MemberStatus{Recent: Recent{PerSecond: 100, ErrorsPerSecond: 4}}, "", ""},
		"many errors": {MemberStatus{Recent: Recent{PerSecond: 100, ErrorsPerSecond: 6}},
			erring, "6.0 answers a second are 5xx"},
		"full": {MemberStatus{Max: 7, MemberNote: explain.MemberNote{Pending: 7}, Recent: busy},
			full, "7 of 7 pending"},
		"no limit": {MemberStatus{MemberNote: explain.MemberNote{Pending: 7}, Recent: busy}, "", ""},
		"hangs": {MemberStatus{MemberNote: explain.MemberNote{Pending: 6}},
			silent, "no answer for a minute, 6 pending"},
		"slower":       {MemberStatus{Recent: Recent{Wait: secondsOf(0.5)}}, slow, "slow: answers in 500 ms"},
		"a bit slower": {MemberStatus{Recent: Recent{Wait: secondsOf(0.3)}}, "", ""},
		"no keyring":   {MemberStatus{Unusable: "it needs a keyring"}, unusable, "it needs a keyring"},
	} {
		cluster := ClusterStatus{Members: []MemberStatus{c.member, {Recent: busy}, {Recent: busy}}}
		cluster.diagnose()
		if m := &cluster.Members[0]; m.Sick != c.want || m.why() != c.why {
			t.Errorf("%s: %q, %q", name, m.Sick, m.why())
		}
	}
}

// A member that is alone is slow by itself alone, and quick members are never slow.
func TestSlow(t *testing.T) {
	for _, c := range []struct {
		waits []float64
		want  Sickness // of the first
	}{
		{[]float64{4.9}, ""}, {[]float64{5.1}, slow}, {[]float64{0.2, 0.001, 0.001}, ""},
		{[]float64{0.3, 0.001, 0.001}, slow},
		{[]float64{0.3, 0.001}, slow}, {[]float64{0.3, 0.2, 0.2}, ""}, {[]float64{5.1, 5.1, 5.1}, slow},
	} {
		var cluster ClusterStatus
		for _, wait := range c.waits {
			cluster.Members = append(cluster.Members, MemberStatus{Recent: Recent{Wait: &wait}})
		}
		if cluster.diagnose(); cluster.Members[0].Sick != c.want {
			t.Errorf("%v: %q", c.waits, cluster.Members[0].Sick)
		}
	}
}

// many is a proxy with members of several clusters, of which the last of the last one is marked down.
func many(clusters, members int) *still {
	s := &still{}
	for i := range clusters {
		c := ClusterStatus{Cluster: fmt.Sprint("cluster", i)}
		for j := range members {
			c.Members = append(c.Members, MemberStatus{Address: []string{fmt.Sprintf("host%d:9080", j)},
				MemberNote: explain.MemberNote{Member: fmt.Sprint("server", j), Role: "primary"}})
		}
		s.Snap.Clusters = append(s.Snap.Clusters, c)
	}
	last := &s.Snap.Clusters[clusters-1].Members[members-1]
	last.Marked, last.Failed, last.Failures[explain.Refused] = true, 3, 3
	return s
}

// The sick stand first, clusters that are well are folded where there are many members, and what is asked for by the
// address is there, without a script.
func TestFilter(t *testing.T) {
	s := many(5, 40)
	rows := regexp.MustCompile(`<tr id="m/([^"]+)"`)
	for query, want := range map[string]struct {
		first string
		rows  int
		open  int
	}{
		"":                                      {"cluster4/server39", 200, 1},
		"sort=file":                             {"cluster0/server0", 200, 1},
		"sick=1":                                {"cluster4/server39", 1, 1},
		"q=cluster3":                            {"cluster3/server0", 40, 1},
		"q=SERVER7+cluster2":                    {"cluster2/server7", 1, 1},
		"q=host39":                              {"cluster4/server39", 5, 5},
		"q=marked-down":                         {"cluster4/server39", 1, 1},
		"q=refused":                             {"cluster4/server39", 1, 1},
		"q=cluster3&sick=1":                     {"", 0, 0},
		"q=%3Cscript%3Ealert(1)%3C%2Fscript%3E": {"", 0, 0},
	} {
		page := fetch(New(s, ""), "GET", "/?"+query).Body.String()
		found := rows.FindAllStringSubmatch(page, -1)
		if len(found) != want.rows || want.rows > 0 && found[0][1] != want.first {
			t.Errorf("%s: %d rows, the first ones %v", query, len(found), found[:min(len(found), 3)])
		}
		if n := strings.Count(page, " open><summary>"); n != want.open {
			t.Errorf("%s: %d clusters are open, want %d", query, n, want.open)
		}
		if !strings.Contains(page, "1 of 200 members is sick") ||
			!strings.Contains(page, "<title>1 sick - wasplug proxy<") ||
			!strings.Contains(page, `<a href="#m%2fcluster4%2fserver39">cluster4/server39</a> marked down; retry due at the next request (refused 3)`) {
			t.Errorf("%s: the page does not say who is sick", query)
		}
		if (want.rows == 0) != strings.Contains(page, "No member fits the filter.") ||
			strings.Contains(page, "<script>") {
			t.Errorf("%s: the page shows too much or too little", query)
		}
	}
}

// More sick members than one looks at are counted.
func TestManySick(t *testing.T) {
	s := many(2, 20)
	for i := range s.Snap.Clusters[0].Members {
		s.Snap.Clusters[0].Members[i].Marked = true
	}
	page := fetch(New(s, ""), "GET", "/").Body.String()
	if !strings.Contains(page, "21 of 40 members are sick") || !strings.Contains(page, "and 9 more") ||
		strings.Count(page, `<li><a href="#m%2f`) != 12 {
		t.Error(page)
	}
	page = fetch(New(many(1, 1), ""), "GET", "/?live").Body.String()
	if !strings.Contains(page, `data-refresh="2"`) ||
		!strings.Contains(page, `<noscript><meta http-equiv="refresh"`) ||
		!strings.Contains(page, `name="live" value="1"`) {
		t.Error("a live page does not say so:", page)
	}
}

// The page may run its own script and no other, and other answers none.
func TestScript(t *testing.T) {
	h := New(many(1, 1), "secret")
	token := []string{"Authorization", "Bearer secret"}
	if got := fetch(h, "GET", "/live.js"); got.Code != 401 {
		t.Error("the script is for everybody:", got.Code)
	}
	script := fetch(h, "GET", "/live.js", token...)
	if script.Code != 200 || !strings.HasPrefix(script.Header().Get("Content-Type"), "text/javascript") {
		t.Error(script.Code, script.Header())
	}
	for path, want := range map[string]bool{"/": true, "/status.json": false, "/live.js": false} {
		policy := fetch(h, "GET", path, token...).Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "script-src 'self'") != want {
			t.Errorf("%s: %s", path, policy)
		}
	}
}

// The page comes back as it was after a change, and says why one was refused; a program gets the reason alone.
func TestChangeOnThePage(t *testing.T) {
	c := &changes{}
	h := New(many(2, 3), "secret").Writing(c, "secret")
	post := func(accept string, form url.Values) *httptest.ResponseRecorder {
		rq := httptest.NewRequest("POST", "http://proxy:9090/member", strings.NewReader(form.Encode()))
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rq.Header.Set("Accept", accept)
		rq.SetBasicAuth("ann", "secret")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, rq)
		return w
	}
	page := fetch(h, "GET", "/?q=cluster1&live=1", "Authorization", "Bearer secret").Body.String()
	back := `name="back" value="?live=1&amp;q=cluster1"`
	if strings.Count(page, back) != 3 {
		t.Errorf("no %s in %s", back, page)
	}
	form := url.Values{"cluster": {"cluster1"}, "member": {"server0"}, "do": {"drain"}, "back": {"?live=1&q=cluster1"}}
	if got := post("text/html,*/*", form); got.Code != 303 || got.Header().Get("Location") != "/?live=1&q=cluster1" {
		t.Error(got.Code, got.Header())
	}
	form.Set("do", "weight")
	form.Set("weight", "<lots>")
	got := post("text/html,*/*", form)
	if page := got.Body.String(); got.Code != 400 ||
		!strings.Contains(page, "Nothing was changed: weight &#34;&lt;lots&gt;&#34;: want a number") ||
		!strings.Contains(page, `<a href="/?q=cluster1">Back</a>`) || strings.Contains(page, "<script") {
		t.Error(got.Code, page)
	}
	if got := post("*/*", form); got.Code != 400 || !strings.HasPrefix(got.Body.String(), `weight "<lots>": want`) {
		t.Error(got.Code, got.Body)
	}
	for _, evil := range []string{"//evil.example.com/", "https://evil.example.com/", "?%zz", "/\\evil"} {
		form.Set("do", "drain")
		form.Set("back", evil)
		if to := post("*/*", form).Header().Get("Location"); !strings.HasPrefix(to, "/?") {
			t.Errorf("%s leads to %s", evil, to)
		}
	}
}
