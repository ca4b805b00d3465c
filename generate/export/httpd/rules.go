package httpd

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// route is the cookie by which a balancer is told the member of a session.
// The application's own cookie cannot be the stickysession of a balancer: httpd takes as the route all that stands
// behind a separator, and there may be several clone IDs, unknown ones among them (R21, R27).
const route = "wasplug_route"

// forged drops private headers of clients before those of the export are made, whatever their names are. httpd's own
// directives drop a header by its whole name alone, and see of several whose names begin alike the last one only; so
// mod_lua does it, in the phase before a member is asked. A server without it must not start: members believe these
// headers. A Lua state for each connection costs its first request some 120 microseconds, each further one 30; one for
// each thread grows by some 70 bytes a request, as mod_lua leaves what a hook returns on its stack.
const forged = `<IfModule !lua_module>
    Error "wasplug: load mod_lua, which drops private headers of clients: members would believe them"
</IfModule>
LuaScope conn
<LuaHookFixups wasplug_forged>
function wasplug_forged(r)
    for name in pairs(r:headers_in_table()) do
        if name:sub(1, 3):lower() == "$ws" then
            r.headers_in[name] = nil
        end
    end
    return apache2.DECLINED
end
</LuaHookFixups>
`

// rules are what happens to a request of a virtual host, in that order: those that read place, path and session set
// environment variables, and the last ones choose a balancer by them. AllowEncodedSlashes NoDecode: by itself httpd
// answers 404 to %2F, which the plug-in compares as it came. ProxyAddHeaders Off: X-Forwarded headers are those that
// Headers asks for.
func (w *writer) rules(tls bool) {
	w.line("RewriteEngine On\nRewriteMap wasplug_lower int:tolower\nAllowEncodedSlashes NoDecode")
	w.line("ProxyAddHeaders Off\nProxyRequests Off")
	if w.memberTLS() {
		w.line("SSLProxyEngine On")
	}
	w.out.WriteString(forged)
	w.place(tls)
	w.routes()
	w.session()
	for i := range w.plan.Clusters {
		c := &w.plan.Clusters[i]
		w.line("RewriteCond %%{ENV:WASPLUG_TO} \"^%s\\|\"", c.Ident)
		if len(c.Ways(tls)) == 0 {
			w.line("RewriteRule ^ - [R=500,L]")
			continue
		}
		// NE and the path of the request line: members get what the client sent, not what httpd has decoded
		w.line("RewriteRule ^ \"balancer://%s%%{ENV:WASPLUG_SENT}\" [P,NE,L]", group(c, tls))
	}
	w.headers(tls)
}

// place finds host, port and path as they are compared (R5 to R8, R14).
// THE_REQUEST is the request line as it came, perhaps with a whole URL as its target: everything else that httpd knows
// of the path is decoded and cleaned.
func (w *writer) place(tls bool) {
	port := w.plan.PlainPort
	if tls {
		port = w.plan.TLSPort
	}
	w.line(`RewriteCond %%{HTTP_HOST} "^(.*?)(?::[^\]:]*)?$"`)
	w.line("RewriteRule ^ - [E=WASPLUG_NAME:%%1,E=WASPLUG_HOST:${wasplug_lower:%%1},E=WASPLUG_PORT:%d]", port)
	w.line(`RewriteCond %%{HTTP_HOST} ":0*([0-9]{1,5})$"`)
	w.line("RewriteRule ^ - [E=WASPLUG_PORT:%%1]")
	told := "PORT"
	if w.plan.ToldArrived {
		told = "ARRIVED"
	}
	w.line("RewriteRule ^ - [E=WASPLUG_TOLD:%%{ENV:WASPLUG_%s}]", told)
	if w.plan.PortArrived {
		w.line("RewriteRule ^ - [E=WASPLUG_PORT:%%{ENV:WASPLUG_ARRIVED}]")
	}
	ends := []string{`\?`, " "}
	for _, end := range w.plan.PathEnds {
		ends = append(ends, regexp.QuoteMeta(end))
	}
	const target = `^\S+ (?:[a-zA-Z]+://[^/ ]*)?`
	w.line("RewriteCond %%{THE_REQUEST} %s", regex(target+`([^ ?]*?)(?:`+strings.Join(ends, "|")+")"))
	w.line("RewriteRule ^ - [E=WASPLUG_PATH:%%1]")
	w.line("RewriteCond %%{THE_REQUEST} %s", regex(target+`([^ ?]*)`))
	w.line("RewriteRule ^ - [E=WASPLUG_SENT:%%1]")
}

// routes are the entries of the plan: the first that takes a request decides, and the rules behind it are passed over.
// S=n passes over the n rules that follow, which ends the walk without ending the rules behind it, as L would.
func (w *writer) routes() {
	var conditions, actions []string
	seen := map[string]bool{}
	for i := range w.plan.Entries {
		e := &w.plan.Entries[i]
		condition := export.PlaceRegex(e, "[^ ]*", "[0-9]*") + " " + export.PathRegex(e)
		if seen[condition] || !export.Sendable(e.Pattern) {
			continue // it never decides
		}
		seen[condition] = true
		conditions = append(conditions, condition)
		actions = append(actions, fmt.Sprintf("E=WASPLUG_TO:%s|%d", w.plan.ClusterOf(e).Ident, w.plan.SessionOf(e)))
	}
	w.line("# the pairs of an alias and a Uri, the best first")
	for i, condition := range conditions {
		w.line(`RewriteCond "%%{ENV:WASPLUG_HOST}:%%{ENV:WASPLUG_PORT} %%{ENV:WASPLUG_PATH}" %s`,
			regex("^"+condition+"$"))
		skip := ""
		if left := len(conditions) - i - 1; left > 0 {
			skip = fmt.Sprintf(",S=%d", left)
		}
		w.line("RewriteRule ^ - [%s%s]", actions[i], skip)
	}
	w.line("RewriteCond %%{ENV:WASPLUG_TO} \"^$\"\nRewriteRule ^ - [R=404,L]")
}

