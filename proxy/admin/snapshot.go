package admin

import (
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Proxy is what the pages ask. What it answers is taken at once, and stays as it is: pages take their time, and hold
// no lock meanwhile.
type Proxy interface {
	Snapshot() *Snapshot
	// Explain answers "why" against the state that the process is in now: it decides a request without sending it.
	Explain(routecheck.Request) []routecheck.Decision
	// Stopping reports whether no new requests are taken.
	Stopping() bool
}

// Snapshot is the status, and what only metrics tell.
type Snapshot struct {
	Status
	Full  uint64 // connections of clients beyond the most that are allowed
	Sent  uint64 // bytes to clients
	Times []Histogram
}

// Histogram counts the durations of the requests of a cluster; that of Cluster "" those that no Route matches.
type Histogram struct {
	Cluster string
	Bounds  []match.Nanos // upper bounds, rising
	Counts  []uint64      // one for each bound, and one for what took longer than the last
	Sum     match.Nanos
}

// Status is what the process is doing, as the status page and its JSON form tell it.
type Status struct {
	Version     int               `json:"version"`
	File        string            `json:"file"`       // the configuration in use
	Generation  int               `json:"generation"` // of the configuration, 1 for the first
	Loaded      string            `json:"loaded"`     // when it was read
	Uptime      float64           `json:"uptimeSeconds"`
	Connections int               `json:"connections"` // of clients
	Reload      ReloadStatus      `json:"reload"`
	Requests    RequestStatus     `json:"requests"`
	Affinity    map[string]uint64 `json:"affinity"`
	Clusters    []ClusterStatus   `json:"clusters"`
}

// ReloadStatus tells of reloads.
type ReloadStatus struct {
	Done    uint64 `json:"done"`
	Refused uint64 `json:"refused"`
	Last    string `json:"last,omitempty"`  // time of the last one
	Error   string `json:"error,omitempty"` // why the last one was refused
}

// RequestStatus counts requests since the start of the process.
type RequestStatus struct {
	Total    uint64    `json:"total"`
	Declined uint64    `json:"declined"` // no Route matches
	Refused  uint64    `json:"refused"`  // no request at all
	Classes  [6]uint64 `json:"classes"`  // by the first digit of the status, 0 for none
}

// Work is what a member has answered, and how attempts at it failed, since a configuration first had it.
type Work struct {
	Answers  [6]uint64         `json:"answers"` // by the first digit of the status; 503 that nobody got are among them
	Failures Failures          `json:"-"`
	ByReason map[string]uint64 `json:"failures"` // the same by its words
	Waits    Histogram         `json:"-"`        // until the head of an answer
	Sessions SessionStatus     `json:"sessions"`
}

// SessionStatus counts the sessions of a member, by the session cookie that its Uri names (R4): of answers that set it
// and, where they do not, of the requests.
type SessionStatus struct {
	Begun     uint64 `json:"begun"`      // answers that set one whose session the request did not name
	TakenOver uint64 `json:"takenOver"`  // answers that set one of the request's session, with other clone IDs (S15)
	Recent    uint64 `json:"tenMinutes"` // different sessions of the last ten minutes, some 3 % more or less
}

// Failures counts failed attempts by what "why" calls their outcome: refused, timeout, io-timeout, 503, reset,
// malformed. That of Healthy is 0.
type Failures [explain.NumFailureModes]uint64

// Total is how many there were.
func (f *Failures) Total() (n uint64) {
	for _, of := range f {
		n += of
	}
	return n
}

// ByReason names them.
func (f *Failures) ByReason() map[string]uint64 {
	out := map[string]uint64{}
	for mode := explain.Refused; mode < explain.NumFailureModes; mode++ {
		out[mode.String()] = f[mode]
	}
	return out
}

// ClusterStatus is a cluster of the configuration in use.
type ClusterStatus struct {
	Cluster string         `json:"cluster"`
	Next    string         `json:"next"`             // where round robin stands, "" before it has started
	Within  *Within        `json:"within,omitempty"` // absent before the first request
	Members []MemberStatus `json:"members"`
}

// Within are times within which requests of a cluster have ended since the process started, or a member has begun to
// answer, in seconds: bounds of the histogram, 0 for more than the last of them.
type Within struct {
	Half float64 `json:"half"`
	Most float64 `json:"most"` // 95 of a hundred
}

// Within reads them off, nil where there was no request.
func (h *Histogram) Within() *Within {
	var total uint64
	for _, n := range h.Counts {
		total += n
	}
	if total == 0 {
		return nil
	}
	return &Within{h.bound((total + 1) / 2), h.bound(total - total/20)}
}

// bound is the upper bound of what a number of requests took no longer than, 0 where that is beyond the last one.
func (h *Histogram) bound(n uint64) float64 {
	var upTo uint64
	for i, bound := range h.Bounds {
		if upTo += h.Counts[i]; upTo >= n {
			return seconds(bound)
		}
	}
	return 0
}

// MemberStatus is a member as this process sees it.
type MemberStatus struct {
	explain.MemberNote
	Work
	Within  *Within  `json:"within,omitempty"` // until the head of an answer; absent before the first one
	New     uint64   `json:"new"`              // requests that were balanced
	Max     int32    `json:"max"`              // MaxConnections, 0 no limit
	Idle    int      `json:"idle"`
	Address []string `json:"address"`
	Down    string   `json:"down,omitempty"` // why the member cannot be reached at all
	// Unusable says why the https Transport cannot be used.
	Unusable string `json:"unusable,omitempty"`
	// Draining: its weight is 0, so it gets no new requests while others do.
	Draining bool `json:"draining"`
	// Changed is what an administrator has said of it beside the file (--admin-write): drained, disabled or a weight.
	Changed string `json:"changed,omitempty"`
	Recent  Recent `json:"recent"`
	// Sick says what is wrong with the member, "" where nothing is: see sickness.
	Sick Sickness `json:"sick,omitempty"`
}

// state is unreachable, marked-down, draining or up.
func (m *MemberStatus) state() string {
	switch {
	case m.Down != "":
		return "unreachable"
	case m.Marked:
		return "marked-down"
	case m.Draining:
		return "draining"
	}
	return "up"
}
