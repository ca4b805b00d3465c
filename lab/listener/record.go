package listener

import (
	"encoding/json"
	"io"
	"slices"
	"sync"
	"time"
)

// Seen is a request that arrived: a line of /seen.
type Seen struct {
	Order      uint64 `json:"order"` // among all of the recorder, from 1 on
	At         int64  `json:"at"`    // milliseconds since 1970
	Member     string `json:"member,omitempty"`
	Connection uint64 `json:"connection"`
	Request    int    `json:"request"` // its number on the connection: above 1 on a stream that is used again
	TLS        bool   `json:"tls,omitempty"`
	Head       string `json:"head"` // as it came, with the empty line
	Size       int    `json:"size"` // bytes of the body as they came, so far
	Fault      string `json:"fault,omitempty"`
}

// most is how many requests a recorder keeps: the last ones. A tenth goes at a time, or each request would move all
// the others.
const most = 10000

// Recorder keeps what arrived, of one listener or of several. The zero value is ready.
type Recorder struct {
	mu      sync.Mutex
	entries []*Seen
	orders  uint64
}

// arrived notes a request, and gives it its place in the order.
func (r *Recorder) arrived(s Seen) *Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.orders++
	s.Order, s.At = r.orders, time.Now().UnixMilli()
	if len(r.entries) == most {
		r.entries = slices.Delete(r.entries, 0, most/10)
	}
	r.entries = append(r.entries, &s)
	return &s
}

// met notes what a request met.
func (r *Recorder) met(s *Seen, fault string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Fault = fault
}

// sized notes how long its body was.
func (r *Recorder) sized(s *Seen, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Size = n
}

// Since lists the requests behind a place in the order.
func (r *Recorder) Since(order uint64) (out []Seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.entries {
		if s.Order > order {
			out = append(out, *s)
		}
	}
	return out
}

// write writes a line of JSON for each.
func (r *Recorder) write(w io.Writer, order uint64) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range r.Since(order) {
		enc.Encode(s)
	}
}
