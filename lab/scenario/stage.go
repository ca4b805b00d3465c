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

// Source is a configuration that was read. A stage changes its LogLevel: it is for one test.
type Source struct {
	Config *parser.Config
	Files  *diag.Files
	Policy func(cluster string) session.Policy
	Flavor string
}

// Options say how scenarios run. What a file says of its store or grid gives way to Database and Grid, so that the
// same scenarios can be run on another one.
type Options struct {
	Load       func(path, webServer string) (*Source, error)
	Executable string // a program that runs a member at "lab member"; default this one
	Database   lab.Database
	Grid       lab.Grid
	Clock      string          // manual or real in place of what the file says
	Seed       uint64          // added to the seed of the test; 0 and 0: by chance
	History    *history.Writer // gets all lines; nil for nobody
	Keep       string          // folder of the run, which stays; "" for one that goes
}

// stage is a lab on which a test runs, and what the runner knows of it.
type stage struct {
	lab     *lab.Lab
	source  *Source
	table   *routecheck.Table
	setup   *Setup
	policy  session.Policy // of the first cluster; predictions ask setup.policy for that of theirs
	cookie  string         // name of the session cookie
	host    string
	log     weblog.Log
	history history.Writer
	real    bool // clocks go on by themselves; else they stand where advanced has moved them

	began    time.Time     // from which the history and fates count real time
	advanced time.Duration // what tests have moved the clocks of members and web servers by
	clients  map[string]*browser
	known    sync.Mutex       // what follows and what clients know: a kill test asks and kills at the same time
	fates    map[string]*fate // of members that are not up
	died     map[string]*fate // how a member last went, also when it is up again
	faults   int              // so far; the number of the last one in the history
	armed    map[string]*Step // failpoints that wait, by member
	refusals map[string]int   // connections that a member is to refuse yet
	storeOut bool             // a test has taken the store away from all members
	gridGone bool             // too few of its servers are up
	losses   int              // how often the grid has lost all that it had
	nextAt   string           // where round robin begins in a fresh process; "": at the first primary

	crossovers atomic.Int32 // told by members (D12)
}

// fate is how and when a member went. It is what an administrator could know, too: the prediction gets it as a fact,
// and nothing that the member itself knew.
type fate struct {
	how    string        // kill, stop or shutdown
	moment string        // of a failpoint after which the client has an answer
	inside bool          // by a failpoint: a request is inside
	at     time.Duration // by real time since the stage began, as stage.elapsed
	back   time.Duration // when it was started again, 0: it was not
	clock  time.Duration // the same moment by the clock that members go by
	number int           // of the fault in the history
}

// clientTimeout is for answers that never come.
const clientTimeout = 30 * time.Second

// newStage starts a lab for a test. It returns when all members serve, or with the error that the test may want (its
// key refused).
func newStage(ctx context.Context, t *Test, source *Source, o *Options) (*stage, error) {
	st := &stage{source: source, setup: &t.Setup, clients: map[string]*browser{}, fates: map[string]*fate{},
		died: map[string]*fate{}, armed: map[string]*Step{}, refusals: map[string]int{}, real: t.Setup.Real,
		nextAt: t.next.V}
	if o.Clock != "" {
		st.real = o.Clock == "real"
	}
	// Attempts, marks and the times of steps are read off the plug-in's log, which tells them at Trace only.
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
	// What a later check of the history alone has to know: how sessions are kept, and in whom.
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

// settings are those of each cluster. The first cluster's policy stands for all in histories and where a trail asks
// when something is written, so clusters of a scenario should be set alike.
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

// next is where round robin begins: at the member that the test names, else at the first primary. With a seed it
// begins by chance, which the seed makes the same each time.
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

// traced is a log that shows every step. The file name and all else stay as they are.
func traced(l *parser.Log) *parser.Log {
	var out parser.Log
	if l != nil {
		out = *l
	}
	out.Level = diag.Val[string]{V: "Trace", At: out.Level.At, Valid: true}
	return &out
}

// sessionCookie is the name that the file gives the session cookie: the first one that a Uri names, as clients of the
// lab keep one session.
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

// firstHost is a host that the file serves, for the Host header. Where all aliases are *, any name does.
func firstHost(t *routecheck.Table) string {
	for _, h := range t.Hosts() {
		if h != "" && h != "*" {
			return h
		}
	}
	return "lab.example.com"
}

// now is the clock that members and web servers go by, from 0 at the start of the stage. Ages of changes are told by
// it; who died before whom is told by elapsed.
func (st *stage) now() time.Duration {
	if st.real {
		return st.advanced + time.Since(st.began)
	}
	return st.advanced
}

// micros is a time of the history.
func (st *stage) micros(t time.Time) int64 { return t.Sub(st.began).Microseconds() }

// client is the browser of a name; one that is new begins without a cookie. It is called by one goroutine only.
func (st *stage) client(name string) *browser {
	b := st.clients[name]
	if b == nil {
		b = newBrowser(name, clientTimeout)
		st.clients[name] = b
	}
	return b
}

// member is one by its name. A wrong name is an error of the scenario that the reader cannot see: which members there
// are is known when the configuration has been loaded.
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

// goes notes that a member is not up any more. from is when the deed began: an answer that came since may have been
// given before it or after.
func (st *stage) goes(name, how, moment string, from time.Time) {
	st.known.Lock()
	defer st.known.Unlock()
	st.faults++
	f := &fate{how: how, moment: moment, inside: st.armed[name] != nil, at: from.Sub(st.began), clock: st.now(),
		number: st.faults}
	st.fates[name], st.died[name] = f, f
	st.note(how, name, from)
	// a Redis that dies has lost every session, one that hangs has not
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

// grid notes when the grid is out of reach, and when it is back: with every death and start, since it hangs on how
// many of its servers are up.
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

// clock is for the history, in milliseconds: 0 where it is that of its times, so one that stands at its start is 1.
func (st *stage) clock() int64 {
	if st.real {
		return 0
	}
	return st.now().Milliseconds() + 1
}

// state asks a member what it knows. Only expectations of a state and cells ask; no prediction does, which would be
// told what it is to find out.
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
