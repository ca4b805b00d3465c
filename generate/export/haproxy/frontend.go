package haproxy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// quoted is a text for a regular expression in the argument of a converter, which stands in single quotes.
func quoted(text string) string {
	text = regexp.QuoteMeta(text)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `.`).Replace(text)
}

// frontend is one for all addresses: what differs between them is told apart by so_id and ssl_fc. The order is that of
// the plug-in: place, path, Route, session. Clients' private headers go first, so that none is left when ours are set.
func (w *writer) frontend() {
	w.section("frontend plugin")
	w.binds()
	w.line("# clients must not send what members believe of the plug-in")
	w.line("http-request del-header '$ws' -m beg")
	w.host()
	w.path()
	w.route()
	w.session()
	w.homes()
	w.headers()
	for _, tls := range w.opt.Schemes() {
		suffix, when := "", "{ ssl_fc }"
		if !tls {
			when = "!" + when
		} else {
			suffix = ".tls"
		}
		w.line("use_backend %%[var(txn.to),field(1,/)]%s if %s", suffix, when)
	}
}

// binds gives each address a number, by which host knows the port that virtual hosts are matched with there.
func (w *writer) binds() {
	id := 1
	for _, l := range w.opt.Listen {
		w.line("bind %s id %d", l.Address("*"), id)
		id++
	}
	for _, l := range w.opt.TLSListen {
		w.line("bind %s id %d ssl crt %s", l.Address("*"), id, argument(w.opt.Certificate))
		id++
	}
}

