package diagnose

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Case is what there is to judge by. At least one of the four is there.
type Case struct {
	File      *facts.File
	Log       *facts.Log
	Access    *facts.Access
	Server    *facts.Server // the error log of the web server
	Processes int           // of the web server, as somebody says; 0 where nobody does
}

// Report is what was found out about one symptom, the causes in the order of their verdicts.
type Report struct {
	Symptom  *Symptom
	Sentence string // the symptom, and how large it is in what was given
	Measured map[string]int64
	Causes   []*Judged
	Collect  []string // what would let open and possible causes be told apart
}

// Found are the causes whose evidence suffices.
func (r *Report) Found() []*Judged { return r.Of(Found) }

// Of returns the causes of a verdict.
func (r *Report) Of(v Verdict) (out []*Judged) {
	for _, j := range r.Causes {
		if j.Verdict == v {
			out = append(out, j)
		}
	}
	return out
}

// Judge judges all causes of a symptom, or of every one where it is "". A name that is none is an error.
func Judge(k *Case, symptom string) ([]*Report, error) {
	var reports []*Report
	causes := Causes()
	for i := range symptoms {
		if s := &symptoms[i]; symptom == "" || s.Name == symptom {
			reports = append(reports, s.judge(k, causes))
		}
	}
	if len(reports) == 0 {
		return nil, diag.Errorf("no symptom %q%s", symptom, diag.DidYouMean(symptom, SymptomNames()))
	}
	return reports, nil
}

// judge asks all causes that answer for a symptom, and says what to collect for those that stay undecided.
func (s *Symptom) judge(k *Case, causes []*Cause) *Report {
	r := &Report{Symptom: s, Measured: map[string]int64{}}
	r.Sentence = s.size(k, r.Measured)
	for _, c := range causes {
		if c.Answers(s.Name) {
			r.Causes = append(r.Causes, c.judge(k))
		}
	}
	var needs []need
	for _, j := range r.Causes {
		needs = append(needs, j.missing)
	}
	r.Collect = steps(needs)
	slices.SortStableFunc(r.Causes, func(a, b *Judged) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), foundFirst(a, b))
	})
	return r
}

// rank orders verdicts for a reader: what is found, what may be, what is not, what nobody knows.
func rank(v Verdict) int { return [...]int{Open: 3, Excluded: 2, Possible: 1, Found: 0}[v] }

// foundFirst orders what is found by its share; all else stays in the order of the table.
func foundFirst(a, b *Judged) int {
	if a.Verdict != Found {
		return 0
	}
	return cmp.Compare(b.Share, a.Share)
}
