package replay

import (
	"math/bits"
	"slices"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// What says in what a log and the core disagree.
type What string

// The kinds of disagreement.
const (
	routeDiffers     What = "route"     // which cluster, or whether there is a Route
	patternDiffers   What = "pattern"   // which Uri of which group was found, or which alias
	cookieDiffers    What = "cookie"    // under which name the session is looked for
	cloneDiffers     What = "clone"     // which clone IDs are compared, and whose it is
	memberDiffers    What = "member"    // who gets an attempt
	transportDiffers What = "transport" // the address that the request is sent to
	endDiffers       What = "end"       // whether the request ends without another attempt
	markDiffers      What = "mark"      // whether a failure marks the member down
	stateDiffers     What = "state"     // what a status line says of a member whose state follows from the log
	weightDiffers    What = "weight"    // the weight that a line about a pick shows
)

// Disagreement is a line of the log that the core would not have written.
type Disagreement struct {
	Place  requests.Place
	Thread pluginlog.Thread
	What   What
	Rule   string          // by which the core would not have written the line, such as R22
	Logged string          // what the log has, in words
	Ours   []string        // what the core would have done, every outcome of chance
	Steps  []failover.Step // of the first of them
	Fits   []Setting       // single choices under which the core agrees with the log
}

// Setting is an open choice with a value.
type Setting struct {
	Choice choices.Choice
	Value  uint8 // index into the choice's values
}

// ValueVerdict says what the log has to say about one value of an open choice.
type ValueVerdict struct {
	Setting
	RuledOut bool
	At       requests.Place // the first line that rules it out
}

// Evidence is what the log says about an open choice that a decision consulted. The other choices are held at their
// base values.
type Evidence struct {
	Choice choices.Choice
	Values []ValueVerdict // in the order of the choice's values
}

// Allowed returns how many values the log allows; 0 says that none fits every line.
func (e *Evidence) Allowed() (n int) {
	for _, v := range e.Values {
		if !v.RuledOut {
			n++
		}
	}
	return n
}

// Settled returns the only value that the log allows while it rules out every other; false when there is none.
func (e *Evidence) Settled() (value uint8, ok bool) {
	for _, v := range e.Values {
		if !v.RuledOut {
			value = v.Value
		}
	}
	return value, e.Allowed() == 1
}

// Report is the outcome of a replay.
type Report struct {
	Decisions int64 // decisions of the log that could be checked: Routes not found, members chosen, requests given up
	Agreed    int64
	// further lines that could be checked: Uris and aliases found, cookies looked for, clone IDs compared, Transports
	Lines       int64
	LinesAgreed int64
	// decisions about members or requests that the configuration or the log does not tell enough of
	Unchecked int64
	ByTable   int64    // those of them that the partition table may have made, which no log holds (R28)
	Strangers []string // members that get attempts and that the file does not have, in the order of the log
	// states of members that a line set right, because the log does not hold their history
	Synchronised int64
	Mismatches   int64 // disagreements
	// those that no single choice explains: they weaken what the log says about the choices
	Unexplained   int64
	Disagreements []Disagreement // the first of them
	Choices       []Evidence     // those consulted, in their order
}

const maxKept = 1000

// Replay holds a log against the core. Add its events in order, then ask for the Report.
type Replay struct {
	reader   *reader
	base     *machine
	variants []variant
	evidence map[choices.Choice]*Evidence // of the choices that the base has consulted
	report   Report
}

// variant is a machine in which one choice has another value.
type variant struct {
	Setting
	m      *machine
	agrees bool // about the operation under way
}

// New returns a Replay under a configuration and the base values of the open choices.
func New(t *match.Table, sem choices.Assumptions) *Replay {
	r := &Replay{base: newMachine(t, sem), evidence: map[choices.Choice]*Evidence{}}
	r.reader = newReader(r.play)
	return r
}

// NextFile says that the events that follow come from the next file.
func (r *Replay) NextFile() { r.reader.nextFile() }

// Add takes the next event. It keeps nothing of it.
func (r *Replay) Add(e *pluginlog.Event) { r.reader.add(e) }

// Report returns what was found so far.
func (r *Replay) Report() *Report {
	out := r.report
	for c := range choices.All() {
		if e := r.evidence[choices.Choice(c)]; e != nil {
			out.Choices = append(out.Choices, *e)
		}
	}
	return &out
}

// play plays an operation on the base and on every variant. A choice that the base consults for the first time gets
// variants that begin just before this operation.
func (r *Replay) play(o *op) {
	// The base plays first: only then it is known which choices the operation consults, and before puts a copy of the
	// base back to where it was.
	before := r.base.consulted()
	base := r.base.play(o)
	for news := r.base.consulted() &^ before; news != 0; news &= news - 1 {
		r.vary(choices.Choice(bits.TrailingZeros64(news)))
	}
	for i := range r.variants {
		r.variants[i].agrees = r.variants[i].m.play(o).mismatch == nil
	}
	r.count(&base)
	r.judge(o, base.mismatch)
}

func (r *Replay) vary(c choices.Choice) {
	values := choices.All()[c].Values
	e := &Evidence{Choice: c}
	for v := range uint8(len(values)) {
		s := Setting{c, v}
		e.Values = append(e.Values, ValueVerdict{Setting: s})
		// The base plays its own value. Variants differ from it in one choice: all combinations would be too many, see
		// Evidence.
		if values[v] != r.base.sem.Value(c) {
			r.variants = append(r.variants, variant{Setting: s, m: r.base.before(r.base.sem.With(c, v))})
		}
	}
	r.evidence[c] = e
}

// count counts what the base says: a report is about the values that were asked for.
func (r *Replay) count(base *result) {
	r.report.Synchronised += int64(base.synced)
	switch {
	case base.line:
		r.report.Lines++
		if base.mismatch == nil {
			r.report.LinesAgreed++
		}
	case base.decision:
		r.report.Decisions++
		if base.mismatch == nil {
			r.report.Agreed++
		}
	case base.unchecked:
		r.report.Unchecked++
		r.stranger(base.stranger)
		if base.byTable {
			r.report.ByTable++
		}
	}
}

const maxStrangers = 100

func (r *Replay) stranger(name string) {
	if all := r.report.Strangers; name != "" && len(all) < maxStrangers && !slices.Contains(all, name) {
		r.report.Strangers = append(all, keep(name))
	}
}

// judge draws conclusions. Where the base agrees, a variant that does not is ruled out. Where the base disagrees and
// the values of one choice alone explain the line, its base value is ruled out; where several choices would, the line
// proves nothing about any.
func (r *Replay) judge(o *op, base *mismatch) {
	var fits []Setting
	for i := range r.variants {
		v := &r.variants[i]
		switch {
		case base == nil && !v.agrees:
			r.ruleOut(v.Setting, o.place)
		case base != nil && v.agrees:
			fits = append(fits, v.Setting)
		}
	}
	if base == nil {
		return
	}
	r.report.Mismatches++
	if len(fits) == 0 {
		r.report.Unexplained++
	}
	// All are counted, the first kept: a log that is about another file disagrees on every line.
	if len(r.report.Disagreements) < maxKept {
		r.report.Disagreements = append(r.report.Disagreements,
			Disagreement{o.place, o.thread, base.what, base.rule, keep(base.logged), base.ours, base.steps, fits})
	}
	// Variants stand choice by choice, so the first and the last say whether all are of one choice.
	if len(fits) > 0 && fits[0].Choice == fits[len(fits)-1].Choice {
		r.onlyFits(fits, o.place)
	}
}

// onlyFits rules out the values of a choice that do not explain a line which others of its values do.
func (r *Replay) onlyFits(fits []Setting, at requests.Place) {
	for _, v := range r.evidence[fits[0].Choice].Values {
		explains := false
		for _, f := range fits {
			explains = explains || f == v.Setting
		}
		if !explains {
			r.ruleOut(v.Setting, at)
		}
	}
}

func (r *Replay) ruleOut(s Setting, at requests.Place) {
	if v := &r.evidence[s.Choice].Values[s.Value]; !v.RuledOut {
		v.RuledOut, v.At = true, at
	}
}
