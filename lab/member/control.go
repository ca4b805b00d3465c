package member

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/replication"
)

// controlHandler serves what the supervisor orders. What changes something is a POST; each order has been done when
// it is answered, so who orders need not wait for anything else.
func (m *server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /fault", m.listener.ServeFault)
	mux.HandleFunc("GET /seen", m.recorder.ServeSeen)
	mux.HandleFunc("POST /tick", func(http.ResponseWriter, *http.Request) { m.tick() })
	mux.HandleFunc("POST /reap", func(http.ResponseWriter, *http.Request) { m.reap() })
	mux.HandleFunc("POST /clock", m.moveClock)
	mux.HandleFunc("POST /failpoint", m.armFailpoint)
	mux.HandleFunc("POST /store", m.takeStoreDown)
	mux.HandleFunc("GET /state", m.showState)
	return listener.Guard(m.spec.Token, mux)
}

// moveClock is /clock?add=10s.
func (m *server) moveClock(w http.ResponseWriter, rq *http.Request) {
	d, err := time.ParseDuration(rq.FormValue("add"))
	if err != nil || d < 0 {
		http.Error(w, "add="+rq.FormValue("add")+": want a duration from 0 on, as in 10s", http.StatusBadRequest)
		return
	}
	m.clock.add(d)
}

// armFailpoint is /failpoint?at=after-write&do=kill; do=delay waits ms= milliseconds, do=stop halts the process,
// do=none takes the order back.
func (m *server) armFailpoint(w http.ResponseWriter, rq *http.Request) {
	ms := 0
	var err error
	if text := rq.FormValue("ms"); text != "" {
		ms, err = strconv.Atoi(text)
	}
	if err == nil {
		err = m.points.arm(rq.FormValue("at"), rq.FormValue("do"), time.Duration(ms)*time.Millisecond)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// takeStoreDown is /store?down=1, and down=0 to have it up again. It is this member alone that cannot reach the
// store: others may.
func (m *server) takeStoreDown(w http.ResponseWriter, rq *http.Request) {
	down, err := strconv.ParseBool(rq.FormValue("down"))
	switch {
	case err != nil:
		http.Error(w, "down="+rq.FormValue("down")+": want 1 or 0", http.StatusBadRequest)
	case m.outage == nil:
		http.Error(w, "neither a database nor a grid keeps the sessions, so none can be down", http.StatusBadRequest)
	default:
		m.outage.down.Store(down)
	}
}

// State is what a member knows of its sessions: the answer to /state. It is for pages, waits and reports; what a
// scenario predicts is not made of it.
type State struct {
	Member      string          `json:"member"`
	At          session.Millis  `json:"at"`
	Sessions    []session.State `json:"sessions"`
	Holders     []string        `json:"holders,omitempty"` // of the copies of this member's sessions
	Unprotected int             `json:"unprotected"`       // sessions of which there is a store, and no copy in it
	StoreDown   bool            `json:"storeDown,omitempty"`
	Failpoints  []string        `json:"failpoints,omitempty"` // moments that are set and that no request has reached
	NextLook    session.Millis  `json:"nextLook,omitempty"`   // until the write thread looks again; 0: when it is told
	// Replication is how things stand in the member's domain, nil without one.
	Replication *replication.State `json:"replication,omitempty"`
	// Grid is what a server of the grid says of itself, nil of a member.
	Grid *grid.ServerState `json:"grid,omitempty"`
}

// showState gathers what there is, one session after the other: it is no picture of one instant while requests run.
// NextLook is real time, so there is none where the clock stands; a replication domain counts what is unprotected
// itself, since it knows copies of sessions that are not in memory.
func (m *server) showState(w http.ResponseWriter, _ *http.Request) {
	st := State{Member: m.spec.Name, At: m.clock.Now(), Sessions: []session.State{}}
	for _, root := range sortedKeys(m.managers) {
		st.Sessions = append(st.Sessions, m.managers[root].State()...)
	}
	st.Failpoints = m.points.ahead()
	st.StoreDown = m.outage != nil && m.outage.down.Load()
	if c := &m.spec.Session; m.store != nil && c.WriteFrequency == session.TimeBased && !m.spec.ManualClock {
		st.NextLook = max(1, session.Millis(m.looked.Load()-time.Now().UnixMilli()+c.LookEvery().Milliseconds()))
	}
	if m.store != nil {
		st.Holders = m.store.Holders(m.spec.Name)
		for i := range st.Sessions {
			if st.Sessions[i].Replicas == 0 {
				st.Unprotected++
			}
		}
	}
	if m.replication != nil {
		r := m.replication.State()
		st.Replication, st.Unprotected = &r, r.Unprotected
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(st)
}
