package simulatereport

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

// Simulation are the formats of what many processes have done.
var Simulation forms.List[*answers.Simulation]

var _ = Simulation.Add(forms.AsText(simulationText))

// simulationText is a report of each run, or of two a table of both: then the difference is the answer. Expectations
// are told in both.
func simulationText(w io.Writer, a *answers.Simulation) error {
	if len(a.Runs) == 2 {
		simulationCompared(w, &a.Runs[0], &a.Runs[1])
		return nil
	}
	for i := range a.Runs {
		simulationRun(w, &a.Runs[i])
	}
	return nil
}

// simulationRun tells of one run: first what clients got, then how long they waited, then what became of members and
// sessions, and last what was expected.
func simulationRun(w io.Writer, run *answers.SimulationRun) {
	sc, r := run.Scenario, run.Result
	fmt.Fprintf(w, "simulate: %s of %s, %s, seed %d\n", counted(uint64(sc.Processes), "process"), run.Config,
		counted(r.Requests, "request"), sc.Seed)
	row := func(name, text string) { // what did not happen has no row
		if text != "" {
			fmt.Fprintf(w, "  %-11s %s\n", name, text)
		}
	}
	answered := fmt.Sprintf("%s, %s", percent(r.Answered(), r.Requests), forms.Grouped(r.Answered()))
	if r.FailedOver > 0 {
		answered += ", of them " + forms.Grouped(r.FailedOver) + " after a failed attempt"
	}
	row("answered", answered)
	row("errors", simulationErrors(r))
	row("declined", nonzero(r.Declined))
	row("never ended", nonzero(r.Unended))
	row("waits", fmt.Sprintf("half up to %s, 95 of 100 up to %s, 99 up to %s, longest %s", simulate.Time(r.Waits.P50),
		simulate.Time(r.Waits.P95), simulate.Time(r.Waits.P99), simulate.Time(r.Waits.Max)))
	if l := r.Waits.Longest; l != nil && len(l.Attempts) > 0 {
		row("the longest", longestText(run, l))
	}
	row("sessions", simulationSessions(&r.Sessions))
	simulationMembers(w, r)
	simulationFaults(w, run)
	simulationChart(w, r)
	simulationForms(w, run)
	simulationExpected(w, run)
}

func simulationErrors(r *simulate.Result) string {
	var all []string
	for _, e := range r.Errors {
		all = append(all, fmt.Sprintf("%s with %d (%s)", forms.Grouped(e.Count), e.Status,
			percent(e.Count, r.Requests)))
	}
	return strings.Join(all, ", ")
}

// simulationSessions counts answers and not sessions, but for those that began: one session may move several times.
func simulationSessions(s *simulate.SessionCounts) string {
	if s.Began == 0 {
		return ""
	}
	text := fmt.Sprintf("%s began, %s moved, %s lost, %s kept", forms.Grouped(s.Began), forms.Grouped(s.Moved),
		forms.Grouped(s.Lost),
		forms.Grouped(s.Kept))
	if s.ChangesLost > 0 {
		text += ", " + forms.Grouped(s.ChangesLost) + " of them without the last change"
	}
	if s.Open > 0 {
		text += ", of " + forms.Grouped(s.Open) + " nobody can tell"
	}
	return text
}

// longestText tells the longest request, attempt by attempt: which member held it up, and what ended that.
func longestText(run *answers.SimulationRun, l *simulate.Request) string {
	var steps []string
	for _, a := range l.Attempts {
		m := run.Result.Members[a.Member].Member
		steps = append(steps, fmt.Sprintf("%s %s after %s", m, a.Outcome, simulate.Time(a.End-a.Start)))
	}
	end := fmt.Sprintf("error %d", l.Status)
	if l.Status == 0 {
		end = "answered by " + memberName(run, l.Server)
	}
	return fmt.Sprintf("%s at %s in process %d: %s; %s", withoutQuery(run.Scenario.URLs[l.URL].Text),
		simulate.Time(l.Start), l.Process+1, strings.Join(steps, ", "), end)
}

// memberName is that of a member by its place, "" for nobody.
func memberName(run *answers.SimulationRun, at int) string {
	if at < 0 {
		return ""
	}
	return run.Result.Members[at].Member
}

// withoutQuery leaves out of a URL what may be a secret: its query, and a session behind its path.
func withoutQuery(url string) string {
	if i := strings.IndexAny(url, "?;"); i >= 0 {
		return url[:i]
	}
	return url
}

