package accesslog

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

const (
	common   = `%h %l %u %t "%r" %>s %b`
	combined = common + ` "%{Referer}i" "%{User-agent}i"`
	vhost    = `%v:%p ` + common
	// wasDebug is the form that IBM asks for: ibm.com/support/pages/node/331563.
	wasDebug = common + ` %{WAS_UNIQUE_ID}e %{RH}e WAS=%{WAS}e %{Set-Cookie}o %{JSESSIONID}C %{remote}p %D`
)

// forms are those that have a name, the more special ones first: what is of a later form may be of an earlier one.
var forms = []struct {
	name   string
	format string // of Apache; "" has a parser of its own
	parse  func(line string, r *Record) bool
}{
	{"json", "", jsonParser(nil)},
	{"wasplug", "", parseWasplug},
	{"was-debug", wasDebug, nil},
	{"vhost_common", vhost, nil},
	{"combined", combined, nil},
	{"common", common, nil},
	{"urls", "", parseURL},
}

// Names are the forms that have one; [Named] knows all but that of [W3C].
func Names() (names []string) {
	for _, f := range forms {
		names = append(names, f.name)
	}
	return append(names, W3CName)
}

// Named returns a form by its name, or one that a LogFormat such as '%h %l %u %t "%r" %>s' describes. The error lists
// the names, or says what is wrong with the LogFormat.
func Named(name string) (*Format, error) {
	if strings.Contains(name, "%") {
		return newFormat("LogFormat", name, false)
	}
	for _, f := range forms {
		switch {
		case f.name != name:
		case f.parse != nil:
			return &Format{Name: name, parse: f.parse}, nil
		default:
			// People add times and variables at the end of the usual forms: such lines count as of these forms, too.
			// The one that IBM asks for is as it is.
			return newFormat(name, f.format, f.name != "was-debug")
		}
	}
	return nil, diag.Errorf("no log format %q%s: want one of %s, or a LogFormat such as "+
		"'%%h %%l %%u %%t \"%%r\" %%>s %%b'", name, diag.DidYouMean(name, Names()), strings.Join(Names(), ", "))
}

// commonLayout reads what wasplug's own form begins with.
var commonLayout = func() *layout {
	l, err := compile(common)
	if err != nil {
		panic(err) // a constant
	}
	l.extra = true
	return l
}()

// parseWasplug reads the text log of the proxy: the common form, CLUSTER/MEMBER, and facts with names.
func parseWasplug(line string, r *Record) bool {
	// The last one, for a client may send such words in its request line.
	i := strings.LastIndex(line, " attempts=")
	if i < 0 {
		return false
	}
	member := strings.LastIndexByte(line[:i], ' ')
	if member < 0 || !commonLayout.parse(line[:member], r) {
		return false
	}
	r.Member = known(line[member+1 : i])
	for fact := range strings.SplitSeq(line[i+1:], " ") {
		if seconds, ok := strings.CutPrefix(fact, "took="); ok {
			r.Micros = micros(seconds)
		}
	}
	return true
}

// micros reads seconds with a fraction, -1 for anything else.
func micros(s string) int64 {
	whole, fraction, _ := strings.Cut(s, ".")
	n, ok := number(whole)
	// Six digits of it: 0.5 is 500000 microseconds.
	part, ok2 := number((fraction + "000000")[:6])
	if !ok || !ok2 || n > 1<<40 {
		return -1
	}
	return n*1e6 + part
}

// parseURL reads a URL or a path, and behind a tab a Cookie header. Lines that begin with "#" are comments: they hold
// no request.
func parseURL(line string, r *Record) bool {
	url, cookie, _ := strings.Cut(line, "\t")
	switch scheme, rest, ok := strings.Cut(url, "://"); {
	case strings.HasPrefix(line, "#"):
		return true
	case ok && (scheme == "http" || scheme == "https") && rest != "":
		r.absolute(scheme, rest)
	case strings.HasPrefix(url, "/"):
		r.Target, _, _ = strings.Cut(url, "#")
	default:
		return false
	}
	r.Cookie = strings.TrimSpace(cookie)
	if len(r.Cookie) > 7 && strings.EqualFold(r.Cookie[:7], "cookie:") {
		r.Cookie = strings.TrimSpace(r.Cookie[7:])
	}
	return true
}
