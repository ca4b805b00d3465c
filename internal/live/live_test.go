package live_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// rig is members, and the file that names them.
type rig struct {
	members *live.Members
	control string
	xml     string
	table   *match.Table
}

// newRig opens members for what --probe adds to a file.
func newRig(t *testing.T, file string) *rig {
	r := &rig{members: live.NewMembers("127.0.0.1", nil)}
	t.Cleanup(r.members.Close)
	cfg, err := probe.Add(parse(t, file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := probe.Point(cfg, false, r.members.Door); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := parser.Write(&b, cfg.Doc); err != nil {
		t.Fatal(err)
	}
	r.xml = b.String()
	var missing []diag.Diagnostic
	if r.table, missing = routecheck.New(parse(t, r.xml)); len(missing) > 0 {
		t.Fatal(missing)
	}
	server := httptest.NewServer(r.members.Control())
	t.Cleanup(server.Close)
	r.control = server.URL
	return r
}

func parse(t *testing.T, text string) *parser.Config {
	cfg, reports := parser.Parse(diag.NewFiles().Add("f.xml", []byte(text)), []byte(text))
	if diag.Worst(reports) >= diag.Error {
		t.Fatal(reports)
	}
	return cfg
}

// serve starts a proxy for a file, and returns where it listens for plain requests and for TLS.
func serve(t *testing.T, xml string, sem choices.Assumptions) (plain, secure string) {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("probe.xml", []byte(xml)), []byte(xml))
	p, err := proxy.New(t.Context(), generation.Source{
		Read: func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
			return cfg, files, nil, nil
		},
	}, proxy.Options{Assumptions: &sem})
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	cert := certtest.NewAuthority(t).Pair(t, "127.0.0.1")
	for _, cfg := range []*tls.Config{nil, {Certificates: []tls.Certificate{cert}}} {
		inner, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go p.Serve(&proxy.Listener{Listener: inner, TLS: cfg})
		addresses = append(addresses, inner.Addr().String())
	}
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		p.Shutdown(now)
	})
	return addresses[0], addresses[1]
}

// base is what verify assumes of the bundled proxy.
func base(t *testing.T) choices.Assumptions {
	sem, err := choices.Defaults("latest", "proxy")
	if err != nil {
		t.Fatal(err)
	}
	return sem
}

const every = 1<<choices.NumChoices - 1

// planner plans for a rig.
func (r *rig) planner(sem choices.Assumptions) *question.Planner {
	return &question.Planner{Judge: question.Judge{Table: r.table, Base: sem, Among: every}, TLS: true, Members: true}
}

func (r *rig) driver(plain, secure string) *live.Driver {
	sem, _ := choices.Defaults("latest", "proxy")
	return &live.Driver{Table: r.table, Assumptions: &sem, Target: live.Target{Plain: plain, TLS: secure},
		Members: &live.Remote{URL: r.control}, Run: "test", Clock: live.Wall{}}
}

// silent are the choices that nothing tells from outside, or that this file does not ask for.
var silent = []choices.Choice{choices.OpenRoute, choices.SingleMemberWeight, choices.SingleMemberConnectRetry,
	choices.ReloadState, choices.ExtendedHandshake, choices.Probe503BeforeFix}

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	os.Exit(sharedtest.Waiting{M: m}.Run())
}

// TestRecognised: each value of each choice that can be told is recognised in a proxy that was started with it, and
// all others are ruled out. Nothing is contradicted. All values of a choice are tried: of every other choice, in the
// short form of one in eight, in the long form of each; the longest form asks everything of each, which takes minutes.
func TestRecognised(t *testing.T) {
	t.Parallel()
	sem := base(t)
	all := newRig(t, "<Config/>").planner(sem)
	whole := sync.OnceValue(all.Plan)
	for c := range choices.NumChoices {
		if slices.Contains(silent, c) || testing.Short() && c%8 != 2 || !sharedtest.Long() && c%2 != 0 {
			continue
		}
		alone := *all
		alone.Among = 1 << c
		if c == choices.MergeSlashes {
			alone.Among |= 1 << choices.PathNormalisation // they are asked where the path is cleaned up
		}
		j, plans := alone.Judge, sync.OnceValue(func() []*question.Plan { return apart(alone.Plan()) })
		if sharedtest.Everything() {
			j, plans = all.Judge, func() []*question.Plan { return []*question.Plan{whole()} }
		}
		for v := range c.NumValues() {
			truth := sem.With(c, v)
			if sharedtest.Everything() && sem.Index(c) == v && c > 0 {
				continue // one run shows what is known of the values that are assumed
			}
			if c == choices.MergeSlashes {
				truth = truth.With(choices.PathNormalisation, choices.CleanPath)
			}
			t.Run(question.SettingWords(c, v), func(t *testing.T) {
				t.Parallel()
				inTime(t, func(report reporter) {
					found := j.Findings(executeAll(t, report, "<Config/>", plans(), truth))
					recognised(report, j.Table, found, c, &truth)
				})
			})
		}
	}
}

