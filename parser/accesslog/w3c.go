package accesslog

import (
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// W3CName is the name of the extended log format of the W3C, which IIS writes.
const W3CName = "w3c"

const fieldsLine = "#Fields:"

// W3C returns the extended log format of the W3C, by the first lines of a log: the columns are those of their last line
// "#Fields:". Lines of another number of columns, as after a change of the server's settings, are of another
// form; as many in another order are not noticed. Times are UTC.
func W3C(head []string) (*Format, error) {
	var fields []string
	for _, line := range head {
		if names, ok := strings.CutPrefix(line, fieldsLine); ok {
			fields = strings.Fields(names)
		}
	}
	if fields == nil {
		return nil, diag.Errorf("no line %q among the first %d: it names the columns", fieldsLine, len(head))
	}
	columns := make([]func(*Record, string), len(fields))
	for i, name := range fields {
		if columns[i] = w3cColumns[strings.ToLower(name)]; columns[i] == nil {
			columns[i] = func(*Record, string) {}
		}
	}
	return &Format{W3CName, func(line string, r *Record) bool { return parseW3C(columns, line, r) }}, nil
}

func parseW3C(columns []func(*Record, string), line string, r *Record) bool {
	if strings.HasPrefix(line, "#") {
		return true // what holds for the lines behind it
	}
	n := 0
	for value := range strings.FieldsSeq(line) {
		if n < len(columns) && value != "-" {
			columns[n](r, value)
		}
		n++
	}
	return n == len(columns) && n > 0
}

// w3cColumns are the columns that say something of a request. In values "+" stands for a blank.
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
