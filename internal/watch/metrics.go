package watch

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// family is what metrics of one name have in common.
type family struct {
	name, help string
	labels     []string
}

// The counters. Those of STATS lines are differences, summed over the processes.
var (
	markedDown = family{"was_plugin_marked_down_total", "Times that processes marked a member down.",
		[]string{"member"}}
	connectFailed = family{"was_plugin_connect_failed_total", "Connects to members that failed at once.",
		[]string{"host", "reason"}}
	connectTimeouts = family{"was_plugin_connect_timeouts_total", "Connects that ConnectTimeout ended.",
		[]string{"host"}}
	ioTimeouts = family{"was_plugin_io_timeouts_total",
		"Answers that ServerIOTimeout did not wait for; retry: the same member was asked again.", []string{"retry"}}
	failovers = family{"was_plugin_failovers_total",
		"Attempts at a member that failed and that another member was tried after.", []string{"member"}}
	allDown     = family{"was_plugin_all_down_total", "Requests that no member was left for.", nil}
	gaveUp      = family{"was_plugin_gave_up_total", "Requests that the plug-in gave up.", nil}
	tlsFailures = family{"was_plugin_tls_failures_total", "TLS handshakes with members that failed, by GSK code.",
		[]string{"gsk"}}
	full = family{"was_plugin_full_total", "Times that a member was passed over for MaxConnections.",
		[]string{"member"}}
	reloads = family{"was_plugin_reloads_total", "Times that a process looked at a changed plugin-cfg.xml.",
		[]string{"result"}}
	starts = family{"was_plugin_starts_total", "Times that the plug-in was started.", nil}
	placed = family{"was_plugin_requests_total",
		"Requests that members were given, by STATS lines: new ones, and those of a session (affinity).",
		[]string{"member", "kind"}}
	failed = family{"was_plugin_failed_requests_total", "Requests that failed at a member, by STATS lines.",
		[]string{"member"}}
	logLines      = family{"was_plugin_log_lines_total", "Lines of the log, by level.", []string{"level"}}
	unknownErrors = family{"was_plugin_log_unknown_errors_total", "ERROR lines that the catalogue does not know.", nil}
)

// zeros are the counters that exist before anything is counted, so that their first step is seen.
var zeros = []counter{{name: allDown.name}, {name: gaveUp.name}, {name: starts.name}, {name: unknownErrors.name},
	{ioTimeouts.name, "true", ""}, {ioTimeouts.name, "false", ""}, {reloads.name, "done", ""},
	{reloads.name, "refused", ""}}

// counter is a counter with the values of its labels.
type counter struct{ name, a, b string }

// Bounds: what stands in a log anybody can write who can send requests, and whoever collects keeps each series.
const (
	mostLabels = 500       // values of one label; all others are "other"
	mostRows   = 1 << 14   // members in processes, and entries of each other map
	longLabel  = 200       // bytes
	staleRow   = time.Hour // after which a process that has written nothing is taken to have ended
)

// metrics counts what a log says.
type metrics struct {
	replayed       bool // the run before has counted the lines that come now
	counts         map[counter]float64
	values         map[string]map[string]bool // by label
	rows           map[rowKey]row             // the last STATS line of a member in a process
	processes      map[uint64]pluginlog.Time  // when they wrote last
	nobody         map[pluginlog.Thread]int64 // the request of a thread that no member was left for
	refused        map[uint64]pluginlog.Time  // when a process refused a file
	took           histogram
	build, product string
}

// rowKey: the counters of a STATS line are those of one process.
type rowKey struct {
	member string
	pid    uint64
}

// row is the last STATS line of a member in a process, from which the next one's differences are counted.
type row struct {
	pluginlog.Counters
	at pluginlog.Time // 0: of a log whose lines show none
}

func newMetrics() metrics {
	m := metrics{counts: map[counter]float64{}, values: map[string]map[string]bool{}, rows: map[rowKey]row{},
		processes: map[uint64]pluginlog.Time{}, nobody: map[pluginlog.Thread]int64{},
		refused: map[uint64]pluginlog.Time{}}
	for _, c := range zeros {
		m.counts[c] = 0
	}
	return m
}

// add counts, unless the run before has. The values of labels are noted all the same, so that the same ones as then
// become "other".
func (m *metrics) add(f *family, n float64, labels ...string) {
	c := counter{name: f.name}
	for i, to := range [...]*string{&c.a, &c.b} {
		if i < len(labels) {
			*to = m.value(f.labels[i], labels[i])
		}
	}
	if !m.replayed {
		m.counts[c] += n
	}
}

// value bounds how many values a label has: no log is to fill the memory of whoever collects.
func (m *metrics) value(label, value string) string {
	value = cmp.Or(strings.ToValidUTF8(value[:min(len(value), longLabel)], "?"), "unknown")
	known := m.values[label]
	if known == nil {
		known = map[string]bool{}
		m.values[label] = known
	}
	if !known[value] {
		if len(known) >= mostLabels {
			return "other"
		}
		value = strings.Clone(value)
		known[value] = true
	}
	return value
}

