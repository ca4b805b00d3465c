package lint

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Options tune a run. The zero Options are the default profile at the latest plug-in level.
type Options struct {
	// today, for dates in ignores and clone IDs; zero: dates are not judged
	Now      time.Time
	Resolver func(ctx context.Context, host string) error // looks a host name up (WP510); nil: nothing is looked up
	// looks at a file on this machine (WP825); nil: nothing is looked at
	Inspect func(path string) (problem string)
	Context context.Context // of Resolver; nil: none
	Target  string          // plug-in level, such as 8.5.5.20; "" is the latest
	Profile string          // one of Profiles; "" is default
	// persistence of sessions, "memory-to-memory" for WP312; a fact about the servers, not of the file
	Session string
	Rules   map[string]RuleSetting // by code
}

// RuleSetting is what a settings file says of one rule.
type RuleSetting struct {
	Off      bool
	Severity diag.Severity // 0: that of the rule
	Options  map[string][]int
}

// CheckTarget reports a plug-in level that nobody knows.
func CheckTarget(target string) error {
	if target == "liberty" || target == "" {
		return nil
	}
	_, err := choices.Level(target)
	return err
}

// Input is a file to check: a Config and what Parse found. Content that was built rather than parsed has none.
type Input struct {
	File    diag.FileID
	Config  *parser.Config
	Reports []diag.Diagnostic

	// Groups names the groups of the file. Rules about several files see those together that share one; files without
	// a group are one, too.
	Groups []string

	// Sessions says what the servers of a cluster do with sessions, by its name, where that is known: a topology says
	// it.
	Sessions map[string]Session
}

// Session is what the servers of a cluster do with sessions, and where that is written.
type Session struct {
	Policy  session.Policy
	Known   bool          // the persistence is written
	Timeout time.Duration // 0: not written
	Level   string        // of tuning, "" for none
	Written map[string]diag.Span
	Cluster diag.Span
}

// At returns where the first of some settings that is written stands, else the cluster.
func (s *Session) At(settings ...string) diag.Span {
	for _, name := range settings {
		if at, ok := s.Written[name]; ok {
			return at
		}
	}
	return s.Cluster
}

// Read parses the files of a register.
func Read(files *diag.Files, ids ...diag.FileID) []Input {
	inputs := make([]Input, len(ids))
	for i, id := range ids {
		inputs[i].File = id
		inputs[i].Config, inputs[i].Reports = parser.Parse(id, files.Source(id))
	}
	return inputs
}

// Run asks rules about files together: rules about several files see all of them. The findings are sorted by file name
// and place; neither the order of the inputs nor anything outside of them and the options has an influence.
func Run(rules []*Rule, files *diag.Files, inputs []Input, o Options) []diag.Diagnostic {
	passes := newPasses(rules, files, inputs, &o)
	active := o.active(rules)
	for _, p := range passes {
		p.check(active)
	}
	causes(passes, active)
	var out []diag.Diagnostic
	for i, p := range passes {
		found := p.finish(active)
		if i > 0 && passes[i-1].file == p.file { // two web servers of one topology
			n := len(out)
			for n > 0 && out[n-1].Span.File == p.file {
				n--
			}
			found = append(out[n:len(out):len(out)], found...)
			diag.Sort(found)
			out, found = out[:n], compact(found)
		}
		out = append(out, found...)
	}
	return out
}

// check asks every rule, as many at once as there are processors: none knows what another has found. The findings come
// in the order of the rules. Each copy has findings and a rule of its own; all else of a pass is read only, or made
// behind its Memo.
func (p *Pass) check(active []*Rule) {
	found := make([][]*Finding, len(active))
	var next atomic.Int32
	var askers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		askers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(active); i = int(next.Add(1)) - 1 {
				q := *p
				q.Rule = active[i]
				q.Rule.Check(&q)
				found[i] = q.findings
			}
		})
	}
	askers.Wait()
	p.findings = slices.Concat(found...)
}

// newPasses orders the passes by the names of the files, so that rules about several of them report in the later one
// whatever the order on the command line.
func newPasses(rules []*Rule, files *diag.Files, inputs []Input, o *Options) []*Pass {
	passes := make([]*Pass, 0, len(inputs))
	for _, in := range inputs {
		p := &Pass{Config: in.Config, Options: o, Files: files, file: in.File, Reports: in.Reports, groups: in.Groups,
			Sessions: in.Sessions, Memo: new(Memo),
			rules: rules}
		p.Table, p.Rejects = routecheck.New(in.Config)
		p.Fragment = slices.ContainsFunc(in.Reports,
			func(d diag.Diagnostic) bool { return d.Rule.Code == diag.NotAConfig })
		passes = append(passes, p)
	}
	slices.SortStableFunc(passes, func(a, b *Pass) int {
		return strings.Compare(files.Name(a.file), files.Name(b.file))
	})
	for _, p := range passes {
		p.Run = passes
	}
	return passes
}

