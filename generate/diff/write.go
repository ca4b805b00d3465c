package diff

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// formats are the names that Write takes.
var formats = []string{"text", "json", "markdown"}

// Options of a report. Only holds names of Sections, nil for all; AllValues tells of values too that a consequence has
// told already.
type Options struct {
	Only      []string
	AllValues bool
}

// Write prints a report. The JSON has the schema "diff" and holds everything.
func (r *Report) Write(w io.Writer, files *diag.Files, format string, o Options) error {
	p := printer{report: r, files: files, Options: o}
	switch format {
	case "text":
		p.text()
	case "markdown":
		p.markdown()
	case "json":
		return r.json(w, files)
	default:
		return diag.Errorf("no format %q; there are %s", format, strings.Join(formats, ", "))
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// printer prints a report for people.
type printer struct {
	report *Report
	Options
	strings.Builder
	files *diag.Files
}

func (p *printer) wants(section string) bool {
	return p.Only == nil || slices.Contains(p.Only, section)
}

// of lists the consequences of a section.
func (p *printer) of(section string) (list []Consequence) {
	for _, k := range p.report.Consequences {
		if k.Kind == section && p.wants(section) {
			list = append(list, k)
		}
	}
	return list
}

func (p *printer) classes() []Class {
	if !p.wants(routes) {
		return nil
	}
	return p.report.Classes
}

func (p *printer) values() []Change {
	switch {
	case !p.wants(values):
		return nil
	case p.AllValues:
		return p.report.Attributes
	}
	return p.report.Untold()
}

// Untold lists the values that differ and that no consequence has told.
func (r *Report) Untold() (list []Change) {
	covered := map[string]bool{}
	for _, k := range r.Consequences {
		for _, subject := range k.covers {
			covered[subject] = true
		}
	}
	for _, c := range r.Attributes {
		if !covered[c.Subject] {
			list = append(list, c)
		}
	}
	return list
}

// subject says whom a consequence concerns.
func (k *Consequence) subject() string {
	switch {
	case k.Kind == routes:
		return "every request"
	case k.Kind == reload:
		return "web server"
	case k.Member == "":
		return "cluster " + k.Cluster
	}
	return k.Member + " of " + k.Cluster
}

// Sentence is a consequence as text.
func (k *Consequence) Sentence() string {
	s := k.subject() + ": " + k.Text
	if k.Kind == sessions && !math.IsNaN(k.Share) {
		s += fmt.Sprintf("; %s of the sessions of %s", percent(k.Share), k.Cluster)
	}
	return s
}

// Sentence is a class of requests as text.
func (c *Class) Sentence() string {
	more := ""
	if n := c.Requests - 1; n > 0 {
		more = fmt.Sprintf(" and %d more sample %s", n, verb(n, "request", "requests"))
	}
	return c.URL + more + ": " + c.Old.words() + " -> " + c.New.words()
}

// headings are those of the sections with consequences.
func heading(section string) string {
	switch section {
	case sessions:
		return "sessions that lose their home"
	case newSessions:
		return "new sessions"
	case routes:
		return "requests that change cluster or members"
	case renamed:
		return "members with another name"
	case reload:
		return "needs more than a reload"
	}
	return "when a member fails"
}

// words is where a request goes, in one line.
func (t Target) words() string {
	if t.Declined {
		return "declined: the web server serves it"
	}
	return fmt.Sprintf("cluster %s: %s", t.Cluster, strings.Join(t.Members, ", "))
}

// text prints sections in their order; values come last, as they are no consequence by themselves.
func (p *printer) text() {
	if p.report.Incomplete {
		fmt.Fprintf(p, "not every request was asked about: the files have more than %d to ask\n", maxRequests)
	}
	fmt.Fprintln(p, p.report.headline())
	for _, section := range Sections {
		if section == values {
			p.differences()
			continue
		}
		list := p.of(section)
		if list != nil || section == routes && len(p.classes()) > 0 {
			fmt.Fprintln(p, heading(section))
		}
		for _, k := range list {
			fmt.Fprintf(p, "- %s%s\n", k.Sentence(), whereabouts(p.files, k.Old, k.New))
		}
		if section == routes {
			p.routes()
		}
	}
}

// routes prints each class as a change of one line into another, with signs as diff has them.
func (p *printer) routes() {
	for _, c := range p.classes() {
		p.WriteString(c.URL)
		if c.AnyHost {
			p.WriteString(" (any host)")
		}
		if more := c.Requests - 1; more > 0 {
			fmt.Fprintf(p, " and %d more sample %s", more, verb(more, "request", "requests"))
		}
		p.WriteByte('\n')
		p.side("-", c.Old)
		p.side("+", c.New)
	}
}

func (p *printer) differences() {
	for i, c := range p.values() {
		if i == 0 {
			fmt.Fprintln(p, "values in effect")
		}
		fmt.Fprintf(p, "~ %s%s\n", c, whereabouts(p.files, c.OldAt, c.NewAt))
	}
}

func (p *printer) side(sign string, t Target) {
	fmt.Fprintf(p, "  %s %s%s\n", sign, t.words(), whereabouts(p.files, t.At))
}

// whereabouts names where something stands, as far as it does.
func whereabouts(files *diag.Files, spans ...diag.Span) string {
	var at []string
	for _, s := range spans {
		if !s.IsZero() {
			at = append(at, files.Start(s).String())
		}
	}
	if at == nil {
		return ""
	}
	return " (" + strings.Join(at, ", ") + ")"
}

// markdown is for a comment on a change: the headline, then a table for each section that says something.
func (p *printer) markdown() {
	if p.report.Incomplete {
		fmt.Fprintf(p, "Not every request was asked about: the files have more than %d to ask.\n\n", maxRequests)
	}
	fmt.Fprintf(p, "**%s**\n", Mark(p.report.headline()))
	for _, section := range Sections {
		if list := p.of(section); list != nil {
			title := heading(section)
			p.table(strings.ToUpper(title[:1])+title[1:], "who", "what", "before", "now")
			for _, k := range list {
				what, _ := strings.CutPrefix(k.Sentence(), k.subject()+": ")
				fmt.Fprintf(p, "| %s | %s | %s | %s |\n", cell(k.subject()), Mark(what), p.at(k.Old), p.at(k.New))
			}
		}
		if classes := p.classes(); section == routes && len(classes) > 0 {
			p.table("Samples of requests that change cluster or members", "sample", "sample requests", "before", "now")
			for _, c := range classes {
				fmt.Fprintf(p, "| %s | %d | %s | %s |\n", cell(c.URL), c.Requests, cell(c.Old.words()),
					cell(c.New.words()))
			}
		}
	}
	if values := p.values(); len(values) > 0 {
		p.table("Values in effect", "what", "before", "now")
		for _, c := range values {
			fmt.Fprintf(p, "| %s | %s | %s |\n", cell(c.Subject), cell(either(c.HasOld, c.Old, "present")),
				cell(either(c.HasNew, c.New, "present")))
		}
	}
}

// table begins a section that is a table.
func (p *printer) table(title string, columns ...string) {
	fmt.Fprintf(p, "\n### %s\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "),
		strings.Repeat("---|", len(columns)))
}

func (p *printer) at(s diag.Span) string {
	if s.IsZero() {
		return ""
	}
	return cell(p.files.Start(s).String())
}

// Mark keeps a sentence from being read as markup.
func Mark(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "`", "'", "\n", " ", "\r", " ").Replace(s)
}

// either words one side of a change: absent, or its value, or that it is there at all.
func either(has bool, value, otherwise string) string {
	switch {
	case !has:
		return "absent"
	case value == "":
		return otherwise
	}
	return value
}

// cell keeps a value from breaking the table.
func cell(s string) string {
	if s == "" {
		return ""
	}
	s = strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "`", "'").Replace(s)
	return "`" + s + "`"
}
