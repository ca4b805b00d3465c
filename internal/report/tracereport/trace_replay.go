package tracereport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// Replay are the formats of a log that was held against a configuration.
var Replay = forms.List[Replayed]{
	forms.AsText(func(w io.Writer, r Replayed) error { return r.show(w, (*traceRun).writeReplay) }),
	forms.AsJSON(func(w io.Writer, r Replayed) error { return r.show(w, (*traceRun).writeReplayJSON) }),
}

// Replayed is a replay, and how it is shown.
type Replayed struct {
	*evidence.ReplayAnswer
	Log
}

func (r Replayed) show(w io.Writer, write func(*traceRun, io.Writer, *evidence.ReplayAnswer) error) error {
	return write(&traceRun{Log: r.Log, Logs: r.Logs}, w, r.ReplayAnswer)
}

// writeReplay prints the answer first, then the disagreements, then what the log says about the open choices. Between
// them stands what weakens the answer: what could not be checked, what was taken from the log instead of decided.
func (run *traceRun) writeReplay(w io.Writer, a *evidence.ReplayAnswer) error {
	fmt.Fprintf(w, "%s against %s: %d of %s agree, %s\n", forms.Printable(strings.Join(run.Names, ", ")),
		forms.Printable(a.Config), a.Agreed, forms.Count(a.Decisions, "decision"),
		forms.Count(a.Mismatches, "disagreement"))
	if a.Lines > 0 {
		fmt.Fprintf(w, "%d of %s about Uris, aliases, cookies, clone IDs and Transports agree\n", a.LinesAgreed,
			forms.Count(a.Lines, "further line"))
	}
	run.writeOrder(w, a.PerFile)
	if a.Unchecked > 0 {
		fmt.Fprintf(w, "%s not checked: the log or the configuration does not say enough about them\n",
			forms.Count(a.Unchecked, "decision"))
		if a.ByTable > 0 {
			fmt.Fprintf(w, "%d of them by a partition ID: the partition table names the member, and no log holds it "+
				"(R28)\n", a.ByTable)
		}
	}
	if len(a.Strangers) > 0 {
		fmt.Fprintf(w, "members that %s does not have, so it was not in force for them: %s\n",
			forms.Printable(a.Config),
			forms.Printable(strings.Join(a.Strangers, ", ")))
	}
	if a.Synchronised > 0 {
		fmt.Fprintf(w, "%s taken from the log, because it does not hold what led to them\n",
			forms.Count(a.Synchronised, "state"))
	}
	if a.Unexplained > 0 {
		fmt.Fprintf(w, "no single open choice explains %s: the file was not in force then, or the plug-in differs "+
			"from the procedure; what the log says of the choices is weaker for it\n",
			forms.Count(a.Unexplained, "disagreement"))
	}
	run.writeDisagreements(w, a)
	run.writeIncidents(w, a.Incidents, a.Milder)
	run.writeEvidence(w, a)
	return nil
}

// writeDisagreements shows the first ones, in the order of the log.
func (run *traceRun) writeDisagreements(w io.Writer, a *evidence.ReplayAnswer) {
	if len(a.Disagreements) == 0 {
		return
	}
	show := a.Disagreements
	if run.Limit > 0 && len(show) > run.Limit {
		show = show[:run.Limit]
	}
	fmt.Fprint(w, "\ndisagreements")
	if n := a.Mismatches - int64(len(show)); n > 0 {
		fmt.Fprintf(w, " (the first %d; %d more, see --limit)", len(show), n)
	}
	fmt.Fprintln(w)
	for i := range show {
		d := run.disagreement(a, &show[i])
		fmt.Fprintf(w, "  %s: %s, %s, process %08x thread %08x\n", run.fileLine(d.Place), d.What, d.Rule, d.Thread.PID,
			d.Thread.TID)
		fmt.Fprintf(w, "    log   %s\n    ours  %s\n",
			forms.Printable(d.Logged), forms.Printable(strings.Join(d.Ours, " or ")))
		if len(d.Fits) > 0 { // values of open choices under which our answer is that of the log
			fmt.Fprintf(w, "    fits  %s\n", strings.Join(settingNames(d.Fits), ", or "))
		}
		for _, s := range d.notes {
			fmt.Fprintf(w, "    - %s\n      %s\n", forms.Printable(s.Text), s.Source())
		}
	}
}