// line takes a line and its request, nil where it belongs to none.
func (m *metrics) line(r *requests.Request, e *pluginlog.Event) {
	if _, known := m.processes[e.PID]; known || len(m.processes) < mostRows {
		m.processes[e.PID] = max(m.processes[e.PID], e.Time)
	}
	switch e.Kind {
	case pluginlog.MarkedDown:
		m.add(&markedDown, 1, e.Member)
	case pluginlog.ConnectFailed:
		m.add(&connectFailed, 1, host(r, e), reason(e.OSError))
	case pluginlog.ConnectTimedOut:
		m.add(&connectTimeouts, 1, host(r, e))
	case pluginlog.IOTimedOut:
		m.add(&ioTimeouts, 1, strconv.FormatBool(e.Retry))
	case pluginlog.TransactionFailed:
		if e.Retry {
			m.add(&failovers, 1, e.Member)
		}
	case pluginlog.HandshakeFailed:
		m.add(&tlsFailures, 1, gsk(e))
	case pluginlog.StatusChecked:
		if e.Check.Full {
			m.add(&full, 1, e.Member)
		}
	case pluginlog.Counted:
		m.counted(e)
	default:
		m.rare(r, e)
	}
}

// rare takes the kinds of lines of which a log has few.
func (m *metrics) rare(r *requests.Request, e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.AllCouldBeDown, pluginlog.NoAppServer:
		if r == nil || m.nobody[e.Thread] == r.Number {
			return // the second line about it
		}
		if len(m.nobody) >= mostRows {
			clear(m.nobody)
		}
		m.nobody[e.Thread] = r.Number
		m.add(&allDown, 1)
	case pluginlog.RequestFailed:
		m.add(&gaveUp, 1)
	case pluginlog.ConfigReloaded:
		m.add(&reloads, 1, "done")
	case pluginlog.BuildVersion:
		m.add(&starts, 1)
		m.build = strings.Clone(e.Text)
	case pluginlog.WebServer:
		m.product = strings.Clone(e.Text)
	case pluginlog.ErrorLine:
		m.errorLine(e)
	}
}

// errorLine counts what the catalogue does not know, and files that were refused: several lines tell of one.
func (m *metrics) errorLine(e *pluginlog.Event) {
	entry, known := catalogue.OfLine(e.Text)
	switch {
	case !known:
		m.add(&unknownErrors, 1)
	case entry.Kind == catalogue.ReloadFailed:
		if at, again := m.refused[e.PID]; !again || e.Time.Sub(at) > 2*time.Second {
			m.add(&reloads, 1, "refused")
		}
		if len(m.refused) >= mostRows {
			clear(m.refused)
		}
		m.refused[e.PID] = e.Time
	}
}

// counted takes the counters of a member in a process. Where they have gone down another process has the number now.
func (m *metrics) counted(e *pluginlog.Event) {
	k := rowKey{m.value("member", e.Member), e.PID}
	was, known := m.rows[k]
	if !known && len(m.rows) >= mostRows {
		return
	}
	now := e.Counters // the first line of a process counts whole: what it says has happened since it began
	if was.Total > now.Total {
		was.Counters = pluginlog.Counters{}
	}
	m.rows[k] = row{now, e.Time}
	m.rise(&placed, now.New()-was.New(), e.Member, "new")
	m.rise(&placed, now.Affinity-was.Affinity, e.Member, "affinity")
	m.rise(&failed, now.Failed-was.Failed, e.Member)
}

// rise adds a difference; a counter of Prometheus never falls.
func (m *metrics) rise(f *family, n int64, labels ...string) { m.add(f, float64(max(n, 0)), labels...) }

// done takes a request that is over.
func (m *metrics) done(r *requests.Request) {
	if r.Timed() && !r.Declined && !m.replayed {
		m.took.add(r.Wall())
	}
}

// lines counts lines of which a run before was not told: its caller looks.
func (m *metrics) lines(by levels) {
	for level, n := range by {
		if n > 0 {
			m.counts[counter{name: logLines.name, a: levelName(pluginlog.Level(level))}] += float64(n)
		}
	}
}

func levelName(l pluginlog.Level) string { return cmp.Or(strings.ToLower(l.String()), "none") }

// forget lets go of processes that have written nothing for long. Rows are kept for a day: were one forgotten whose
// process goes on, its next line would count whole once more.
func (m *metrics) forget(now pluginlog.Time) {
	for pid, at := range m.processes {
		if now.Sub(at) > staleRow {
			delete(m.processes, pid)
		}
	}
	for k, r := range m.rows {
		if now.Sub(r.at) > 24*staleRow || r.at == 0 && len(m.rows) >= mostRows {
			delete(m.rows, k)
		}
	}
}

// pending adds up by member, over the processes that still write.
func (m *metrics) pending(now pluginlog.Time) map[string]int64 {
	all := map[string]int64{}
	for k, r := range m.rows {
		if now.Sub(r.at) <= staleRow {
			all[k.member] += r.Pending
		}
	}
	return all
}

// host is where a line's attempt goes, with the port where one is shown.
func host(r *requests.Request, e *pluginlog.Event) string {
	name, port := e.Host, e.Port
	if r != nil && len(r.Attempts) > 0 {
		if last := &r.Attempts[len(r.Attempts)-1]; name == "" || name == last.Host {
			name, port = cmp.Or(name, last.Host), cmp.Or(port, last.Port)
		}
	}
	if name == "" || port == 0 {
		return name
	}
	return name + ":" + strconv.Itoa(int(port))
}

// reason is what an error number of the operating system means.
func reason(osError int32) string {
	if entry, ok := catalogue.OfOSError(osError); ok {
		return entry.Name
	}
	if osError == 0 {
		return "not shown"
	}
	return "errno " + strconv.Itoa(int(osError))
}

func gsk(e *pluginlog.Event) string {
	if e.Code != 0 {
		return strconv.Itoa(int(e.Code))
	}
	return e.Text
}
