package scenario

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/scenario/weblog"
	labsession "github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Source is a configuration that was read.
type Source struct {
	Config *parser.Config
	Files  *diag.Files
	Policy func(cluster string) session.Policy
	Flavor string
}

// Options say how scenarios run.
type Options struct {
	Load       func(path, webServer string) (*Source, error)
	Executable string // a program that runs a member at "lab member"; default this one
	Database   lab.Database
	Grid       lab.Grid
	Clock      string // manual or real in place of what the file says
	Seed       uint64
	History    *history.Writer // gets all lines; nil for nobody
	Keep       string
}

// stage is a lab on which a test runs, and what the runner knows of it.
type stage struct {
	lab     *lab.Lab
	source  *Source
	table   *routecheck.Table
	setup   *Setup
	policy  session.Policy // of the one cluster, or of the first
	cookie  string         // name of the session cookie
	host    string
	log     weblog.Log
	history history.Writer
	real    bool

	began    time.Time
	advanced time.Duration
	clients  map[string]*browser
	known    sync.Mutex       // what follows and what clients know: a kill test asks and kills at the same time
	fates    map[string]*fate // of members that are not up
	died     map[string]*fate // how a member last went, also when it is up again
	faults   int
	armed    map[string]*Step // failpoints that wait, by member
	refusals map[string]int   // connections that a member is to refuse yet
	storeOut bool
	gridGone bool   // too few of its servers are up
	losses   int    // how often the grid has lost all that it had
	nextAt   string // where round robin begins in a fresh process; "": at the first primary

	crossovers atomic.Int32 // told by members (D12)
}

// fate is how and when a member went.
type fate struct {
	how    string // kill, stop or shutdown
	moment string // of a failpoint after which the client has an answer
	inside bool   // by a failpoint: a request is inside
	at     time.Duration
	back   time.Duration // when it was started again, 0: it was not
	clock  time.Duration
	number int // of the fault in the history
}

// clientTimeout is for answers that never come.
const clientTimeout = 30 * time.Second

// newStage starts a lab for a test.
func newStage(ctx context.Context, t *Test, source *Source, o *Options) (*stage, error) {
	st := &stage{source: source, setup: &t.Setup, clients: map[string]*browser{}, fates: map[string]*fate{},
		died: map[string]*fate{}, armed: map[string]*Step{}, refusals: map[string]int{}, real: t.Setup.Real,
		nextAt: t.next.V}
	if o.Clock != "" {
		st.real = o.Clock == "real"
	}
	source.Config.Log = traced(source.Config.Log)
	st.table, _ = match.New(source.Config)
	st.cookie, st.host = sessionCookie(source.Config), firstHost(st.table)
	opt := lab.Options{Config: source.Config, Files: source.Files, Executable: o.Executable,
		Assumptions: &t.Setup.Assumptions,
		Processes:   t.Setup.Processes, Replicators: t.Setup.Replicators, Database: o.Database, Grid: o.Grid,
		Manual: !st.real,
		Seed:   o.Seed + t.seed, Next: st.next(t), Keep: o.Keep, PluginLog: &st.log, OnEvent: st.hears}
	if t.Setup.Store != "" && opt.Database.Kind == "" {
		opt.Database.Kind = t.Setup.Store
	}
	if t.Setup.Grid != "" && opt.Grid.Kind == "" {
		opt.Grid.Kind = t.Setup.Grid
	}
	opt.Database.Largest = t.Setup.LargestColumn
	if err := st.settings(&opt); err != nil {
		return nil, err
	}
	var err error
	st.began = time.Now()
	if st.lab, err = lab.Start(ctx, opt); err != nil {
		return nil, err
	}
	begin := &history.Line{Op: history.Begin, Persistence: st.policy.Persistence.String(), Holders: st.holders()}
	if st.policy.Persistence == session.Database {
		begin.Database = cmp.Or(opt.Database.Kind, "sqlite")
	}
	st.history.Add(begin)
	return st, nil
}

// holders are the members that hold copies, nil for all: in client mode the replicators (M2).
func (st *stage) holders() (names []string) {
	if st.policy.Mode != session.Client {
		return nil
	}
	for _, m := range st.lab.Members() {
		if m.Replicates() {
			names = append(names, m.Name)
		}
	}
	return names
}

// settings are those of each cluster; the first cluster's policy stands for all in histories.
func (st *stage) settings(opt *lab.Options) error {
	by := map[string]lab.Sessions{}
	for i := range st.table.Clusters {
		name := st.table.Clusters[i].Name
		p, err := st.setup.policy(st.source, name)
		if err != nil {
			return err
		}
		if i == 0 {
			st.policy = p
		}
		by[name] = st.setup.members(p)
	}
	opt.Sessions = func(cluster string) lab.Sessions { return by[cluster] }
	return nil
}

// next is where round robin begins: at the member that the test names, else at the first primary.
func (st *stage) next(t *Test) func(cluster string) int {
	return func(cluster string) int {
		if t.seed != 0 {
			return -1
		}
		id, _ := st.table.ClusterByName(cluster)
		c := &st.table.Clusters[id]
		at := slices.IndexFunc(c.Primary, func(m match.MemberID) bool { return c.Members[m].Name == st.nextAt })
		return max(at, 0)
	}
}

