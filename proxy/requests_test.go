package proxy

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Each kind of request: what the client gets, what a member gets, once, and what becomes of the connection,
// whatever the next request on it is. The long form crosses both kinds of clients with both kinds of streams, and
// each with all kinds of requests.
func TestRequests(t *testing.T) {
	t.Parallel()
	kinds := append(served(), turnedDown()...)
	if len(kinds) < 60 {
		t.Fatal("too few kinds")
	}
	ways := 0
	for _, front := range []string{"http", "https"} {
		for _, back := range []uint16{0, tls.VersionTLS13} {
			if (front == "https") != (back != 0) && !sharedtest.Long() {
				continue
			}
			for _, reused := range []bool{false, true} {
				for _, body := range []string{"together", "in pieces", "unbuffered"} {
					third := ways // each way tries another third of the kinds
					ways++
					t.Run(fmt.Sprintf("%s/TLS %x/reused %v/%s", front, back, reused, body), func(t *testing.T) {
						t.Parallel()
						h := newRequestWorld(t, front, back, reused, body)
						defer h.stop()
						for i := range kinds {
							if (i+third)%3 == 0 || sharedtest.Long() {
								h.try(&kinds[i])
							}
						}
					})
				}
			}
		}
	}
}

type requestWorld struct {
	*world
	door   *Listener
	reused bool // streams to members
	body   string
}

func newRequestWorld(t *testing.T, front string, back uint16, reused bool, body string) *requestWorld {
	s := site{members: 1}
	if body == "unbuffered" {
		s.cluster = `PostBufferSize="0"`
	}
	h := &requestWorld{world: startOver(t, back, s, Options{}), reused: reused, body: body}
	h.fakes["m1"].act = func(_ *fake, c net.Conn, rq *http.Request) bool {
		text := echoPath(rq)
		if !reused {
			text = strings.Replace(text, "\r\n", "\r\nConnection: close\r\n", 1)
		}
		_, err := io.WriteString(c, text)
		return err == nil && reused
	}
	l := &Listener{Listener: h.listen(t), Port: 80}
	if front == "https" {
		l.TLS = &tls.Config{Certificates: []tls.Certificate{certtest.NewAuthority(t).Pair(t, "shop")}}
	}
	h.door = l
	h.wg.Go(func() { h.p.Serve(l) })
	return h
}

