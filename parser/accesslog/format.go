package accesslog

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// piece is a value of a line and the text that ends it.
type piece struct {
	directive
	until  string // the text between it and the next one; "": to the end of the line
	quoted bool   // until the next quote that is not escaped
	host   bool   // HOST in HOST:PORT, which may be an IPv6 address in brackets
}

// layout is a LogFormat made ready: values in the order of the line. A value may hold blanks where no quotes stand
// around it, as that of %r or %{Cookie}i in a format that somebody wrote by hand. Its end is not to be seen from its
// beginning, but it can be found from the end of the line if all values behind it are plain: there may be one such
// value in a format.
type layout struct {
	before string // of the first value
	front  []piece
	// A value with blanks and no quotes: what stands behind it is read from the end of the line.
	middle *piece
	back   []piece // in the order of the line; before each stands the until of the one before it
	extra  bool    // what follows the last value is ignored
}

// newFormat makes a format of a LogFormat of Apache. The error names what is no directive, or two values of which
// nobody can tell where one ends and the next begins.
func newFormat(name, format string, extra bool) (*Format, error) {
	l, err := compile(format)
	if err != nil {
		return nil, err
	}
	l.extra = extra
	return &Format{Name: name, parse: l.parse}, nil
}

// compile takes a LogFormat apart: text, directive, text and so on. The text behind a directive is what ends its
// value, so two directives without text between them are refused.
func compile(format string) (*layout, error) {
	format = strings.NewReplacer(`\"`, `"`, `\t`, "\t", `\\`, `\`).Replace(format) // as httpd.conf writes it
	l := new(layout)
	var pieces []piece
	text := &l.before
	for rest := format; rest != ""; {
		switch {
		case !strings.HasPrefix(rest, "%"):
			*text, rest = *text+rest[:1], rest[1:]
			continue
		case strings.HasPrefix(rest, "%%"):
			*text, rest = *text+"%", rest[2:]
			continue
		}
		d, after, ok := parseDirective(rest[1:])
		if !ok {
			return nil, diag.Errorf("log format: %q begins no directive that is known", clip(rest))
		}
		if n := len(pieces); n > 0 && pieces[n-1].until == "" {
			return nil, diag.Errorf(
				"log format: nothing stands between %s and %s, so nobody can tell their values apart",
				pieces[n-1].text, d.text)
		}
		if d.letter == 't' && d.arg == "" { // writes its brackets itself
			*text += "["
		}
		pieces = append(pieces, piece{directive: d})
		p := &pieces[len(pieces)-1]
		text, rest = &p.until, after
		if d.letter == 't' && d.arg == "" {
			*text = "]"
		}
	}
	return l, l.arrange(pieces)
}

// clip shortens what a message shows of a format.
func clip(s string) string { return s[:min(len(s), 20)] }

// arrange finds the value that can only be read from both sides.
func (l *layout) arrange(pieces []piece) error {
	before := l.before
	for i := range pieces {
		p := &pieces[i]
		p.quoted = strings.HasSuffix(before, `"`) && strings.HasPrefix(p.until, `"`)
		// "%v:%p" of vhost_common.
		p.host = (p.letter == 'v' || p.letter == 'V' || p.letter == 'h' || p.letter == 'a') && p.until == ":"
		before = p.until
	}
	for i := range pieces {
		p := &pieces[i]
		// Behind the last value nothing has to be found, and a text such as "] " ends one although it may hold blanks.
		if !p.free || p.quoted || i == len(pieces)-1 || strings.Trim(p.until, " \t") != "" {
			continue
		}
		for j := i + 1; j < len(pieces); j++ {
			if pieces[j].free && !pieces[j].quoted {
				return diag.Errorf(
					"log format: the values of %s and %s may both hold blanks, so nobody can tell where one "+
						"ends; put quotes around them, or leave one out", p.text, pieces[j].text)
			}
		}
		l.front, l.middle, l.back = pieces[:i], p, pieces[i+1:]
		return nil
	}
	l.front = pieces
	return nil
}

// parse reads a line.
func (l *layout) parse(line string, r *Record) bool {
	rest, ok := strings.CutPrefix(line, l.before)
	if !ok {
		return false
	}
	for i := range l.front {
		p := &l.front[i]
		value, after, ok := p.cut(rest, l.extra && i == len(l.front)-1)
		if !ok || !p.store(r, value) {
			return false
		}
		rest = after
	}
	if l.middle == nil {
		return l.extra || rest == ""
	}
	return l.parseBack(rest, r)
}

// parseBack reads the value with blanks, and what is behind it from the end of the line.
func (l *layout) parseBack(rest string, r *Record) bool {
	for i := len(l.back) - 1; i >= 0; i-- {
		p := &l.back[i]
		rest, _ = strings.CutSuffix(rest, p.until)
		before := l.middle.until
		if i > 0 {
			before = l.back[i-1].until
		}
		at := strings.LastIndex(rest, before)
		if at < 0 || !p.store(r, rest[at+len(before):]) {
			return false
		}
		rest = rest[:at+len(before)] // which the piece before ends with
	}
	rest, _ = strings.CutSuffix(rest, l.middle.until)
	return l.middle.store(r, rest)
}

// cut divides a line behind a value; last: the line may go on, or end with the value.
func (p *piece) cut(s string, last bool) (value, rest string, ok bool) {
	switch {
	case p.until == "":
		if last {
			if i := strings.IndexByte(s, ' '); i >= 0 && !p.free {
				return s[:i], s[i:], true
			}
		}
		return s, "", true
	case p.quoted:
		return p.cutQuoted(s)
	}
	i := 0
	if p.host && strings.HasPrefix(s, "[") {
		if i = strings.IndexByte(s, ']'); i < 0 {
			return "", "", false
		}
	}
	at := strings.Index(s[i:], p.until)
	if at < 0 {
		return "", "", false
	}
	return s[:i+at], s[i+at+len(p.until):], true
}

// cutQuoted ends a value at the next quote that no backslash escapes.
func (p *piece) cutQuoted(s string) (value, rest string, ok bool) {
	for i := 0; ; i++ {
		at := strings.IndexByte(s[i:], '"')
		if at < 0 {
			return "", "", false
		}
		i += at
		// A quote that the client sent has an odd number of backslashes before it: one of Apache, and pairs that stand
		// for its own.
		slashes := 0
		for j := i - 1; j >= 0 && s[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			rest, ok = strings.CutPrefix(s[i:], p.until)
			return s[:i], rest, ok
		}
	}
}
