package cause

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// rejected: a Route without a group makes the plug-in reject the file (R17, choice open-route).
func (q *inquiry) rejected() {
	reason := "no reason is known"
	if reasons := q.t.Rejected(&q.sem); len(reasons) > 0 {
		// What follows the first semicolon is what happens at run time, which the cause says itself.
		reason, _, _ = strings.Cut(reasons[0].Message, ";")
	}
	q.add("file-rejected", "", nil, "reason", reason)
}

// declined: no Route matches (R9). A path that the web server refuses itself is told of elsewhere.
func (q *inquiry) declined() {
	switch {
	case q.d.Refused != "":
		return
	case !q.t.Serves():
		q.add("declined-no-route", "", nil)
		return
	}
	host, port := q.t.HostPort(q.rq, &q.sem)
	// NotMatched counts Routes by what does not match: "URI" those of which an alias takes the request.
	if q.d.NotMatched["URI"] > 0 { // a Route takes host and port
		if q.d.NotMatched["host"] > 0 && !q.t.NamesHost(host) { // another one the path, and only * this host
			q.declinedHost(host, port, q.likeHosts(host, port))
		}
		q.declinedPath()
		return
	}
	ports, named := q.ports(host), q.t.NamesHost(host)
	scheme := q.otherScheme()
	var hosts []explain.Near
	if !named {
		hosts = q.likeHosts(host, port)
	}
	switch {
	case len(ports) == 0, len(hosts) > 0: // * may take it, on other ports
		q.declinedHost(host, port, hosts)
	case scheme == nil:
		q.declinedPort(host, port, ports)
	}
	if scheme != nil {
		q.declinedScheme(port, scheme)
	}
	if named && scheme == nil && !q.forwardedAt(ports) {
		q.declinedPath()
	}
}

// ports lists the ports for which a host has aliases, those for any host included.
func (q *inquiry) ports(host string) []int {
	ports := slices.AppendSeq(slices.Collect(q.t.Ports(host)), q.t.Ports("*"))
	slices.Sort(ports)
	return slices.Compact(ports)
}

// declinedHost: no alias has the host (R5, R6), or the request names none (R8).
func (q *inquiry) declinedHost(host string, port int, near []explain.Near) {
	if host == "" {
		q.add("declined-host", "no host", nil)
		return
	}
	q.add("declined-host", "", near, "host", host, "port", strconv.Itoa(port))
}

// likeHosts asks for hosts of the file that may have been meant.
func (q *inquiry) likeHosts(host string, port int) (near []explain.Near) {
	for _, h := range q.t.Hosts() {
		what := likeness(host, h)
		if what == "" || len(near) == mostNear {
			continue
		}
		if n := q.forwarded(q.at(h, port), what); n != nil {
			near = append(near, *n)
			continue
		}
		for p := range q.t.Ports(h) {
			if n := q.forwarded(q.at(h, p), what+", and port "+strconv.Itoa(p)); n != nil {
				near = append(near, *n)
				break
			}
		}
	}
	return near
}

// likeness says how a host of the file is like the one that was asked for, "" where it is not.
func likeness(asked, known string) string {
	name, domain, _ := strings.Cut(asked, ".")
	knownName, knownDomain, _ := strings.Cut(known, ".")
	stem, _, _ := cutLast(asked, ".")
	knownStem, _, _ := cutLast(known, ".")
	d := diag.Distance(asked, known, 2)
	switch {
	case known == "*" || known == asked:
		return ""
	case "www."+asked == known:
		return "with www."
	case "www."+known == asked:
		return "without www."
	case d == 1:
		return "one character differs"
	// In a host of four characters two that differ are half of it.
	case d == 2 && len(asked) > 4:
		return "two characters differ"
	case name == knownName && (domain == "" || knownDomain == ""):
		return "the same host, with another domain"
	case stem != "" && stem == knownStem:
		return "another top level"
	}
	return ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(sep):], true
}

// declinedPort: the host has aliases, for other ports (R7). Each of these is asked, as a path need not be served on
// all.
func (q *inquiry) declinedPort(host string, port int, ports []int) {
	when := ""
	if q.t.PortArrived {
		when = "arrived"
	}
	var near []explain.Near
	for _, p := range ports {
		if n := q.forwarded(q.at(host, p), "port "+strconv.Itoa(p)); n != nil {
			near = append(near, *n)
		}
	}
	q.add("declined-port", when, near, "host", host, "port", strconv.Itoa(port), "ports", listed(ports))
}

// forwardedAt reports whether another port alone would do: then nothing is wrong with the path.
func (q *inquiry) forwardedAt(ports []int) bool {
	host, _ := q.t.HostPort(q.rq, &q.sem)
	return slices.ContainsFunc(ports, func(p int) bool { return q.forwarded(q.at(host, p), "") != nil })
}

func listed(ports []int) string {
	var text []string
	for i, p := range ports {
		if i == 4 && len(ports) > 5 {
			text = append(text, fmt.Sprintf("%d more", len(ports)-i))
			break
		}
		text = append(text, strconv.Itoa(p))
	}
	if len(text) == 1 {
		return text[0]
	}
	return strings.Join(text[:len(text)-1], ", ") + " and " + text[len(text)-1]
}

// otherScheme asks for the same URL with the other scheme, where the URL names no port (R8).
func (q *inquiry) otherScheme() *explain.Near {
	host, port := match.SplitHost(q.rq.Host)
	// A port that the URL names belongs to one scheme.
	if port != "" && port != usualPort(q.rq.TLS) || q.rq.Port != 80 && q.rq.Port != 443 {
		return nil
	}
	rq := *q.rq
	rq.TLS, rq.Host, rq.Port = !q.rq.TLS, host, 80
	if rq.TLS {
		rq.Port = 443
	}
	return q.forwarded(rq, "the same with "+scheme(rq.TLS))
}

// declinedScheme: the same URL with the other scheme is forwarded (R8). The form tells of choice tls-default-port
// where a request over TLS without a port was taken for one to port 80.
func (q *inquiry) declinedScheme(port int, other *explain.Near) {
	when := ""
	if q.rq.TLS && port == 80 {
		when = "tls port"
	}
	q.add("declined-scheme", when, []explain.Near{*other}, "scheme", scheme(!q.rq.TLS), "port", usualPort(!q.rq.TLS),
		"asked", strconv.Itoa(port))
}

func scheme(tls bool) string {
	if tls {
		return "https"
	}
	return "http"
}

func usualPort(tls bool) string {
	if tls {
		return "443"
	}
	return "80"
}

// at is the request with another host and port, as a client sends it.
func (q *inquiry) at(host string, port int) match.Request {
	rq := *q.rq
	rq.Host, rq.Port = host, port
	switch port {
	case 443:
		rq.TLS = true
	case 80:
		rq.TLS = false
	case 0: // any
		rq.Port, rq.Host = q.rq.Port, host
		if _, p := match.SplitHost(q.rq.Host); p != "" {
			rq.Host += ":" + p
		}
	default:
		rq.Host += ":" + strconv.Itoa(port)
	}
	return rq
}

// forwarded asks a changed request, nil unless it is forwarded.
func (q *inquiry) forwarded(rq match.Request, what string) *explain.Near {
	if q.asked++; q.asked > mostAsked || rq.Host == "" { // no URL stands for a request without Host
		return nil
	}
	m, ok := q.t.Match(&rq, &q.sem)
	if !ok {
		return nil
	}
	return &explain.Near{What: what, Cluster: q.t.Clusters[m.Cluster].Name,
		URL: scheme(rq.TLS) + "://" + rq.Host + rq.Target, At: q.place(m.URIAt())}
}
