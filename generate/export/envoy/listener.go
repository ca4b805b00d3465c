package envoy

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/routecheck/match"
)

// The headers by which the Lua programs and the routes speak with each other. A client's own are replaced, and members
// get none.
const (
	placeHeader  = "x-wasplug-place"  // HOST:PORT PATH, as they are compared
	memberHeader = "x-wasplug-member" // the cluster of the member, or of all members
)

// listener writes what is heard at one address. Without a host that is 0.0.0.0; an IPv6 address has no brackets here.
func (w *writer) listener(name string, l export.Listen, tls bool) {
	address := strings.Trim(l.Host, "[]")
	if address == "" {
		address = "0.0.0.0"
	}
	w.line(1, "- name: %s", name)
	w.line(2, "address: { socket_address: { address: %s, port_value: %d } }", text(address), l.Port)
	w.line(2, "filter_chains:")
	if tls {
		w.line(2, "- transport_socket:")
		w.line(4, "name: envoy.transport_sockets.tls")
		w.line(4, "typed_config:")
		w.line(5, "'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext")
		w.line(5, "common_tls_context:")
		w.line(6, "tls_certificates:")
		w.line(6, "- certificate_chain: { filename: %s }", text(w.opt.Certificate))
		w.line(7, "private_key: { filename: %s }", text(w.opt.Certificate))
		w.line(3, "filters:")
	} else {
		w.line(2, "- filters:")
	}
	w.line(3, "- name: envoy.filters.network.http_connection_manager")
	w.line(4, "typed_config:")
	w.manager(l, tls)
}

// manager reads paths as clients send them.
func (w *writer) manager(l export.Listen, tls bool) {
	w.line(5, "'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."+
		"HttpConnectionManager")
	w.line(5, "stat_prefix: plugin")
	w.line(5, "normalize_path: false")
	w.line(5, "merge_slashes: false")
	w.line(5, "path_with_escaped_slashes_action: KEEP_UNCHANGED")
	w.line(5, "skip_xff_append: true")
	w.line(5, "route_config:")
	w.line(6, "virtual_hosts:")
	w.line(6, "- name: plugin")
	w.line(7, "domains: ['*']")
	w.line(7, "request_headers_to_remove: [%s, %s]", placeHeader, memberHeader)
	w.headers(tls)
	if w.retries != "" {
		w.line(7, "%s", w.retries)
	}
	w.line(7, "routes:")
	w.routes(tls)
	w.line(5, "http_filters:")
	w.lua("wasplug.read", w.readProgram(l, tls))
	w.lua(homeFilter, w.homeProgram(tls))
	w.line(5, "- name: envoy.filters.http.router")
	w.line(6, "typed_config: { '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }")
}

// headers tells members of the client. Envoy writes their names in small letters.
func (w *writer) headers(tls bool) {
	set := map[string]string{}
	var order []string
	add := func(name, value string) { set[name] = value; order = append(order, name) }
	scheme := "http"
	if tls {
		scheme = "https"
	}
	if w.opt.Private() {
		add("$wsis", fmt.Sprint(tls))
		add("$wssc", scheme)
		add("$wspr", "%PROTOCOL%")
		add("$wsra", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%")
		add("$wsrh", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%")
	}
	if w.opt.Forwarded() {
		add("x-forwarded-for", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%")
		add("x-forwarded-proto", scheme)
		add("x-forwarded-host", "%REQ(:AUTHORITY)%")
	}
	if len(order) == 0 {
		return
	}
	w.line(7, "request_headers_to_add:")
	for _, name := range order {
		w.line(7, "- header: { key: %s, value: %s }", text(name), text(set[name]))
		w.line(8, "append_action: OVERWRITE_IF_EXISTS_OR_ADD")
	}
}

// routes are the entries of the plan; the first that takes a request decides. A file has tens of thousands of them, so
// each is short, and those that follow each other and differ in their place alone are one.
func (w *writer) routes(tls bool) {
	seen, actions := map[string]bool{}, map[action]string{}
	var places []string
	var path, does string
	for i := range w.plan.Entries {
		e := &w.plan.Entries[i]
		at, to := export.PlaceRegex(e, ".*", ".*"), export.PathRegex(e)
		if seen[at+" "+to] || !export.Sendable(e.Pattern) {
			continue // it never decides
		}
		seen[at+" "+to] = true
		key := action{w.plan.ClusterOf(e), w.plan.SessionOf(e)}
		if actions[key] == "" {
			actions[key] = w.action(e, key.cluster, tls)
		}
		if to != path || actions[key] != does {
			w.route(places, path, does)
			places, path, does = places[:0], to, actions[key]
		}
		places = append(places, at)
	}
	w.route(places, path, does)
	w.line(7, "- match: { prefix: '/' }")
	w.line(8, "direct_response: { status: 404 }")
}

// route writes a route that takes a path at some places, if at any.
func (w *writer) route(places []string, path, does string) {
	if len(places) == 0 {
		return
	}
	at := places[0]
	if len(places) > 1 {
		at = "(?:" + strings.Join(places, "|") + ")"
	}
	w.out.WriteString(routeBegins)
	w.out.WriteString(text(at + " " + path))
	w.out.WriteString(does)
}

// routeBegins stands before the expression of a route.
const routeBegins = "              - match: { prefix: '/', headers: [ { name: " + placeHeader +
	", string_match: { safe_regex: { regex: "

// action is what many routes of a cluster have in common.
type action struct {
	cluster *export.Cluster
	session int
}

// action writes what becomes of a request that a route takes, behind the expression of the route.
func (w *writer) action(e *match.Entry, c *export.Cluster, tls bool) string {
	var a writer
	a.out.WriteString(" } } } ] }\n")
	a.line(8, "metadata: { filter_metadata: { %s: { cluster: %s, cookie: %s, identifier: %s } } }", homeFilter,
		text(group(c, tls)), text(e.Cookie), text(e.Identifier))
	_, io, _ := c.Longest()
	policy := ""
	if w.retries == "" {
		policy = ", " + retries(c)
	}
	// timeout 0s: Envoy's own 15 s for a whole answer is nothing that the plug-in has; idle_timeout is the nearest to
	// ServerIOTimeout, a time without any byte (0s is without end)
	a.line(8, "route: { cluster_header: %s, timeout: 0s, idle_timeout: %ds%s }", memberHeader, io, policy)
	return a.out.String()
}

// retriesOfAll is what all clusters have in common, which stands once then; "" where they differ.
func retriesOfAll(p *export.Plan) (policy string) {
	for i := range p.Clusters {
		if policy = retries(&p.Clusters[i]); policy != retries(&p.Clusters[0]) {
			return ""
		}
	}
	return policy
}

// retries says when a request goes to another member.
// "reset" is a stream that breaks off before there is a head (R50b); with PostBufferSize 0 it is left out for
// all requests, as one with a body must not be repeated then (R57). previous_priorities: where primaries were tried,
// backups come next (R38).
func retries(c *export.Cluster) string {
	on := "connect-failure"
	if c.PostBuffer != 0 {
		on = "'connect-failure,reset'"
	}
	return fmt.Sprintf("retry_policy: { retry_on: %s, num_retries: %d, retry_priority: { "+
		"name: envoy.retry_priorities.previous_priorities, typed_config: { '@type': type.googleapis.com/"+
		"envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig, update_frequency: 1 } } }",
		on, max(c.Attempts-1, 1))
}
