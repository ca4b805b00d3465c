package proxy

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSoak puts load on the proxy while the configuration is reloaded and members restart again and again: no wrong
// answer, and memory and file descriptors stay where they are. WASPLUG_SOAK sets how long, such as 30m; members
// restart every 5 s, the file is reloaded every second, in short runs ten times as often.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("a soak is not short")
	}
	length, pace := 400*time.Millisecond, 100*time.Millisecond
	if d, err := time.ParseDuration(os.Getenv("WASPLUG_SOAK")); err == nil {
		length = d
		if d >= time.Minute {
			pace = time.Second
		}
	}
	w := start(t, false, site{members: 3, server: `ServerIOTimeout="20"`, cluster: `RetryInterval="0"`}, Options{})
	for _, f := range w.fakes {
		f.act = echo
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	var served atomic.Int64
	for i := range 16 {
		wg.Go(func() { w.load(t, i, &stop, &served) })
	}
	var first, last footprint
	began := time.Now()
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for n := 1; time.Since(began) < length; n++ {
		<-ticker.C
		if err := w.p.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if n%5 == 0 {
			w.restart(t, fmt.Sprint("m", 1+n/5%3))
		}
		last = measure()
		if first.heap == 0 && time.Since(began) > length/4 {
			first = last
		}
	}
	stop.Store(true)
	wg.Wait()
	t.Logf("%d requests; heap %d -> %d KiB, files %d -> %d", served.Load(), first.heap>>10, last.heap>>10,
		first.files, last.files)
	if last.heap > 2*first.heap+8<<20 || last.files > 2*first.files+50 {
		t.Errorf("memory or files grow: %+v -> %+v", first, last)
	}
	w.stop()
}

type footprint struct {
	heap  uint64
	files int
}

func measure() (f footprint) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	entries, _ := os.ReadDir("/proc/self/fd")
	return footprint{m.HeapAlloc, len(entries)}
}

// echo answers with what was asked, so that a mixed-up answer shows.
func echo(f *fake, c net.Conn, rq *http.Request) bool {
	body := fmt.Sprint(rq.URL.Path, " ", rq.ContentLength)
	f.mu.Lock()
	f.seen, f.bodies = nil, nil
	f.mu.Unlock()
	f.raw.reset()
	_, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return err == nil
}

// load sends requests of all kinds until it is told to stop. A member that restarts may cost a request that cannot be
// sent again, nothing else.
func (w *world) load(t *testing.T, worker int, stop *atomic.Bool, served *atomic.Int64) {
	v := w.visit()
	defer func() { v.Close() }()
	for n := 0; !stop.Load(); n++ {
		size := []int{0, 10, 3000, 100 << 10}[n%4]
		path := fmt.Sprintf("/%d/%d", worker, n)
		raw := strings.Replace(post(strings.Repeat("x", size), sticky(fmt.Sprint("m", 1+n%3))), "POST / ",
			"POST "+path+" ", 1)
		v.send(raw)
		r, err := v.read("POST")
		served.Add(1)
		repeatable := size < 64<<10
		switch {
		case err == nil && r.status == 200 && r.body == fmt.Sprint(path, " ", size):
		case err == nil && r.status == 500 && !repeatable:
		default:
			t.Errorf("%s with %d bytes: %+v %v", path, size, r, err)
			return
		}
		if r.close {
			v.Close()
			v = w.visit()
		}
	}
}

// restart ends a member's connections and its listener, and starts it again.
func (w *world) restart(t *testing.T, member string) {
	address := "10.0.0." + member[1:] + ":9080"
	w.mu.Lock()
	w.members[address].Close()
	w.members[address] = nil
	w.mu.Unlock()
	f := w.fakes[member]
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	l := w.listen(t)
	w.mu.Lock()
	w.members[address] = l
	w.mu.Unlock()
	w.wg.Go(func() { f.serve(l) })
}
