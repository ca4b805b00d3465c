package liberty

import (
	"math"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// sessionManager are the attributes of AdminConfig's type SessionManager.
var sessionManager = map[string]row{
	"sessionPersistenceMode": {key: "persistence",
		take: asWord(map[string]string{"NONE": "none", "DATABASE": "database",
			"DATA_REPLICATION": "memory-to-memory"})},
	"enableSecurityIntegration": {key: "securityIntegration", take: asBool},
	"enable":                    silent, "context": silent, "maxWaitTime": silent, "accessSessionOnTimeout": silent,
	"allowSerializedSessionAccess": silent,
	// most files write them all
	"enableUrlRewriting": silent, "enableCookies": silent, "enableSSLTracking": silent,
	"enableProtocolSwitchRewriting": silent,
}

// tuningParams are those of type TuningParams. Timeouts are minutes, intervals seconds.
var tuningParams = map[string]row{
	"usingMultiRowSchema": {key: "schema",
		take: asWord(map[string]string{"true": "multi-row", "false": "single row"})},
	"maxInMemorySessionCount": {key: "maxInMemory", take: asNumber(0, math.MaxInt32)},
	"allowOverflow":           {key: "allowOverflow", take: asBool},
	"scheduleInvalidation":    {key: scheduled, take: asBool},
	"writeFrequency":          {key: "writeFrequency", take: asWord(frequencies)},
	"writeInterval":           {key: "writeInterval", take: asSeconds},
	"writeContents":           {key: "writeContents", take: asWord(contents)},
	"invalidationTimeout":     {key: "timeout", take: asMinutes},
}

var invalidationSchedule = map[string]row{
	"firstHour": {key: firstHour, take: asNumber(0, 23)}, "secondHour": {key: secondHour, take: asNumber(0, 23)},
}

// drsSettings are those of type DRSSettings.
var drsSettings = map[string]row{
	"dataReplicationMode": {key: "mode",
		take: asWord(map[string]string{"BOTH": "both", "CLIENT": "client", "SERVER": "server"})},
	"messageBrokerDomainName": {key: "domain", take: asText},
	"ids":                     silent, "overrideHostConnectionPoints": silent, "preferredLocalDRSBrokerName": silent,
}

var cookieSettings = map[string]row{"name": {key: "cookie", take: asText}, "domain": silent, "maximumAge": silent,
	"secure": silent, "path": silent, "httpOnly": silent, "useContextRootAsPath": silent}

// customProperties are those of a session manager whose names a topology has a word for.
var customProperties = map[string]row{
	"HttpSessionIdReuse":            {key: "idReuse", take: asBool},
	"HttpSessionIdLength":           {key: "idLength", take: asNumber(8, 128)},
	"HttpSessionReaperPollInterval": {key: "reaperInterval", take: asDuration},
	"NoAffinitySwitchBack":          {key: "noAffinitySwitchBack", take: asBool},
	"OptimizeCacheIdIncrements":     {key: "optimizeCacheIdIncrements", take: asBool},
	"SessionRewriteIdentifier":      {key: "urlIdentifier", take: asText},
	"CloneSeparatorChange": {key: "cloneSeparator",
		take: asWord(map[string]string{"true": "+", "false": ":"})},
	"HttpSessionCloneId": silent, // of this one member, which a plugin-cfg.xml names
}

// cell reads an exported file of a cell: the session manager of a server, or that of an application.
func (r *reader) cell(root *parser.Node) {
	managers := sessionManagers(root)
	if len(managers) == 0 {
		r.fail(root.NameSpan,
			"there is no session manager in this file: want a server.xml with services of type SessionManager, or a "+
				"deployment.xml with sessionManagement")
		return
	}
	for _, other := range managers[1:] {
		r.warn(other.NameSpan,
			"another session manager of this file is not taken over: want its settings at the application or the "+
				"cluster that it is of")
	}
	m := managers[0]
	if on := m.Attr("enable"); on != nil && strings.EqualFold(on.Value, "false") {
		r.warn(on.Span,
			"enable is false: these settings are not in force, and are not taken over; those of the server are")
		return
	}
	r.manager(m)
}

// manager reads one session manager.
func (r *reader) manager(m *parser.Node) {
	r.attributes(m, sessionManager)
	for _, c := range m.Elements("") {
		switch c.Name {
		case "tuningParams":
			r.attributes(c, tuningParams)
			for _, s := range c.Elements("invalidationSchedule") {
				r.attributes(s, invalidationSchedule)
			}
		case "sessionDRSPersistence", "drsSettings":
			if r.is("persistence", "memory-to-memory") {
				r.attributes(c, drsSettings)
			}
		case "defaultCookieSettings":
			r.attributes(c, cookieSettings)
		case "properties":
			r.property(c)
		}
	}
	r.complete(m)
}

// complete says what holds where nothing is written, and what stands elsewhere. Only what the persistence makes use of
// is kept.
// time based, every 10 seconds, updated attributes are the defaults of type TuningParams, which exports may leave out.
func (r *reader) complete(m *parser.Node) {
	r.otherwise("persistence", "none")
	if r.is("persistence", "none") {
		for _, key := range []string{"writeFrequency", "writeInterval", "writeContents", "schema",
			"optimizeCacheIdIncrements"} {
			delete(r.values, key)
		}
		return
	}
	r.otherwise("writeFrequency", "time based")
	r.interval("10")
	r.otherwise("writeContents", "only updated attributes")
	if r.is("persistence", "memory-to-memory") {
		delete(r.values, "schema") // of a database
		r.warn(m.NameSpan,
			"how many replicas there are stands in the replication domain, not in this file: "+
				"a topology without replicas "+
				"means one")
	}
	r.schedule()
}

// property reads a custom property.
func (r *reader) property(n *parser.Node) {
	name, value := n.Attr("name"), n.Attr("value")
	if name == nil || value == nil {
		return
	}
	known, ok := customProperties[name.Value]
	if !ok {
		r.warn(name.Span, "a topology cannot say the custom property %s", diag.Quote(name.Value))
		return
	}
	if known.take != nil {
		a := *value
		a.Name = name.Value
		r.open[known.key] = true
		r.put(known, &a, strings.TrimSpace(value.Value))
	}
}

// sessionManagers finds them in the order of the file, however deep.
// What lies inside of one is its own, so it is not searched.
func sessionManagers(n *parser.Node) (all []*parser.Node) {
	for _, c := range n.Elements("") {
		kind := c.Attr("xmi:type")
		if c.Name == "sessionManagement" || kind != nil && localName(kind.Value) == "SessionManager" {
			all = append(all, c)
			continue
		}
		all = append(all, sessionManagers(c)...)
	}
	return all
}
