package proxy

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/proxy/logs"
)

// The outcomes of affinity, as the access log names them.
func TestAccessLog(t *testing.T) {
	var text, structured syncBuffer
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	w := start(t, false, site{members: 3, uri: "/app/*"}, Options{AccessLog: logs.NewAccess(&text, false, now)})
	w.refuse("m3")
	for _, raw := range []string{
		get("/app/none"), get("/app/hit", sticky("m2")), get("/app/returned", "Cookie: JSESSIONID=0000abc:c1:c2"),
		get("/app/hit2", "Cookie: JSESSIONID=0000abc:c9:c2"),
		get("/app/second", "Cookie: JSESSIONID=0000a:c8:c9; JSESSIONID=0000b:c1"),
		get("/app/third", "Cookie: JSESSIONID=0000a:c9", "Cookie: JSESSIONID=0000b:c2:c1"),
		get("/app/unknown", "Cookie: JSESSIONID=0000abc:c9"), get("/app/moved", sticky("m3")),
		get("/app/down", sticky("m3")),
		get("/app/partition", "Cookie: JSESSIONID=0001abc:c9:1158590921"),
		get("/app/home", "Cookie: JSESSIONID=0001abc:1158590921:c2"), get("/declined\""), "nonsense\r\n\r\n",
	} {
		n := strings.Count(text.String(), "\n")
		w.once(raw)
		text.lines(n + 1) // it comes behind the answer, and before that of the next one
	}
	for _, m := range w.fakes {
		m.mu.Lock()
		m.act = answer("", false) // closes the stream
		m.mu.Unlock()
	}
	w.once(get("/app/failed", sticky("m2")))
	w.stop()
	w = start(t, false, site{members: 1}, Options{AccessLog: logs.NewAccess(&structured, true, now)})
	w.once(get("/a\"\\\xff"))
	w.stop()
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	for i, want := range []string{
		`127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /app/none HTTP/1.1" 200 `,
		"C/m2 attempts=1 affinity=hit took=", "C/m1 attempts=1 affinity=returned", "C/m2 attempts=1 affinity=hit",
		"C/m1 attempts=1 affinity=hit", "C/m2 attempts=1 affinity=returned", "affinity=unknown-clone",
		"attempts=2 affinity=moved", "attempts=1 affinity=member-down",
		"attempts=1 affinity=partition-id", "C/m2 attempts=1 affinity=hit",
		`"GET /declined\" HTTP/1.1" 404`, `"-" 400`, "affinity=failed",
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d does not say %q:\n%s", i+1, want, text.String())
		}
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(structured.String()), &line); err != nil || line["member"] != "C/m1" ||
		line["status"] != 200.0 || line["request"] != "GET /a\"\\\uFFFD HTTP/1.1" {
		t.Errorf("%v: %s", err, structured.String())
	}
}

// The line of what is no request stands in the log when its client hears that no more comes, however long that one
// keeps its connection open.
func TestAccessLogOfRefusedRequests(t *testing.T) {
	var log syncBuffer
	lines := 0
	eachKind(t, Options{AccessLog: logs.NewAccess(&log, false, time.Now)}, func(t *testing.T, w *idlers) {
		v := w.visit()
		defer v.Close()
		v.send("nonsense\r\n\r\n")
		if _, err := io.ReadAll(v.br); err != nil {
			t.Fatal(err)
		}
		lines++
		if got := log.String(); strings.Count(got, " 400 ") != lines {
			t.Errorf("the log has %q", got)
		}
	})
}
