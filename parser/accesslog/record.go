package accesslog

import "io"

// Record is what one line says of a request. Its texts lie in the text of the line wherever nothing was escaped.
type Record struct {
	Line   int    // from 1
	Head   bool   // the line is about no request: it says what holds for those behind it
	Time   int64  // seconds since 1970 UTC at which the request began, or was logged; 0 unknown
	East   int64  // seconds that the zone of the line's time is east of UTC
	Client string // address or name of the client, "" unknown

	Method string // "" unknown
	Target string // path and query as sent; "" where the line holds no request
	Host   string // of the Host header or of the virtual host, HOST[:PORT]; "" unknown
	Scheme string // http, https or "" for unknown
	Port   int    // on which it arrived, 0 unknown
	// Normalised: Target is what the web server made of the path, as the plug-in's own log has it.
	Normalised bool
	Cookie     string // what is known of the Cookie header, "" nothing

	Status int    // that the client got, 0 unknown
	Micros int64  // it took, -1 unknown
	WAS    string // host:port of the member that the plug-in chose, "" unknown
	Member string // CLUSTER/MEMBER, or declined, of wasplug's own log; "" unknown
	ID     string // that the plug-in gave to the request, "" unknown
	Phases Phases
}

// Clock is the time as the clock of the web server showed it, in seconds since 1970 there; 0 where it is not known.
func (r *Record) Clock() int64 {
	if r.Time == 0 {
		return 0
	}
	return r.Time + r.East
}

// Phases are milliseconds that the plug-in spent in the phases of a request, by IBM HTTP Server (PH47518).
type Phases struct {
	Known   bool  // the line has some of them
	Connect int32 // to the member (TPCN)
	Body    int32 // sending the body (TPSB)
	Wait    int32 // for the first line of the answer (TPWR)
	Read    int32 // and passing on the body of the answer (TPRB)
}

// Format is a form of lines.
type Format struct {
	Name    string // one of Names, or LogFormat
	East    int64  // seconds that the web server's zone is east of UTC, where the form is of UTC whatever that is
	parse   func(line string, r *Record) bool
	columns []string // as a line of the log names them, nil where none does
}

// Parse reads a line, without its end, into a record. It reports false where the line is not of the form; the record
// then holds nothing to go by.
func (f *Format) Parse(line string, r *Record) bool {
	// 0 microseconds are a duration, so -1 stands for none.
	*r = Record{Micros: -1, East: f.East}
	return f.parse(line, r)
}

// Each visits the lines of a block that hold requests, and those that are not of the form: ok is false for them. The
// record is visit's only until it returns.
func (f *Format) Each(b *Block, visit func(r *Record, ok bool)) {
	if b.head != "" {
		f = f.behind(b.head)
	}
	var r Record
	b.Each(func(line string, number int) {
		ok := f.Parse(line, &r)
		if r.Head {
			f = f.behind(line)
			return
		}
		r.Line = number
		visit(&r, ok)
	})
}

// Blocks reads a log of the form.
func (f *Format) Blocks(r io.Reader) *Blocks {
	b := NewBlocks(r)
	b.heads = f.columns != nil
	return b
}

// known is a value that says something: logs write "-" for none.
func known(value string) string {
	if value == "-" {
		return ""
	}
	return value
}

// number reads a decimal number without sign; ok is false for anything else, and for more than 18 digits.
func number(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}
