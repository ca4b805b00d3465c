package proxy

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// parcel is a large body that nobody holds in memory.
type parcel struct {
	size int64
	sum  hash.Hash
}

func (p *parcel) send(w io.Writer, chunked bool) error {
	rng := rand.New(rand.NewPCG(1, 2))
	p.sum = sha256.New()
	piece := make([]byte, 32<<10)
	for left := p.size; left > 0; {
		n := min(left, int64(len(piece)))
		for i := range n {
			piece[i] = byte(rng.Uint32())
		}
		p.sum.Write(piece[:n])
		format := "%s"
		if chunked {
			format = fmt.Sprintf("%x\r\n%%s\r\n", n)
		}
		if _, err := fmt.Fprintf(w, format, piece[:n]); err != nil {
			return err
		}
		left -= n
	}
	if chunked {
		_, err := io.WriteString(w, "0\r\n\r\n")
		return err
	}
	return nil
}

// replace puts a hand-made member in the place of a fake: serve gets each connection with its first request, whose
// body is not read.
func (w *world) replace(member string, serve func(c net.Conn, rq *http.Request)) {
	l := w.listen(w.t)
	w.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if rq, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				serve(c, rq)
			}
			c.Close()
		}
	})
	address := "10.0.0." + member[1:] + ":9080"
	w.mu.Lock()
	defer w.mu.Unlock()
	w.members[address].Close()
	w.members[address] = l
}

// The ways in which the first member gives a large body up.
var quitters = map[string]func(net.Conn, *http.Request){
	"reset on the way": func(_ net.Conn, rq *http.Request) { io.CopyN(io.Discard, rq.Body, 1<<20) },
	"reset at the end": func(_ net.Conn, rq *http.Request) { io.Copy(io.Discard, rq.Body) },
	"503 at once": func(c net.Conn, rq *http.Request) {
		io.WriteString(c, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
		io.Copy(io.Discard, rq.Body)
	},
}

// With PostBufferSize=-1 a body of any size is kept for another attempt: in a file that nobody else can see and that
// is gone afterwards, while memory stays small. The second member gets it byte by byte.
func TestLargeBodiesAreKeptInFiles(t *testing.T) {
	size := int64(64 << 20)
	if testing.Short() {
		size = 8 << 20
	}
	for name, quit := range quitters {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %v", name, chunked), func(t *testing.T) {
				replayBody(t, size, quit, chunked)
			})
			size = 3 << 20
		}
	}
}

func replayBody(t *testing.T, size int64, quit func(net.Conn, *http.Request), chunked bool) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	sent, got := &parcel{size: size}, sha256.New()
	before := heap()
	w := start(t, false, site{members: 2, cluster: `PostBufferSize="-1"`}, Options{}, func(w *world) {
		w.replace("m1", quit)
		w.replace("m2", func(c net.Conn, rq *http.Request) {
			io.Copy(got, rq.Body)
			if used := heap() - before; used > 4<<20 {
				t.Errorf("%d bytes of memory for a body of %d", used, size)
			}
			if n := bodyFiles(); runtime.GOOS == "linux" && n != 1 {
				t.Errorf("%d files are open, want 1", n)
			}
			if names, _ := os.ReadDir(dir); runtime.GOOS != "windows" && len(names) > 0 {
				t.Errorf("the file has a name: %v", names)
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Member: m2\r\nContent-Length: 0\r\n\r\n")
		})
	})
	v := w.visit()
	defer v.Close()
	framing := fmt.Sprintf("Content-Length: %d", size)
	if chunked {
		framing = "Transfer-Encoding: chunked"
	}
	fmt.Fprintf(v, "POST / HTTP/1.1\r\nHost: shop\r\n%s\r\n\r\n", framing)
	if err := sent.send(v, chunked); err != nil {
		t.Error(err)
	}
	if r, err := v.read("POST"); err != nil || r.status != 200 || r.member != "m2" {
		t.Errorf("%+v %v", r, err)
	}
	if a, b := sent.sum.Sum(nil), got.Sum(nil); string(a) != string(b) {
		t.Error("m2 got another body")
	}
	w.settle()
	w.stop()
	if n := bodyFiles(); n != 0 {
		t.Errorf("%d files are left open", n)
	}
	if names, _ := os.ReadDir(dir); len(names) > 0 {
		t.Errorf("files are left: %v", names)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// bodyFiles counts the open files of bodies, named or not, where the system tells.
func bodyFiles() (n int) {
	fds, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range fds {
		if name, err := os.Readlink(fd); err == nil && strings.Contains(name, "wasplug-body-") {
			n++
		}
	}
	return n
}

// A member may answer before it has the whole body, and need not take the rest.
func TestEarlyAnswerToLargeBody(t *testing.T) {
	w := start(t, false, site{members: 1, cluster: `PostBufferSize="-1"`}, Options{}, func(w *world) {
		w.replace("m1", func(c net.Conn, rq *http.Request) {
			io.WriteString(c, "HTTP/1.1 413 Too Large\r\nX-Member: m1\r\nContent-Length: 0\r\n\r\n")
			c.Read(make([]byte, 1)) // what follows stays unread
		})
	})
	defer w.stop()
	if r := w.once(post(strings.Repeat("x", 4<<20))); r.status != 413 || r.member != "m1" {
		t.Errorf("%+v", r)
	}
	if marked, pending := w.memberState("m1"); marked || pending != 0 {
		t.Errorf("marked %v, pending %d", marked, pending)
	}
}

// What cannot be kept is an error of ours, and what a client announces takes no memory.
func TestBodiesThatCannotBeKept(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "gone"))
	w := start(t, false, site{members: 2, cluster: `PostBufferSize="-1"`}, Options{})
	defer w.stop()
	if r := w.once(post(strings.Repeat("x", 1<<20))); r.status != 500 || r.member != "" {
		t.Errorf("%+v", r)
	}
	if marked, _ := w.memberState("m1"); marked {
		t.Error("m1 is marked down for a full disk")
	}
	if !strings.Contains(w.logs.String(), "cannot keep the body") {
		t.Errorf("the log says %q", w.logs.String())
	}
	v := w.visit()
	io.WriteString(v, "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9000000000000000000\r\n\r\nhello")
	if r := w.once(post(strings.Repeat("x", 200<<10))); r.status != 200 {
		t.Errorf("%+v", r)
	}
	v.Close()
}

// A member that takes nothing of a large body is given up after ServerIOTimeout (R55), and the next one gets the body.
func TestStuckMemberAndLargeBody(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	body := strings.Repeat("0123456789", 100_000)
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan bool)
		w := start(t, true, site{members: 2, cluster: `PostBufferSize="-1"`,
			server: `ServerIOTimeout="-5" WaitForContinue="true"`}, Options{}, func(w *world) {
			w.replace("m1", func(c net.Conn, _ *http.Request) {
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
				<-stuck
			})
		})
		defer w.stop()
		defer close(stuck)
		began := time.Now()
		if r := w.once(post(body)); r.status != 200 || r.member != "m2" {
			t.Errorf("%+v", r)
		}
		if d := time.Since(began); d < 5*time.Second || d > 6*time.Second {
			t.Errorf("after %v", d)
		}
		if got := w.fakes["m2"].bodies; len(got) != 1 || got[0] != body {
			t.Errorf("m2 got %d bodies", len(got))
		}
		if marked, pending := w.memberState("m1"); !marked || pending != 0 {
			t.Errorf("m1: marked %v, pending %d", marked, pending)
		}
	})
}