// simulationMembers has a row for each member. Share is of all answers; failed counts attempts, of which a request can
// have several.
func simulationMembers(w io.Writer, r *simulate.Result) {
	t := forms.Table{Head: []string{"member", "new", "affinity", "all", "share",
		"failed", "probes failed", "most pending"}}
	t.RightAlign(1, 2, 3, 4, 5, 6, 7)
	for i := range r.Members {
		m := &r.Members[i]
		failed := uint64(0)
		for _, f := range m.Failed {
			failed += f.Count
		}
		t.Add(m.Member, forms.Grouped(m.New), forms.Grouped(m.Affinity), forms.Grouped(m.All()),
			percent(m.All(), r.Answered()),
			forms.Grouped(failed), fmt.Sprintf("%s of %s", forms.Grouped(m.FailedProbes), forms.Grouped(m.Probes)),
			forms.Grouped(uint64(m.MostPending)))
	}
	t.Section(w, "members")
}

// simulationFaults says when processes noticed a fault and its end: each marks a member for itself, at the first
// request that meets it, and uses it again at the first that comes when its retry interval is over.
func simulationFaults(w io.Writer, run *answers.SimulationRun) {
	for i, n := range run.Result.Faults {
		if i == 0 {
			fmt.Fprintln(w, "\nfaults")
		}
		f := &run.Scenario.Faults[i] // Result.Faults has one for each, in the same order
		fmt.Fprintf(w, "  %s %s %s\n", f.Member, f.How(), faultTime(f))
		fmt.Fprintf(w, "    marked by %d of %s%s\n", len(n.Marked),
			counted(uint64(run.Scenario.Processes), "process"), spreadOf(n.Marked))
		if f.To > 0 && len(n.Marked) > 0 {
			fmt.Fprintf(w, "    used again by %d of them%s\n", len(n.Back), spreadOf(n.Back))
		}
	}
}

// faultTime is when a fault holds; To is 0 for one that does not end.
func faultTime(f *simulate.Fault) string {
	if f.To == 0 {
		return "from " + simulate.Time(f.From) + " on"
	}
	return simulate.Time(f.From) + " to " + simulate.Time(f.To)
}

// spreadOf says after how long half and all of the processes had noticed; times rise.
func spreadOf(times []match.Nanos) string {
	if len(times) == 0 {
		return ""
	}
	if len(times) == 1 {
		return " after " + simulate.Time(times[0])
	}
	return fmt.Sprintf(", half after %s, all after %s", simulate.Time(times[(len(times)-1)/2]),
		simulate.Time(times[len(times)-1]))
}

// chartWidth is how many columns a chart has at most: with names and figures it fits a terminal of 80 and some.
const chartWidth = 60

// simulationChart draws what happened over time, a column for each step or for several.
func simulationChart(w io.Writer, r *simulate.Result) {
	if len(r.Series) < 2 {
		return
	}
	per, all := tracks(r, chartWidth)
	fmt.Fprintf(w, "\nover time, %s a column\n", simulate.Time(match.Nanos(per)*r.Step))
	for _, t := range all {
		var b strings.Builder
		const levels = ".:-=+*#@" // ASCII, as a terminal may lack blocks; a blank is 0 alone
		for _, n := range t.columns {
			if n == 0 {
				b.WriteByte(' ')
			} else {
				// From n = 1, the lowest, to n = most, the last: rounded up, so that what happened once is seen.
				b.WriteByte(levels[(n*uint64(len(levels))-1)/t.most])
			}
		}
		fmt.Fprintf(w, "  %-11s |%s| up to %s\n", t.name, b.String(), forms.Grouped(t.most))
	}
}

// track is a number over time.
type track struct {
	name    string
	columns []uint64
	most    uint64
}

// tracks are the numbers that are drawn, in at most so many columns of per steps each; those that are always 0 are
// left out.
func tracks(r *simulate.Result, width int) (per int, all []track) {
	per = (len(r.Series) + width - 1) / width // rounded up; the last column may have fewer steps
	for _, line := range []struct {
		name string
		of   func(*simulate.Outcomes) uint64
	}{
		{"requests", func(o *simulate.Outcomes) uint64 { return o.Requests }},
		{"failed over", func(o *simulate.Outcomes) uint64 { return o.FailedOver }},
		{"errors", func(o *simulate.Outcomes) uint64 { return o.Failed() }},
	} {
		t := track{name: line.name, columns: make([]uint64, (len(r.Series)+per-1)/per)}
		for i := range r.Series {
			t.columns[i/per] += line.of(&r.Series[i])
			t.most = max(t.most, t.columns[i/per])
		}
		if t.most > 0 {
			all = append(all, t)
		}
	}
	return per, all
}

// simulationForms holds the simulation against formulas that hold of simple cases: sigma says by how many standard
// deviations they differ, and - that the formula is a bound or has none.
func simulationForms(w io.Writer, run *answers.SimulationRun) {
	t := forms.Table{Head: []string{"form", "of", "member", "formula", "simulated", "sigma"}}
	t.RightAlign(3, 4, 5)
	for _, f := range run.Forms {
		sigma := "-"
		if f.Sigma != 0 && !math.IsNaN(f.Sigma) {
			sigma = fmt.Sprintf("%+.1f", f.Sigma)
		}
		t.Add(f.Name, f.Of, forms.OrDash(f.Member.Member), figure(f.Value), figure(f.Observed), sigma)
	}
	t.Section(w, "what closed forms say")
}

