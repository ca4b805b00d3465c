package proxy

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

const ofPartition = "Cookie: JSESSIONID=0001abc:1158590921"

// telling makes members that tell of a partition table, as the lab's do.
func (w *world) telling(version, table string) {
	for _, f := range w.fakes {
		f.mu.Lock()
		f.act = func(f *fake, c net.Conn, rq *http.Request) bool {
			_, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n_WS_HAPRT_WLMVERSION: %s\r\n$WSPT: %s\r\nX-Member: %s\r\n"+
				"Content-Length: 2\r\n\r\n%s", version, table, f.name, f.name)
			return err == nil && !rq.Close
		}
		f.mu.Unlock()
	}
}

// lastVersion is what a member was told that the process knows.
func (w *world) lastVersion(member string) string {
	all := w.fakes[member].requests()
	if len(all) == 0 {
		return "nothing"
	}
	return all[len(all)-1].Header.Get("_WS_HAPRT_WLMVERSION")
}

// TestPartitionTableIsLearned: from answers, to which it does not stick; the latest version counts; who holds the
// session is next where its owner fails (R28, M10 to M12).
func TestPartitionTableIsLearned(t *testing.T) {
	w := start(t, false, site{members: 3}, Options{PartitionForm: "lab-wspt-1"})
	defer w.stop()
	v := w.visit()
	goes := func(want string) {
		t.Helper()
		if r := v.ask(get("/x", ofPartition)); r.member != want {
			t.Errorf("%s, want %s", r.member, want)
		}
	}
	w.telling("7", "1158590921=c3,c2;1158590922=c1")
	r := v.ask(get("/x"))
	if r.member != "m1" || w.lastVersion("m1") != "-1" {
		t.Errorf("%s was told %s", r.member, w.lastVersion("m1"))
	}
	text := strings.ToLower(fmt.Sprint(r.header))
	if strings.Contains(text, "1158590921") || strings.Contains(text, "_ws_") {
		t.Errorf("the client gets it, too: %s", text)
	}
	goes("m3")
	if got := w.lastVersion("m3"); got != "7" {
		t.Errorf("m3 was told %s", got)
	}
	w.telling("6", "1158590921=c1")
	goes("m3")
	goes("m3")
	w.telling("8", "1158590921=c1,")
	goes("m3")
	goes("m3")
	if log := w.logs.String(); !strings.Contains(log, "the old one stays") {
		t.Error(log)
	}
	w.telling("9", "1158590921=c3,c2")
	w.refuse("m3")
	w.fakes["m3"].hangUp()
	goes("m2")
}

// TestPartitionTableIsFetched: a new process asks for it with GetDWLMTable, else it balances (M12).
func TestPartitionTableIsFetched(t *testing.T) {
	for cluster, want := range map[string]string{`GetDWLMTable="true"`: "m2", "": "m1"} {
		w := start(t, false, site{members: 2, cluster: cluster}, Options{})
		w.telling("7", "1158590921=c2")
		w.refuse("m1") // which is asked first
		opt := Options{PartitionForm: "lab-wspt-1", Resolver: w.network, Dial: w.dial, Seed: 1}
		p, err := New(t.Context(), w.source(), opt)
		if err != nil {
			t.Fatal(err)
		}
		got := "m1"
		if p.gen.Load().Clusters[0].State.Partition["1158590921"] != nil {
			got = "m2"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", cluster, got, want)
		}
		p.Shutdown(t.Context())
		w.stop()
	}
}

// TestNoPartitionForm: without the option nothing is told and nothing learned.
func TestNoPartitionForm(t *testing.T) {
	w := start(t, false, site{members: 2}, Options{})
	defer w.stop()
	w.telling("7", "1158590921=c2")
	v := w.visit()
	for _, want := range []string{"m1", "m2", "m1"} {
		if r := v.ask(get("/x", ofPartition)); r.member != want || w.lastVersion(want) != "" {
			t.Errorf("%s, want %s; it was told %q", r.member, want, w.lastVersion(want))
		}
	}
	if _, err := New(t.Context(), w.source(), Options{PartitionForm: "IBM"}); err == nil {
		t.Error("a form that is not known is taken")
	}
}
