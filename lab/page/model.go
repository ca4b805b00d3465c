package page

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/member"
	labsession "github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/session"
)

// view is what the page shows, gathered anew for each request. Strings are as members and clients wrote them:
// page.html is an html/template, which escapes them.
type view struct {
	Live        bool
	Said, Token string
	Members     []memberView
	Sessions    []sessionView
	Processes   []processView
	Events      []string
	Picked      string // the session of which the next request is shown
	Next        *routecheck.Decision
	Last        *request // of the picked session, or of anybody
	Table       string   // what has sessions outside of the members, in words; "" for nothing
	Rows        []rowView
	RowsErr     error
}

// rowView is a row of the table as the database has it, or an entry of the grid.
type rowView struct {
	database.Row
	Short, Access string
}

// memberView is a box.
type memberView struct {
	Name, CloneID, Keeps string
	State                lab.State
	Pid                  int
	Requests             uint64 // that the web server processes which run now have sent it
	Owned, Unprotected   int
	Held, Orphans        int
	Replicates           bool
	NextLook             string            // of the thread that writes, "" where there is none or it waits to be told
	InGrid               bool              // it keeps sessions for the members
	Grid                 *grid.ServerState // what it says of itself, nil for nothing
	Buttons              []button
}

// sessionView is a session, as its owner has it.
type sessionView struct {
	labsession.State
	Cluster string
	Short   string
	Others  []string // members that have a copy in memory, perhaps an old one
	Age     string   // of the oldest change that is not written, "" where all are
	Loss    string   // what becomes of it when its owner dies now
	Bad     bool     // something would be lost
	Rules   []string
}

// processView is a web server process.
type processView struct {
	URL       string
	Marked    []string
	Partition []string // the partition table: ID=MEMBER[,MEMBER]
}

// patience is how long a member may take to say how things stand. A hung one must not keep the page away, which is to
// show that it hangs.
const patience = time.Second

// look gathers what is shown. Members are asked at once and answer one after the other, so what they say is not of one
// instant: a session that is being taken over may be seen at two members, or at none.
func (h *Handler) look(ctx context.Context, picked string) *view {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	states := h.ask(ctx)
	v := &view{Events: h.Feed.latest(), Sessions: h.sessions(states), Picked: picked}
	requests := map[string]uint64{}
	// what a web server process knows is asked of it directly: it is in this process
	for i := range h.Lab.Processes() {
		p := h.Lab.Proxy(i)
		pv := processView{URL: p.URL}
		pv.Partition = h.partition(p)
		for _, c := range p.Snapshot().Clusters {
			for _, m := range c.Members {
				requests[m.Member] += m.Total
				if m.Marked {
					pv.Marked = append(pv.Marked, fmt.Sprintf("%s, retry in %v s", m.Member, m.RetryIn))
				}
			}
		}
		v.Processes = append(v.Processes, pv)
	}
	for i, m := range h.Lab.Members() {
		v.Members = append(v.Members, box(m, states[i], v.Sessions, requests[m.Name]))
	}
	h.nextRequest(v)
	v.Last = h.Trail.latest(picked)
	h.rows(ctx, v)
	return v
}

// partition is the table of a process in the form in which members tell it (L11), with names in place of clone IDs.
func (h *Handler) partition(p *lab.Process) (entries []string) {
	last := ""
	for _, e := range p.PartitionTable() {
		if name := h.Lab.MemberName(e); e.ID == last {
			entries[len(entries)-1] += "," + name
		} else {
			entries, last = append(entries, e.ID+"="+name), e.ID
		}
	}
	return entries
}

// mostRows is how many rows of the table are shown.
const mostRows = 50

// rows reads the table of sessions, or the grid, where there is one.
func (h *Handler) rows(ctx context.Context, v *view) {
	words := map[string]string{"database": "Rows of the table SESSIONS", "grid": "Entries of the grid"}
	for _, m := range h.Lab.Members() {
		v.Table = cmp.Or(v.Table, words[m.Outside()])
	}
	if v.Table == "" {
		return
	}
	rows, err := h.Lab.Rows(ctx, mostRows)
	v.RowsErr = err
	for _, r := range rows {
		v.Rows = append(v.Rows,
			rowView{r, short(r.ID), time.UnixMilli(int64(r.LastAccess)).UTC().Format("15:04:05.000")})
	}
}

// short is the beginning of a session ID: enough to tell it from others.
func short(id string) string { return id[:min(len(id), 8)] }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}

