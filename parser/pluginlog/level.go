package pluginlog

import "strings"

// Level is the level that a line names. The zero Level stands for a line that names none, as excerpts in books do.
type Level uint8

// The levels, from the quietest to the noisiest. Lines of level PLUGIN are written whatever LogLevel says.
const (
	LevelNone Level = iota
	LevelPlugin
	LevelError // the default of LogLevel
	LevelWarn
	LevelStats  // since V5.1
	LevelDetail // in later logs; that it and DEBUG stand between STATS and TRACE is recalled, no page says so
	LevelDebug
	LevelTrace
)

// String returns the level as log lines spell it; "" for LevelNone.
func (l Level) String() string {
	switch l {
	case LevelPlugin:
		return "PLUGIN"
	case LevelError:
		return "ERROR"
	case LevelWarn:
		return "WARN"
	case LevelStats:
		return "STATS"
	case LevelDetail:
		return "DETAIL"
	case LevelDebug:
		return "DEBUG"
	case LevelTrace:
		return "TRACE"
	}
	return ""
}

// ParseLevel reads a level as a log line or the attribute LogLevel of plugin-cfg.xml spells it, in any case.
func ParseLevel(s string) (Level, bool) {
	for l := LevelPlugin; l <= LevelTrace; l++ {
		if strings.EqualFold(s, l.String()) {
			return l, true
		}
	}
	if strings.EqualFold(s, "WARNING") {
		return LevelWarn, true
	}
	return LevelNone, false
}

// cutLevel splits "LEVEL:" off the front of s. The test of the first byte keeps the common case to one comparison of
// strings.
func cutLevel(s string) (Level, string, bool) {
	if len(s) < len("WARN:") {
		return LevelNone, s, false
	}
	switch s[0] {
	case 'T':
		return tryLevel(s, "TRACE:", LevelTrace)
	case 'D':
		if l, rest, ok := tryLevel(s, "DETAIL:", LevelDetail); ok {
			return l, rest, true
		}
		return tryLevel(s, "DEBUG:", LevelDebug)
	case 'S':
		return tryLevel(s, "STATS:", LevelStats)
	case 'E':
		return tryLevel(s, "ERROR:", LevelError)
	case 'W':
		if l, rest, ok := tryLevel(s, "WARN:", LevelWarn); ok {
			return l, rest, true
		}
		return tryLevel(s, "WARNING:", LevelWarn)
	case 'P':
		return tryLevel(s, "PLUGIN:", LevelPlugin)
	}
	return LevelNone, s, false
}

func tryLevel(s, word string, l Level) (Level, string, bool) {
	if !strings.HasPrefix(s, word) {
		return LevelNone, s, false
	}
	return l, s[len(word):], true
}
