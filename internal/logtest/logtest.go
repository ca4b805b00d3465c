// Package logtest writes plug-in logs of any size for tests and measurements: several processes with many threads
// each, whose lines interleave as in a real log at LogLevel Trace. The same options give the same bytes. It knows what
// a plug-in writes about a request, and nothing of what is concluded from it. Start reading at [Write].
package logtest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// Options of a log. Zero values give two processes of eight threads, four members and one failure in a hundred
// requests.
type Options struct {
	Size      int64 // bytes to write at least
	Requests  int64 // when above 0, ends after so many requests even if Size is not reached
	Seed      uint64
	Processes int
	Threads   int // of each process
	Members   int
	FailEvery int // one request in so many meets a member that refuses
	Patterns  int // URI patterns compared for each request
}

func (o *Options) defaults() {
	o.Processes = orElse(o.Processes, 2)
	o.Threads = orElse(o.Threads, 8)
	o.Members = orElse(o.Members, 4)
	o.FailEvery = orElse(o.FailEvery, 100)
	o.Patterns = orElse(o.Patterns, 6)
}

func orElse(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Truth is what a reader has to find in the log.
type Truth struct {
	Bytes, Lines, Requests, Failures int64
	Counters                         map[string]pluginlog.Counters // the last of each "member process"
}

// generator writes one log. Threads take turns by chance, so that lines of several requests lie between each other.
type generator struct {
	opt    Options
	w      *bufio.Writer
	rng    *rand.Rand
	now    time.Time
	buf    []byte
	truth  Truth
	thread []thread
}

// thread is a thread of the web server: the lines that it has yet to write.
type thread struct {
	id    pluginlog.Thread
	todo  []line
	next  int
	count map[string]*pluginlog.Counters
}

// line is an event, or text that no reader takes for one.
type line struct {
	event pluginlog.Event
	noise string
}

// Write writes a log. Every request is finished, so the log may get a little longer than asked.
func Write(w io.Writer, opt Options) (Truth, error) {
	opt.defaults()
	g := &generator{
		opt: opt, w: bufio.NewWriterSize(w, 1<<20), rng: rand.New(rand.NewPCG(opt.Seed, 1)),
		now: time.Date(2017, 10, 6, 19, 6, 43, 0, time.UTC),
	}
	g.truth.Counters = map[string]pluginlog.Counters{}
	for p := range opt.Processes {
		count := map[string]*pluginlog.Counters{}
		for t := range opt.Threads {
			id := pluginlog.Thread{PID: uint64(0x00ea0000 + p), TID: uint64(0x1600 + t)}
			g.thread = append(g.thread, thread{id: id, count: count})
		}
		g.emit(g.thread[len(g.thread)-1].id, line{event: pluginlog.Event{Kind: pluginlog.BuildVersion,
			Text: "9.0.5.7"}})
	}
	for g.step() {
	}
	for i := range g.thread {
		for g.thread[i].next < len(g.thread[i].todo) {
			g.advance(&g.thread[i])
		}
	}
	return g.truth, g.w.Flush()
}

// step lets one thread write a few lines; false when the log is long enough.
func (g *generator) step() bool {
	t := &g.thread[g.rng.IntN(len(g.thread))]
	if t.next == len(t.todo) {
		if g.truth.Bytes >= g.opt.Size || g.opt.Requests > 0 && g.truth.Requests >= g.opt.Requests {
			return false
		}
		t.todo, t.next = g.request(t.todo[:0], t), 0
	}
	for range 1 + g.rng.IntN(6) {
		if t.next < len(t.todo) {
			g.advance(t)
		}
	}
	return true
}

// advance writes the next line of a thread, a little later than the last one of any.
func (g *generator) advance(t *thread) {
	g.now = g.now.Add(time.Duration(g.rng.IntN(40)) * time.Microsecond)
	g.emit(t.id, t.todo[t.next])
	t.next++
}

// emit writes a line, and notes what a reader has to find in it.
func (g *generator) emit(id pluginlog.Thread, l line) {
	e := &l.event
	e.Thread, e.Time = id, pluginlog.TimeOf(g.now)
	if l.noise == "" {
		g.buf = e.Append(g.buf[:0])
	} else {
		// The prefix of some event, and the noise instead of its text.
		e.Kind, e.Level = pluginlog.ErrorLine, pluginlog.LevelTrace
		g.buf = e.Append(g.buf[:0])
		g.buf = append(append(g.buf[:len(g.buf)-1], l.noise...), '\n')
	}
	if e.Kind == pluginlog.Counted {
		g.truth.Counters[fmt.Sprintf("%s %08x", e.Member, e.PID)] = e.Counters
	}
	g.truth.Bytes += int64(len(g.buf))
	g.truth.Lines++
	g.w.Write(g.buf) // the error stays in the writer until Flush
}

// request appends the lines of one request.
func (g *generator) request(todo []line, t *thread) []line {
	g.truth.Requests++
	n := g.truth.Requests
	uri := fmt.Sprintf("/app%d/page%d.jsp", n%int64(g.opt.Patterns), g.rng.IntN(1000))
	first, second := g.rng.IntN(g.opt.Members), g.rng.IntN(g.opt.Members)
	fails := n%int64(g.opt.FailEvery) == 0
	affinity := g.rng.IntN(3) > 0
	ev := func(e pluginlog.Event) { todo = append(todo, line{event: e}) }
	noise := func(s string) { todo = append(todo, line{noise: s}) }

	ev(pluginlog.Event{Kind: pluginlog.RouteTried, Host: "shop.example.com", URI: uri})
	ev(pluginlog.Event{Kind: pluginlog.AliasCompared, Pattern: "*:443", Host: "shop.example.com:80",
		Group: "default_host"})
	ev(pluginlog.Event{Kind: pluginlog.AliasMatched, Pattern: "*:80", Host: "shop.example.com:80",
		Group: "default_host"})
	for i := range g.opt.Patterns {
		ev(pluginlog.Event{Kind: pluginlog.URICompared, Pattern: fmt.Sprintf("/app%d/*", i), URI: uri,
			Group: "shop_URIs",
			Score: 6})
	}
	ev(pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: fmt.Sprintf("/app%d/*", n%int64(g.opt.Patterns)), URI: uri,
		Group: "shop_URIs", Score: 6})
	ev(pluginlog.Event{Kind: pluginlog.RequestStarted})
	ev(pluginlog.Event{Kind: pluginlog.RequestNamed, Host: "shop.example.com", URI: uri})
	noise("ws_common: websphereWriteRequestReadResponse: Enter")
	ev(pluginlog.Event{Kind: pluginlog.AffinityChecked})
	ev(pluginlog.Event{Kind: pluginlog.CookieSought, Text: "JSESSIONID"})
	noise("lib_htrequest: htrequestGetCookieValue: No cookie found for: 'SSLJSESSION'")
	if affinity {
		todo = g.affinity(todo, first)
	}
	if fails {
		g.truth.Failures++
		todo = g.failure(todo, t, first)
		if second == first {
			second = (first + 1) % g.opt.Members
		}
	} else {
		second = first
	}
	return g.exchange(todo, t, second, uri, affinity && !fails)
}

