package admin

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// Handler serves the status page, the same as JSON and CSV, metrics, health and "why". It changes nothing, but for
// what a Changer lets those do who have the token. Without a token it must be reached by a loopback name or address,
// and it answers no other Host: a page of somebody else cannot read it through the visitor's browser.
type Handler struct {
	p       Proxy
	changer Changer // nil: nothing can be changed
	page    *template.Template
	mux     *http.ServeMux
	guarded http.Handler
}

// New makes the handler. token, when not "", is the password of every user, and a bearer token.
func New(p Proxy, token string) *Handler {
	a := &Handler{p: p, mux: http.NewServeMux()}
	a.guarded = Guard(a.mux, token)
	words := template.FuncMap{"rules": rulesOf, "clock": clockOf, "field": fieldOf, "chart": chartOf,
		"ago": ago, "class": classOf, "time": duration, "rate": rate}
	a.page = template.Must(template.New("status").Funcs(words).Parse(statusPage))
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{p}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.mux.HandleFunc("/{$}", a.status)
	a.mux.HandleFunc("/status.json", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, a.snapshot().Status)
	})
	a.mux.HandleFunc("/status.csv", a.csv)
	a.mux.HandleFunc("/live.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(liveScript)
	})
	a.mux.HandleFunc("/why.json", a.why)
	a.mux.HandleFunc("/health", a.health)
	a.mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return a
}

// Writing lets those who have the token change members, by POST /member from a page of this listener, or from a
// program that no browser is.
func (a *Handler) Writing(c Changer, token string) *Handler {
	a.changer = c
	a.mux.HandleFunc("POST /member", a.change)
	a.guarded = &guard{http.NewCrossOriginProtection().Handler(a.mux), token, "/member"}
	return a
}

// CheckAddress refuses an address that others can reach when there is no token. A host name other than localhost
// counts as such: what it leads to may change.
func CheckAddress(address, token string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (token != "" || isLoopback(host))
}

// isLoopback also takes an address in brackets, as a Host field has it.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}

// contentPolicy lets the page do nothing but show itself and send its form.
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; " +
	"base-uri 'none'"

// ServeHTTP answers what the guard lets through.
func (a *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.guarded.ServeHTTP(w, r) }

// Guard lets GET and HEAD through: under loopback names without a token, under any name with it.
func Guard(next http.Handler, token string) http.Handler { return &guard{next, token, ""} }

// guard refuses before anything of a request is looked at but its method, path, Host and token.
type guard struct {
	next  http.Handler
	token string // "" for none
	posts string // the one path that takes POST, "" for none
}

// ServeHTTP refuses in an order: what a listener never takes, then who may not ask. Without a token the Host field
// must be a loopback name, since a page of somebody else can have a name of its own lead to this machine (DNS
// rebinding), and its script would then be of the same origin.
func (a *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead &&
		(r.Method != http.MethodPost || r.URL.Path != a.posts):
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
	case a.token == "" && !isLoopback(hostOf(r.Host)):
		http.Error(w, "this listener answers to loopback names only", http.StatusForbidden)
	case a.token != "" && r.URL.Path != "/health" && !a.authorised(r): // whether the program is up is no secret
		h.Set("WWW-Authenticate", `Basic realm="wasplug"`)
		http.Error(w, "token required", http.StatusUnauthorized)
	default:
		a.next.ServeHTTP(w, r)
	}
}

// hostOf is a Host field without its port, which it need not have.
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// authorised takes the token as a bearer token, for scrapers, and as the password of anybody, for browsers.
func (a *guard) authorised(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, given, _ = r.BasicAuth()
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(a.token)) == 1
}

// health is 503 while the proxy stops, so that a load balancer before it sends nothing more.
func (a *Handler) health(w http.ResponseWriter, _ *http.Request) {
	if a.p.Stopping() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// question is what the form of the status page asks.
type question struct {
	URL, Cookie string
	Error       string
	Answer      []routecheck.Decision
}

// ask answers "why" for ?url= and ?cookie= (NAME=VALUE), read as the command line reads them.
func (a *Handler) ask(v url.Values) question {
	q := question{URL: v.Get("url"), Cookie: v.Get("cookie")}
	if q.URL == "" {
		return q
	}
	rq, err := written.URL(q.URL)
	if err == nil && q.Cookie != "" {
		err = written.Cookie(&rq, q.Cookie)
	}
	if err != nil {
		q.Error = err.Error()
		return q
	}
	q.Answer = a.p.Explain(rq)
	return q
}

func (a *Handler) why(w http.ResponseWriter, r *http.Request) {
	q := a.ask(r.URL.Query())
	if q.Answer == nil {
		http.Error(w, cmp.Or(q.Error, "want ?url=http://HOST/PATH and perhaps &cookie=NAME=VALUE"),
			http.StatusBadRequest)
		return
	}
	writeJSON(w, q.Answer[0])
}

// classOf names a class of answers by its place, which is the first digit of their status.
func classOf(i int) string {
	if i == 0 {
		return "none"
	}
	return fmt.Sprintf("%dxx", i)
}

// clockOf is the time of day of an RFC 3339 time.
func clockOf(at string) string {
	_, clock, _ := strings.Cut(at, "T")
	return clock[:min(len(clock), len("15:04"))]
}

// fieldOf keeps what was typed into a field as it was, as references where the page would show an escape.
func fieldOf(typed string) template.HTML {
	return template.HTML(diag.AppendVisible(nil, template.HTMLEscapeString(typed), diag.XML, ""))
}

func rulesOf(s explain.StepNote) string {
	return strings.Join(append([]string{s.Rule}, s.Also...), " ")
}

// writeJSON writes control characters and the like as escapes: names come from a file, and the reader may be a
// terminal.
func writeJSON(w http.ResponseWriter, v any) {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	diag.VisibleWriter{To: w, Form: diag.JSON}.Write(append(out, '\n'))
}