// fileLine names a line with its file also when there is one file only, as editors and terminals know such places.
func (run *traceRun) fileLine(p requests.Place) string {
	return fmt.Sprintf("%s:%d", forms.Printable(run.Names[p.File-1]), p.Line)
}

// disagreement is one as it is shown, with the steps behind it that people can read.
type disagreement struct {
	replay.Disagreement
	notes []explain.StepNote
}

// disagreement leaves out what belongs to users: a log may hold their sessions anywhere.
func (run *traceRun) disagreement(a *evidence.ReplayAnswer, d *replay.Disagreement) disagreement {
	shown := disagreement{*d, explain.StepNotes(a.Table, a.Files, d.Steps)}
	shown.Logged, shown.Ours = run.Secrets.Line(d.Logged), slices.Clone(d.Ours)
	for i := range shown.Ours {
		shown.Ours[i] = run.Secrets.Line(shown.Ours[i])
	}
	for i := range shown.notes {
		shown.notes[i].Text = run.Secrets.Line(shown.notes[i].Text)
	}
	return shown
}

// settingNames are CHOICE=VALUE, as --assume takes them.
func settingNames(all []replay.Setting) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.Choice.String()+"="+evidence.ValueOf(s))
	}
	return out
}

// writeEvidence prints which values of each consulted choice the log allows.
func (run *traceRun) writeEvidence(w io.Writer, a *evidence.ReplayAnswer) {
	t := forms.Table{Head: []string{"choice", "value", "the log", ""}}
	for i := range a.Choices {
		e := &a.Choices[i]
		_, settled := e.Settled()
		name := e.Choice.String()
		for _, v := range e.Values {
			verdict, note := "allows it", ""
			switch {
			case v.RuledOut:
				verdict = "rules it out, " + run.fileLine(v.At)
			case settled:
				note = "settled"
			}
			if name != "" && e.Allowed() == 0 { // said once, in the first row of the choice
				note = "no value fits every line"
			}
			t.Add(name, evidence.ValueOf(v.Setting)+baseMark(a, v.Setting), verdict, note)
			name = "" // further rows of the choice have none
		}
	}
	t.Section(w, "open choices that a decision consulted, each with the others at their base value (*)")
	if len(a.Choices) > 0 {
		fmt.Fprintln(w, "  * is the base value, which holds while another choice is tried; \"allows it\" says that "+
			"no line of the log contradicts the value")
	}
	if rest := notConsulted(a); len(rest) > 0 {
		fmt.Fprintf(w, "\nnot consulted: %s\n", strings.Join(rest, ", "))
	}
}

// baseMark marks the value that was assumed while others were tried.
func baseMark(a *evidence.ReplayAnswer, s replay.Setting) string {
	if a.Assumptions.Value(s.Choice) == evidence.ValueOf(s) {
		return " *"
	}
	return ""
}

func notConsulted(a *evidence.ReplayAnswer) (names []string) {
	for i, c := range choices.All() {
		if !slices.ContainsFunc(a.Choices, func(e replay.Evidence) bool { return e.Choice == choices.Choice(i) }) {
			names = append(names, c.Name)
		}
	}
	return names
}