func (g *generator) member(i int) string { return fmt.Sprintf("node%02d_shop-member.%d", i%2+1, i) }

// affinity has the lines of a walk through the primaries up to the one that a clone ID names (R22).
func (g *generator) affinity(todo []line, member int) []line {
	clone := fmt.Sprintf("clone%d", member)
	todo = append(todo, line{event: pluginlog.Event{Kind: pluginlog.CloneAdded, Clone: clone}},
		line{event: pluginlog.Event{Kind: pluginlog.ClonesListed}},
		line{event: pluginlog.Event{Kind: pluginlog.CloneSought}},
		line{event: pluginlog.Event{Kind: pluginlog.FirstPrimary}})
	for i := 0; i <= member; i++ {
		todo = append(todo, line{event: pluginlog.Event{Kind: pluginlog.CloneCompared, Clone: clone,
			Pattern: fmt.Sprintf("clone%d", i)}})
		if i < member {
			todo = append(todo, line{event: pluginlog.Event{Kind: pluginlog.NextPrimary}})
		}
	}
	return append(todo, line{event: pluginlog.Event{Kind: pluginlog.CloneMatched, Member: g.member(member)}})
}

// choose has the lines from the check of a member up to the search for a stream to it.
func (g *generator) choose(todo []line, member int) []line {
	check := pluginlog.Check{IgnoreWeights: true, WLBAllows: true, HasFull: true}
	return append(todo,
		line{event: pluginlog.Event{Kind: pluginlog.StatusChecked, Member: g.member(member), Check: check}},
		line{event: pluginlog.Event{Kind: pluginlog.Picked, Member: g.member(member), Weight: 2}},
		line{noise: "ws_common: websphereFindTransport: Finding the transport"},
		line{event: pluginlog.Event{Kind: pluginlog.TransportSet, Case: 1, Host: "app1.example.com", Port: 9080}},
		line{event: pluginlog.Event{Kind: pluginlog.Executing}},
		line{noise: "ws_common: websphereGetStream: Getting the stream to the app server"},
		line{event: pluginlog.Event{Kind: pluginlog.StreamSought}},
		line{event: pluginlog.Event{Kind: pluginlog.ConnectTimeoutSet, Seconds: 5}},
	)
}

