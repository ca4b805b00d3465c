package live_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/match"
)

// get asks for a page and returns status and body.
func get(t *testing.T, method, url string, header ...string) (int, string) {
	rq, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range header {
		rq.Header.Set(name, "1")
	}
	answer, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// TestMembers: a member has one port, keeps it while it refuses, says who it is, and shows what arrived; orders come
// from programs alone.
func TestMembers(t *testing.T) {
	t.Parallel()
	m := live.NewMembers("127.0.0.1", nil)
	t.Cleanup(m.Close)
	one, err := m.Door("c", "m1")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := m.Door("c", "m1")
	other, _ := m.Door("c", "m2")
	if one != again || one == other || m.Count() != 2 {
		t.Errorf("doors %v %v %v, %d members", one, again, other, m.Count())
	}
	control := httptest.NewServer(m.Control())
	t.Cleanup(control.Close)
	remote := live.Remote{URL: control.URL}
	if names, err := remote.Names(t.Context()); !slices.Equal(names, []string{"c/m1", "c/m2"}) || err != nil {
		t.Errorf("members %q, %v", names, err)
	}
	at := url(one)
	if status, body := get(t, http.MethodGet, at+"/<b>", "X-Odd"); status != http.StatusOK || body != "c/m1\n" {
		t.Errorf("got %d %q", status, body)
	}
	fault := control.URL + "/fault?member=c/m1&do="
	if status, _ := get(t, http.MethodPost, fault+"503"); status != http.StatusForbidden {
		t.Errorf("an order without the field: status %d", status)
	}
	if status, body := get(t, http.MethodPost, control.URL+"/fault?member=c/m9&do=503", "X-Wasplug-Control"); status !=
		http.StatusNotFound || !strings.Contains(body, "no member c/m9") {
		t.Errorf("an order to nobody: %d %s", status, body)
	}
	get(t, http.MethodPost, fault+"503", "X-Wasplug-Control")
	if status, _ := get(t, http.MethodGet, at); status != http.StatusServiceUnavailable {
		t.Errorf("ordered 503: status %d", status)
	}
	get(t, http.MethodPost, fault+"none", "X-Wasplug-Control")
	if status, _ := get(t, http.MethodGet, at); status != http.StatusOK {
		t.Errorf("ordered none: status %d", status)
	}
	if _, page := get(t, http.MethodGet, control.URL+"/"); !strings.Contains(page, "X-Odd") ||
		!strings.Contains(page, "503") || strings.Contains(page, "<b>") {
		t.Errorf("page:\n%s", page)
	}
	if _, seen := get(t, http.MethodGet, control.URL+"/seen?since=1"); strings.Count(seen, "\n") != 2 {
		t.Errorf("seen:\n%s", seen)
	}
}

func url(d probe.Door) string { return "http://" + d.Host + ":" + itoa(d.Port) }

// TestTargets: what --against and --tls-target take, and what is on this machine.
func TestTargets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://ihs": "ihs:80", "https://ihs": "ihs:443", "http://ihs:8080/": "ihs:8080", "http://[::1]": "[::1]:80",
		"http://[::1]:8": "[::1]:8",
	} {
		if got, _, err := live.HostPort(text); got != want || err != nil {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"ihs:80", "ftp://ihs", "http://", "http://ihs/path", "http://a@ihs", "http://ihs:0",
		"http://ihs:99999", "http://:80"} {
		if got, _, err := live.HostPort(text); err == nil {
			t.Errorf("%s: got %q", text, got)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "127.9.9.9:1": true,
		"192.0.2.1:80": false, "[2001:db8::1]:80": false, "0.0.0.0:80": false, "[::]:80": false,
		"[::ffff:192.0.2.1]:80": false, "[::ffff:127.0.0.1]:80": true, "localhost:80": true} {
		if got, err := live.IsLoopback(t.Context(), address); got != want || err != nil {
			t.Errorf("%s: %t, %v", address, got, err)
		}
	}
}

// TestGuard: a connection to another machine is refused where it is made, too: a name may lead there only then.
func TestGuard(t *testing.T) {
	t.Parallel()
	step := question.Step{Request: match.Request{Host: "h", Target: "/x", Port: 80}}
	plan := &question.Plan{Questions: []*question.Question{{Cluster: -1, Routing: true, Steps: []question.Step{step}}}}
	for _, at := range []string{"192.0.2.1:9", "[::ffff:192.0.2.1]:9"} {
		d := &live.Driver{Table: &match.Table{}, Target: live.Target{Plain: at}, Clock: live.Wall{}}
		_, err := d.Execute(t.Context(), plan)
		if err == nil || !strings.Contains(err.Error(), "is not on this machine") {
			t.Errorf("%s: %v", at, err)
		}
	}
}