// A replay as trace.schema.json describes it.
type traceReplayJSON struct {
	Version int      `json:"version"`
	Files   []string `json:"files"`
	// where files holds another order, that of their times
	Given         []string            `json:"filesAsGiven,omitempty"`
	Config        string              `json:"config"`
	Decisions     int64               `json:"decisions"`
	Agreed        int64               `json:"agreed"`
	Lines         int64               `json:"lines"` // about Uris, aliases, cookies, clone IDs and Transports
	LinesAgreed   int64               `json:"linesAgreed"`
	Unchecked     int64               `json:"unchecked"`
	ByTable       int64               `json:"uncheckedByPartitionTable"` // of unchecked
	Strangers     []string            `json:"unknownMembers"`            // at most 100
	Synchronised  int64               `json:"synchronised"`
	Count         int64               `json:"disagreementCount"`
	Unexplained   int64               `json:"unexplainedCount"`
	Disagreements []traceDisagreeJSON `json:"disagreements"` // at most the first 1,000
	Choices       []traceChoiceJSON   `json:"choices"`
	NotConsulted  []string            `json:"notConsulted"`
	Incidents     []incidentJSON      `json:"incidents"` // with the intervals of the configuration
	Milder        int64               `json:"furtherIncidents"`
}

type traceDisagreeJSON struct {
	At      tracePlaceJSON     `json:"at"`
	Process string             `json:"process"`
	Thread  string             `json:"thread"`
	What    string             `json:"what"`
	Rule    string             `json:"rule"`
	Logged  string             `json:"logged"`
	Ours    []string           `json:"ours"`
	Fits    []string           `json:"fits"` // CHOICE=VALUE under which the core agrees
	Steps   []explain.StepNote `json:"steps"`
}

// traceChoiceJSON is what the log says of an open choice; settled is the only value that it allows, absent where there
// are several or none.
type traceChoiceJSON struct {
	Choice  string           `json:"choice"`
	Base    string           `json:"base"`
	Settled string           `json:"settled,omitempty"`
	Values  []traceValueJSON `json:"values"`
}

type traceValueJSON struct {
	Value      string          `json:"value"`
	Allowed    bool            `json:"allowed"`
	RuledOutBy *tracePlaceJSON `json:"ruledOutBy,omitempty"`
}

func (run *traceRun) writeReplayJSON(w io.Writer, a *evidence.ReplayAnswer) error {
	doc := traceReplayJSON{Version: traceVersion, Files: run.Names, Given: run.Given, Config: a.Config,
		Decisions: a.Decisions, Agreed: a.Agreed,
		Lines: a.Lines, LinesAgreed: a.LinesAgreed, Unchecked: a.Unchecked, ByTable: a.ByTable,
		Strangers: append([]string{}, a.Strangers...), Synchronised: a.Synchronised,
		Count: a.Mismatches, Unexplained: a.Unexplained,
		Disagreements: []traceDisagreeJSON{}, Choices: []traceChoiceJSON{},
		NotConsulted: append([]string{}, notConsulted(a)...),
		Incidents:    run.incidentsJSON(a.Incidents), Milder: a.Milder}
	for i := range a.Disagreements {
		d := run.disagreement(a, &a.Disagreements[i])
		doc.Disagreements = append(doc.Disagreements, traceDisagreeJSON{run.placeJSON(d.Place), hexID(d.Thread.PID),
			hexID(d.Thread.TID), string(d.What), d.Rule,
			d.Logged, d.Ours, append([]string{}, settingNames(d.Fits)...), d.notes})
	}
	for i := range a.Choices {
		doc.Choices = append(doc.Choices, run.choiceJSON(a, &a.Choices[i]))
	}
	return forms.JSON(w, doc)
}

func (run *traceRun) choiceJSON(a *evidence.ReplayAnswer, e *replay.Evidence) traceChoiceJSON {
	doc := traceChoiceJSON{Choice: e.Choice.String(), Base: a.Assumptions.Value(e.Choice)}
	if v, ok := e.Settled(); ok {
		doc.Settled = evidence.ValueOf(replay.Setting{Choice: e.Choice, Value: v})
	}
	for _, v := range e.Values {
		value := traceValueJSON{Value: evidence.ValueOf(v.Setting), Allowed: !v.RuledOut}
		if v.RuledOut {
			at := run.placeJSON(v.At)
			value.RuledOutBy = &at
		}
		doc.Values = append(doc.Values, value)
	}
	return doc
}
