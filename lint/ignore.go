package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var suppressionRules = []*Rule{
	ignoreUnused, ignoreInvalid, baselineStale,
}

const ignoreMark = "wasplug:ignore"

// ignore is a comment that takes findings away: <!-- wasplug:ignore WP501,WP502 until 2027-01-31 the reason -->. On a line of its own it
// holds for the next element and all within, before the root element for the whole file; behind an element on its line for that one.
type ignore struct {
	at      diag.Span
	scope   diag.Span
	rules   []*Rule
	problem string
}

var ignoreUnused = &Rule{
	Code: diag.IgnoreUnused, Name: "ignore-unused", Category: Suppression, Severity: diag.Warning,
	Doc: Doc{
		Title:  "An ignore comment takes no finding away",
		Why:    "The fault it was written for is gone, or it stands in the wrong place. Left in the file it would hide the next fault of its kind.",
		Bad:    "<!-- wasplug:ignore WP301 copied profile, known -->\n<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
		Good:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
		Near:   "<!-- wasplug:ignore WP301 copied profile, known -->\n<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c1\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n</ServerCluster>",
		Source: "wasplug's own",
	},
	Check: func(*Pass) {}, // reported when ignores are applied
}

var ignoreInvalid = &Rule{
	Code: diag.IgnoreInvalid, Name: "ignore-invalid", Category: Suppression, Severity: diag.Warning,
	Doc: Doc{
		Title:  "An ignore comment cannot be understood, gives no reason, or has expired",
		Why:    "An ignore without a reason tells the next administrator nothing; one whose date has passed was a promise to repair something by then.",
		Bad:    "<!-- wasplug:ignore WP301 -->\n<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
		Good:   "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
		Near:   "<!-- wasplug: ignore is a word of this comment -->\n<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
		Source: "wasplug's own",
	},
	Check: func(*Pass) {},
}

var baselineStale = &Rule{
	Code: diag.BaselineStale, Name: "baseline-stale", Category: Suppression, Severity: diag.Warning,
	Doc: Doc{
		Title:  "A baseline entry matches no finding",
		Why:    "The fault is repaired, or its element has another name now. An entry left behind would hide the fault when it comes back.",
		Source: "wasplug's own",
	},
	// No Check: the baseline reports it, see Baseline.Filter.
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
					kept = append(kept, p.own(unused, ig.at, "no finding of %s %s to ignore here; remove the comment", r.Code, r.Name))
				}
			}
		}
	}
	return kept
}

// own makes a finding of a rule that is about the comments themselves.
func (p *Pass) own(r *Rule, span diag.Span, format string, args ...any) *Finding {
	return &Finding{Diagnostic: diag.Diagnostic{
		Span: span, Severity: p.Options.severity(r, r.Severity), Rule: r.Diag(), Message: diag.Sprintf(format, args...),
	}}
}

// ignores collects the comments of a file.
func (p *Pass) ignores() []ignore {
	var found []ignore
	var rules []*Rule
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
				if rules == nil {
					rules = Rules()
				}
				for behind = max(behind, i); behind < len(nodes) && nodes[behind].Kind != parser.Element; {
					behind++
				}
				found = append(found, p.parseIgnore(text, n, scopeOf(parent, n, before, nodes[behind:]), rules))
			}
		}
	}
	visit(nil, p.Config.Doc.Nodes)
	return found
}

// scopeOf returns what a comment holds for, the zero span when nothing follows it: the element before it or the tag that it stands behind
// on the line, else the first of those behind it.
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

func (p *Pass) parseIgnore(text string, n *parser.Node, scope diag.Span, rules []*Rule) ignore {
	ig := ignore{at: n.Span, scope: scope}
	words := strings.Fields(text)
	if len(words) == 0 || text[0] != ' ' && text[0] != '\t' && text[0] != '\n' {
		ig.problem = "ignore comment names no rule: want wasplug:ignore WP501 reason"
		return ig
	}
	for _, word := range strings.Split(words[0], ",") {
		r := Lookup(rules, word)
		if r == nil {
			ig.problem = diag.Sprintf("ignore comment names no rule %q%s", word, diag.DidYouMean(word, Words(rules)))
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