// failure has those of an attempt at a member that refuses.
func (g *generator) failure(todo []line, t *thread, member int) []line {
	c := t.counters(g.member(member))
	c.Failed++
	return append(g.choose(todo, member),
		line{event: pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: "app1.example.com", OSError: 111}},
		line{event: pluginlog.Event{Kind: pluginlog.StreamFailed}},
		line{event: pluginlog.Event{Kind: pluginlog.MarkedDown, Member: g.member(member)}},
		line{event: pluginlog.Event{Kind: pluginlog.Counted, Member: g.member(member), Counters: *c}},
		line{event: pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: g.member(member),
			Host:  "app1.example.com",
			Retry: true}},
	)
}

// exchange has those of an attempt that is answered, heads included, as LogLevel Trace shows them.
func (g *generator) exchange(todo []line, t *thread, member int, uri string, affinity bool) []line {
	todo = append(g.choose(todo, member),
		line{event: pluginlog.Event{Kind: pluginlog.StreamCreated, Socket: 23}},
		line{noise: "lib_htrequest: htrequestWrite: Writing the request:"},
		line{event: pluginlog.Event{Kind: pluginlog.RequestLine, Method: "GET", URI: uri}},
	)
	for _, h := range [...]string{"Host: shop.example.com", "Accept: text/html",
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "$WSIS: false", "$WSSC: http", "$WSPR: HTTP/1.1",
		"$WSRA: 10.1.2.3",
		"$WSSN: shop.example.com", "$WSSP: 80"} {
		todo = append(todo, line{noise: "   " + h})
	}
	c := t.counters(g.member(member))
	c.Total++
	if affinity {
		c.Affinity++
	}
	return append(todo,
		line{event: pluginlog.Event{Kind: pluginlog.RequestWritten}},
		line{event: pluginlog.Event{Kind: pluginlog.ResponseAwaited}},
		line{noise: "lib_stream: streamRead: Reading from the stream"},
		line{event: pluginlog.Event{Kind: pluginlog.StatusLine, Code: 200, Text: "OK"}},
		line{noise: "   Content-Type: text/html;charset=UTF-8"},
		line{noise: "   Content-Language: en-US"},
		line{noise: "   Content-Length: 16166"},
		line{noise: "lib_htresponse: htresponseSetContentLength: Setting the content length |16166|"},
		line{noise: "ws_common: websphereExecute: Read the response; breaking out of loop"},
		line{noise: "ws_common: websphereExecute: Done with Request to app server processing"},
		line{event: pluginlog.Event{Kind: pluginlog.Counted, Member: g.member(member), Counters: *c}},
		line{noise: "ws_common: websphereCloseConnection: Closing the connection"},
		line{event: pluginlog.Event{Kind: pluginlog.RequestEnded}},
	)
}

// counters are those of a member in the process, which its threads share.
func (t *thread) counters(member string) *pluginlog.Counters {
	c := t.count[member]
	if c == nil {
		c = new(pluginlog.Counters)
		t.count[member] = c
	}
	return c
}
