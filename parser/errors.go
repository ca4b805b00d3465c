package parser

import "github.com/wasplug/wasplug/parser/diag"

// The rules that Parse itself reports. Their pages stand with all others in package lint.
var (
	ruleSyntax    = diag.Rule{Code: diag.XMLSyntax, Name: "xml-syntax"}
	ruleNotConfig = diag.Rule{Code: diag.NotAConfig, Name: "not-a-config"}
	ruleEncoding  = diag.Rule{Code: diag.EncodingMismatch, Name: "encoding-mismatch"}
)

// What a file with a WP101 or WP102 does at run time.
const refused = "the plug-in keeps the old configuration on a reload and does not start with this one"

// malformed reports that the file is not well-formed. It returns the diagnostic for additions before the next one is
// made, nil when nothing more is reported.
func (s *scanner) malformed(start, end int, format string, args ...any) *diag.Diagnostic {
	return s.syntax(start, end, diag.Error, diag.Sprintf(format, clip(args)...)+"; "+refused)
}

// doubt reports what XML, or this program, does not allow and the plug-in may read all the same: no text says so.
func (s *scanner) doubt(start, end int, format string, args ...any) *diag.Diagnostic {
	return s.syntax(start, end, diag.Warning, diag.Sprintf(format, clip(args)...))
}

// syntax reports a WP101. Beyond MaxErrors of them the reading ends: nobody reads so many.
func (s *scanner) syntax(start, end int, severity diag.Severity, message string) *diag.Diagnostic {
	if s.halted {
		return nil
	}
	if len(s.reports) == MaxErrors {
		s.limit(start, "more than %d errors", MaxErrors)
		return nil
	}
	s.report(start, end, ruleSyntax, severity, message)
	return &s.reports[len(s.reports)-1]
}

// limit reports that a limit of this program was passed at start, and ends the reading.
func (s *scanner) limit(start int, format string, args ...any) {
	if s.halted {
		return
	}
	s.halted = true
	what := diag.Sprintf(format, args...)
	s.report(start, start+1, ruleSyntax, diag.Error, what+": a limit of wasplug; what stands behind this place is "+
		"not read")
}

func (s *scanner) report(start, end int, rule diag.Rule, sev diag.Severity, message string) {
	end = min(max(end, start), len(s.src))
	s.reports = append(s.reports, diag.Diagnostic{Span: s.span(min(start, end), end), Severity: sev, Rule: rule,
		Message: message})
}

const longName = 60 // bytes of a name or word that a message shows

// clip shortens the strings of a message.
func clip(args []any) []any {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = diag.Clip(text, longName)
		}
	}
	return args
}

// similar reports whether an end tag of one name was most likely meant for the other.
func similar(a, b string) bool {
	return len(a) <= longName && len(b) <= longName && diag.Suggest(a, []string{b}) != ""
}

func (s *scanner) notConfig(at diag.Span, format string, args ...any) {
	s.report(int(at.Start), int(at.End), ruleNotConfig, diag.Error, diag.Sprintf(format, clip(args)...))
}
