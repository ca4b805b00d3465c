package accesslog

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Sampled is how many lines Detect wants to see.
const Sampled = 50

// PluginLog is the name that a log of the plug-in itself has, whose lines are for package pluginlog.
const PluginLog = "plugin-log"

// Detect finds the form of a log by its first lines: the one that most of them have, the more special of two. The
// error shows lines where more than one in twenty has none of the forms.
func Detect(lines []string) (*Format, error) {
	var best *Format
	most := 0
	if f, err := W3C(lines); err == nil {
		best, most = f, count(f, lines)
	}
	for _, form := range forms {
		f, err := Named(form.name)
		if err != nil {
			return nil, err
		}
		// Of two that read as many lines the first stays: forms has the more special one first.
		if n := count(f, lines); n > most {
			best, most = f, n
		}
	}
	// The form has a name and reads nothing: whoever asked can say which command takes such a log.
	if n := countPlugin(lines); n > most {
		return &Format{Name: PluginLog, parse: func(string, *Record) bool { return false }}, nil
	}
	// Attacks and broken lines are in every log, but not so many.
	if best == nil || (len(lines)-most)*20 > len(lines) {
		return nil, odd(best, lines)
	}
	return best, nil
}

// count returns how many lines are of a form.
func count(f *Format, lines []string) (n int) {
	var r Record
	for _, line := range lines {
		if f.Parse(line, &r) {
			n++
		}
		f = f.behind(line)
	}
	return n
}

// countPlugin counts lines that begin as those of http_plugin.log do: [Sat Nov 28 12:00:00.12345 2026] 0000abcd ...
func countPlugin(lines []string) (n int) {
	for _, line := range lines {
		// A time in brackets, then a number of a process in hexadecimal digits.
		if end := strings.Index(line, "] "); strings.HasPrefix(line, "[") && end > 20 && len(line) > end+10 {
			if _, ok := hex(line[end+2]); ok {
				n++
			}
		}
	}
	return n
}

const shown = 3

// odd is the error about lines that have no form.
func odd(best *Format, lines []string) error {
	of, none := "none of the known forms", []string{}
	if best != nil {
		of = "not of the form " + best.Name + ", which most have"
	}
	var r Record
	for i, line := range lines {
		if best != nil {
			best = best.behind(line)
		}
		if (best == nil || !best.Parse(line, &r)) && len(none) < shown {
			none = append(none, fmt.Sprintf("line %d: %s", i+1, clipLine(line)))
		}
	}
	return diag.Errorf(
		"the form of the log is not clear, lines are %s:\n  %s\nname it with --log-format: %s, or as the "+
			"LogFormat of the web server", of, strings.Join(none, "\n  "), strings.Join(Names(), ", "))
}

func clipLine(s string) string {
	if len(s) > 120 {
		return s[:120] + "..."
	}
	return s
}
