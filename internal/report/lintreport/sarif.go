//go:build !js

package lintreport

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "sarif", Place: 4, Escape: diag.JSON, Write: lintSARIF, Own: ownSARIF})

const (
	// tool is the name under which code scanning lists the alerts; by it a report of ours is known again.
	tool = "wasplug"
	home = "https://github.com/wasplug/wasplug"
)

// ptr is for the optional members of SARIF: what is nil is not written.
func ptr[T any](v T) *T { return &v }

// lintSARIF writes SARIF 2.1.0, as GitHub's code scanning and editors read it: one run, the rules that found
// something, a result for each finding.
func lintSARIF(w io.Writer, r *Findings) error {
	run := sarif.NewRunWithInformationURI(tool, home)
	run.Tool.Driver.Version = ptr(r.Version)
	// Both are facts about package diag, by which a reader finds the places: it counts code points, and a lone \r ends
	// a line.
	run.ColumnKind = ptr("unicodeCodePoints")
	run.NewlineSequences = []string{"\r\n", "\n", "\r"}
	run.Results = []*sarif.Result{} // null would say that lint did not run
	index := r.addRules(run)
	prints := r.fingerprints()
	for i := range r.Findings {
		run.Results = append(run.Results, r.result(&r.Findings[i], index, prints[i]))
	}
	log := sarif.NewReport()
	log.AddRun(run)
	return forms.JSON(w, log)
}

// addRules describes the rules that found something, and returns their places in that list. A reader looks up those
// that results name; the others would make every report as long as docs/rules.md.
func (r *Findings) addRules(run *sarif.Run) map[string]int {
	found := map[string]bool{}
	for i := range r.Findings {
		found[r.Findings[i].Rule.Code] = true
	}
	index := map[string]int{}
	for _, rule := range rules.All() {
		if !found[rule.Code] {
			continue
		}
		index[rule.Code] = len(index)
		d := run.AddRule(rule.Code)
		d.Name = ptr(camel(rule.Name))
		// GitHub shows the first two on top of an alert, the help below it.
		d.ShortDescription = sarif.NewMultiformatMessageString()
		d.ShortDescription.Text = ptr(rule.Doc.Title)
		d.FullDescription = sarif.NewMultiformatMessageString()
		d.FullDescription.Text = ptr(rule.Doc.Why)
		d.Help = sarif.NewMultiformatMessageString()
		d.Help.Text = ptr(rule.Page())
		d.DefaultConfiguration = sarif.NewReportingConfiguration()
		d.DefaultConfiguration.Level = level(rule.Severity)
	}
	return index
}

// camel turns clone-id-collision into CloneIdCollision, as SARIF wants names.
func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// level is the severity in the words of SARIF.
func level(s diag.Severity) string {
	if s == diag.Info {
		return "note"
	}
	return s.String()
}

// result is one finding: print is its fingerprint.
func (r *Findings) result(f *lint.Placed, index map[string]int, print string) *sarif.Result {
	res := sarif.NewRuleResult(f.Rule.Code)
	if i, ok := index[f.Rule.Code]; ok { // else -1, none: a finding whose rule is not one of package rules
		res.RuleIndex = i
	}
	res.Level = level(f.Severity)
	res.Message = sarif.NewTextMessage(f.Message)
	res.Locations = []*sarif.Location{r.location(f.Span)}
	for i, rel := range f.Related {
		loc := r.location(rel.Span)
		loc.ID = i + 1 // from 1: a related location with an ID may be referred to
		loc.Message = sarif.NewTextMessage(rel.Message)
		res.RelatedLocations = append(res.RelatedLocations, loc)
	}
	if f.Fix != nil {
		res.Fixes = []*sarif.Fix{r.fix(f.Fix)}
	}
	// The name has a version, as another way to count must not be taken for this one.
	res.PartialFingerprints = map[string]string{"ruleAndElement/v1": print}
	return res
}

// location places a finding; one that stands in no file is placed at the first line of the first file, as code
// scanning wants a place.
func (r *Findings) location(s diag.Span) *sarif.Location {
	if s.IsZero() && len(r.Checked) > 0 {
		s.File = r.Checked[0]
	}
	loc := sarif.NewLocation()
	loc.PhysicalLocation = sarif.NewPhysicalLocation()
	loc.PhysicalLocation.ArtifactLocation = r.artifact(s.File)
	loc.PhysicalLocation.Region = r.region(s)
	return loc
}

// artifact names a file: below the base relative to %SRCROOT%, which the reader sets to its checkout; elsewhere by an
// absolute file URI.
func (r *Findings) artifact(id diag.FileID) *sarif.ArtifactLocation {
	artifact := sarif.NewArtifactLocation()
	name, inside := r.within(id)
	if inside {
		artifact.URIBaseID = ptr("%SRCROOT%")
		artifact.URI = ptr((&url.URL{Path: name}).String())
		return artifact
	}
	if !strings.HasPrefix(name, "/") { // C:/conf becomes file:///C:/conf
		name = "/" + name
	}
	artifact.URI = ptr((&url.URL{Scheme: "file", Path: name}).String())
	return artifact
}

// region is a span; SARIF has no line 0, so a finding without a place is said of the first line.
func (r *Findings) region(s diag.Span) *sarif.Region {
	at := r.place(s)
	region := sarif.NewRegion()
	region.StartLine, region.StartColumn = ptr(max(at.Line, 1)), ptr(max(at.Column, 1))
	region.EndLine, region.EndColumn = ptr(max(at.EndLine, 1)), ptr(max(at.EndColumn, 1))
	return region
}

// fix describes a repair. An edit of every fix is in the file of its finding; its place is given in bytes too, which
// no encoding changes.
func (r *Findings) fix(f *diag.Fix) *sarif.Fix {
	how := " (changes behaviour: --fix=all)"
	if f.Safe {
		how = " (safe: --fix)"
	}
	change := sarif.NewArtifactChange().WithArtifactLocation(r.artifact(f.Edits[0].Span.File))
	for _, e := range f.Edits {
		region := r.region(e.Span)
		region.ByteOffset, region.ByteLength = int(e.Span.Start), ptr(int(e.Span.End-e.Span.Start))
		content := sarif.NewArtifactContent()
		if content.Text = &e.New; !utf8.ValidString(e.New) { // bytes of a file in Latin-1, copied
			content.Text, content.Binary = nil, ptr(base64.StdEncoding.EncodeToString([]byte(e.New)))
		}
		change.AddReplacement(sarif.NewReplacement().WithDeletedRegion(region).WithInsertedContent(content))
	}
	return sarif.NewFix().WithDescription(sarif.NewTextMessage(f.Title + how)).AddArtifactChange(change)
}

// ownSARIF knows a report by the name of the tool. A file of several runs was merged by somebody, and is theirs.
func ownSARIF(text []byte) bool {
	var r struct {
		Runs []struct {
			Tool struct{ Driver struct{ Name string } }
		}
	}
	return json.Unmarshal(text, &r) == nil && len(r.Runs) == 1 && r.Runs[0].Tool.Driver.Name == tool
}