// session finds the first clone ID that a member of the cluster has: of the cookie, then of the URL (R20 to R24).
// No rule can look up which members a cluster has, so there is one expression for each cluster: homeRegex. The cookie
// is asked first, and the URL only where that has named nobody.
func (w *writer) session() {
	for i, s := range w.plan.Sessions {
		w.line("RewriteCond %%{ENV:WASPLUG_TO} \"\\|%d$\"", i)
		w.line("RewriteCond %%{HTTP_COOKIE} %s", regex(`(?:^|;|, )[ \t]*`+regexp.QuoteMeta(s.Cookie)+"=([^;]*)"))
		w.line("RewriteRule ^ - [E=WASPLUG_COOKIE:%%1]")
		w.line("RewriteCond %%{ENV:WASPLUG_TO} \"\\|%d$\"", i)
		w.line("RewriteCond %%{THE_REQUEST} %s", regex(`^\S+ [^ ?]*?;`+regexp.QuoteMeta(s.Identifier)+"=([^;/? ]*)"))
		w.line("RewriteRule ^ - [E=WASPLUG_URL:%%1]")
	}
	for i := range w.plan.Clusters {
		c := &w.plan.Clusters[i]
		if !c.Affinity() {
			continue
		}
		for _, source := range []string{"COOKIE", "URL"} {
			w.line("RewriteCond %%{ENV:WASPLUG_HOME} \"^$\"")
			w.line(`RewriteCond "%%{ENV:WASPLUG_TO} %%{ENV:WASPLUG_%s}" %s`, source, regex(homeRegex(c)))
			w.line("RewriteRule ^ - [E=WASPLUG_HOME:%%1]")
		}
	}
	// HTTP_COOKIE as it came, since RequestHeader below puts wasplug_route in front of it
	w.line("RewriteRule ^ - [E=WASPLUG_COOKIES:%%{HTTP_COOKIE}]")
}

// homeRegex finds the first clone ID of a member behind the cache ID and the session ID.
// For the separator ":" and members a and b it is
//
//	^CLUSTER\|[0-9]+ .{4}[^:]*(?::(?!(?:a|b)(?::|$))[^:]*)*:(a|b)(?::|$)
//
// CLUSTER|NUMBER is WASPLUG_TO; any number of clone IDs that nobody has may come before the one that counts (R22,
// R27).
func homeRegex(c *export.Cluster) string {
	var ids []string
	for i := range c.Members {
		if id := c.Members[i].CloneID; id != "" {
			ids = append(ids, regexp.QuoteMeta(id))
		}
	}
	s, known := regexp.QuoteMeta(c.Separator), strings.Join(ids, "|")
	return fmt.Sprintf(`^%s\|[0-9]+ .{4}[^%s]*(?:%s(?!(?:%s)(?:%s|$))[^%s]*)*%s(%s)(?:%s|$)`, c.Ident, c.Separator, s,
		known,
		s, c.Separator, s, known, s)
}

// headers tells members of the client.
func (w *writer) headers(tls bool) {
	// A client that names a private header in Connection would have httpd drop ours on the way to the member, and a
	// wasplug_route of its own would choose a member: both are made words of no effect.
	w.line(`RequestHeader edit* Connection "\$[A-Za-z]*" "none"`)
	w.line(`RequestHeader edit* Cookie "(^|;|, )([ \t]*)%s=" "$1$2%[1]s_of_the_client="`, route)
	w.line("RequestHeader set Cookie \"%s=.%%{WASPLUG_HOME}e; %%{WASPLUG_COOKIES}e\" env=WASPLUG_HOME", route)
	w.line("RequestHeader edit Cookie \"; $\" \"\"")
	scheme := "http"
	if tls {
		scheme = "https"
	}
	if w.opt.Private() {
		w.line("RequestHeader set $WSIS %t\nRequestHeader set $WSSC %s", tls, scheme)
		w.line("RequestHeader set $WSPR expr=%%{SERVER_PROTOCOL}")
		w.line("RequestHeader set $WSRA expr=%%{REMOTE_ADDR}\nRequestHeader set $WSRH expr=%%{REMOTE_ADDR}")
		w.line("RequestHeader set $WSSN %%{WASPLUG_NAME}e\nRequestHeader set $WSSP %%{WASPLUG_TOLD}e")
		if tls {
			w.line("RequestHeader set $WSCS %%{SSL_CIPHER}s")
		}
	}
	if w.opt.Forwarded() {
		w.line("RequestHeader set X-Forwarded-For expr=%%{REMOTE_ADDR}\nRequestHeader set X-Forwarded-Proto %s",
			scheme)
		w.line("RequestHeader set X-Forwarded-Host expr=%%{HTTP_HOST}\nRequestHeader set " +
			"X-Forwarded-Port %%{WASPLUG_TOLD}e")
	}
}
