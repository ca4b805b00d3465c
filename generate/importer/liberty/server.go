package liberty

import (
	"math"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// The words of write frequency and contents, in files of both kinds.
var (
	frequencies = map[string]string{"END_OF_SERVLET_SERVICE": "end of servlet service",
		"MANUAL_UPDATE":    "manual update",
		"TIME_BASED_WRITE": "time based"}
	contents = map[string]string{"ONLY_UPDATED_ATTRIBUTES": "only updated attributes",
		"GET_AND_SET_ATTRIBUTES": "get and set attributes", "ALL_SESSION_ATTRIBUTES": "all session attributes"}
	// the cache has another word for it
	cacheContents = map[string]string{"ONLY_SET_ATTRIBUTES": "only updated attributes",
		"GET_AND_SET_ATTRIBUTES": "get and set attributes", "ALL_SESSION_ATTRIBUTES": "all session attributes"}
)

// httpSession are the attributes of com.ibm.ws.session.
var httpSession = map[string]row{
	"maxInMemorySessionCount":    {key: "maxInMemory", take: asNumber(0, math.MaxInt32)},
	"allowOverflow":              {key: "allowOverflow", take: asBool},
	"invalidationTimeout":        {key: "timeout", take: asDuration},
	"reaperPollInterval":         {key: "reaperInterval", take: asDuration},
	"cookieName":                 {key: "cookie", take: asText},
	"rewriteId":                  {key: "urlIdentifier", take: asText},
	"cloneSeparator":             {key: "cloneSeparator", take: asWord(map[string]string{":": ":", "+": "+"})},
	"securityIntegrationEnabled": {key: "securityIntegration", take: asBool},
	"idLength":                   {key: "idLength", take: asNumber(8, 128)},
	"idReuse":                    {key: "idReuse", take: asBool},
	"id":                         silent, "storageRef": silent, "cookieDomain": silent,
	"cookieMaxAge": silent, "cookiePath": silent,
	"useContextRootAsCookiePath": silent, "cookieSecure": silent, "cookieHttpOnly": silent, "cookieSameSite": silent,
	"cookiePartitioned": silent, "alwaysEncodeUrl": silent, "debugCrossover": silent, "maxWaitTime": silent,
	"accessOnTimeout": silent, "allowSerializedAccess": silent, "modifyActiveCountOnInvalidatedSession": silent,
	"forceInvalidationMultiple": silent, "securityUserIgnoreCase": silent,
	"cloneId":            silent, // of this one member, which a plugin-cfg.xml names
	"sslTrackingEnabled": unsaid, "cookiesEnabled": unsaid, "urlRewritingEnabled": unsaid,
	"protocolSwitchRewritingEnabled": unsaid, "invalidateOnUnauthorizedSessionRequestException": unsaid,
	"noAdditionalInfo": unsaid,
}

// httpSessionDatabase are those of com.ibm.ws.session.db.
var httpSessionDatabase = map[string]row{
	"useMultiRowSchema": {key: "schema",
		take: asWord(map[string]string{"true": "multi-row", "false": "single row"})},
	"writeFrequency":                 {key: "writeFrequency", take: asWord(frequencies)},
	"writeInterval":                  {key: "writeInterval", take: asSeconds},
	"writeContents":                  {key: "writeContents", take: asWord(contents)},
	"noAffinitySwitchBack":           {key: "noAffinitySwitchBack", take: asBool},
	"optimizeCacheIdIncrements":      {key: "optimizeCacheIdIncrements", take: asBool},
	"scheduleInvalidation":           {key: scheduled, take: asBool},
	"scheduleInvalidationFirstHour":  {key: firstHour, take: asNumber(0, 23)},
	"scheduleInvalidationSecondHour": {key: secondHour, take: asNumber(0, 23)},
	"id":                             silent, "dataSourceRef": silent, "tableName": silent,
	"skipIndexCreation": silent, "db2RowSize": silent,
	"tableSpaceName": silent, "usingCustomSchemaName": silent, "useOracleBlob": silent, "rowSizeLimit": silent,
	"useInvalidatedId": unsaid, "onlyCheckInCacheDuringPreInvoke": unsaid,
}

// httpSessionCache are those of com.ibm.ws.session.cache.
var httpSessionCache = map[string]row{
	"writeFrequency":                 {key: "writeFrequency", take: asWord(frequencies)},
	"writeInterval":                  {key: "writeInterval", take: asSeconds},
	"writeContents":                  {key: "writeContents", take: asWord(cacheContents)},
	"scheduleInvalidationFirstHour":  {key: firstHour, take: asNumber(0, 23)},
	"scheduleInvalidationSecondHour": {key: secondHour, take: asNumber(0, 23)},
	"id":                             silent, "libraryRef": silent, "uri": silent, "cacheManagerRef": silent,
	"cacheSeparator": silent,
	"appInCacheName": silent, "enableBetaSupportForInfinispan": silent,
}

// Values on the way to scheduledInvalidation: no keys of a topology.
const (
	scheduled  = "scheduleInvalidation"
	firstHour  = "firstHour"
	secondHour = "secondHour"
)

// liberty reads a server.xml of Liberty. Of an attribute that stands twice the last one counts, as in the server.
func (r *reader) liberty(root *parser.Node) {
	r.define(root)
	for _, n := range root.Elements("include") {
		r.warn(n.Tag, "the include %s is not read: what it says is missing here", describe(n, "location"))
	}
	for _, n := range root.Elements("httpSession") {
		r.attributes(n, httpSession)
	}
	databases, caches := root.Elements("httpSessionDatabase"), root.Elements("httpSessionCache")
	switch {
	case len(databases) > 0:
		r.store(root, databases, httpSessionDatabase, "database", "sessionDatabase")
		for _, n := range caches {
			r.warn(n.NameSpan,
				"httpSessionCache is not taken over: where there is a httpSessionDatabase, too, that one counts")
		}
		r.otherwise("optimizeCacheIdIncrements", "true") // Liberty's default, not WebSphere's
	case len(caches) > 0:
		r.store(root, caches, httpSessionCache, "grid", "sessionCache")
	default:
		r.values["persistence"] = yamldoc.NewText("none")
	}
}

// store reads where sessions are kept, and says what holds where nothing is written: the flavor of a topology may have
// other defaults.
// 120 seconds are Liberty's default of writeInterval. A cache has no switch for scheduled invalidation: an hour that
// is written switches it on.
func (r *reader) store(root *parser.Node, all []*parser.Node, rows map[string]row, persistence, feature string) {
	if !hasFeature(root, feature) {
		r.warn(all[0].NameSpan,
			"<%s> is taken over, although this file names no feature %s: unless an include or configDropins does, "+
				"sessions live in memory only", all[0].Name, feature)
	}
	r.values["persistence"] = yamldoc.NewText(persistence)
	for _, n := range all {
		r.attributes(n, rows)
	}
	r.otherwise("writeFrequency", "end of servlet service")
	r.otherwise("writeContents", "only updated attributes")
	r.interval("120")
	if persistence == "grid" && (r.values[firstHour] != nil || r.values[secondHour] != nil) {
		r.values[scheduled] = yamldoc.NewPlain("true")
	}
	r.schedule()
}

// interval is between the writes under time based, and under nothing else.
// Where the frequency is written and could not be read, the interval stays: it may be needed.
func (r *reader) interval(otherwise string) {
	if r.is("writeFrequency", "time based") {
		r.otherwise("writeInterval", otherwise)
	} else if !r.open["writeFrequency"] || r.values["writeFrequency"] != nil {
		delete(r.values, "writeInterval")
	}
}

// schedule makes the hours of the clean-up.
// Two equal hours are one; an hour that is not written is 0.
func (r *reader) schedule() {
	if !r.is(scheduled, "true") {
		return
	}
	hours := yamldoc.NewList()
	for _, key := range []string{firstHour, secondHour} {
		r.otherwise(key, "0")
		hour := r.values[key]
		if hour == nil {
			return // it could not be taken over
		}
		if len(hours.Items) == 0 || hours.Items[0].Text != hour.Text {
			hours.Items = append(hours.Items, hour)
		}
	}
	r.values["scheduledInvalidation"] = hours
}

// define reads the variables that the file defines.
// value beats defaultValue, in whatever order they stand.
func (r *reader) define(root *parser.Node) {
	r.variables = map[string]variable{}
	for _, n := range root.Elements("variable") {
		name := n.Attr("name")
		if name == nil {
			continue
		}
		if v := n.Attr("value"); v != nil {
			r.variables[name.Value] = variable{v.Value, false}
		} else if v := n.Attr("defaultValue"); v != nil && r.variables[name.Value] == (variable{}) {
			r.variables[name.Value] = variable{v.Value, true}
		}
	}
}

// hasFeature looks for a feature in any of its versions.
func hasFeature(root *parser.Node, feature string) bool {
	for _, manager := range root.Elements("featureManager") {
		for _, f := range manager.Elements("feature") {
			for _, c := range f.Children {
				name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(c.Text)), "-")
				if name == strings.ToLower(feature) {
					return true
				}
			}
		}
	}
	return false
}

// describe names an element by one of its attributes.
func describe(n *parser.Node, attribute string) string {
	if a := n.Attr(attribute); a != nil {
		return a.Value
	}
	return "without " + attribute
}