// ask asks all members that run; one that cannot answer has an empty state. The states stand in the order of
// Lab.Members.
func (h *Handler) ask(ctx context.Context) []member.State {
	states := make([]member.State, len(h.Lab.Members()))
	var all sync.WaitGroup
	for i, m := range h.Lab.Members() {
		if m.State() != lab.Up {
			continue
		}
		all.Go(func() {
			if data, err := m.Control(ctx, "/state", ""); err == nil {
				json.Unmarshal(data, &states[i])
			}
		})
	}
	all.Wait()
	return states
}

// box is what is known of a member.
func box(m *lab.Member, st member.State, sessions []sessionView, requests uint64) memberView {
	b := memberView{Name: m.Name, CloneID: m.CloneID, Keeps: m.Keeps(), State: m.State(),
		Pid: m.Pid(), Requests: requests,
		Unprotected: st.Unprotected, Buttons: ordersOf(m, st.StoreDown)}
	for i := range sessions {
		if sessions[i].Owner == m.Name {
			b.Owned++
		}
	}
	if st.NextLook > 0 {
		b.NextLook = fmt.Sprintf("%.0f s", math.Ceil(float64(st.NextLook)/1000))
	}
	b.InGrid, b.Grid = m.InGrid(), st.Grid
	if r := st.Replication; r != nil {
		b.Replicates, b.Held, b.Orphans = true, r.Held, r.Orphans
	}
	return b
}

// sessions lists each session once: the copy that was used last is that of its owner (M3). At most 200 are shown,
// those that were used last.
func (h *Handler) sessions(states []member.State) []sessionView {
	by := map[labsession.Key]*sessionView{}
	for i, m := range h.Lab.Members() {
		for _, st := range states[i].Sessions {
			key := labsession.Key{App: st.App, ID: st.ID}
			old := by[key]
			switch {
			case old == nil:
				by[key] = &sessionView{State: st, Cluster: m.Cluster}
			case old.LastAccess < st.LastAccess:
				by[key] = &sessionView{State: st, Cluster: m.Cluster, Others: append(old.Others, old.Owner)}
			default:
				old.Others = append(old.Others, st.Owner)
			}
		}
	}
	var list []sessionView
	// ages are told by the clock of the owner, which is that of its changes
	for _, s := range by {
		now := labsession.Millis(0)
		for i := range states {
			if states[i].Member == s.Owner {
				now = states[i].At
			}
		}
		h.finish(s, now)
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b sessionView) int {
		return cmp.Or(cmp.Compare(b.LastAccess, a.LastAccess), cmp.Compare(a.ID, b.ID), cmp.Compare(a.App, b.App))
	})
	return list[:min(len(list), 200)]
}

// finish words what is shown of a session.
func (h *Handler) finish(s *sessionView, now labsession.Millis) {
	s.Short = short(s.ID)
	if s.Unwritten && s.Since > 0 {
		s.Age = fmt.Sprintf("%.1f s", float64(now-s.Since)/1000)
	}
	h.foresee(s, now)
	if h.Policy(s.Cluster).Persistence == session.Grid {
		s.Holders = h.gridServers()
	}
}

// gridServers are those that are up, each with all that is written.
func (h *Handler) gridServers() (names []string) {
	for _, m := range h.Lab.Members() {
		if m.InGrid() && m.State() == lab.Up {
			names = append(names, m.Name)
		}
	}
	return names
}

// nextRequest decides a request of the session that is picked as the first web server process would now, with its
// marks and its partition table. The request is not sent, and nothing of the process changes.
func (h *Handler) nextRequest(v *view) {
	i := slices.IndexFunc(v.Sessions, func(s sessionView) bool { return s.ID == v.Picked })
	if i < 0 {
		return
	}
	target, host := h.Lab.Example()
	rq, err := written.URL(target)
	if err != nil {
		return
	}
	if host != "" {
		rq.Host = host
	}
	name, _ := match.SplitHost(rq.Host)
	rq.Host = fmt.Sprintf("%s:%d", name, h.Lab.Port())
	s := &v.Sessions[i]
	if written.Cookie(&rq, h.Lab.Member(s.Owner).Cookie(s.CacheID, s.ID)) != nil {
		return
	}
	if all := h.Lab.Proxy(0).Explain(rq); len(all) > 0 {
		v.Next = &all[0]
	}
}
