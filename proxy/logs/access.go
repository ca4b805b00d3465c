package logs

import (
	"io"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Entry is what becomes of a request, and what the access log tells of it. It is filled whether or not there is a log:
// counters read it, too.
type Entry struct {
	Start    match.Nanos
	Head     match.Nanos // the head of the answer came, 0 when none did
	Status   int
	Bytes    int64 // sent to the client
	Attempts int
	Member   string // of the last attempt, "" before the first
	Declined bool   // no Route takes it: the docroot answers, or 404
	Gone     bool   // the client left
	Cause    error  // of the last failed attempt, or why the request or its body was refused

	// The rest is for Write alone, and set where there is a log.

	Client   netip.Addr
	Request  []byte // the line as the client sent it, empty where there was none
	Host     string
	Cluster  string
	Affinity failover.AffinityOutcome
	Took     match.Nanos
}

// Attempt notes that an attempt begins.
func (e *Entry) Attempt(member string) {
	e.Attempts++
	e.Member = member
}

// Access writes a line for each request.
type Access struct {
	mu   sync.Mutex // held while w writes: a slow disk slows the ends of requests, and no decision
	w    io.Writer
	json bool
	buf  []byte           // room for a line, used again and again
	now  func() time.Time // of day, for the line
}

// NewAccess makes an access log of text lines or, with json, of JSON lines. now gives the time of a line.
func NewAccess(w io.Writer, json bool, now func() time.Time) *Access {
	return &Access{w: w, json: json, now: now}
}

// Write makes the line under the lock, in one buffer for all, and hands it over whole: lines never mix.
func (l *Access) Write(e *Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		l.buf = l.appendJSON(l.buf[:0], e)
	} else {
		l.buf = l.appendText(l.buf[:0], e)
	}
	l.w.Write(append(l.buf, '\n'))
}

// appendText writes the common log format with the plug-in's facts behind it: ADDRESS - - [TIME] "REQUEST" STATUS
// BYTES CLUSTER/MEMBER attempts=N affinity=OUTCOME took=SECONDS wait=SECONDS, where wait is the time to the head of
// the answer.
func (l *Access) appendText(b []byte, e *Entry) []byte {
	b = append(b, e.client()...)
	b = append(b, " - - ["...)
	b = l.now().AppendFormat(b, "02/Jan/2006:15:04:05 -0700")
	b = append(b, `] "`...)
	b = diag.AppendVisible(b, e.line(), diag.Text, quoteMarks)
	b = append(b, `" `...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, e.Bytes, 10)
	b = append(b, ' ')
	b = append(b, e.servedBy()...)
	b = append(b, " attempts="...)
	b = strconv.AppendInt(b, int64(e.Attempts), 10)
	b = append(b, " affinity="...)
	b = append(b, e.Affinity.String()...)
	b = appendSeconds(append(b, " took="...), e.Took)
	if e.Head > 0 {
		b = appendSeconds(append(b, " wait="...), e.Head-e.Start)
	}
	if e.Gone {
		b = append(b, " client-gone"...)
	}
	if e.Cause != nil {
		b = append(b, ` cause="`...)
		b = diag.AppendVisible(b, e.Cause.Error(), diag.Text, quoteMarks)
		b = append(b, '"')
	}
	return b
}

// quoteMarks are what would end a quoted text, in a text line as in JSON.
const quoteMarks = `"\`

func appendSeconds(b []byte, d match.Nanos) []byte {
	return strconv.AppendFloat(b, float64(d)/float64(time.Second), 'f', 6, 64)
}

// appendJSON writes the same facts as appendText. encoding/json would make garbage for each request.
func (l *Access) appendJSON(b []byte, e *Entry) []byte {
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
	text("client", e.client())
	text("request", http1.View(e.line()))
	text("host", e.Host)
	number("status", int64(e.Status))
	number("bytes", e.Bytes)
	text("member", e.servedBy())
	number("attempts", int64(e.Attempts))
	text("affinity", e.Affinity.String())
	number("microseconds", int64(e.Took)/1000)
	if e.Head > 0 {
		number("waitMicroseconds", int64(e.Head-e.Start)/1000)
	}
	if e.Gone {
		b = append(b, `,"clientGone":true`...)
	}
	if e.Cause != nil {
		text("cause", e.Cause.Error())
	}
	return append(b, '}')
}

func (e *Entry) client() string {
	if !e.Client.IsValid() {
		return "-"
	}
	return e.Client.String()
}

// line is the request as the client sent it, "-" where there was none.
func (e *Entry) line() []byte {
	if len(e.Request) == 0 {
		return []byte("-")
	}
	return e.Request
}

// servedBy names who answered: CLUSTER/MEMBER, declined, or - for the proxy itself. After failed attempts it is the
// last member that was tried, also where the answer is the proxy's 500.
func (e *Entry) servedBy() string {
	switch {
	case e.Declined:
		return "declined"
	case e.Attempts == 0:
		return "-"
	}
	return e.Cluster + "/" + e.Member
}
