package pluginlog

import "strings"

// parse says what a split line is about. It answers with None as early as it can: most lines of a trace are of no
// interest. want names the kinds that are to be filled; of the others only the kind is set.
func (l *Line) parse(e *Event, want *Kinds) Kind {
	if l.Indented {
		return l.parseHeader(e)
	}
	if l.Level == LevelPlugin {
		return l.parsePlugin(e)
	}
	text := l.Text
	switch l.Function {
	case "websphereUriMatch":
		return parseURIMatch(text, e, want)
	case "websphereVhostMatch":
		return parseAliasMatch(text, e, want)
	case "websphereShouldHandleRequest":
		return parseShouldHandle(text, e)
	case "websphereHandleSessionAffinity":
		return parseAffinity(text, e)
	case "htrequestGetCookieValue":
		return ifPrefix(text, "Looking for cookie: ", CookieSought, func(s string) { e.Text = unquote(s) })
	case "websphereParseCloneID":
		return parseCloneList(text, e)
	case "serverGroupFindClone":
		return parseFindClone(text, e)
	case "serverGroupGetFirstPrimaryServer":
		return FirstPrimary
	case "serverGroupGetNextPrimaryServer":
		return NextPrimary
	case "serverGroupCheckServerStatus":
		return parseStatus(text, e)
	case "lockedServerGroupUseServer", "serverGroupIncrementConnectionCount":
		return parsePicked(text, e)
	case "":
		return l.parseBare(e, want)
	}
	return l.parseWire(e)
}

// parsePlugin reads what the plug-in says of itself when it starts, "Bld version: 9.0.5.7" and "Webserver:
// IBM_HTTP_Server/9.0". It reads the body, for "Webserver:" looks like the name of a function.
func (l *Line) parsePlugin(e *Event) Kind {
	if version, ok := strings.CutPrefix(l.body, "Bld version:"); ok {
		e.Text = strings.TrimSpace(version)
		return BuildVersion
	}
	if server, ok := strings.CutPrefix(l.body, "Webserver:"); ok {
		e.Text = strings.TrimSpace(server)
		return WebServer
	}
	return l.parseOther(e)
}

// parseBare reads a line that names no function, as people quote them: what it begins with tells the function.
func (l *Line) parseBare(e *Event, want *Kinds) Kind {
	// On pages the blanks in front of the lines of a request or response head are gone. Heads are written from level
	// DETAIL on.
	if k := l.parseHeader(e); k != None && l.Level >= LevelDetail {
		return k
	}
	for _, b := range bare {
		if strings.HasPrefix(l.Text, b.prefix) {
			l.Function = b.function
			return l.parse(e, want)
		}
	}
	return l.parseOther(e)
}

// bare tells functions by what their messages begin with.
var bare = []struct{ prefix, function string }{
	{"Comparing curCloneID ", "serverGroupFindClone"},
	{"Match for clone ", "serverGroupFindClone"},
	{"Checking status of ", "serverGroupCheckServerStatus"},
	{"Marking ", "serverSetFailoverStatus"},
	{"Failed to connect to app server", "websphereGetStream"},
	{"Failed to create the stream", "websphereExecute"},
	{"Failed in r_gsk_secure_soc_init", "openStream"},
	{"Failed to execute the transaction", "websphereHandleRequest"},
	{"Failed to find an app server", "websphereWriteRequestReadResponse"},
	{"Failed to handle request", "websphereHandleRequest"},
	{"Setting the transport", "websphereFindTransport"},
	{"Handling WebSphere request", "ws_handle_request"},
	{"Ending the request", "websphereEndRequest"},
}

// ifPrefix returns k where a text begins with a prefix, and lets fill take what stands behind it.
func ifPrefix(text, prefix string, k Kind, fill func(rest string)) Kind {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return None
	}
	if fill != nil {
		fill(rest)
	}
	return k
}

// ifPrefixElse is ifPrefix for a function whose other lines may hold a phrase that counts.
func ifPrefixElse(text, prefix string, k Kind, l *Line, e *Event) Kind {
	if strings.HasPrefix(text, prefix) {
		return k
	}
	return l.parseOther(e)
}

