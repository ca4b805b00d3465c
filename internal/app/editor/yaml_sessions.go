package editor

import (
	"regexp"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// sessionsIn says at which places of a suite sessions stand, and how the values of them are found in the text; the
// first group of it is a value.
var sessionsIn = []struct {
	path []string
	// Cookies are maps of names to values; of a header and a URL the value must be found: behind the "=" of each
	// cookie, behind ";NAME=" of the path.
	value *regexp.Regexp
}{
	{strings.Split("tests.[].requests.[].cookies.*", "."), regexp.MustCompile(`^(.*)$`)},
	{strings.Split("tests.[].requests.[].expect.session.cookie", "."), regexp.MustCompile(`^(.*)$`)},
	{strings.Split("tests.[].requests.[].headers.*", "."), regexp.MustCompile(`=([^;=]*)`)},
	{strings.Split("tests.[].requests.[].url", "."), regexp.MustCompile(`;[^;/?#=]*=([^;/?#]*)`)},
}

// separators are those of clone IDs (R21), as they stand or as a URL may have them.
var separators = regexp.MustCompile(`:|\+|%3[aA]|%2[bB]`)

// inSession lists the clone IDs that a text of a suite has behind the separators of its sessions.
func (y *YAML) inSession(path []string, n *yamldoc.Node) (all []mention) {
	for _, s := range sessionsIn {
		if n.Kind != yamldoc.Scalar || !leads(path, s.path) || !mayHold(path) {
			continue
		}
		for _, found := range s.value.FindAllStringSubmatchIndex(n.Text, -1) {
			all = append(all, y.clonesIn(n, found[2], found[3])...)
		}
	}
	return all
}

// mayHold reports whether a session may stand at a path: of headers in that for cookies alone.
func mayHold(path []string) bool {
	last := len(path) - 1
	return path[last-1] != "headers" || strings.EqualFold(path[last], "Cookie")
}

// clonesIn lists those of a value, which is a part of a text. As routecheck/cookie reads it, its first separator is
// that of all.
func (y *YAML) clonesIn(n *yamldoc.Node, start, end int) (all []mention) {
	value := n.Text[start:end]
	var ends [][]int
	for _, at := range separators.FindAllStringIndex(value, -1) {
		if len(ends) == 0 || kindOf(value[at[0]:at[1]]) == kindOf(value[ends[0][0]:ends[0][1]]) {
			ends = append(ends, at)
		}
	}
	for i, at := range ends {
		to := len(value)
		if i+1 < len(ends) {
			to = ends[i+1][0]
		}
		m := mention{kind: aClone, text: value[at[1]:to], written: value[at[1]:to], at: n.Span, part: true}
		// Only then places of the text are places of the file. Otherwise the mention stands for the whole scalar, and
		// is never renamed (renamedPart).
		if string(y.src[n.Span.Start:n.Span.End]) == n.Text { // else it has escapes, or several lines
			m.at.Start, m.at.End = n.Span.Start+int32(start+at[1]), n.Span.Start+int32(start+to)
		}
		all = append(all, m)
	}
	return all
}

// kindOf tells the two separators apart.
func kindOf(separator string) byte {
	switch separator {
	case "+", "%2b", "%2B":
		return '+'
	}
	return ':'
}

// notInText is what a clone ID may not hold that is written into a text: it might end the text, or the session.
var notInText = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// renamedPart returns what is to be written at a clone ID that is a part of a text.
func (y *YAML) renamedPart(m *mention, to string) (string, error) {
	line := y.files.Start(m.at).Line
	switch {
	case string(y.src[m.at.Start:m.at.End]) != m.text:
		return "", diag.Errorf("%q stands in a text with escapes on line %d: write it without them first", m.text,
			line)
	case notInText.MatchString(to):
		return "", diag.Errorf("%q stands in a session on line %d, where %q might have to be escaped: "+
			"only letters, digits and .-_ are written there", m.text, line, to)
	}
	return to, nil
}
