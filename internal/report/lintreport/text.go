package lintreport

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "text", Place: 1, Write: lintText, Own: ownText})

// lintText has a finding with what it is about: the line of the file, the second place, the repair. Its last line is a
// summary, also where there is nothing to report.
func lintText(b io.Writer, r *Findings) error {
	if r.Counts {
		return r.ruleCounts(b)
	}
	// Colour is of escape sequences, which b would make readable: a coloured line goes around b, escaped by itself.
	out := forms.Unwrapped(b)
	for i := range r.Findings {
		f := &r.Findings[i]
		if line := r.Files.Line(f.Diagnostic); r.Colour {
			fmt.Fprintln(out, colour(string(diag.AppendVisible(nil, line, diag.Text, "")), f.Severity))
		} else {
			fmt.Fprintln(b, line)
		}
		if f.Rule.Code != diag.SecretInClear { // such a line holds a password
			r.Files.Snippet(b, f.Span)
		}
		for _, rel := range f.Related {
			fmt.Fprintf(b, "  %s: %s\n", r.Files.Start(rel.Span), rel.Message)
		}
		if f.Fix != nil {
			how := "--fix=all"
			if f.Fix.Safe {
				how = "--fix"
			}
			fmt.Fprintf(b, "  %s: %s\n", how, f.Fix.Title)
		}
		fmt.Fprintln(b)
	}
	if len(r.Checked) > 1 { // of one file the summary says the same
		r.perFile(b)
	}
	_, err := fmt.Fprintln(b, r.summary())
	return err
}

// perFile counts the findings of each file, of those without one, too, in the order in which they were named.
func (r *Findings) perFile(w io.Writer) {
	found := map[diag.FileID][]lint.Placed{}
	for _, f := range r.Findings {
		found[f.Span.File] = append(found[f.Span.File], f)
	}
	for _, id := range r.Checked {
		fmt.Fprintf(w, "%s: %s\n", r.Files.Name(id), tally(found[id]))
	}
}

// colour makes the place of a finding bold and marks its severity: red, yellow, cyan, as compilers do. The line begins
// with FILE:LINE:COLUMN and the severity; a file whose name has ": error: " in it is coloured too early, no more.
func colour(line string, s diag.Severity) string {
	code := map[diag.Severity]string{diag.Error: "31", diag.Warning: "33", diag.Info: "36"}[s]
	word := ": " + s.String() + ": "
	if i := strings.Index(line, word); i >= 0 {
		return fmt.Sprintf("\x1b[1m%s:\x1b[0m \x1b[1;%sm%s:\x1b[0m %s", line[:i], code, s, line[i+len(word):])
	}
	return line
}

// summary counts the findings and files in words. ownText knows a report by it.
func (r *Findings) summary() string {
	return tally(r.Findings) + " in " + forms.Count(len(r.Checked), "file")
}

// tally counts findings in words.
func tally(findings []lint.Placed) string {
	e, w, i := count(findings)
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{e, "error"}, {w, "warning"}, {i, "info"}} {
		if c.n > 0 {
			parts = append(parts, forms.Count(c.n, c.word))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// ruleCounts writes how many findings and files each rule has, in the order of the rules.
func (r *Findings) ruleCounts(w io.Writer) error {
	type count struct {
		findings int
		files    map[diag.FileID]bool
	}
	byRule := map[diag.Rule]*count{}
	var order []diag.Rule
	for i := range r.Findings {
		f := &r.Findings[i]
		c := byRule[f.Rule]
		if c == nil {
			c = &count{files: map[diag.FileID]bool{}}
			byRule[f.Rule] = c
			order = append(order, f.Rule)
		}
		c.findings++
		c.files[f.Span.File] = true
	}
	sortRules(order)
	for _, rule := range order {
		c := byRule[rule]
		fmt.Fprintf(w, "%s %-34s %s in %s\n", rule.Code, rule.Name, forms.Count(c.findings, "finding"),
			forms.Count(len(c.files), "file"))
	}
	_, err := fmt.Fprintln(w, r.summary())
	return err
}

func sortRules(rules []diag.Rule) {
	slices.SortFunc(rules, func(a, b diag.Rule) int { return cmp.Compare(a.Code, b.Code) })
}

var summaryLine = lazy.Regexp(`^(no findings|\d+ (errors?|warnings?|info)(, \d+ (errors?|warnings?|info))*) ` +
	`in \d+ files?$`)

// ownText knows a report by its last line, the summary: findings alone could be the output of another linter.
func ownText(text []byte) bool {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return summaryLine().MatchString(lines[len(lines)-1])
}
