package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Baseline is a list of known findings. An entry is keyed on rule, file and element path, not on a line, so that it
// holds when lines move. Its entries note what they have matched, so it is for one run.
type Baseline struct {
	entries map[baselineKey]*baselineEntry
	order   []*baselineEntry
}

type baselineKey struct{ rule, file, path string }

type baselineEntry struct {
	baselineKey
	count, used int
	at          diag.Span
}

// ReadBaseline reads a baseline that stands in files. What is wrong in it is reported as errors of the baseline file.
func ReadBaseline(files *diag.Files, id diag.FileID) (*Baseline, []diag.Diagnostic) {
	root, reports := schemas.Load(files, id, "baseline")
	b := &Baseline{entries: map[baselineKey]*baselineEntry{}}
	if diag.Worst(reports) >= diag.Error {
		return b, reports
	}
	for _, n := range list0(root.Get("findings")) {
		e := &baselineEntry{count: 1, at: n.Get("path").Str().Span(),
			baselineKey: baselineKey{n.Get("rule").Str().V, n.Get("file").Str().V, n.Get("path").Str().V}}
		if c := n.Get("count").Int(); c.Set() {
			e.count = c.V
		}
		b.entries[e.baselineKey] = e
		b.order = append(b.order, e)
	}
	return b, reports
}

// list0 are the items of a list that may be missing.
func list0(n *yamldoc.Node) []*yamldoc.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// FileNamer returns how a baseline names the file that reports call name: one way, however it was named on the command
// line.
type FileNamer func(name string) string

func (named FileNamer) key(files *diag.Files, p *lint.Placed) baselineKey {
	return baselineKey{p.Rule.Code, named(files.Name(p.Span.File)), p.Path}
}

// Filter takes the findings away that the baseline knows, and adds one (WP903) for each entry that matches nothing, or
// less than it counts, among the files that were checked. Which of several findings at one path are known does not
// matter, so the first ones are taken away. An entry of a file that was not checked says nothing.
func (b *Baseline) Filter(files *diag.Files, placed []lint.Placed, checked []diag.FileID,
	named FileNamer) []lint.Placed {
	var kept []lint.Placed
	for i := range placed {
		if e := b.entries[named.key(files, &placed[i])]; e != nil && e.used < e.count {
			e.used++
			continue
		}
		kept = append(kept, placed[i])
	}
	was := map[string]bool{}
	for _, id := range checked {
		was[named(files.Name(id))] = true
	}
	rule := lint.Lookup(rules.All(), diag.BaselineStale)
	for _, e := range b.order {
		if e.used >= e.count || !was[e.file] {
			continue
		}
		kept = append(kept, lint.Placed{Diagnostic: diag.Diagnostic{Span: e.at, Severity: rule.Severity,
			Rule: rule.Diag(), Message: fmt.Sprintf(
				"%s has %d of the %d findings of %s at %s that the baseline knows; write the baseline again", e.file,
				e.used, e.count, e.rule,
				diag.AppendVisible(nil, e.path, diag.Text, ""))}})
	}
	return kept
}

// WriteBaseline returns a baseline of all findings. It is sorted, so that a new one differs from the old one only
// where findings do.
func WriteBaseline(files *diag.Files, placed []lint.Placed, named FileNamer) []byte {
	type entry struct {
		Rule  string `json:"rule"`
		File  string `json:"file"`
		Path  string `json:"path"`
		Count int    `json:"count,omitempty"`
	}
	count := map[baselineKey]int{}
	for i := range placed {
		count[named.key(files, &placed[i])]++
	}
	out := struct {
		Version  int     `json:"version"`
		Findings []entry `json:"findings"`
	}{1, []entry{}}
	for k, n := range count {
		e := entry{k.rule, k.file, k.path, 0}
		if n > 1 {
			e.Count = n
		}
		out.Findings = append(out.Findings, e)
	}
	slices.SortFunc(out.Findings, func(a, b entry) int {
		return strings.Compare(a.File+"\x00"+a.Path+"\x00"+a.Rule, b.File+"\x00"+b.Path+"\x00"+b.Rule)
	})
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(out) // strings and numbers always encode
	return []byte(text.String())
}