// parseURIMatch reads "Comparing 'P' to 'U' in UriGroup: G score is N" and "Found a match 'P' to 'U' in UriGroup: G".
// The score may be missing; it is printed also for patterns that do not match (trace 06).
func parseURIMatch(text string, e *Event, want *Kinds) Kind {
	k, rest := URICompared, text
	switch {
	case strings.HasPrefix(text, "Comparing "):
		rest = text[len("Comparing "):]
	case strings.HasPrefix(text, "Found a match "):
		k, rest = URIMatched, text[len("Found a match "):]
	case strings.HasPrefix(text, "Failed to match"):
		e.URI = unquote(strings.TrimLeft(text[len("Failed to match"):], ": "))
		return URINotMatched
	default:
		return None
	}
	if want.Has(k) {
		e.Pattern, e.URI, e.Group, e.Score = comparison(rest, " in UriGroup: ")
	}
	return k
}

// parseAliasMatch reads the same of virtual hosts: "Comparing 'A' to 'H' in VhostGroup: G".
func parseAliasMatch(text string, e *Event, want *Kinds) Kind {
	k, rest := AliasCompared, text
	switch {
	case strings.HasPrefix(text, "Comparing "):
		rest = text[len("Comparing "):]
	case strings.HasPrefix(text, "Found a match "):
		k, rest = AliasMatched, text[len("Found a match "):]
	default:
		return None
	}
	if want.Has(k) {
		e.Pattern, e.Host, e.Group, e.Score = comparison(rest, " in VhostGroup: ")
	}
	return k
}

// comparison reads "'P' to 'U'<in>G[ score is N]".
func comparison(s, in string) (pattern, subject, group string, score int32) {
	pair, group := s, ""
	// A URI may hold "in UriGroup: " itself, and is in quotes: the quote before these words says that it has ended.
	i := strings.Index(s, "'"+in) + 1
	if i == 0 {
		i = strings.Index(s, in) // other marks, or none
	}
	if i >= 0 {
		pair, group = s[:i], s[i+len(in):]
	}
	for _, mark := range []string{" score is ", " with score "} {
		if name, n, ok := strings.Cut(group, mark); ok {
			group, score = name, leading(n)
			break
		}
	}
	pattern, subject = cutPair(pair)
	return pattern, subject, strings.TrimRight(group, ". "), score
}

// parseShouldHandle reads "trying to match a route for: vhost='H'; uri='U'" (wording from memory).
func parseShouldHandle(text string, e *Event) Kind {
	switch {
	case strings.HasPrefix(text, "trying to match a route"):
		e.Host, e.URI = hostAndURI(text, "vhost=")
		return RouteTried
	case strings.HasPrefix(text, "No route found"): // *
		return RouteNotFound
	}
	return None
}

// parseAffinity reads "Checking for session affinity" and "Checking the SSL session id" (trace 09).
func parseAffinity(text string, e *Event) Kind {
	if strings.HasPrefix(text, "Checking for session affinity") {
		return AffinityChecked
	}
	return ifPrefix(text, "Checking ", AffinitySource, func(s string) { e.Text = s })
}

// parseCloneList reads "Returning list of clone ids" and, wording from memory, "Adding clone id 'x'" or "Parsed clone
// id 'x'".
func parseCloneList(text string, e *Event) Kind {
	if strings.HasPrefix(text, "Returning list of clone ids") {
		return ClonesListed
	}
	_, id, ok := strings.Cut(text, " clone id ")
	if !ok {
		return None
	}
	e.Clone = unquote(id)
	return CloneAdded
}

// parseFindClone reads the walk over the members by clone ID (trace 01): "Looking for clone", "Comparing curCloneID
// 'A' to server clone id 'B'", "Match for clone 'SERVER'"; the last names the server, not the ID.
func parseFindClone(text string, e *Event) Kind {
	switch {
	case strings.HasPrefix(text, "Comparing curCloneID "):
		e.Clone, e.Pattern = cutPairAt(text[len("Comparing curCloneID "):], " to server clone id ")
		return CloneCompared
	case strings.HasPrefix(text, "Match for clone "):
		e.Member = unquote(text[len("Match for clone "):])
		return CloneMatched
	case strings.HasPrefix(text, "Looking for clone"):
		return CloneSought
	case strings.HasPrefix(text, "Failed to find"): // *
		return CloneNotFound
	}
	return None
}

