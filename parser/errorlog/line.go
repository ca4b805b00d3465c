package errorlog

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// Line is what one line says. Its texts are parts of the text that was read.
type Line struct {
	Time    pluginlog.Time // on the clock of the web server, which http_plugin.log shows, too
	Module  string         // that wrote it, "" before Apache 2.4
	Level   string         // notice, error and so on
	PID     int64          // of the process that wrote it, 0 unknown
	Code    string         // AH00161, "" before Apache 2.4
	OSError int32          // errno of the operating system, 0 for none and on Windows, whose numbers are others
	Text    string         // what follows all that

	Kind
	Threads     Counts
	Modules     []Module
	Used, Limit int64 // threads
	Child       int64 // process
	Signal      string

	request bool // the line is about one: clients choose parts of its text
}

// Parse reads a line, without its end, into l. It reports false where the line is of another form; a line that goes on
// from the one before it is one.
func Parse(text string, l *Line) bool {
	*l = Line{Modules: l.Modules[:0]}
	rest, ok := strings.CutPrefix(text, "[")
	if !ok {
		return false
	}
	stamp, rest, ok := strings.Cut(rest, "] ")
	if !ok {
		return false
	}
	if l.Time, ok = pluginlog.ParseTime(stamp); !ok {
		return false
	}
	// [core:error] [pid 42:tid 7] core.c(99): (24)Too many open files: [client 10.0.0.1:5000] AH00001: text; before 2.4
	// the client came first, and either may be missing.
	rest = l.cutSource(l.cutBrackets(rest))
	rest = l.cutBrackets(l.cutOSError(rest))
	l.Text = l.cutCode(rest)
	// A time and no level: not what the web server writes.
	if l.Level == "" {
		return false
	}
	l.Kind = l.kindOf()
	return true
}

// levels have a blank on each side, so that a part of one is none.
const levels = " emerg alert crit error warn notice info debug trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8 "

// cutBrackets reads [module:level], [level], [pid N:tid N], [client ADDRESS], [remote ADDRESS] and passes over others.
func (l *Line) cutBrackets(s string) string {
	for strings.HasPrefix(s, "[") {
		part, rest, ok := strings.Cut(s[1:], "] ")
		if !ok {
			return s
		}
		module, level, both := strings.Cut(part, ":")
		if !both {
			module, level = "", part
		}
		switch {
		case l.Level == "" && level != "" && strings.Contains(levels, " "+level+" "):
			l.Module, l.Level = module, level
		case strings.HasPrefix(part, "pid "):
			l.PID = numberBehind(part, "pid ")
		case strings.HasPrefix(part, "client "), strings.HasPrefix(part, "remote "):
			l.request = true
		}
		s = strings.TrimLeft(rest, " ")
	}
	return s
}

// cutSource passes over the place in the sources that LogLevel debug shows: "connection.c(190): ".
func (l *Line) cutSource(s string) string {
	place, rest, ok := strings.Cut(s, ": ")
	if ok && strings.HasSuffix(place, ")") && strings.Contains(place, ".c") && !strings.Contains(place, " ") {
		return rest
	}
	return s
}

// cutOSError reads "(24)Too many open files: ". On Windows it is "(OS 10048)...", whose number is passed over.
func (l *Line) cutOSError(s string) string {
	number, windows := strings.CutPrefix(strings.TrimPrefix(s, "("), "OS ")
	number, after, ok := strings.Cut(number, ")")
	n, isNumber := decimal(number)
	if !strings.HasPrefix(s, "(") || !ok || !isNumber || n > 1<<30 {
		return s
	}
	_, rest, ok := strings.Cut(after, ": ")
	if !ok {
		return s
	}
	if !windows {
		l.OSError = int32(n)
	}
	return rest
}

// cutCode reads "AH00161: ", the number that Apache 2.4 gives to a message.
func (l *Line) cutCode(s string) string {
	code, rest, ok := strings.Cut(s, ": ")
	if !ok || len(code) != len("AH00161") || !strings.HasPrefix(code, "AH") {
		return s
	}
	if _, ok := decimal(code[2:]); !ok {
		return s
	}
	l.Code = code
	return rest
}

// decimal reads a number without sign, of some 15 digits at most.
func decimal(s string) (n int64, ok bool) {
	u, err := strconv.ParseUint(s, 10, 50)
	return int64(u), err == nil
}

// numberBehind reads the number behind the first occurrence of a word, 0 where there is none.
func numberBehind(s, word string) int64 {
	_, s, ok := strings.Cut(s, word)
	if !ok {
		return 0
	}
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := decimal(s[:end])
	return n
}