// apart makes plans of one, of a single process: of what is asked of each cluster where retry intervals are waited
// for, and of the rest.
func apart(plan *question.Plan) []*question.Plan {
	rest := &question.Plan{}
	plans := []*question.Plan{rest}
	waiting := map[match.ClusterID]*question.Plan{}
	for _, q := range plan.Questions {
		to := rest
		if slices.ContainsFunc(q.Steps, func(s question.Step) bool { return s.Wait > 0 }) {
			if waiting[q.Cluster] == nil {
				waiting[q.Cluster] = &question.Plan{}
				plans = append(plans, waiting[q.Cluster])
			}
			to = waiting[q.Cluster]
		}
		to.Questions = append(to.Questions, q)
	}
	return plans
}

// executeAll asks plans at once, each at a proxy and members of its own for a file, and returns what was asked as one
// run.
func executeAll(t *testing.T, report reporter, file string, plans []*question.Plan, truth choices.Assumptions,
) *question.Run {
	runs, errs := make([]*question.Run, len(plans)), make([]error, len(plans))
	var asking sync.WaitGroup
	for i, plan := range plans {
		r := newRig(t, file)
		driver := r.driver(serve(t, r.xml, truth))
		asking.Go(func() {
			runs[i], errs[i] = driver.Execute(t.Context(), plan)
		})
	}
	asking.Wait()
	if err := errors.Join(errs...); err != nil {
		report.Errorf("%v", err)
	}
	all := runs[0]
	for _, r := range runs[1:] {
		all.Asked = append(all.Asked, r.Asked...)
	}
	return all
}

// TestToldElsewhere: what --probe does not ask is told where the user's file asks it, or the level of the plug-in.
func TestToldElsewhere(t *testing.T) {
	t.Parallel()
	old, err := choices.Defaults("7.0.0.13", "proxy")
	if err != nil {
		t.Fatal(err)
	}
	open := strings.Replace(ordinary, "<Route ",
		`<UriGroup Name="o"><Uri Name="/open/*"/></UriGroup><Route ServerCluster="shop" UriGroup="o"/><Route `, 1)
	for _, told := range []struct {
		file   string
		base   choices.Assumptions
		choice choices.Choice
		values []uint8
	}{
		{open, base(t), choices.OpenRoute, []uint8{choices.OpenMatchesAll, choices.OpenNever}},
		{"<Config/>", old, choices.Probe503BeforeFix, []uint8{0, 1}},
	} {
		for _, v := range told.values {
			t.Run(question.SettingWords(told.choice, v), func(t *testing.T) {
				t.Parallel()
				if told.choice == choices.Probe503BeforeFix && !sharedtest.Long() {
					t.Skip("it waits for retry intervals for six seconds; WASPLUG_LONG=1 runs it")
				}
				inTime(t, func(report reporter) {
					p := newRig(t, told.file).planner(told.base)
					p.Among = 1 << told.choice
					f := p.Findings(executeAll(t, report, told.file, apart(p.Plan()), told.base.With(told.choice, v)))
					if got, ok := f.Choices[0].Settled(); !ok || got != v {
						report.Errorf("%v agree", f.Choices[0].Agrees)
					}
					nothingContradicted(report, p.Table, f)
				})
			})
		}
	}
}

// leastSettled is how many choices are settled whatever the values are: an unexpected one may hide the difference
// between those of another.
const leastSettled = 28

// recognised reports what was not learnt of a proxy: the value of the choice that it was started with, and most
// others.
func recognised(t reporter, table *match.Table, f *question.Findings, asked choices.Choice,
	truth *choices.Assumptions) {
	nothingContradicted(t, table, f)
	settled := 0
	for _, c := range f.Choices {
		v, ok := c.Settled()
		if ok {
			settled++
		}
		switch {
		case !slices.Contains(c.Agrees, truth.Index(c.Choice)):
			t.Errorf("%s is ruled out: %v", question.SettingWords(c.Choice, truth.Index(c.Choice)), c.RuledOut)
		case c.Choice == asked && !ok:
			t.Errorf("%s is not settled: %v agree", c.Choice, c.Agrees)
		case c.Choice == asked && v != truth.Index(c.Choice):
			t.Errorf("%s was settled", question.SettingWords(c.Choice, v))
		}
	}
	if sharedtest.Everything() && settled < leastSettled {
		t.Errorf("%d choices are settled", settled)
	}
}

func nothingContradicted(t reporter, table *match.Table, f *question.Findings) {
	noteLate(t, f)
	for _, c := range f.Contradictions {
		t.Errorf("contradicted: %s, request %d: %s: expected %q, seen %s", c.Asked.Question.Name, c.Asked.Step+1,
			c.Asked.Question.Steps[c.Asked.Step].Words(), c.Expected, question.Observed(table, &c.Asked.Seen))
	}
	for _, q := range f.Unfinished {
		t.Errorf("unfinished: %s", q.Name)
	}
	for _, q := range f.Untold {
		t.Errorf("too late to tell: %s", q.Name)
	}
}

// noteLate notes how late answers came: a run with late ones is made again.
func noteLate(t reporter, f *question.Findings) {
	if n, ok := t.(*notes); ok {
		n.late = max(n.late, f.Late)
	}
}
