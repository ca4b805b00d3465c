package watch

import (
	"bytes"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// The gauges, and the one histogram.
var (
	membersMarked = family{"was_plugin_members_marked",
		"Processes that hold a mark of a member now: an estimate, by RetryInterval where no line shows the end.",
		[]string{"member"}}
	pendingNow = family{"was_plugin_pending", "Requests under way at a member, by the last STATS lines.",
		[]string{"member"}}
	processes    = family{"was_plugin_processes", "Processes that wrote to the log in the last hour.", nil}
	incidentOpen = family{"was_plugin_incident_open", "1 for an incident that goes on.", []string{"kind", "member"}}
	lastLine     = family{"was_plugin_log_last_line_time_seconds", "When the last line was written.", nil}
	behind       = family{"was_plugin_log_behind_bytes", "What was written to the log and is not read yet.", nil}
	buildInfo    = family{"was_plugin_build_info", "What the plug-in said of itself when it started.",
		[]string{"version", "web_server"}}
	requestSeconds = family{"was_plugin_request_seconds",
		"How long requests took, at LogLevel Detail and Trace, which alone show it.", nil}
)

// counters are the families that only go up.
var counters = []*family{&markedDown, &connectFailed, &connectTimeouts, &ioTimeouts, &failovers, &allDown, &gaveUp,
	&tlsFailures, &full, &reloads, &starts, &placed, &failed, &logLines, &unknownErrors}

// Handler serves /metrics, /incidents.json and /health. All it shows is as of the last Poll: it reads nothing itself.
func (w *Watch) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{w})
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/incidents.json", w.incidents)
	mux.HandleFunc("/health", w.health)
	return mux
}

// incidents is written whole before it is sent, so that an error has a status of its own.
func (w *Watch) incidents(to http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	now := w.now
	w.mu.Unlock()
	var page bytes.Buffer
	if err := w.opt.Write(&page, now); err != nil {
		http.Error(to, err.Error(), http.StatusInternalServerError)
		return
	}
	to.Header().Set("Content-Type", "application/json")
	to.Write(page.Bytes())
}

// health is 503 as long as there is no log to read.
func (w *Watch) health(to http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	waiting := w.tail.current == nil
	w.mu.Unlock()
	if waiting {
		http.Error(to, "waiting for the log", http.StatusServiceUnavailable)
		return
	}
	to.Write([]byte("ok\n"))
}

// collector gives what was counted as Prometheus metrics. They are collected under the lock and handed over behind it:
// whoever asks may take its time.
type collector struct{ w *Watch }

func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, m := range c.w.collect() {
		ch <- m
	}
}

// sink collects metrics.
type sink []prometheus.Metric

func (to *sink) put(f *family, kind prometheus.ValueType, v float64, labels ...string) {
	*to = append(*to, prometheus.MustNewConstMetric(f.desc(), kind, v, labels...))
}

func (f *family) desc() *prometheus.Desc { return prometheus.NewDesc(f.name, f.help, f.labels, nil) }

// collect puts values of labels through metrics.value: what the story knows by its full name is "other" here where it
// came beyond the bound, and several such add up.
func (w *Watch) collect() []prometheus.Metric {
	w.mu.Lock()
	defer w.mu.Unlock()
	var to sink
	m, now := &w.metrics, w.now.At
	names := map[string]*family{} // a counter has but the name of its family: it must be comparable, as a key
	for _, f := range counters {
		names[f.name] = f
	}
	for c, v := range m.counts {
		f := names[c.name]
		to.put(f, prometheus.CounterValue, v, []string{c.a, c.b}[:len(f.labels)]...)
	}
	marked := map[string]int{}
	for member, n := range w.story.Marked(now) {
		marked[m.value("member", member)] += n
	}
	for member, n := range marked {
		to.put(&membersMarked, prometheus.GaugeValue, float64(n), member)
	}
	for member, n := range m.pending(now) {
		to.put(&pendingNow, prometheus.GaugeValue, float64(n), member)
	}
	to.put(&processes, prometheus.GaugeValue, float64(len(m.processes)))
	w.openIncidents(&to)
	w.position(&to)
	upTo, total := m.took.upTo()
	to = append(to, prometheus.MustNewConstHistogram(requestSeconds.desc(), total, m.took.Sum, upTo))
	return to
}

// openIncidents has one series for each kind and member: two incidents of one kind at a member are one to an alert.
func (w *Watch) openIncidents(to *sink) {
	open := map[[2]string]bool{}
	for _, head := range w.now.Incidents {
		for _, i := range group(head) {
			member := ""
			if i.Member != "" {
				member = w.metrics.value("member", i.Member)
			}
			if i.Open {
				open[[2]string{i.Kind.String(), member}] = true
			}
		}
	}
	for labels := range open {
		to.put(&incidentOpen, prometheus.GaugeValue, 1, labels[0], labels[1])
	}
}

// position says how far the log was read. Series whose value nobody knows yet are left out: 0 would be a time, and a
// version.
func (w *Watch) position(to *sink) {
	to.put(&behind, prometheus.GaugeValue, float64(w.tail.behind()))
	if w.last != 0 {
		to.put(&lastLine, prometheus.GaugeValue, w.unix(w.last))
	}
	if m := &w.metrics; m.build != "" {
		to.put(&buildInfo, prometheus.GaugeValue, 1, m.value("version", m.build), m.value("web_server", m.product))
	}
}

// unix is a time of the log as all the world counts it: a line shows the time of day of its machine, without a zone.
func (w *Watch) unix(t pluginlog.Time) float64 {
	at := time.Unix(0, int64(t)).UTC()
	zoned := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(),
		w.opt.Zone)
	return float64(zoned.UnixMilli()) / 1000
}
