package page

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/hex"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck/session"
)

//go:embed page.html
var text string

// Options say what the page is about.
type Options struct {
	Lab     *lab.Lab
	Policy  func(cluster string) session.Policy // what predictions are made by
	Assumed session.Assumed                     // the session choices as the members follow them
	Settled session.Set                         // those that are settled: a prediction may depend on the others
	Feed    *Feed                               // what members told
	Trail   *Trail                              // what web server processes did; nil: nobody knows
	Else    http.Handler                        // serves all other paths
}

// Handler serves the page at /lab.
type Handler struct {
	Options
	page  *template.Template
	token string // proves that an order comes from a page of this lab
}

// New makes the page.
func New(opt Options) *Handler {
	secret := make([]byte, 16)
	rand.Read(secret)
	return &Handler{Options: opt, page: template.Must(template.New("lab").Parse(text)),
		token: hex.EncodeToString(secret)}
}

const (
	path        = "/lab"
	tokenCookie = "wasplug-lab"
	// contentPolicy lets the page do nothing but show itself and send its forms.
	contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; " +
		"base-uri 'none'"
)

// ServeHTTP shows the page, or obeys a button and comes back to it. It kills processes for whoever can press a button,
// so it answers to loopback names only, which keeps out pages of other sites whose name leads here (DNS rebinding),
// and takes orders only from its own forms.
func (h *Handler) ServeHTTP(w http.ResponseWriter, rq *http.Request) {
	if rq.URL.Path != path {
		h.Else.ServeHTTP(w, rq)
		return
	}
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Security-Policy", contentPolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "same-origin")
	switch {
	case !isLoopback(rq.Host):
		http.Error(w, "this listener answers to loopback names only", http.StatusForbidden)
	case rq.Method == http.MethodGet || rq.Method == http.MethodHead:
		h.show(w, rq)
	case rq.Method != http.MethodPost:
		head.Set("Allow", "GET, HEAD, POST")
		http.Error(w, "only GET and POST", http.StatusMethodNotAllowed)
	case !h.mayOrder(rq):
		http.Error(w, "this order does not come from a page of this lab", http.StatusForbidden)
	default:
		h.obey(w, rq)
	}
}

// mayOrder reports whether an order was sent by this page: its own origin, the cookie that other sites' forms do not
// bring along, and the same token in the form. An Origin is not sent by every client, so without one the others
// decide.
func (h *Handler) mayOrder(rq *http.Request) bool {
	if origin := rq.Header.Get("Origin"); origin != "" && origin != "http://"+rq.Host {
		return false
	}
	c, err := rq.Cookie(tokenCookie)
	same := func(s string) bool { return subtle.ConstantTimeCompare([]byte(s), []byte(h.token)) == 1 }
	return err == nil && same(c.Value) && same(rq.PostFormValue("token"))
}

// isLoopback reads a Host header, with or without a port. Of names only localhost counts.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// show writes the page into memory first, so that an error of the template is an error and no half page. The cookie
// is set anew each time: it belongs to this lab, and another one at the same port may have left its own.
func (h *Handler) show(w http.ResponseWriter, rq *http.Request) {
	q := rq.URL.Query()
	v := h.look(rq.Context(), q.Get("session"))
	v.Live, v.Said, v.Token = q.Has("live"), q.Get("said"), h.token
	var b bytes.Buffer
	if err := h.page.Execute(&b, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: tokenCookie, Value: h.token, Path: path, HttpOnly: true,
		SameSite: http.SameSiteStrictMode})
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// obey does what a button says, and goes back to the page, which tells what came of it. It redirects there, so that a
// reload of the page does not send the order again.
func (h *Handler) obey(w http.ResponseWriter, rq *http.Request) {
	order, name := rq.PostFormValue("do"), rq.PostFormValue("member")
	said := strings.TrimSpace(order + " " + name)
	begin := time.Now()
	if err := h.order(rq.Context(), order, name); err != nil {
		said = err.Error()
	} else {
		said += ": done in " + time.Since(begin).Round(time.Millisecond).String()
	}
	to := url.Values{"said": {said}}
	if rq.PostFormValue("live") != "" {
		to.Set("live", "1")
	}
	http.Redirect(w, rq, path+"?"+to.Encode(), http.StatusSeeOther)
}