// figure is a share with four digits behind the point, and a number without: closed forms give both, shares up to 1.
func figure(v float64) string {
	if v <= 1 {
		return fmt.Sprintf("%.4f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// simulationExpected tells what the scenario expects; what is not met decides the exit code.
func simulationExpected(w io.Writer, run *answers.SimulationRun) {
	for i, e := range run.Expected {
		if i == 0 {
			fmt.Fprintln(w, "\nexpected")
		}
		standing := "met"
		if !e.Met {
			standing = "NOT MET"
		}
		fmt.Fprintf(w, "  %-8s %s: %s, want %s\n", standing, e.Name, e.Got, e.Want)
	}
}

// simulationCompared puts two runs beside one another. They have one scenario and one seed, so that the head is that
// of both and the difference that of the configurations.
func simulationCompared(w io.Writer, a, b *answers.SimulationRun) {
	fmt.Fprintf(w, "simulate: %s, %s, seed %d\n", counted(uint64(a.Scenario.Processes), "process"),
		counted(a.Result.Requests, "request"), a.Scenario.Seed)
	c := comparison{a: a.Result, b: b.Result, Table: forms.Table{Head: []string{"", a.Config, b.Config, "difference"}}}
	c.RightAlign(1, 2, 3)
	c.count("answered", func(r *simulate.Result) uint64 { return r.Answered() })
	c.count("after a failed attempt", func(r *simulate.Result) uint64 { return r.FailedOver })
	c.count("errors", func(r *simulate.Result) uint64 { return r.Failed() })
	c.count("declined", func(r *simulate.Result) uint64 { return r.Declined })
	c.wait("half wait up to", func(w *simulate.Waits) match.Nanos { return w.P50 })
	c.wait("99 of 100 wait up to", func(w *simulate.Waits) match.Nanos { return w.P99 })
	c.wait("longest wait", func(w *simulate.Waits) match.Nanos { return w.Max })
	c.count("sessions moved", func(r *simulate.Result) uint64 { return r.Sessions.Moved })
	c.count("sessions lost", func(r *simulate.Result) uint64 { return r.Sessions.Lost })
	c.count("changes lost", func(r *simulate.Result) uint64 { return r.Sessions.ChangesLost })
	c.members()
	c.Write(w)
	for _, run := range []*answers.SimulationRun{a, b} {
		if len(run.Expected) > 0 {
			fmt.Fprintf(w, "\n%s\n", run.Config)
			simulationExpected(w, run)
		}
	}
}

// comparison is a table of two results and their difference.
type comparison struct {
	a, b *simulate.Result
	forms.Table
}

func (c *comparison) count(name string, of func(*simulate.Result) uint64) {
	x, y := of(c.a), of(c.b)
	c.Add(name, forms.Grouped(x), forms.Grouped(y), signed(int64(y)-int64(x)))
}

func (c *comparison) wait(name string, of func(*simulate.Waits) match.Nanos) {
	x, y := of(&c.a.Waits), of(&c.b.Waits)
	sign := "+"
	if y < x {
		sign = "-"
	}
	c.Add(name, simulate.Time(x), simulate.Time(y), sign+simulate.Time(max(y-x, x-y))) // the greater is the amount
}

// members counts what failed at all of them, and what each has answered.
func (c *comparison) members() {
	c.count("failed probes", func(r *simulate.Result) (n uint64) {
		for i := range r.Members {
			n += r.Members[i].FailedProbes
		}
		return n
	})
	for _, name := range simulationNames(c.a, c.b) {
		c.count("answers of "+name.Member, func(r *simulate.Result) uint64 {
			for i := range r.Members {
				if r.Members[i].MemberName == name {
					return r.Members[i].All()
				}
			}
			return 0
		})
	}
}

// simulationNames lists the members of two results, each once, in the order of the first; a configuration may have
// members that the other has not.
func simulationNames(a, b *simulate.Result) (names []simulate.MemberName) {
	seen := map[simulate.MemberName]bool{}
	for _, r := range []*simulate.Result{a, b} {
		for i := range r.Members {
			if name := r.Members[i].MemberName; !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func signed(n int64) string {
	if n < 0 {
		return "-" + forms.Grouped(uint64(-n))
	}
	return "+" + forms.Grouped(uint64(n))
}

// counted is forms.Count with a grouped number, and with a plural of words that end in s: processes.
func counted(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "s") {
		what += "e"
	}
	return forms.Grouped(n) + " " + what + "s"
}

// nonzero is a number for a row that is not shown where there is nothing to count.
func nonzero(n uint64) string {
	if n == 0 {
		return ""
	}
	return forms.Grouped(n)
}

// percent is a share; of nothing there is none.
func percent(n, of uint64) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", forms.Percent(int64(n), int64(of)))
}
