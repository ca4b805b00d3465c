package proxy

import (
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// entry is what the access log tells of a request.
type entry struct {
	start    match.Nanos
	head     match.Nanos // the head of the answer came, 0 when none did
	status   int
	bytes    int64 // sent to the client
	attempts int
	member   string
	declined bool
	times    *histogram // where its duration counts
	gone     bool       // the client left
	cause    error      // of the last failed attempt, or why the body was refused
}

func (e *entry) begin(p *Proxy) { *e = entry{start: p.now(), times: &p.counters.others} }

func (e *entry) attempt(member string) {
	e.attempts++
	e.member = member
}

// affinity says what became of the session affinity of the request.
func (r *request) affinity() failover.AffinityOutcome {
	if r.entry.attempts == 0 {
		return failover.AffinityNone // there may be no flight
	}
	return failover.OutcomeOf(r.fw.x.gen.table, &r.fw.x.flight, &r.fw.x.gen.sem)
}

// AccessLog writes a line for each request.
type AccessLog struct {
	mu   sync.Mutex
	w    io.Writer
	json bool
	buf  []byte
	now  func() time.Time
}

// NewAccessLog makes an access log of text lines or, with json, of JSON lines. now gives the time of a line.
func NewAccessLog(w io.Writer, json bool, now func() time.Time) *AccessLog {
	return &AccessLog{w: w, json: json, now: now}
}

// write makes the line under the lock, in one buffer for all, and hands it over whole: lines never mix.
func (l *AccessLog) write(r *request, took match.Nanos) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.buf = l.appendJSON(l.buf[:0], r, took)
	} else {
		l.buf = l.appendText(l.buf[:0], r, took)
	}
	l.w.Write(append(l.buf, '\n'))
}

// appendText writes the common log format with the plug-in's facts behind it: ADDRESS - - [TIME] "REQUEST" STATUS
// BYTES CLUSTER/MEMBER attempts=N affinity=OUTCOME took=SECONDS wait=SECONDS, where wait is the time to the head of
// the answer.
func (l *AccessLog) appendText(b []byte, r *request, took match.Nanos) []byte {
	e := &r.entry
	b = append(b, r.c.remote()...)
	b = append(b, " - - ["...)
	b = l.now().AppendFormat(b, "02/Jan/2006:15:04:05 -0700")
	b = append(b, `] "`...)
	b = diag.AppendVisible(b, r.requestLine(), diag.Text, quoteMarks)
	b = append(b, `" `...)
	b = strconv.AppendInt(b, int64(e.status), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, e.bytes, 10)
	b = append(b, ' ')
	b = append(b, r.servedBy()...)
	b = append(b, " attempts="...)
	b = strconv.AppendInt(b, int64(e.attempts), 10)
	b = append(b, " affinity="...)
	b = append(b, r.affinity().String()...)
	b = appendSeconds(append(b, " took="...), took)
	if e.head > 0 {
		b = appendSeconds(append(b, " wait="...), e.head-e.start)
	}
	if e.gone {
		b = append(b, " client-gone"...)
	}
	if e.cause != nil {
		b = append(b, ` cause="`...)
		b = diag.AppendVisible(b, e.cause.Error(), diag.Text, quoteMarks)
		b = append(b, '"')
	}
	return b
}

// quoteMarks are what would end a quoted text, in a text line as in JSON.
const quoteMarks = `"\`

func appendSeconds(b []byte, d match.Nanos) []byte {
	return strconv.AppendFloat(b, float64(d)/float64(second), 'f', 6, 64)
}

// appendJSON writes the same facts as appendText. encoding/json would make garbage for each request.
func (l *AccessLog) appendJSON(b []byte, r *request, took match.Nanos) []byte {
	e := &r.entry
	text := func(name, value string) {
		b = append(append(append(b, ',', '"'), name...), `":"`...)
		b = append(diag.AppendVisible(b, value, diag.JSON, quoteMarks), '"')
	}
	number := func(name string, n int64) {
		b = append(append(append(b, ',', '"'), name...), `":`...)
		b = strconv.AppendInt(b, n, 10)
	}
	b = append(b, `{"time":"`...)
	b = l.now().UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	text("client", r.c.remote())
	text("request", http1.View(r.requestLine()))
	text("host", r.req.Host)
	number("status", int64(e.status))
	number("bytes", e.bytes)
	text("member", r.servedBy())
	number("attempts", int64(e.attempts))
	text("affinity", r.affinity().String())
	number("microseconds", int64(took)/1000)
	if e.head > 0 {
		number("waitMicroseconds", int64(e.head-e.start)/1000)
	}
	if e.gone {
		b = append(b, `,"clientGone":true`...)
	}
	if e.cause != nil {
		text("cause", e.cause.Error())
	}
	return append(b, '}')
}

func (c *client) remote() string {
	if !c.addr.IsValid() {
		return "-"
	}
	return c.addr.String()
}

// requestLine is the request as the client sent it, "-" where there was none.
func (r *request) requestLine() []byte {
	if r.head.Size == 0 {
		return []byte("-")
	}
	return r.head.Line(r.c.in.B)
}

// servedBy names who answered: CLUSTER/MEMBER, declined, or - for the proxy itself.
func (r *request) servedBy() string {
	switch {
	case r.entry.declined:
		return "declined"
	case r.entry.attempts == 0:
		return "-"
	}
	return r.fw.x.gen.table.Clusters[r.fw.x.flight.Cluster].Name + "/" + r.entry.member
}
