package facts

import (
	"strings"

	"github.com/wasplug/wasplug/routecheck/cookie"
)

const (
	mostLookups = 1 << 12
	// exampleSession is a cache ID and a session ID of the usual form, in front of clone IDs that are looked up.
	exampleSession = "0000AAAAAAAAAAAAAAAAAAAAAAA"
)

// lookups are what the file says of clone IDs. Each is asked for once: the same ones come again and again.
type lookups struct {
	file  *File
	known map[string]*cookie.Report
}

// of returns what is said of clone IDs with the separators in front of them; nil where nobody can be asked, or where
// too many different ones came.
func (l *lookups) of(clones string) *cookie.Report {
	if l.file == nil {
		return nil
	}
	if told := l.known[clones]; told != nil || len(l.known) >= mostLookups || len(clones) > cookie.MostLength {
		return told
	}
	if l.known == nil {
		l.known = map[string]*cookie.Report{}
	}
	told := cookie.Read(cookie.Question{Value: exampleSession + clones, Table: l.file.Table, Sem: l.file.Sem})
	l.known[strings.Clone(clones)] = told
	return told
}

// caseTwin returns the clone ID of the file that differs from an unknown one in letter case alone, "" for none.
func caseTwin(id *cookie.ID) string {
	for _, near := range id.Near {
		if strings.EqualFold(near.ID, id.ID) {
			return near.ID
		}
	}
	return ""
}

// mostName is how many bytes of a name of a log are kept.
const mostName = 512

// kept returns a copy of a name that does not hold on to the text of the log.
func kept(name string) string { return strings.Clone(name[:min(len(name), mostName)]) }
