package accesslog

import (
	"strings"
)

// directive is one %... of a LogFormat.
type directive struct {
	text   string // as it is written, "%>s"
	letter byte   // what it stands for, "s"
	arg    string // between { and }: the header of %{Host}i
	// store puts a value into the record; false says that it is no such value, so the line is of another form
	store func(r *Record, value string) bool
	free  bool // its value may hold blanks, also where no quotes stand around it
}

// letters are those of mod_log_config and mod_logio in httpd 2.4. Another one may be that of a module which is not
// known here. Its values may hold blanks, and then nobody could tell where the next value begins.
const letters = "haAlutrmUqHsbBIOSDTvVpPkXfRLioCen"

// parseDirective reads one from behind its "%".
func parseDirective(s string) (d directive, rest string, ok bool) {
	i := 0
	// Before or after internal redirects, and only with some status: %>s, %!200,304{User-agent}i.
	for i < len(s) && strings.IndexByte("<>!,0123456789", s[i]) >= 0 {
		i++
	}
	if i < len(s) && s[i] == '{' {
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return d, s, false
		}
		d.arg = s[i+1 : i+end]
		i += end + 1
	}
	if i == len(s) || strings.IndexByte(letters, s[i]) < 0 {
		return d, s, false
	}
	d.letter, d.text = s[i], "%"+s[:i+1]
	d.store, d.free = meaning(d)
	return d, s[i+1:], true
}

// meaning says what of a record a value is, and whether it may hold blanks.
func meaning(d directive) (store func(*Record, string) bool, free bool) {
	switch d.letter {
	case 'h', 'a':
		return func(r *Record, v string) bool { r.Client = known(v); return true }, false
	case 't':
		return storeTime(d.arg), d.arg != ""
	case 'r':
		return storeRequest, true
	case 'm':
		return func(r *Record, v string) bool { r.Method = known(v); return true }, false
	case 'U': // the path; Target holds the query already where %q stands before it
		return func(r *Record, v string) bool { r.Target = unescape(known(v)) + r.Target; return true }, true
	case 'q': // with its "?", or nothing
		return func(r *Record, v string) bool { r.Target += unescape(known(v)); return true }, true
	case 's':
		return storeStatus, false
	case 'b', 'B', 'I', 'O', 'S':
		return func(_ *Record, v string) bool { _, ok := number(v); return ok || v == "-" }, false
	case 'D': // microseconds
		return storeDuration(1), false
	case 'T': // seconds, unless its argument names another unit (since httpd 2.4.13)
		return storeDuration(map[string]int64{"": 1e6, "s": 1e6, "ms": 1e3, "us": 1}[d.arg]), false
	case 'v', 'V':
		return storeVhost, false
	case 'p':
		return storePort(d.arg), false
	case 'i':
		return storeHeader(d.arg), true
	case 'C':
		return storeCookie(d.arg), false
	case 'e', 'n':
		return storeVariable(d.arg), false
	}
	return ignore, d.letter == 'o' || d.letter == 'f'
}

func ignore(*Record, string) bool { return true }

// storeRequest takes the first line of a request apart: METHOD TARGET PROTOCOL, of which the last may be missing.
func storeRequest(r *Record, v string) bool {
	method, rest, ok := strings.Cut(v, " ")
	if !ok || method == "" {
		return true // "-", or what was no HTTP: a line without a request
	}
	// A client may have sent blanks within the target.
	if i := strings.LastIndexByte(rest, ' '); i >= 0 && strings.HasPrefix(rest[i+1:], "HTTP/") {
		rest = rest[:i]
	}
	r.Method, r.Target = method, unescape(rest)
	if scheme, after, ok := strings.Cut(r.Target, "://"); ok && (scheme == "http" || scheme == "https") {
		r.absolute(scheme, after)
	}
	return true
}

// absolute reads a target that names its host, as proxies and lists of URLs have it.
func (r *Record) absolute(scheme, rest string) {
	r.Scheme, r.Host, r.Target = scheme, rest, "/"
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		r.Host, r.Target = rest[:i], rest[i:]
		if rest[i] != '/' {
			r.Target = "/" + rest[i:]
		}
	}
	r.Target, _, _ = strings.Cut(r.Target, "#")
}

