package accesslog

import (
	"maps"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// HTTPDConf returns the form that a configuration of Apache or IBM HTTP Server gives to a log: that of a nickname, or
// with "" that of the CustomLog or GlobalLog which writes a file of the name of the log, rotated or not. The text is
// that of one file: what it includes is not read.
func HTTPDConf(conf, nickname, log string) (*Format, error) {
	c := readHTTPDConf(conf)
	if nickname == "" {
		var err error
		if nickname, err = c.formatOf(log); err != nil {
			return nil, err
		}
	}
	format, named := c.formats[nickname]
	switch {
	case named:
	case strings.Contains(nickname, "%"):
		format = nickname
	default:
		return nil, diag.Errorf("no LogFormat %q%s: want one of %s", nickname,
			diag.DidYouMean(nickname, c.nicknames()), strings.Join(c.nicknames(), ", "))
	}
	return newFormat("LogFormat", format, false)
}

type httpdConf struct {
	formats map[string]string // by nickname
	logs    []httpdLog
}

// httpdLog is a CustomLog or a GlobalLog.
type httpdLog struct {
	path   string
	format string // a nickname or a LogFormat
}

func (c *httpdConf) nicknames() []string { return slices.Sorted(maps.Keys(c.formats)) }

// readHTTPDConf reads the directives about logs, whatever section they stand in: a virtual host may define formats of
// its own, and a later one of a name replaces the earlier one, as in Apache.
func readHTTPDConf(conf string) *httpdConf {
	c := &httpdConf{formats: map[string]string{}}
	// A line with a backslash at its end goes on in the next one.
	conf = strings.ReplaceAll(strings.ReplaceAll(conf, "\r\n", "\n"), "\\\n", "")
	for line := range strings.SplitSeq(conf, "\n") {
		words := httpdWords(line)
		if len(words) < 3 {
			continue
		}
		switch strings.ToLower(words[0]) {
		case "logformat":
			c.formats[words[2]] = words[1]
		case "customlog", "globallog": // behind the format env= or expr= may follow
			c.logs = append(c.logs, httpdLog{words[1], words[2]})
		}
	}
	return c
}

// formatOf finds who writes a log. Where nobody does by that name, all may have one format.
func (c *httpdConf) formatOf(log string) (string, error) {
	var byName, all []string
	longest := 0 // of the names that fit: access_log.1 is access_log's, not access's
	add := func(to *[]string, format string) {
		if !slices.Contains(*to, format) {
			*to = append(*to, format)
		}
	}
	for _, l := range c.logs {
		add(&all, l.format)
		if base := baseName(l.path); base != "" && strings.HasPrefix(baseName(log), base) && len(base) >= longest {
			if len(base) > longest {
				byName, longest = nil, len(base)
			}
			add(&byName, l.format)
		}
	}
	for _, found := range [][]string{byName, all} {
		if len(found) == 1 {
			return found[0], nil
		}
	}
	return "", diag.Errorf("%d logs and none that is %q alone: name the LogFormat, @FILE:NICKNAME, of %s", len(c.logs),
		baseName(log), strings.Join(c.nicknames(), ", "))
}

// baseName is the last part of a path of either kind; of a program that the log is piped to there is none.
func baseName(path string) string {
	if strings.HasPrefix(path, "|") {
		return ""
	}
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// httpdWords takes a line of httpd.conf apart. Quotes are taken away, and what they escape is left as it is.
func httpdWords(line string) (words []string) {
	for line = strings.TrimSpace(line); line != "" && line[0] != '#'; line = strings.TrimLeft(line, " \t") {
		end, from := 0, 0
		if quote := line[0]; quote == '"' || quote == '\'' {
			for from, end = 1, 1; end < len(line) && line[end] != quote; end++ {
				if line[end] == '\\' && end+1 < len(line) {
					end++
				}
			}
		} else if end = strings.IndexAny(line, " \t"); end < 0 {
			end = len(line)
		}
		end = min(end, len(line))
		words = append(words, line[from:end])
		line = line[min(end+from, len(line)):]
	}
	return words
}