// parseStatus reads "Checking status of X, ignoreWeights a, ..." and "Server X is marked down; retry in N".
func parseStatus(text string, e *Event) Kind {
	if rest, ok := strings.CutPrefix(text, "Checking status of "); ok {
		e.Member, e.Check = parseCheck(rest)
		return StatusChecked
	}
	if rest, ok := strings.CutPrefix(text, "Server "); ok {
		// The name of a member may hold any words, so its end is the last place where the form can go on.
		if i := strings.LastIndex(rest, " is marked down"); i >= 0 {
			e.Member = rest[:i]
			if _, n, ok := strings.Cut(rest[i:], "retry in "); ok {
				e.Seconds = leading(n)
			}
			return StillMarkedDown
		}
	}
	return None
}

// parseCheck reads "X, name value, name value ..." in any order; the commas of newer levels come and go.
func parseCheck(s string) (member string, c Check) {
	member = s
	// The name of a member may hold a comma: where the line is whole it ends at the first name of a value.
	if i := strings.Index(s, ", ignoreWeights"); i >= 0 {
		if member, s = s[:i], s[i:]; usualCheck(s, &c) {
			return member, c
		}
		c = Check{}
	} else {
		member, s, _ = strings.Cut(s, ",")
	}
	checkWords(s, &c)
	return member, c
}

// checkWords reads names and values behind the member.
func checkWords(s string, c *Check) {
	for s != "" {
		var name, value string
		name, s = nextWord(s)
		value, s = nextWord(s)
		on := leading(value) != 0
		switch name {
		case "ignoreWeights":
			c.IgnoreWeights = on
		case "markedDown":
			c.MarkedDown = on
		case "retryNow":
			c.RetryNow = on
		case "wlbAllows":
			c.WLBAllows = on
		case "reachedMaxConnectionsLimit":
			c.HasFull, c.Full = value != "", on
		case "retryInSec":
			if value != "" && value != "--" {
				c.HasRetryIn, c.RetryIn = true, leading(value)
			}
		}
	}
}

// usualCheck reads what stands behind the member as levels since V7 write it, in one order; false for anything else.
// It is the quick way of parseCheck: at LogLevel Stats every second line is one.
func usualCheck(s string, c *Check) bool {
	ok := cutFlag(&s, ", ignoreWeights ", &c.IgnoreWeights) && cutFlag(&s, ", markedDown ", &c.MarkedDown) &&
		cutFlag(&s, ", retryNow ", &c.RetryNow)
	rest, more := strings.CutPrefix(s, ", retryInSec ")
	i := strings.IndexByte(rest, ',')
	if !ok || !more || i < 1 {
		return false
	}
	value := rest[:i]
	if strings.IndexByte(value, ' ') >= 0 {
		return false
	}
	if value != "--" {
		c.HasRetryIn, c.RetryIn = true, leading(value)
	}
	s = rest[i:]
	if !cutFlag(&s, ", wlbAllows ", &c.WLBAllows) {
		return false
	}
	s, c.HasFull = strings.TrimPrefix(s, ","), true
	return cutFlag(&s, " reachedMaxConnectionsLimit ", &c.Full) && s == ""
}

// cutFlag cuts a name and 0 or 1 off the front of s; false where they do not stand there.
func cutFlag(s *string, name string, on *bool) bool {
	n := len(name)
	if len(*s) <= n || (*s)[:n] != name || (*s)[n]&^1 != '0' {
		return false
	}
	*on, *s = (*s)[n] == '1', (*s)[n+1:]
	return true
}

// parsePicked reads "Server X picked, weight N." and the older "Server X picked, pendingConnectionCount a
// totalConnectionsCount b."
func parsePicked(text string, e *Event) Kind {
	rest, ok := strings.CutPrefix(text, "Server ")
	i := strings.Index(rest, " picked")
	if !ok || i < 0 {
		return None
	}
	e.Member, rest = rest[:i], rest[i:]
	if _, n, ok := strings.Cut(rest, "weight "); ok {
		e.Weight = leading(n)
		return Picked
	}
	e.Pending, _ = field(rest, "pendingConnectionCount ")
	e.Total, _ = field(rest, "totalConnectionsCount ")
	return PickedOld
}

// parseListed reads "adding X to primary server list" and the same of backups (trace 11).
func parseListed(text, mark string, k Kind, e *Event) Kind {
	return ifPrefix(text, "adding ", k, func(s string) {
		e.Member = s
		if i := strings.LastIndex(s, mark); i >= 0 {
			e.Member = s[:i]
		}
	})
}
