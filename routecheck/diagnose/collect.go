package diagnose

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// need is what would have to be there for a log to speak about a cause. What of it is not given becomes the steps of
// "collect".
type need struct {
	level    pluginlog.Level // of the plug-in's log, 0 where none helps
	access   bool            // an access log with cookie and member
	file     bool            // the configuration
	server   bool            // the error log of the web server, with mod_mpmstats
	topology bool            // what servers do with sessions
	note     string          // what somebody has to look at elsewhere
}

var (
	// The least LogLevel that shows the lines a cause is judged by (plugin.md 7): failures and marks stand in every
	// log, the counters of members from Stats on, requests with their status from Detail on, streams and sessions in
	// Trace alone.
	atError  = need{level: pluginlog.LevelError}
	atStats  = need{level: pluginlog.LevelStats}
	atDetail = need{level: pluginlog.LevelDetail}
	atTrace  = need{level: pluginlog.LevelTrace}
)

func (n need) withAccess() need   { n.access = true; return n }
func (n need) withFile() need     { n.file = true; return n }
func (n need) withServer() need   { n.server = true; return n }
func (n need) withTopology() need { n.topology, n.file = true, true; return n }

// Steps of IBM's MustGather for the plug-in (node/331563).
const (
	stepAccess = `an access log with member and cookie: GlobalLog logs/access_was_log "%h %l %u %t \"%r\" %>s %b ` +
		`%{WAS_UNIQUE_ID}e %{RH}e WAS=%{WAS}e %{Set-Cookie}o %{JSESSIONID}C %{remote}p %D" ` +
		`(from 9.0 and 8.5.5.19 on; before, LogFormat and CustomLog in each VirtualHost), given as --access-log`
	stepServer = "error_log of the web server, given as --error-log: mod_mpmstats with ReportInterval 60 and " +
		"TrackModules On says how many threads are ready, and what the busy ones wait for"
	stepFile     = "the plugin-cfg.xml that the plug-in names at its start, given as -c"
	stepTopology = "what servers do with sessions: a topology with persistence and write frequency, given as " +
		"--topology"
	stepSame = "note the time, the URL, the client's address and what the user saw, to find the lines again"
)

// stepLevel asks for a log of a level.
func stepLevel(level pluginlog.Level) string {
	name := map[pluginlog.Level]string{pluginlog.LevelError: "Error", pluginlog.LevelStats: "Stats",
		pluginlog.LevelDetail: "Detail", pluginlog.LevelTrace: "Trace"}[level]
	if level == pluginlog.LevelError {
		return "http_plugin.log of the time, given as -t"
	}
	return "http_plugin.log at LogLevel " + name + " while it happens: wasplug set -w Log.LogLevel=" + name +
		", then set it back"
}

// missing is what of it is not there. An access log without a member and without a cookie, and an error log without
// reports of mod_mpmstats, are as good as none.
func (n need) missing(k *Case) need {
	if k.Log.Shows(n.level) {
		n.level = 0
	}
	n.file = n.file && k.File == nil
	n.access = n.access && (k.Access == nil || k.Access.WithMember == 0 && k.Access.WithCookie == 0)
	n.server = n.server && (k.Server == nil || k.Server.Reports == 0)
	n.topology = n.topology && len(k.policies()) == 0
	return n
}

// steps lists what to collect, each once: of several levels the most talkative one.
func steps(needs []need) (list []string) {
	var all need
	for _, n := range needs {
		all.level = max(all.level, n.level)
		all.file, all.access, all.topology = all.file || n.file, all.access || n.access, all.topology || n.topology
		all.server = all.server || n.server
	}
	if all.file {
		list = append(list, stepFile)
	}
	if all.level != 0 {
		list = append(list, stepLevel(all.level), stepSame)
	}
	if all.access {
		list = append(list, stepAccess)
	}
	if all.server {
		list = append(list, stepServer)
	}
	if all.topology {
		list = append(list, stepTopology)
	}
	for _, n := range needs {
		if n.note != "" && !slices.Contains(list, n.note) {
			list = append(list, n.note)
		}
	}
	return list
}

// Needs says what would let a cause be judged, for people; "" where the configuration alone does.
func (c *Cause) Needs() string {
	var parts []string
	if n := c.needs; n.level != 0 {
		parts = append(parts, "a log of the plug-in at LogLevel "+levelName(n.level))
	}
	if c.needs.access {
		parts = append(parts, "an access log with member and cookie")
	}
	if c.needs.server {
		parts = append(parts, "the error log of the web server with mod_mpmstats")
	}
	if c.needs.file {
		parts = append(parts, "the configuration")
	}
	if c.needs.topology {
		parts = append(parts, "a topology that says what servers do with sessions")
	}
	if c.log == nil && c.file == nil {
		return "no log of the web server shows it: " + c.needs.note
	}
	return strings.Join(parts, ", ")
}

// words say why a cause is open. The first thing that is missing is told, and what the log hides before what was not
// given.
func (n need) words(k *Case) string {
	switch {
	case n.level != 0 && !k.Log.Shows(n.level) && k.Log != nil:
		return "not known at LogLevel " + levelName(k.Log.Stats.Noisiest) + " (needs " + levelName(n.level) + ")"
	case n.level != 0 && k.Log == nil:
		return "not known without a log of the plug-in"
	case n.access && k.Access == nil:
		return "not known without an access log"
	case n.file && k.File == nil:
		return "not known without the configuration"
	case n.topology && len(k.policies()) == 0:
		return "not known while nobody says what servers do with sessions"
	case n.note != "":
		return "nothing of what was given shows it"
	}
	return "nothing was seen that speaks for it or against it"
}

// levelName is the level as the attribute LogLevel of the file writes it.
func levelName(l pluginlog.Level) string {
	return [...]string{"", "Plugin", "Error", "Warn", "Stats", "Detail", "Debug", "Trace"}[l]
}
