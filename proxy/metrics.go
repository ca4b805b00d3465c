package proxy

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// collector gives the status as Prometheus metrics. Counters of members begin anew with each configuration.
type collector struct{ p *Proxy }

var (
	ofMember = []string{"cluster", "member"}

	descRequests    = prometheus.NewDesc("wasplug_member_requests_total", "Requests that a member has answered, by how it was chosen.", append(ofMember, "chosen"), nil)
	descFailed      = prometheus.NewDesc("wasplug_member_failed_total", "Attempts on a member that failed.", ofMember, nil)
	descPending     = prometheus.NewDesc("wasplug_member_pending", "Requests under way at a member.", ofMember, nil)
	descMax         = prometheus.NewDesc("wasplug_member_pending_max", "MaxConnections of a member, 0 no limit.", ofMember, nil)
	descWeight      = prometheus.NewDesc("wasplug_member_weight", "Current weight of a member.", ofMember, nil)
	descMarked      = prometheus.NewDesc("wasplug_member_marked_down", "1 while a member is marked down.", ofMember, nil)
	descRetry       = prometheus.NewDesc("wasplug_member_retry_seconds", "Time until a member that is marked down is tried again.", ofMember, nil)
	descIdle        = prometheus.NewDesc("wasplug_member_idle_streams", "Idle connections to a member.", ofMember, nil)
	descResponses   = prometheus.NewDesc("wasplug_responses_total", "Answers to clients by class of status.", []string{"class"}, nil)
	descDuration    = prometheus.NewDesc("wasplug_request_duration_seconds", "Time from the head of a request to the end of its answer, by cluster; none for requests that no Route matches.", []string{"cluster"}, nil)
	descSent        = prometheus.NewDesc("wasplug_response_bytes_total", "Bytes sent to clients.", nil, nil)
	descAffinity    = prometheus.NewDesc("wasplug_affinity_total", "Requests by what became of their session affinity.", []string{"outcome"}, nil)
	descDeclined    = prometheus.NewDesc("wasplug_declined_total", "Requests that no Route matches.", nil, nil)
	descBad         = prometheus.NewDesc("wasplug_bad_requests_total", "Requests that are refused, and messages that are none.", nil, nil)
	descFull        = prometheus.NewDesc("wasplug_refused_connections_total", "Connections of clients beyond --max-clients.", nil, nil)
	descReloads     = prometheus.NewDesc("wasplug_reloads_total", "Reloads of the configuration by result.", []string{"result"}, nil)
	descReloadFine  = prometheus.NewDesc("wasplug_last_reload_successful", "1 unless the last reload of the configuration was refused.", nil, nil)
	descConnections = prometheus.NewDesc("wasplug_client_connections", "Open connections of clients.", nil, nil)
)

func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := c.p.Status()
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, cl := range s.Clusters {
		for _, m := range cl.Members {
			counter(descRequests, m.Affinity, cl.Cluster, m.Member, "affinity")
			counter(descRequests, m.New, cl.Cluster, m.Member, "balance")
			counter(descFailed, m.Failed, cl.Cluster, m.Member)
			gauge(descPending, float64(m.Pending), cl.Cluster, m.Member)
			gauge(descMax, float64(m.Max), cl.Cluster, m.Member)
			gauge(descWeight, float64(m.Weight), cl.Cluster, m.Member)
			gauge(descMarked, truth(m.Marked), cl.Cluster, m.Member)
			gauge(descRetry, m.RetryIn, cl.Cluster, m.Member)
			gauge(descIdle, float64(m.Idle), cl.Cluster, m.Member)
		}
	}
	for i, n := range s.Requests.Classes {
		counter(descResponses, n, strconv.Itoa(i)+"xx")
	}
	for outcome, n := range s.Affinity {
		counter(descAffinity, n, outcome)
	}
	counter(descDeclined, s.Requests.Declined)
	counter(descBad, s.Requests.Refused)
	counter(descFull, c.p.counters.full.Load())
	counter(descReloads, s.Reload.Done, "done")
	counter(descReloads, s.Reload.Refused, "refused")
	gauge(descReloadFine, truth(s.Reload.Error == ""))
	gauge(descConnections, float64(s.Connections))
	counter(descSent, c.p.counters.sent.Load())
	ch <- c.p.counters.others.metric("")
	g := c.p.gen.Load()
	for i := range g.clusters {
		ch <- g.clusters[i].times.metric(g.table.Clusters[i].Name)
	}
}

func (h *histogram) metric(cluster string) prometheus.Metric {
	cumulative := map[float64]uint64{}
	var total uint64
	for i := range h.buckets {
		total += h.buckets[i].Load()
		if i < len(bounds) {
			cumulative[float64(bounds[i])/float64(second)] = total
		}
	}
	return prometheus.MustNewConstHistogram(descDuration, total, float64(h.sum.Load())/float64(second), cumulative, cluster)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