// hears counts what members tell of sessions that two of them served at once.
func (st *stage) hears(e lab.Event) {
	if !bytes.Contains(e.Line, []byte(labsession.Crossover)) {
		return // most lines tell of a write, one for each request
	}
	var told labsession.Event
	if json.Unmarshal(e.Line, &told) == nil && told.Event == labsession.Crossover {
		st.crossovers.Add(1)
	}
}

// traced is a log that shows every step.
func traced(l *parser.Log) *parser.Log {
	var out parser.Log
	if l != nil {
		out = *l
	}
	out.Level = diag.Val[string]{V: "Trace", At: out.Level.At, Valid: true}
	return &out
}

// sessionCookie is the name that the file gives the session cookie.
func sessionCookie(cfg *parser.Config) string {
	for _, g := range cfg.UriGroups {
		for _, u := range g.Uris {
			if u.AffinityCookie.Set() && u.AffinityCookie.V != "" {
				return u.AffinityCookie.V
			}
		}
	}
	return "JSESSIONID"
}

// firstHost is a host that the file serves.
func firstHost(t *routecheck.Table) string {
	for _, h := range t.Hosts() {
		if h != "" && h != "*" {
			return h
		}
	}
	return "lab.example.com"
}

// now is the clock that members and web servers go by.
func (st *stage) now() time.Duration {
	if st.real {
		return st.advanced + time.Since(st.began)
	}
	return st.advanced
}

// micros is a time of the history.
func (st *stage) micros(t time.Time) int64 { return t.Sub(st.began).Microseconds() }

func (st *stage) client(name string) *browser {
	b := st.clients[name]
	if b == nil {
		b = newBrowser(name, clientTimeout)
		st.clients[name] = b
	}
	return b
}

// member is one by its name.
func (st *stage) member(name string) (*lab.Member, error) {
	if m := st.lab.Member(name); m != nil {
		return m, nil
	}
	var all []string
	for _, m := range st.lab.Members() {
		all = append(all, m.Name)
	}
	return nil, diag.Errorf("no member is named %q%s; there are %s",
		name, diag.DidYouMean(name, all), strings.Join(all, ", "))
}

// goes notes that a member is not up any more.
func (st *stage) goes(name, how, moment string, from time.Time) {
	st.known.Lock()
	defer st.known.Unlock()
	st.faults++
	f := &fate{how: how, moment: moment, inside: st.armed[name] != nil, at: from.Sub(st.began), clock: st.now(),
		number: st.faults}
	st.fates[name], st.died[name] = f, f
	st.note(how, name, from)
	if m := st.lab.Member(name); m != nil && m.Forgets() && how != doStop {
		st.losses++
	}
	st.grid(from)
}

// comes notes that a member serves again: one that was started has nothing in memory, one that hung has all it had.
func (st *stage) comes(name, how string, from time.Time) {
	st.known.Lock()
	defer st.known.Unlock()
	if f := st.fates[name]; f != nil {
		if how == history.Start {
			f.back = from.Sub(st.began)
		}
		for _, b := range st.clients {
			b.resumes(name, f.inside && st.policy.Frequency == session.EndOfService, how == history.Start)
		}
	}
	delete(st.fates, name)
	st.note(how, name, from)
	if m := st.lab.Member(name); m != nil && m.Forgets() && how == doStart {
		st.storeEvent(history.StoreLost, from)
	}
	st.grid(from)
}

// grid notes when the grid is out of reach, and when it is back.
func (st *stage) grid(from time.Time) {
	was := st.gridGone
	st.gridGone = !st.lab.GridWorks()
	switch {
	case st.gridGone && !was:
		st.storeEvent(history.StoreDown, from)
	case was && !st.gridGone:
		st.storeEvent(history.StoreUp, from)
	}
}

// storeEvent is what became of the database or the grid.
func (st *stage) storeEvent(text string, from time.Time) {
	st.history.Add(&history.Line{T0: st.micros(from), T1: st.micros(time.Now()), Clock: st.clock(), Op: history.Store,
		Text: text})
}

// outside reports a store that is no member's.
func (st *stage) outside() bool {
	return st.policy.Persistence == session.Database || st.policy.Persistence == session.Grid
}

// storeDown says that members cannot reach what is outside of them.
func (st *stage) storeDown() bool { return st.storeOut || st.gridGone }

// note writes an event to the history.
func (st *stage) note(op, name string, from time.Time) {
	st.history.Add(
		&history.Line{T0: st.micros(from), T1: st.micros(time.Now()), Clock: st.clock(), Op: op, Member: name,
			Kill: st.faults})
}

// clock is for the history: 0 where it is that of its times.
func (st *stage) clock() int64 {
	if st.real {
		return 0
	}
	return st.now().Milliseconds() + 1
}

// state asks a member what it knows.
func (st *stage) state(ctx context.Context, m *lab.Member) (member.State, error) {
	var s member.State
	text, err := m.Control(ctx, "/state", "")
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", m.Name, err)
	}
	return s, nil
}

// up lists the members that serve.
func (st *stage) up() (all []*lab.Member) {
	for _, m := range st.lab.Members() {
		if m.State() == lab.Up {
			all = append(all, m)
		}
	}
	return all
}
