package written

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Expectation is one figure that somebody expects within bounds.
type Expectation struct {
	Name        string // as written, with the member: "share m2"
	Want        string // as written
	At          diag.Span
	least, most float64
	open        [2]bool // the bounds do not count themselves
	of          func(*simulate.Result) float64
	print       func(float64) string
}

// Met says what a result has, and whether that is within the bounds.
func (e *Expectation) Met(r *simulate.Result) (got string, ok bool) {
	v := e.of(r)
	// least and most are below and above all figures where there is no such bound.
	ok = v >= e.least && v <= e.most && !(e.open[0] && v == e.least) && !(e.open[1] && v == e.most)
	return e.print(v), ok
}

// figure is what can be expected: how it is read, taken and printed.
type figure struct {
	name  string
	read  func(string) (float64, error)
	print func(float64) string
	of    func(*simulate.Result) float64
}

// count is a figure that counts requests or sessions.
func count(name string, of func(*simulate.Result) uint64) figure {
	return figure{name, func(s string) (float64, error) {
		n, err := strconv.ParseUint(s, 10, 63)
		if err != nil {
			err = diag.Errorf("%q: want a number of them, or a share of all requests, as in 0.1%%", s)
		}
		return float64(n), err
	}, func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) },
		func(r *simulate.Result) float64 { return float64(of(r)) }}
}

func wait(name string, of func(*simulate.Result) match.Nanos) figure {
	return figure{name, func(s string) (float64, error) { n, err := duration(s); return float64(n), err },
		func(v float64) string { return simulate.Time(match.Nanos(v)) },
		func(r *simulate.Result) float64 { return float64(of(r)) }}
}

// figures are what can be expected by a name. Shares of members have names of their own (shareOf).
func figures() []figure {
	return []figure{
		count("errors", func(r *simulate.Result) uint64 { return r.Failed() }),
		count("failedOver", func(r *simulate.Result) uint64 { return r.FailedOver }),
		count("declined", func(r *simulate.Result) uint64 { return r.Declined }),
		count("sessionsMoved", func(r *simulate.Result) uint64 { return r.Sessions.Moved }),
		count("sessionsLost", func(r *simulate.Result) uint64 { return r.Sessions.Lost }),
		count("changesLost", func(r *simulate.Result) uint64 { return r.Sessions.ChangesLost }),
		wait("longestWait", func(r *simulate.Result) match.Nanos { return r.Waits.Max }),
		wait("p50", func(r *simulate.Result) match.Nanos { return r.Waits.P50 }),
		wait("p95", func(r *simulate.Result) match.Nanos { return r.Waits.P95 }),
		wait("p99", func(r *simulate.Result) match.Nanos { return r.Waits.P99 }),
	}
}

// expects reads what is expected.
func (d *Draft) expects(tables []*match.Table) (all []Expectation) {
	for _, f := range d.root.Get("expect").AllFields() {
		if f.Name == "share" {
			for _, m := range f.Value.AllFields() {
				if name, ok := d.member(m.Name, m.NameSpan, tables); ok {
					all = d.expect(all, "share "+m.Name, m.Value, shareOf(name))
				}
			}
			continue
		}
		at := slices.IndexFunc(figures(), func(g figure) bool { return g.name == f.Name })
		if at < 0 {
			d.report(f.NameSpan, "nothing called %q can be expected", f.Name)
			continue
		}
		g := figures()[at]
		// By the last character alone: of a range both bounds are shares then.
		if strings.HasSuffix(f.Value.Text, "%") {
			g = ofRequests(g)
		}
		all = d.expect(all, f.Name, f.Value, g)
	}
	return all
}

// shareOf is the share of a member in all answers.
func shareOf(name simulate.MemberName) figure {
	return figure{"share", share, func(v float64) string { return fmt.Sprintf("%.4f", v) },
		func(r *simulate.Result) float64 {
			for i := range r.Members {
				if r.Members[i].MemberName == name && r.Answered() > 0 {
					return float64(r.Members[i].All()) / float64(r.Answered())
				}
			}
			// Without an answer nobody has a share.
			return 0
		}}
}

// ofRequests is a figure as a share of all requests.
func ofRequests(g figure) figure {
	return figure{g.name, share, func(v float64) string { return fmt.Sprintf("%.4g%%", 100*v) },
		func(r *simulate.Result) float64 { return g.of(r) / float64(max(r.Requests, 1)) }}
}

// expect reads 0, <= 15s, > 3 or 0.3..0.36.
func (d *Draft) expect(all []Expectation, name string, n *yamldoc.Node, g figure) []Expectation {
	e := Expectation{Name: name, Want: n.Text, At: n.Span, of: g.of, print: g.print, least: -1, most: 1e300}
	low, high, isRange := strings.Cut(n.Text, "..")
	read := func(text string, into *float64) {
		v, err := g.read(strings.TrimSpace(text))
		if err != nil {
			d.report(n.Span, "%v", err)
		}
		*into = v
	}
	if isRange {
		// 1..2% is as people write it.
		if strings.HasSuffix(high, "%") && !strings.HasSuffix(low, "%") {
			low += "%"
		}
		read(low, &e.least)
		read(high, &e.most)
		if e.most < e.least {
			d.report(n.Span, "%q: the first bound is above the second", n.Text)
		}
		return append(all, e)
	}
	sign := n.Text[:len(n.Text)-len(strings.TrimLeft(n.Text, "<>="))]
	rest := n.Text[len(sign):]
	switch sign {
	case "<=", "<":
		read(rest, &e.most)
	case ">=", ">":
		read(rest, &e.least)
	case "", "=", "==":
		read(rest, &e.most)
		e.least = e.most
	default:
		d.report(n.Span, "%q: want a value, a bound as in <= 15s, or two as in 0.3..0.36", n.Text)
	}
	e.open = [2]bool{sign == ">", sign == "<"}
	return append(all, e)
}