// argument is a text as one word. Single quotes keep all but themselves as it is (section 2.2).
func argument(text string) string {
	if strings.ContainsAny(text, " '\"\\#$") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

// host finds the host and the port that a request is matched by (R5 to R8).
// A request without Host gets the host "-": * alone is to match it (R8). Zeros before a port are no part of it, and
// ":[^]:]*$" finds no port inside the brackets of an IPv6 address.
func (w *writer) host() {
	w.line("http-request set-var(txn.host) str(-)")
	w.line(`http-request set-var(txn.host) 'req.hdr(host),lower,regsub(":[^]:]*$","")' if { req.hdr(host) -m found }`)
	id := 1
	for _, l := range append(append([]export.Listen{}, w.opt.Listen...), w.opt.TLSListen...) {
		w.line("http-request set-var(txn.arrived) str(%d) if { so_id %d }", l.As, id)
		id++
	}
	w.line("http-request set-var(txn.port) str(%d)", w.plan.PlainPort)
	w.line("http-request set-var(txn.port) str(%d) if { ssl_fc }", w.plan.TLSPort)
	w.line(`http-request set-var(txn.port) 'req.hdr(host),regsub("^.*:0*","")'` +
		` if { req.hdr(host) -m reg ':0*[0-9]{1,5}$' }`)
	// before txn.port may become the port of arrival: what is told is no matter of VHostMatchingCompat (R10)
	w.line("http-request set-var(txn.told) var(txn.%s)", map[bool]string{true: "arrived",
		false: "port"}[w.plan.ToldArrived])
	if w.plan.PortArrived {
		w.line("http-request set-var(txn.port) var(txn.arrived)")
	}
}

// path finds the part of the path that is compared (R14).
// Each end is cut by itself, at its first place: so the earliest of all counts in the end.
func (w *writer) path() {
	w.line("http-request set-var(txn.path) path")
	for _, end := range w.plan.PathEnds {
		w.line(`http-request set-var(txn.path) 'var(txn.path),regsub("%s.*$","")' if { path -m sub '%s' }`,
			quoted(end),
			end)
	}
}

// route looks up place, whole path and leading text.
func (w *writer) route() {
	// The order of the look-ups is that of PlaceForms: the first class that is found is asked for the path, and holds
	// all Routes that take the place, those of wider aliases among them.
	w.line("# who serves this host and port, then this path: see places.map and paths.map")
	unless := ""
	for _, form := range export.PlaceForms(w.plan.Lookups) {
		w.line("http-request set-var(txn.class) '%s,map_str(places.map)'%s", form.Key("var(txn.host)",
			"concat(:,txn.port)", "str(*)", "concat(:*)"), unless)
		unless = " unless { var(txn.class) -m found }"
	}
	w.line(`http-request set-var(txn.to) var(txn.class),concat(\#,txn.path,\x7f),map_beg(paths.map)`)
	for i, tail := range w.plan.Lookups.Tails {
		if !export.Sendable(tail) {
			continue
		}
		w.line(`http-request set-var(txn.tail) str(.%d) if { var(txn.path) -m end -- '%s' } `+
			`!{ var(txn.tail) -m found }`, i, tail)
	}
	for i, tail := range w.plan.Lookups.Tails {
		if !export.Sendable(tail) {
			continue
		}
		w.line(`http-request set-var(txn.head) 'var(txn.path),regsub("%s$","")' if { var(txn.tail) -m str .%d }`,
			quoted(tail), i)
	}
	if len(w.plan.Lookups.Tails) > 0 {
		w.line(`http-request set-var(txn.to) ` +
			`'var(txn.class),concat(,txn.tail,"#"),concat(,txn.head),map_beg(paths.map)'` +
			` if { var(txn.tail) -m found } !{ var(txn.to),field(3,/) -m str whole }`)
	}
	w.line(`http-request return status 404 content-type text/plain string "no Route takes this request"` +
		` unless { var(txn.to) -m found }`)
}

// session reads the session identifiers: the cookie, then the URL (R20). What follows the cache ID begins with the
// session ID, then come clone IDs (R21).
func (w *writer) session() {
	for i, s := range w.plan.Sessions {
		when := ""
		if len(w.plan.Sessions) > 1 {
			when = fmt.Sprintf(" { var(txn.to),field(2,/) -m str %d }", i)
		}
		// The first four characters are the cache ID (R21). req.cook takes the last cookie of a name: see ManyCookies.
		cookie := fmt.Sprintf("req.cook(%s)", s.Cookie)
		w.line(`http-request set-var(txn.cookie) '%s,regsub("^.{0,4}","")' if { %s -m found }%s`, cookie, cookie, when)
		w.line(`http-request set-var(txn.url) 'path,regsub("^.*?;%s=",""),regsub("[;/].*$",""),regsub("^.{0,4}","")'`+
			` if { path -m sub ';%s=' }%s`, quoted(s.Identifier), s.Identifier, when)
	}
}

// home is the variable that names the server of a clone ID.
type home struct {
	name, source string
	field        int // of the source, where the clone ID stands
}

// homes are those of a session, in the order in which they are tried.
func homes() (out []home) {
	for _, source := range []string{"cookie", "url"} {
		for k := range export.CloneIDs {
			// fields count from 1, and the first is the session ID
			out = append(out, home{fmt.Sprintf("txn.%s%d", source, k+1), "txn." + source, k + 2})
		}
	}
	return out
}

// homes looks up the servers of a session's clone IDs, by the separator of their cluster. That stands here, once:
// rules that each of hundreds of backends has of its own are in no cache when their turn comes, and cost more than a
// look-up.
func (w *writer) homes() {
	separators := w.separators()
	if len(separators) == 0 {
		return
	}
	w.line("http-request set-var(txn.cluster) var(txn.to),field(1,/)")
	// A converter takes its separator as a constant, so each separator has rules of its own. clones.map has CLUSTER
	// SEP CLONE as its key, so that a cookie of one form finds nobody in a cluster of the other.
	for _, sep := range separators {
		for _, h := range homes() {
			w.line("http-request set-var(txn.clone) 'var(%s),field(%d,%s)' if { var(%s) -m sub %s }",
				h.source, h.field, sep, h.source, sep)
			w.line("http-request set-var(%s) 'var(txn.cluster),concat(%s,txn.clone),map_str(clones.map)'"+
				" if { var(%s) -m sub %s } !{ var(%s) -m found }", h.name, sep, h.source, sep, h.name)
		}
	}
}

// separators are those of clusters that keep sessions.
func (w *writer) separators() (out []string) {
	for i := range w.plan.Clusters {
		if c := &w.plan.Clusters[i]; c.Affinity() && !slices.Contains(out, c.Separator) {
			out = append(out, c.Separator)
		}
	}
	return out
}

// headers tells members of the client.
func (w *writer) headers() {
	if w.opt.Private() {
		// $WSIS secure, $WSSC scheme, $WSCS cipher, $WSPR protocol, $WSRA address and $WSRH name of the client, $WSSN
		// and $WSSP name and port that were asked for. HAProxy looks up no names of clients, so $WSRH is the address,
		// too.
		w.line("http-request set-header $WSIS %%[ssl_fc,iif(true,false)]")
		w.line("http-request set-header $WSSC %%[ssl_fc,iif(https,http)]")
		w.line("http-request set-header $WSCS %%[ssl_fc_cipher] if { ssl_fc }")
		w.line("http-request set-header $WSPR HTTP/%%[req.ver]")
		w.line("http-request set-header $WSRA %%[src]")
		w.line("http-request set-header $WSRH %%[src]")
		w.line(`http-request set-header $WSSN '%%[req.hdr(host),regsub(":[^]:]*$","")]'`)
		w.line("http-request set-header $WSSP %%[var(txn.told)]")
	}
	if w.opt.Forwarded() {
		w.line("http-request set-header X-Forwarded-For %%[src]")
		w.line("http-request set-header X-Forwarded-Proto %%[ssl_fc,iif(https,http)]")
		w.line("http-request set-header X-Forwarded-Host %%[req.hdr(host)]")
		w.line("http-request set-header X-Forwarded-Port %%[var(txn.told)]")
	}
}