// active returns the rules that can report something under the options.
func (o *Options) active(rules []*Rule) []*Rule {
	var active []*Rule
	for _, r := range rules {
		if set := o.Rules[r.Code]; r.Check != nil && !set.Off && o.profile().includes(r) {
			active = append(active, r)
		}
	}
	return active
}

// finish applies what stands above the rules: silencing, severities, ignores, the profile. The order counts: an
// ignored finding, and one that the profile hides, still make others pointless, for it is as true as it was.
func (p *Pass) finish(active []*Rule) []diag.Diagnostic {
	byCode := make(map[string]*Rule, len(active))
	for _, r := range active {
		byCode[r.Code] = r
	}
	findings := silence(p.findings, byCode)
	for _, f := range findings {
		f.Severity = p.Options.severity(byCode[f.Rule.Code], f.Severity)
	}
	prof := p.Options.profile()
	var out []diag.Diagnostic
	written := p.written()
	for _, f := range p.applyIgnores(findings, byCode) {
		if prof.shows(f.Severity) {
			f.word()
			if !written {
				f.Fix = nil
			}
			out = append(out, f.Diagnostic)
		}
	}
	diag.Sort(out)
	return compact(out)
}

// Apply makes of diagnostics that carry a rule's code and were not found by Run what the options make of findings:
// none where the rule is off, none below what the profile shows, the severity that they set.
func (o *Options) Apply(rules []*Rule, ds []diag.Diagnostic) []diag.Diagnostic {
	active := o.active(rules)
	var out []diag.Diagnostic
	for _, d := range ds {
		if d.Rule.Code != "" {
			i := slices.IndexFunc(active, func(r *Rule) bool { return r.Code == d.Rule.Code })
			if i < 0 {
				continue
			}
			if d.Severity = o.severity(active[i], d.Severity); !o.profile().shows(d.Severity) {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

// written reports whether the content stands in the file as XML. That of a topology has places in its YAML, where no
// repair fits.
func (p *Pass) written() bool {
	for _, n := range p.Config.Doc.Nodes {
		if n.Kind == parser.Element {
			return p.Files.Text(n.NameSpan) == n.Name
		}
	}
	return true
}

// severity of a finding: the settings may raise or lower all findings of a rule.
func (o *Options) severity(r *Rule, s diag.Severity) diag.Severity {
	if r == nil {
		return s
	}
	if set := o.Rules[r.Code]; set.Severity != 0 {
		return set.Severity
	}
	return o.profile().adjust(r, s)
}

// compact drops findings that say the same of the same place. Sorted, they stand beside each other. Rules may find one
// place in two ways, and two web servers of a topology share most of their content.
func compact(ds []diag.Diagnostic) []diag.Diagnostic {
	return slices.CompactFunc(ds, func(a, b diag.Diagnostic) bool {
		return a.Span == b.Span && a.Rule == b.Rule && a.Message == b.Message
	})
}

// regions are spans of one file, ordered by their start.
type regions []region

type region struct {
	start, end int32 // end is the furthest of all up to here
}

// brokenText returns where the text is not well-formed.
func brokenText(findings []*Finding) (out regions) {
	for _, f := range findings {
		if f.Rule.Code == diag.XMLSyntax {
			out = append(out, region{f.Span.Start, f.Span.End})
		}
	}
	slices.SortFunc(out, func(a, b region) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(out); i++ {
		out[i].end = max(out[i].end, out[i-1].end)
	}
	return out
}

// touch reports whether a span lies within one of the regions, holds one, or shares a part with one. An empty span
// counts as the byte behind it.
func (rs regions) touch(s diag.Span) bool {
	i, _ := slices.BinarySearchFunc(rs, max(s.End, s.Start+1), func(r region, end int32) int {
		return cmp.Compare(r.start, end)
	})
	return i > 0 && rs[i-1].end >= min(s.End, s.Start+1)
}

// silence drops the findings that another one makes pointless.
func silence(findings []*Finding, rules map[string]*Rule) []*Finding {
	type mute struct {
		code string
		key  any
	}
	muted := map[mute]bool{}
	for _, f := range findings {
		for _, code := range rules[f.Rule.Code].Suppresses {
			for _, key := range f.about {
				muted[mute{code, key}] = true
			}
		}
	}
	// What is dropped for broken text has muted what follows from it: that is no more certain than it.
	if broken := brokenText(findings); len(broken) > 0 {
		findings = slices.DeleteFunc(findings, func(f *Finding) bool {
			return rules[f.Rule.Code].NeedsWellFormed && broken.touch(f.Span)
		})
	}
	if len(muted) == 0 {
		return findings
	}
	return slices.DeleteFunc(findings, func(f *Finding) bool {
		return slices.ContainsFunc(f.about, func(key any) bool { return muted[mute{f.Rule.Code, key}] })
	})
}