// client is a visitor, over TLS where the listener is.
func (h *requestWorld) client() *visitor {
	c, err := connect(h.t.Context(), h.door.Listener)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.door.TLS != nil {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	return &visitor{c, bufio.NewReader(c), h.t}
}

const next = "GET /next HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"

func (h *requestWorld) try(k *kind) {
	t, m := h.t, h.fakes["m1"]
	if h.reused {
		v := h.client()
		v.ask("GET /well HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
		v.Close()
	}
	h.atRest("m1")
	m.mu.Lock()
	m.seen, m.bodies = nil, nil
	m.mu.Unlock()
	m.raw.reset()
	v := h.client()
	defer v.Close()
	sent := h.write(v, k.raw)
	method, _, _ := strings.Cut(strings.TrimLeft(k.raw, "\r\n"), " ")
	r, err := v.read(method)
	for err == nil && r.status == 100 {
		r, err = v.read(method)
	}
	if err != nil && k.status != 0 || r.status != k.status || r.err != nil {
		t.Errorf("%s: %+v %v, want %d", k.name, r, err, k.status)
		return
	}
	if allow := r.header.Get("Allow"); (r.status == 405) != strings.HasPrefix(allow, "GET, HEAD, POST") {
		t.Errorf("%s: Allow %q", k.name, allow)
	}
	h.checkMember(k)
	if !r.close {
		<-sent
	}
	h.checkNext(k, v, r)
}

// write sends a request and, where one may follow at once, the next one. Pieces are all sent when the channel closes:
// what stands behind a body may still be on its way when the answer comes.
func (h *requestWorld) write(v *visitor, raw string) <-chan struct{} {
	sent := make(chan struct{})
	if h.body == "together" {
		v.send(raw + next)
		close(sent)
		return sent
	}
	go func() { // a refused client finds the connection closed
		defer close(sent)
		for piece := range pieces(raw, 1+len(raw)/40) {
			if _, err := io.WriteString(v.Conn, piece); err != nil {
				return
			}
		}
	}()
	return sent
}

func pieces(s string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > 0 {
			n := min(size, len(s))
			if !yield(s[:n]) {
				return
			}
			s = s[n:]
		}
	}
}

// checkMember looks at what a member got before the next request: nothing, or one request whose bytes are as they
// should be.
func (h *requestWorld) checkMember(k *kind) {
	t, m := h.t, h.fakes["m1"]
	raw, _, _ := strings.Cut(m.raw.String(), "GET /next ")
	if k.member == "" {
		if h.body == "unbuffered" { // its head may have gone out before the failure came
			raw = ""
		}
		for _, rq := range m.requests() {
			if rq.URL.Path != "/next" {
				t.Errorf("%s: a member ran %s %s", k.name, rq.Method, rq.RequestURI)
			}
		}
		if raw != "" {
			t.Errorf("%s: a member got %q", k.name, raw)
		}
		return
	}
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	rq, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
	if err != nil {
		t.Errorf("%s: a member got %q: %v", k.name, raw, err)
		return
	}
	if got := rq.Method + " " + rq.RequestURI + " " + rq.Host; got != k.member || rq.Proto != "HTTP/1.1" ||
		strings.Count(head, "\r\nHost: ") != 1 {
		t.Errorf("%s: a member got %q, want %s", k.name, raw, k.member)
	}
	if body != k.wire {
		t.Errorf("%s: a member got the body %q, want %q", k.name, body, k.wire)
	}
}

// checkNext finds out what becomes of the connection, and that a member ran nothing but what it should have.
func (h *requestWorld) checkNext(k *kind, v *visitor, r reply) {
	t, m := h.t, h.fakes["m1"]
	if h.body != "together" && !r.close {
		v.send(next)
	}
	after, err := v.read("GET")
	switch {
	case k.closes != r.close:
		t.Errorf("%s: close %v, want %v", k.name, r.close, k.closes)
	case k.closes && err == nil:
		t.Errorf("%s: behind the last answer came %+v", k.name, after)
	case !k.closes && (err != nil || after.status != 200 || after.member != "/next"):
		t.Errorf("%s: the next request got %+v %v", k.name, after, err)
	}
	if _, err := v.br.ReadByte(); err == nil {
		t.Errorf("%s: something follows", k.name)
	}
	var ran []string
	for _, rq := range m.requests() {
		ran = append(ran, rq.URL.Path)
	}
	want := 0
	if k.member != "" {
		want++
	}
	if !k.closes {
		want++
	}
	if len(ran) != want {
		t.Errorf("%s: a member ran %q, want %d", k.name, ran, want)
	}
	if marked, _ := h.memberState("m1"); marked {
		t.Errorf("%s: m1 is marked down", k.name)
	}
}

// All kinds in one go: each is answered in its turn, and members get them in order, as they should be.
func TestPipelinedRequests(t *testing.T) {
	for _, body := range []string{"together", "unbuffered"} {
		h := newRequestWorld(t, "http", 0, true, body)
		var raw, want strings.Builder
		count := 0
		for _, k := range served() {
			if !k.closes && !strings.Contains(k.raw, "100-continue") {
				raw.WriteString(k.raw)
				want.WriteString(k.member + "\n" + k.wire + "\n")
				count++
			}
		}
		v := h.client()
		v.send(raw.String() + next)
		for i := range count + 1 {
			if r, err := v.read("GET"); err != nil || r.status != 200 {
				t.Fatalf("%s, answer %d: %+v %v", body, i, r, err)
			}
		}
		var got strings.Builder
		rest := h.fakes["m1"].raw.String()
		for range count {
			got.WriteString(h.cutRequest(&rest))
		}
		if got.String() != want.String() || !strings.HasPrefix(rest, "GET /next ") {
			t.Errorf("%s: the member got %q, want %q", body, got.String(), want.String())
		}
		v.Close()
		h.stop()
	}
}

// cutRequest takes the first request from what a member got: METHOD TARGET HOST, and its body as it stands there.
func (h *requestWorld) cutRequest(raw *string) string {
	head, rest, _ := strings.Cut(*raw, "\r\n\r\n")
	rq, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
	if err != nil {
		h.t.Fatalf("%q: %v", *raw, err)
	}
	n := int(rq.ContentLength)
	if len(rq.TransferEncoding) > 0 {
		body := strings.NewReader(rest)
		whole := bufio.NewReader(io.MultiReader(strings.NewReader(head+"\r\n\r\n"), body))
		again, _ := http.ReadRequest(whole)
		io.Copy(io.Discard, again.Body)
		n = len(rest) - body.Len() - whole.Buffered()
	}
	*raw = rest[n:]
	return rq.Method + " " + rq.RequestURI + " " + rq.Host + "\n" + rest[:n] + "\n"
}
