package proxy

import (
	"os"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// pluginLog writes the lines of one request as the plug-in writes them to http_plugin.log. A nil one writes nothing.
type pluginLog struct {
	w      *pluginlog.Writer
	thread pluginlog.Thread
	epoch  time.Time        // when the clock of decisions stood at 0
	at     routecheck.Nanos // of the decision whose lines are written: a replay must count retry intervals as the decision did
	rec    routecheck.Recorder
}

// newWriter returns the writer for a configuration: its LogLevel says how much is written. nil where no log is wanted.
func (p *Proxy) newWriter(cfg *parser.Config) *pluginlog.Writer {
	if p.opt.PluginLog == nil {
		return nil
	}
	level := pluginlog.LevelError
	if cfg.Log != nil {
		if l, ok := pluginlog.ParseLevel(cfg.Log.Level.V); ok {
			level = l
		}
	}
	return p.opt.PluginLog(level)
}

// pluginLog returns the log for the next request of the client, nil where none is wanted.
func (c *client) pluginLog(gen *generation) *pluginLog {
	if gen.log == nil {
		return nil
	}
	if c.thread == 0 {
		c.thread = c.p.threads.Add(1)
	}
	return &pluginLog{w: gen.log, thread: pluginlog.Thread{PID: uint64(os.Getpid()), TID: c.thread}, epoch: c.p.sweeper.start, at: c.entry.start}
}

// recorder returns where decisions note their steps.
func (l *pluginLog) recorder() *routecheck.Recorder {
	if l == nil {
		return nil
	}
	return &l.rec
}

func (l *pluginLog) emit(e *pluginlog.Event) {
	e.Time, e.Thread = timeOf(l.epoch, l.at), l.thread
	l.w.Write(e)
}

func timeOf(epoch time.Time, at routecheck.Nanos) pluginlog.Time {
	return pluginlog.TimeOf(epoch.Add(time.Duration(at)))
}

// begins tells that the process starts, or that it takes another configuration: from there on whoever reads the log knows the state.
func (p *Proxy) begins(g *generation) {
	if g.log == nil {
		return
	}
	e := pluginlog.Event{Kind: pluginlog.ConfigReloaded, Time: timeOf(p.sweeper.start, p.now()), Thread: pluginlog.Thread{PID: uint64(os.Getpid())}}
	if g.number == 1 {
		e.Kind, e.Text = pluginlog.BuildVersion, p.opt.Version
	}
	g.log.Write(&e)
}

// matched tells how the request found its Route, or that it found none.
func (l *pluginLog) matched(g *generation, rq *routecheck.Request, m *routecheck.Match) {
	if l != nil {
		replay.MatchEvents(g.table, rq, m, &g.sem, l.emit)
	}
}

// steps tells what was noted since the last call. The lock of the cluster is held, for the order of lines is that of decisions.
func (l *pluginLog) steps(t *routecheck.Table, cluster routecheck.ClusterID, at routecheck.Nanos) {
	if l != nil {
		l.at = at
		replay.Events(t, cluster, l.rec.Steps, l.emit)
		l.rec.Steps = l.rec.Steps[:0]
	}
}

// noteStream tells that an attempt has a stream.
func (x *exchange) noteStream(act routecheck.Action, reused bool) {
	if x.log == nil {
		return
	}
	x.cluster.mu.Lock()
	defer x.cluster.mu.Unlock()
	x.gen.table.NoteStream(&x.flight, act, reused, x.log.recorder())
	x.log.steps(x.gen.table, x.flight.Cluster, x.now())
}
