package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/generate/graph"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

// Differences are what two files, or two folders, do differently; one of the two is nil.
type Differences struct {
	Files   *checks.DiffAnswer
	Folders *checks.FoldersAnswer
	Options diff.Options
}

// Diff are the formats of differences.
var Diff = forms.List[Differences]{forms.AsText(diffAs("text")), forms.AsJSON(diffAs("json")),
	{Name: "markdown", Place: 3, Write: diffAs("markdown")}}

// diffAs leaves the writing to package diff, whose reports are parts of others, too: of a verdict and of a change.
func diffAs(format string) func(io.Writer, Differences) error {
	return func(w io.Writer, d Differences) error {
		if d.Folders != nil {
			return d.Folders.Folders.Write(w, d.Folders.Files, format, d.Options)
		}
		return d.Files.Report.Write(w, d.Files.Files, format, d.Options)
	}
}

// Graph are the formats of a drawing.
var Graph = forms.List[*authoring.GraphAnswer]{
	{Name: "text", Write: graphAs("text")}, {Name: "mermaid", Write: graphAs("mermaid")},
	{Name: "dot", Write: graphAs("dot")}, {Name: "svg", Write: graphAs("svg")}, {Name: "html", Write: graphAs("html")},
}

func graphAs(format string) func(io.Writer, *authoring.GraphAnswer) error {
	return func(w io.Writer, a *authoring.GraphAnswer) error { return graph.Write(w, a.Config, format) }
}

// Origin tells what in the topology made a line of the XML: the place of the element, then of each attribute. What the
// topology does not say comes from its flavor, and has no place.
func Origin(w io.Writer, a *authoring.GenerateAnswer, line int, origin generate.Origin) {
	w = forms.Visible(w, diag.Text)
	fmt.Fprintf(w, "line %d: %s\n%s\n", line, origin.Text, a.Files.Start(origin.Span))
	a.Files.Snippet(w, origin.Span)
	var defaults []string
	for _, attr := range origin.Attrs {
		if attr.FlavorDefault {
			defaults = append(defaults, diag.Sprintf("%s=%q", attr.Name, attr.Value))
			continue
		}
		fmt.Fprintf(w, "%s=%s: %s\n", attr.Name, diag.Quote(attr.Value), a.Files.Start(attr.Span))
	}
	if len(defaults) > 0 {
		fmt.Fprintf(w, "by default (flavor %s): %s\n", a.Topology.Flavor.V, strings.Join(defaults, " "))
	}
}

// Check tells what a file says otherwise than what would be written, a line for each difference as compilers have
// them.
func Check(w io.Writer, a *authoring.CheckAnswer) {
	for _, c := range a.Changes {
		fmt.Fprintf(forms.Visible(w, diag.Text), "%s: %s\n", c.At, c.Change)
	}
}
