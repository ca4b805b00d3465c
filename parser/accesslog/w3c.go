package accesslog

import (
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// W3CName is the name of the extended log format of the W3C, which IIS writes.
const W3CName = "w3c"

const fieldsLine = "#Fields:"

// W3C returns the extended log format of the W3C, by the first lines of a log: the columns are those of their first
// line "#Fields:". Behind another one, as a server writes with each start and each change of its settings, other
// columns may hold: [Format.Each] follows it. Lines of another number of columns are of another form. Times are UTC,
// and not known without a date.
func W3C(head []string) (*Format, error) {
	var fields []string
	for _, line := range head {
		if fields = fieldsOf(line); len(fields) > 0 {
			break
		}
	}
	if len(fields) == 0 {
		return nil, diag.Errorf("no line %q among the first %d: it names the columns", fieldsLine, len(head))
	}
	columns := make([]func(*Record, string), len(fields))
	for i, name := range fields {
		if columns[i] = w3cColumns[name]; columns[i] == nil {
			// A column of another name says nothing here, but takes its place.
			columns[i] = func(*Record, string) {}
		}
	}
	dated := slices.Contains(fields, "date") && slices.Contains(fields, "time")
	parse := func(line string, r *Record) bool {
		if strings.HasPrefix(line, "#") {
			r.Head = true
			return true
		}
		ok := parseW3C(columns, line, r)
		if !dated || r.Time < 24*60*60 { // a line may show a time alone
			r.Time = 0
		}
		return ok
	}
	return &Format{Name: W3CName, parse: parse, columns: fields}, nil
}

// fieldsOf returns the columns that a line names, nil for any other line.
func fieldsOf(line string) []string {
	names, ok := strings.CutPrefix(line, fieldsLine)
	if !ok {
		return nil
	}
	return strings.Fields(strings.ToLower(names))
}

// behind is the form of the lines behind one.
func (f *Format) behind(line string) *Format {
	if f.columns == nil {
		return f
	}
	fields := fieldsOf(line)
	if len(fields) == 0 || slices.Equal(fields, f.columns) {
		return f
	}
	other, err := W3C([]string{line})
	if err != nil {
		return f
	}
	other.East = f.East
	return other
}

// parseW3C reads a line of columns, which blanks divide: no value holds one.
func parseW3C(columns []func(*Record, string), line string, r *Record) bool {
	n := 0
	for value := range strings.FieldsSeq(line) {
		if n < len(columns) && value != "-" {
			columns[n](r, value)
		}
		n++
	}
	return n == len(columns) && n > 0
}

// w3cColumns are the columns that say something of a request. In values "+" stands for a blank. Date and time are
// added up, and stem and query joined, in whatever order they stand.
var w3cColumns = map[string]func(*Record, string){
	"date":         func(r *Record, v string) { r.Time += w3cTime("2006-01-02", v) },
	"time":         func(r *Record, v string) { r.Time += w3cTime("2006-01-02 15:04:05", "1970-01-01 "+v) },
	"c-ip":         func(r *Record, v string) { r.Client = v },
	"cs-method":    func(r *Record, v string) { r.Method = v },
	"cs-uri-stem":  func(r *Record, v string) { r.Target = strings.ReplaceAll(v, "+", " ") + r.Target },
	"cs-uri-query": func(r *Record, v string) { r.Target += "?" + v },
	"cs-host":      func(r *Record, v string) { r.Host = v },
	"cs(cookie)":   func(r *Record, v string) { r.Cookie = strings.ReplaceAll(v, ";+", "; ") },
	"s-port":       func(r *Record, v string) { storePort("")(r, v) },
	"sc-status":    func(r *Record, v string) { storeStatus(r, v) },
	"time-taken":   func(r *Record, v string) { storeDuration(1000)(r, v) },
}

// w3cTime is a date, or a time of a day, in seconds; 0 where it is none.
func w3cTime(layout, value string) int64 {
	t, err := time.Parse(layout, value)
	if err != nil {
		return 0
	}
	return t.Unix()
}