// storeTime reads %t; the form of %{FORM}t is strftime's, or one of the special ones.
func storeTime(form string) func(*Record, string) bool {
	if form != "" {
		return ignore // strftime of the server's own: not known when
	}
	return func(r *Record, v string) bool { r.Time, r.East = clfTime(v); return r.Time != 0 }
}

// storeStatus keeps a status; "-" stands for none.
func storeStatus(r *Record, v string) bool {
	n, ok := number(v)
	if ok && n < 1000 {
		r.Status = int(n)
	}
	return ok && n < 1000 || v == "-"
}

// storeDuration keeps a duration that is counted in units of so many microseconds, 0 for a unit that is not known. The
// bound keeps the product within 64 bits.
func storeDuration(unit int64) func(*Record, string) bool {
	if unit == 0 {
		return ignore
	}
	return func(r *Record, v string) bool {
		n, ok := number(v)
		if ok && n < 1<<42 {
			r.Micros = n * unit
		}
		return ok || v == "-"
	}
}

// storeVhost keeps the name of the virtual host unless the Host header is known, which counts (R7).
func storeVhost(r *Record, v string) bool {
	if r.Host == "" {
		r.Host = known(v)
	}
	return v != ""
}

// storePort keeps the port that the request came to: the canonical one, or the real one where the argument is "local".
// That of the client, "remote", says nothing here.
func storePort(which string) func(*Record, string) bool {
	if which == "remote" {
		return ignore
	}
	return func(r *Record, v string) bool {
		n, ok := number(v)
		if ok && n < 1<<16 {
			r.Port = int(n)
		}
		return ok && n < 1<<16 || v == "-"
	}
}

// storeHeader keeps the two headers that decide where a request goes.
func storeHeader(name string) func(*Record, string) bool {
	switch strings.ToLower(name) {
	case "host":
		return func(r *Record, v string) bool {
			if v = known(unescape(v)); v != "" {
				r.Host = v
			}
			return true
		}
	case "cookie":
		return func(r *Record, v string) bool { r.Cookie = unescape(known(v)); return true }
	}
	return ignore
}

// storeCookie adds one cookie, %{JSESSIONID}C, to what is known of the Cookie header.
func storeCookie(name string) func(*Record, string) bool {
	return func(r *Record, v string) bool {
		if v = known(unescape(v)); v == "" {
			return true
		}
		if r.Cookie != "" {
			r.Cookie += "; "
		}
		r.Cookie += name + "=" + v
		return true
	}
}

// storeVariable knows the variables that the plug-in and mod_ssl set.
func storeVariable(name string) func(*Record, string) bool {
	switch name {
	case "WAS":
		return func(r *Record, v string) bool { r.WAS = known(v); return true }
	case "WAS_UNIQUE_ID":
		return func(r *Record, v string) bool { r.ID = known(v); return true }
	case "TPCN":
		return storePhase(func(p *Phases) *int32 { return &p.Connect })
	case "TPSB":
		return storePhase(func(p *Phases) *int32 { return &p.Body })
	case "TPWR":
		return storePhase(func(p *Phases) *int32 { return &p.Wait })
	case "TPRB":
		return storePhase(func(p *Phases) *int32 { return &p.Read })
	case "REQUEST_SCHEME":
		return func(r *Record, v string) bool { r.Scheme = known(v); return true }
	case "HTTPS":
		return func(r *Record, v string) bool {
			r.Scheme = "http" // mod_ssl sets nothing where there is no TLS
			if strings.EqualFold(v, "on") {
				r.Scheme = "https"
			}
			return true
		}
	}
	return ignore
}

// storePhase keeps a time of the plug-in, which has no value where the request did not come to that phase.
func storePhase(of func(*Phases) *int32) func(*Record, string) bool {
	return func(r *Record, v string) bool {
		n, ok := number(v)
		if ok && n < 1<<31 {
			*of(&r.Phases), r.Phases.Known = int32(n), true
		}
		return ok || known(v) == ""
	}
}
