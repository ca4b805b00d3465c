package lint

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// Pass is what a rule sees of one file, and where it reports. The engine makes one of each file, and gives every rule
// a copy of its own.
type Pass struct {
	Config  *parser.Config
	Table   *routecheck.Table
	Options *Options
	Run     []*Pass // the passes of all files of the run, ordered by file name

	// Fragment: the file is a part of a Config, so that what it lacks may stand elsewhere.
	Fragment bool

	Files    *diag.Files
	Reports  []diag.Diagnostic  // of Parse
	Rejects  []diag.Diagnostic  // of routecheck.New
	Sessions map[string]Session // of Input
	Rule     *Rule              // the one that is asked
	Memo     *Memo              // of the file

	file     diag.FileID
	groups   []string // of the Input
	findings []*Finding
	rules    []*Rule // all, that are asked or not: ignores name them
}

// Memo is what the rules keep of a file, of which several ask at once. The engine does not look into it.
type Memo struct {
	once sync.Once
	kept any
}

// Keep returns what was made of the file when a rule asked first.
func (m *Memo) Keep(make func() any) any {
	m.once.Do(func() { m.kept = make() })
	return m.kept
}

// Finding is a diagnostic in the making. Its texts are made last, and no rule changes them: most findings are advice
// that the profile does not show.
type Finding struct {
	diag.Diagnostic
	about  []any
	text   wording
	places []wording // of Related
}

// wording is a text before it is made.
type wording struct {
	format string
	args   []any
}

func (w wording) String() string { return diag.Printable(diag.Sprintf(w.format, clip(w.args)...)) }

// Report adds a finding at a span. It is returned so that See, As, About and Repair can follow. The arguments are kept
// until the text is made, so a rule must not change what they point to.
func (p *Pass) Report(span diag.Span, format string, args ...any) *Finding {
	f := &Finding{Diagnostic: diag.Diagnostic{
		Span: span, Severity: p.Rule.Severity, Rule: p.Rule.Diag(),
	}, text: wording{format, args}}
	p.findings = append(p.findings, f)
	return f
}

// word makes the texts of a finding. Many findings never come here: the profile hides them, or another one makes them
// pointless.
func (f *Finding) word() {
	if f.text.format == "" {
		return // made as a whole, or worded before
	}
	f.Message, f.text = f.text.String(), wording{}
	if strings.Contains(f.Message, `""`) {
		f.Message = unnamed.Replace(f.Message)
	}
	for i, w := range f.places {
		f.Related[i].Message = w.String()
	}
}

// unnamed words what has no name, in fragments and where an attribute is misspelt.
var unnamed = strings.NewReplacer(` of cluster ""`, "", `cluster ""`, "the cluster without Name", `server ""`,
	"the server without Name")

// Grouped reports whether rules about several files see both files at once.
func (p *Pass) Grouped(q *Pass) bool {
	return len(p.groups)+len(q.groups) == 0 || slices.ContainsFunc(p.groups,
		func(g string) bool { return slices.Contains(q.groups, g) })
}

// Adopt reports what the parser or the decision core has found. They are about the place that they have, so that a
// finding about the same place can be silenced by them.
func (p *Pass) Adopt(ds []diag.Diagnostic) {
	for _, d := range ds {
		if d.Rule.Code == p.Rule.Code {
			p.findings = append(p.findings, &Finding{Diagnostic: d, about: []any{d.Span}})
		}
	}
}

// See adds a second place. A place that nobody knows, as in content that was built, is left out.
func (f *Finding) See(span diag.Span, format string, args ...any) *Finding {
	if !span.IsZero() {
		f.Related = append(f.Related, diag.Related{Span: span})
		f.places = append(f.places, wording{format, args})
	}
	return f
}

// As gives the finding another severity than its rule has.
func (f *Finding) As(s diag.Severity) *Finding {
	f.Severity = s
	return f
}

// About names what the finding speaks of: a finding of another rule about the same thing may be silenced.
func (f *Finding) About(keys ...any) *Finding {
	f.about = append(f.about, keys...)
	return f
}

// Repair attaches a fix. Edits in no file, of a default or of built content, make none.
func (f *Finding) Repair(safe bool, title string, edits ...diag.Edit) *Finding {
	for _, e := range edits {
		if e.Span.IsZero() {
			return f
		}
	}
	if len(edits) > 0 {
		f.Fix = &diag.Fix{Title: title, Safe: safe, Edits: edits}
	}
	return f
}

// Option returns the first number of an option of the rule.
func (p *Pass) Option(name string) int { return p.OptionList(name)[0] }

// OptionList returns all numbers of an option of the rule, as the settings or else the rule say. A number that neither
// of them has is 0: a rule that asks for it has not declared it.
func (p *Pass) OptionList(name string) []int {
	if set, ok := p.Options.Rules[p.Rule.Code]; ok {
		if v, ok := set.Options[name]; ok && len(v) > 0 {
			return v
		}
	}
	for _, o := range p.Rule.Options {
		if o.Name == name {
			return o.Default
		}
	}
	return []int{0}
}

// Where names a place in the text of a message: "line 12", or "other.xml:12" when it is in another file.
func (p *Pass) Where(span diag.Span) string {
	at := p.Files.Start(span)
	switch {
	case at.Line == 0:
		return "an unknown line"
	case span.File != p.file:
		return at.File + ":" + strconv.Itoa(at.Line)
	}
	return "line " + strconv.Itoa(at.Line)
}

// LongWord is how many bytes of a name a message shows.
const LongWord = 80

// clip shortens names that would hide the sentence. Only what is far longer than a name is shortened, so that a
// message can quote a path as it is.
func clip(args []any) []any {
	for i, a := range args {
		if text, ok := a.(string); ok {
			if len(text) > 4*LongWord {
				text = ClipWord(text)
			}
			args[i] = text
		}
	}
	return args
}

// ClipWord shortens a text that is longer than LongWord.
func ClipWord(text string) string { return diag.Clip(text, LongWord) }
