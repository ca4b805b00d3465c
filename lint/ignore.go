package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

const ignoreMark = "wasplug:ignore"

// ignore is a comment that takes findings away: <!-- wasplug:ignore WP501,WP502 until 2027-01-31 the reason -->. On a
// line of its own it holds for the next element and all within, before the root element for the whole file; behind an
// element on its line for that one.
type ignore struct {
	at      diag.Span
	scope   diag.Span
	rules   []*Rule
	problem string
}

// applyIgnores takes ignored findings away and reports ignores that are of no use.
func (p *Pass) applyIgnores(findings []*Finding, active map[string]*Rule) []*Finding {
	ignores := p.ignores()
	if len(ignores) == 0 {
		return findings
	}
	scopes := newScopes(ignores, p.written())
	kept := findings[:0]
	for _, f := range findings {
		if !scopes.take(f) {
			kept = append(kept, f)
		}
	}
	unused, invalid := active[diag.IgnoreUnused], active[diag.IgnoreInvalid]
	for i := range ignores {
		ig := &ignores[i]
		switch {
		case ig.problem != "" && invalid != nil:
			kept = append(kept, p.own(invalid, ig.at, "%s; the ignore has no effect", ig.problem))
		case unused != nil:
			for _, r := range ig.rules {
				if active[r.Code] != nil && !scopes.used(r.Code, ig.scope) {
					kept = append(kept, p.own(unused, ig.at, "no finding of %s %s to ignore here; remove the comment",
						r.Code, r.Name))
				}
			}
		}
	}
	return kept
}

// own makes a finding of a rule that is about the comments themselves.
func (p *Pass) own(r *Rule, span diag.Span, format string, args ...any) *Finding {
	return &Finding{Diagnostic: diag.Diagnostic{
		Span: span, Severity: p.Options.severity(r, r.Severity), Rule: r.Diag(),
		Message: diag.Sprintf(format, args...),
	}}
}

// ignores collects the comments of a file. "behind" is kept from one comment to the next, so that a file of many
// comments is walked once.
func (p *Pass) ignores() []ignore {
	var found []ignore
	var visit func(parent *parser.Node, nodes []*parser.Node)
	visit = func(parent *parser.Node, nodes []*parser.Node) {
		behind := 0 // where the next element behind a comment was looked for
		var before *parser.Node
		for i, n := range nodes {
			if n.Kind == parser.Element {
				before = n
				visit(n, n.Children)
				continue
			}
			if n.Kind != parser.Comment || !strings.Contains(n.Text, ignoreMark) {
				continue
			}
			if text, ok := strings.CutPrefix(strings.TrimSpace(n.Text), ignoreMark); ok {
				for behind = max(behind, i); behind < len(nodes) && nodes[behind].Kind != parser.Element; {
					behind++
				}
				found = append(found, p.parseIgnore(text, n, scopeOf(parent, n, before, nodes[behind:])))
			}
		}
	}
	visit(nil, p.Config.Doc.Nodes)
	return found
}

// scopeOf returns what a comment holds for, the zero span when nothing follows it: the element before it or the tag
// that it stands behind on the line, else the first of those behind it.
func scopeOf(parent, comment, before *parser.Node, behind []*parser.Node) diag.Span {
	switch {
	case comment.Inline && before != nil:
		return before.Span
	case comment.Inline && parent != nil:
		return parent.Tag
	case len(behind) == 0:
		return diag.Span{}
	case parent == nil: // before the root: the whole file
		return diag.Span{File: behind[0].Span.File, Start: 0, End: 1<<31 - 1}
	}
	return behind[0].Span
}

// parseIgnore reads what stands behind the mark: RULE[,RULE...] [until DATE] REASON. The first problem is told. One
// that names several rules and has a problem ignores none of them. The day of the date itself still counts.
func (p *Pass) parseIgnore(text string, n *parser.Node, scope diag.Span) ignore {
	ig := ignore{at: n.Span, scope: scope}
	words := strings.Fields(text)
	if len(words) == 0 || text[0] != ' ' && text[0] != '\t' && text[0] != '\n' {
		ig.problem = "ignore comment names no rule: want wasplug:ignore WP501 reason"
		return ig
	}
	for _, word := range strings.Split(words[0], ",") {
		r := Lookup(p.rules, word)
		if r == nil {
			ig.problem = diag.Sprintf("ignore comment names no rule %q%s", word, diag.DidYouMean(word, Words(p.rules)))
			return ig
		}
		ig.rules = append(ig.rules, r)
	}
	words = words[1:]
	if len(words) > 1 && words[0] == "until" {
		until, err := time.Parse(time.DateOnly, words[1])
		switch {
		case err != nil:
			ig.problem = diag.Sprintf("ignore comment until %q: want a date such as 2027-01-31", words[1])
		case !p.Options.Now.IsZero() && !p.Options.Now.Before(until.AddDate(0, 0, 1)):
			ig.problem = "ignore comment expired on " + words[1]
		}
		words = words[2:]
	}
	if ig.problem == "" && len(words) == 0 {
		ig.problem = fmt.Sprintf("ignore comment of %s gives no reason", ig.rules[0].Code)
	}
	return ig
}
