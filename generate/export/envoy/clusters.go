package envoy

import (
	"slices"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/routecheck/match"
)

// group is a cluster for requests of one scheme.
func group(c *export.Cluster, tls bool) string {
	if tls {
		return c.Ident + ".tls"
	}
	return c.Ident
}

// cluster writes the cluster of whoever takes what no session places: all members, or the ClusterAddress alone (R41).
// Each member that has sessions gets one of its own beside it, and one in which that cluster follows it.
// An aggregate cluster asks the first of its clusters while that has a healthy member, then the second: so a session
// stays with its member, and goes on with the others while that is ejected.
func (w *writer) cluster(c *export.Cluster, tls bool) error {
	members := c.Ways(tls)
	pool := members
	if c.Address() != nil {
		pool = slices.DeleteFunc(slices.Clone(members), func(m export.Way) bool { return !m.Member.Address })
	}
	if err := w.endpoints(c, group(c, tls), pool); err != nil {
		return err
	}
	for _, m := range members {
		if m.Member.CloneID == "" {
			continue
		}
		name := group(c, tls) + "." + m.Member.Ident
		if err := w.endpoints(c, name+".alone", []export.Way{m}); err != nil {
			return err
		}
		w.line(1, "- name: %s", text(name))
		w.line(2, "connect_timeout: %ds", connectTimeout(c))
		w.line(2, "lb_policy: CLUSTER_PROVIDED")
		w.line(2, "cluster_type:")
		w.line(3, "name: envoy.clusters.aggregate")
		w.line(3, "typed_config:")
		w.line(4, "'@type': type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig")
		w.line(4, "clusters: [%s, %s]", text(name+".alone"), text(group(c, tls)))
	}
	return nil
}

// connectTimeout is in seconds. Envoy has no word for the operating system's limit, 120 s stand for it (R50).
func connectTimeout(c *export.Cluster) int {
	if connect, _, _ := c.Longest(); connect > 0 {
		return connect
	}
	return 120
}

// endpoints writes a cluster. Backups have priorities of their own; overprovisioning keeps requests with the primaries
// while one of them is up.
// Outlier detection is how a request of a user marks a member: one failed connect (local origin) ejects it, and no
// answer does, whatever its status (R53). healthy_panic_threshold 0: where all are ejected nobody is asked (R61);
// max_ejection_percent 100 lets all be.
func (w *writer) endpoints(c *export.Cluster, name string, members []export.Way) error {
	w.line(1, "- name: %s", text(name))
	w.line(2, "type: STRICT_DNS")
	w.line(2, "connect_timeout: %ds", connectTimeout(c))
	if c.Random {
		w.line(2, "lb_policy: RANDOM")
	}
	w.line(2, "common_lb_config: { healthy_panic_threshold: { value: 0 } }")
	if !c.Single {
		w.line(2, "outlier_detection:")
		w.line(3, "split_external_local_origin_errors: true")
		w.line(3, "consecutive_local_origin_failure: 1")
		w.line(3, "enforcing_consecutive_local_origin_failure: 100")
		w.line(3, "enforcing_consecutive_5xx: 0")
		w.line(3, "enforcing_consecutive_gateway_failure: 0")
		w.line(3, "interval: 1s")
		w.line(3, "base_ejection_time: %ds", max(c.RetryInterval, 1))
		w.line(3, "max_ejection_time: %ds", max(c.RetryInterval, 1))
		w.line(3, "max_ejection_percent: 100")
	}
	w.limit(members)
	if err := w.secure(members); err != nil {
		return err
	}
	w.line(2, "load_assignment:")
	w.line(3, "cluster_name: %s", text(name))
	w.line(3, "policy: { overprovisioning_factor: %d }", 100*max(len(c.Members), 2))
	w.line(3, "endpoints:")
	priority := 0
	for i, m := range members {
		if m.Member.Backup && len(members) > 1 {
			priority++
		}
		if i == 0 || m.Member.Backup {
			w.line(3, "- priority: %d", priority)
			w.line(4, "lb_endpoints:")
		}
		w.line(4, "- endpoint: { address: { socket_address: { address: %s, port_value: %d } } }", text(host(m.To)),
			m.To.Port)
		w.line(5, "load_balancing_weight: %d", max(export.Scale(c, m.Member, 128), 1))
	}
	return nil
}

// limit is MaxConnections where all members have one: Envoy counts for a cluster.
func (w *writer) limit(members []export.Way) {
	sum := 0
	for _, m := range members {
		if m.Member.MaxConnections == 0 {
			return
		}
		sum += m.Member.MaxConnections
	}
	if sum > 0 {
		w.line(2, "circuit_breakers: { thresholds: [ { max_requests: %d } ] }", sum)
	}
}

// host is without brackets, as socket_address wants an IPv6 address.
func host(to *match.Transport) string {
	h := to.Host
	if len(h) > 1 && h[0] == '[' {
		h = h[1 : len(h)-1]
	}
	return h
}

// secure speaks TLS to the members of a cluster where all do.
func (w *writer) secure(members []export.Way) error {
	for _, m := range members {
		if !m.To.HTTPS {
			return nil
		}
	}
	if len(members) == 0 {
		return nil
	}
	pem, err := w.opt.Keystore(members[0].To)
	if err != nil {
		return err
	}
	w.line(2, "transport_socket:")
	w.line(3, "name: envoy.transport_sockets.tls")
	w.line(3, "typed_config:")
	w.line(4, "'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")
	w.line(4, "auto_host_sni: true")
	if w.plan.VerifyHost {
		w.line(4, "auto_sni_san_validation: true")
	}
	w.line(4, "common_tls_context: { validation_context: { trusted_ca: { filename: %s } } }", text(pem))
	return nil
}
