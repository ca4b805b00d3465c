package admin

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// collector gives a snapshot as Prometheus metrics. Requests of members begin anew with each configuration.
type collector struct{ p Proxy }

// desc describes a metric. Names and labels are what users' alerts and charts ask for: they stay.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	descRequests = desc("wasplug_member_requests_total", "Requests that a member has answered, by how it was chosen.",
		"cluster", "member", "chosen")
	descFailed = desc("wasplug_member_failed_total", "Attempts on a member that failed, by how.", "cluster", "member",
		"reason")
	descAnswers = desc("wasplug_member_responses_total",
		"Answers of a member by class of status, also those that another member has made good.", "cluster", "member",
		"class")
	descWait = desc("wasplug_member_wait_seconds", "Time from the choice of a member to the head of its answer.",
		"cluster", "member")
	descPending = desc("wasplug_member_pending", "Requests under way at a member.", "cluster", "member")
	descMax     = desc("wasplug_member_pending_max", "MaxConnections of a member, 0 no limit.", "cluster", "member")
	descWeight  = desc("wasplug_member_weight", "Current weight of a member.", "cluster", "member")
	descMarked  = desc("wasplug_member_marked_down", "1 while a member is marked down.", "cluster", "member")
	descRetry   = desc("wasplug_member_retry_seconds", "Time until a member that is marked down is tried again.",
		"cluster", "member")
	descSessions = desc("wasplug_member_sessions",
		"Different sessions of the last ten minutes, some 3 % more or less.", "cluster", "member")
	descBegun = desc("wasplug_member_sessions_begun_total", "Sessions that a member has begun.", "cluster", "member")
	descTaken = desc("wasplug_member_sessions_taken_over_total",
		"Answers that set the cookie of the request's session with other clone IDs.", "cluster", "member")
	descIdle = desc("wasplug_member_idle_streams", "Idle connections to a member.", "cluster", "member")

	descDuration = desc("wasplug_request_duration_seconds",
		"Time from the head of a request to the end of its answer, by cluster; none for requests that no Route "+
			"matches.",
		"cluster")
	descResponses = desc("wasplug_responses_total", "Answers to clients by class of status.", "class")
	descSent      = desc("wasplug_response_bytes_total", "Bytes sent to clients.")
	descAffinity  = desc("wasplug_affinity_total", "Requests by what became of their session affinity.", "outcome")
	descDeclined  = desc("wasplug_declined_total", "Requests that no Route matches.")
	descBad       = desc("wasplug_bad_requests_total", "Requests that are refused, and messages that are none.")

	descFull        = desc("wasplug_refused_connections_total", "Connections of clients beyond --max-clients.")
	descConnections = desc("wasplug_client_connections", "Open connections of clients.")
	descReloads     = desc("wasplug_reloads_total", "Reloads of the configuration by result.", "result")
	descReloadFine  = desc("wasplug_last_reload_successful",
		"1 unless the last reload of the configuration was refused.")
)

func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect takes one snapshot for all metrics, so that they fit together.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s, to := c.p.Snapshot(), sink(ch)
	for i := range s.Clusters {
		for j := range s.Clusters[i].Members {
			to.member(s.Clusters[i].Cluster, &s.Clusters[i].Members[j])
		}
	}
	for i, n := range s.Requests.Classes {
		to.counter(descResponses, n, strconv.Itoa(i)+"xx")
	}
	for outcome, n := range s.Affinity {
		to.counter(descAffinity, n, outcome)
	}
	to.counter(descDeclined, s.Requests.Declined)
	to.counter(descBad, s.Requests.Refused)
	to.counter(descFull, s.Full)
	to.counter(descReloads, s.Reload.Done, "done")
	to.counter(descReloads, s.Reload.Refused, "refused")
	to.gauge(descReloadFine, oneIf(s.Reload.Error == ""))
	to.gauge(descConnections, float64(s.Connections))
	to.counter(descSent, s.Sent)
	for i := range s.Times {
		to.histogram(descDuration, &s.Times[i], s.Times[i].Cluster)
	}
}

// sink takes metrics, one at a time.
type sink chan<- prometheus.Metric

func (to sink) counter(d *prometheus.Desc, v uint64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
}

func (to sink) gauge(d *prometheus.Desc, v float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// member gives every series from the start, also those at 0: an alert on a rate would miss the first failure
// otherwise.
func (to sink) member(cluster string, m *MemberStatus) {
	to.counter(descRequests, m.Affinity, cluster, m.Member, "affinity")
	to.counter(descRequests, m.New, cluster, m.Member, "balance")
	for mode := explain.Refused; mode < explain.NumFailureModes; mode++ {
		to.counter(descFailed, m.Failures[mode], cluster, m.Member, mode.String())
	}
	for class := 1; class < len(m.Answers); class++ {
		to.counter(descAnswers, m.Answers[class], cluster, m.Member, classOf(class))
	}
	to.histogram(descWait, &m.Waits, cluster, m.Member)
	to.gauge(descPending, float64(m.Pending), cluster, m.Member)
	to.gauge(descMax, float64(m.Max), cluster, m.Member)
	to.gauge(descWeight, float64(m.Weight), cluster, m.Member)
	to.gauge(descMarked, oneIf(m.Marked), cluster, m.Member)
	to.gauge(descRetry, m.RetryIn, cluster, m.Member)
	to.gauge(descSessions, float64(m.Sessions.Recent), cluster, m.Member)
	to.counter(descBegun, m.Sessions.Begun, cluster, m.Member)
	to.counter(descTaken, m.Sessions.TakenOver, cluster, m.Member)
	to.gauge(descIdle, float64(m.Idle), cluster, m.Member)
}

// histogram counts up: a bucket of Prometheus has all that took no longer than its bound.
func (to sink) histogram(d *prometheus.Desc, h *Histogram, labels ...string) {
	upTo := map[float64]uint64{}
	var total uint64
	for i, n := range h.Counts {
		total += n
		if i < len(h.Bounds) {
			upTo[seconds(h.Bounds[i])] = total
		}
	}
	to <- prometheus.MustNewConstHistogram(d, total, seconds(h.Sum), upTo, labels...)
}

func seconds(d match.Nanos) float64 { return float64(d) / float64(time.Second) }

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
