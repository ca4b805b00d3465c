package pluginlog

import (
	"strconv"
	"strings"
)

// Append appends the event's line to dst, line end included, and returns the longer slice. It allocates nothing when
// dst has room. What clients and files put into it cannot begin a line of its own, nor reach a terminal (see str). A
// zero Level is the kind's usual one. An event with neither time nor thread is written without prefix.
func (e *Event) Append(dst []byte) []byte {
	if e.Kind == None || e.Kind >= numKinds {
		return dst
	}
	if e.Time != 0 || e.Thread != (Thread{}) {
		dst = append(dst, '[')
		dst = e.Time.append(dst)
		dst = append(dst, "] "...)
		dst = appendHex(dst, e.PID)
		dst = append(dst, ' ')
		dst = appendHex(dst, e.TID)
		dst = append(dst, " - "...)
	}
	level := e.Level
	if level == LevelNone {
		level = e.Kind.Level()
	}
	dst = append(dst, level.String()...)
	dst = append(dst, ": "...)
	return append(e.AppendMessage(dst), '\n')
}

// AppendMessage appends what stands behind the level: component, function and text, without line end.
func (e *Event) AppendMessage(dst []byte) []byte {
	f := &forms[e.Kind]
	if f.component != "" {
		dst = append(append(dst, f.component...), ": "...)
	}
	if f.function != "" {
		dst = append(append(dst, f.function...), ": "...)
	}
	return e.appendText(dst)
}

// appendText appends what stands behind the function. Kinds stand in groups, and each group has a function: see
// [Kind].
func (e *Event) appendText(dst []byte) []byte {
	if e.Kind >= RouteTried && e.Kind <= CloneNotFound {
		return e.appendMatching(dst)
	}
	if e.Kind >= StatusChecked && e.Kind <= PickedOld {
		return e.appendChoice(dst)
	}
	if e.Kind >= TransportSet {
		return e.appendWire(dst)
	}
	switch e.Kind {
	case BuildVersion:
		return str(append(dst, "Bld version: "...), e.Text)
	case WebServer:
		return str(append(dst, "Webserver: "...), e.Text)
	case ConfigReloaded:
		return append(dst, "Config was successfully reloaded"...)
	case PrimaryAdded:
		return append(str(append(dst, "adding "...), e.Member), " to primary server list"...)
	case BackupAdded:
		return append(str(append(dst, "adding "...), e.Member), " to backup server list"...)
	case RequestStarted:
		return append(dst, "Handling WebSphere request"...)
	case RequestNamed:
		dst = quoted(append(dst, "Request is: host='"...), e.Host)
		return append(quoted(append(dst, "'; uri='"...), e.URI), '\'')
	case RequestEnded:
		return append(dst, "Ending the request"...)
	case RequestFailed:
		return append(dst, "Failed to handle request"...)
	case ESICacheHit:
		return append(dst, "cache hit"...)
	case ESICacheMiss:
		return append(dst, "cache miss"...)
	case NoAppServer:
		return append(dst, "Failed to find an app server to handle this request"...)
	case AllCouldBeDown:
		if e.Text == "" {
			return append(dst, "Failed to find a server; all could be down"...)
		}
	}
	return str(dst, e.Text)
}

// appendMatching writes the search for a route and for the member of a session.
func (e *Event) appendMatching(dst []byte) []byte {
	switch e.Kind {
	case RouteTried:
		dst = quoted(append(dst, "trying to match a route for: vhost='"...), e.Host)
		return append(quoted(append(dst, "'; uri='"...), e.URI), '\'')
	case RouteNotFound:
		return append(dst, "No route found"...)
	case AliasCompared, AliasMatched, URICompared, URIMatched:
		return e.appendComparison(dst)
	case URINotMatched:
		dst = append(dst, "Failed to match: "...)
		if strings.HasPrefix(e.URI, " ") || strings.HasPrefix(e.URI, ":") {
			// a reader would take its first character for the line's
			return append(quoted(append(dst, '\''), e.URI), '\'')
		}
		return quoted(dst, e.URI)
	case AffinityChecked:
		return append(dst, "Checking for session affinity"...)
	case AffinitySource:
		return str(append(dst, "Checking "...), e.Text)
	case CookieSought:
		return append(quoted(append(dst, "Looking for cookie: '"...), e.Text), '\'')
	case CloneAdded:
		return append(quoted(append(dst, "Adding clone id '"...), e.Clone), '\'')
	case ClonesListed:
		return append(dst, "Returning list of clone ids"...)
	case CloneSought:
		return append(dst, "Looking for clone"...)
	case FirstPrimary:
		return append(dst, "getting the first primary server"...)
	case NextPrimary:
		return append(dst, "getting the next primary server"...)
	case CloneCompared:
		dst = quoted(append(dst, "Comparing curCloneID '"...), e.Clone)
		return append(quoted(append(dst, "' to server clone id '"...), e.Pattern), '\'')
	case CloneMatched:
		return append(quoted(append(dst, "Match for clone '"...), e.Member), '\'')
	}
	return append(dst, "Failed to find a server for the clone ids"...)
}

// appendComparison writes the score also when it is 0, as the plug-in does for URIs; for aliases only when there is
// one.
func (e *Event) appendComparison(dst []byte) []byte {
	verb, subject, in, alias := "Comparing '", e.URI, "' in UriGroup: ", false
	if e.Kind == URIMatched || e.Kind == AliasMatched {
		verb = "Found a match '"
	}
	if e.Kind == AliasCompared || e.Kind == AliasMatched {
		subject, in, alias = e.Host, "' in VhostGroup: ", true
	}
	dst = quoted(append(dst, verb...), e.Pattern)
	dst = quoted(append(dst, "' to '"...), subject)
	dst = str(append(dst, in...), e.Group)
	if alias && e.Score == 0 {
		return dst
	}
	return num(append(dst, " score is "...), int64(e.Score))
}

// appendChoice writes how a member was chosen.
func (e *Event) appendChoice(dst []byte) []byte {
	switch e.Kind {
	case StatusChecked:
		return e.Check.append(str(append(dst, "Checking status of "...), e.Member))
	case StillMarkedDown:
		dst = str(append(dst, "Server "...), e.Member)
		return num(append(dst, " is marked down; retry in "...), int64(e.Seconds))
	case Picked:
		dst = str(append(dst, "Server "...), e.Member)
		return append(num(append(dst, " picked, weight "...), int64(e.Weight)), '.')
	}
	dst = str(append(dst, "Server "...), e.Member)
	dst = num(append(dst, " picked, pendingConnectionCount "...), e.Pending)
	return append(num(append(dst, " totalConnectionsCount "...), e.Total), '.')
}

// append writes the fields in the newest form as far as they are there: without HasRetryIn and HasFull the line is
// that of old levels unless one of them is.
func (c *Check) append(dst []byte) []byte {
	dst = bit(append(dst, ", ignoreWeights "...), c.IgnoreWeights)
	dst = bit(append(dst, ", markedDown "...), c.MarkedDown)
	dst = bit(append(dst, ", retryNow "...), c.RetryNow)
	switch {
	case c.HasRetryIn:
		dst = num(append(dst, ", retryInSec "...), int64(c.RetryIn))
	case c.HasFull:
		dst = append(dst, ", retryInSec --"...)
	}
	dst = bit(append(dst, ", wlbAllows "...), c.WLBAllows)
	if c.HasFull {
		dst = bit(append(dst, " reachedMaxConnectionsLimit "...), c.Full)
	}
	return dst
}

// appendWire writes what goes on between the plug-in and a member, and the heads of messages.
func (e *Event) appendWire(dst []byte) []byte {
	switch e.Kind {
	case TransportSet:
		dst = num(append(dst, "Setting the transport(case "...), int64(e.Case))
		dst = str(append(dst, "): "...), e.Host)
		return num(append(dst, " on port "...), int64(e.Port))
	case Executing:
		return append(dst, "Executing the transaction with the app server"...)
	case StreamSought:
		return append(dst, "Checking for existing stream from the queue"...)
	case StreamReused:
		return num(append(dst, "Using existing stream from the queue, socket = "...), int64(e.Socket))
	case StreamCreated:
		return num(append(dst, "Created a new stream; queue was empty, socket = "...), int64(e.Socket))
	case Connected:
		dst = num(append(dst, "socket "...), int64(e.Socket))
		return num(append(str(append(dst, " connected to "...), e.Host), ':'), int64(e.Port))
	case ConnectTimeoutSet:
		return append(num(append(dst, "Have a connect timeout of "...), int64(e.Seconds)),
			"; Setting socket to not block for the connect"...)
	case ConnectTimedOut:
		return append(dst, "Connect timeout fired"...)
	case ConnectFailed:
		dst = quoted(append(dst, "Failed to connect to app server on host '"...), e.Host)
		return num(append(dst, "', OS err="...), int64(e.OSError))
	case HandshakeStarted:
		return append(dst, "setting GSK_USER_DATA"...)
	case HandshakeFailed:
		dst = str(append(dst, "Failed in r_gsk_secure_soc_init: "...), e.Text)
		return append(num(append(dst, "(gsk rc = "...), int64(e.Code)), ')')
	case StreamFailed:
		return append(dst, "Failed to create the stream"...)
	case IOTimedOut, TransactionFailed, MarkedDown, Counted:
		return e.appendFailure(dst)
	}
	return e.appendExchange(dst)
}

// appendFailure writes the lines that end an attempt, and the counters of a member. "'on host" without a blank is the
// plug-in's own form (trace 02).
func (e *Event) appendFailure(dst []byte) []byte {
	switch e.Kind {
	case IOTimedOut:
		dst = num(append(dst, "ServerIOTimeout fired. Time out "...), int64(e.Seconds))
		dst = num(append(dst, ". retry count "...), int64(e.Count))
		dst = num(append(dst, ". serverIOTimeoutRetry "...), int64(e.Limit))
		answer := ", retry NO, rc "
		if e.Retry {
			answer = ", retry YES, rc "
		}
		return num(append(dst, answer...), int64(e.Code))
	case TransactionFailed:
		dst = quoted(append(dst, "Failed to execute the transaction to '"...), e.Member)
		dst = append(quoted(append(dst, "'on host '"...), e.Host), '\'')
		if e.Retry {
			dst = append(dst, "; will try another one"...)
		}
		return dst
	case MarkedDown:
		return append(str(append(dst, "Marking "...), e.Member), " down"...)
	}
	names := &counterNames
	if e.Old {
		names = &oldCounterNames
	}
	dst = append(str(append(dst, "Server "...), e.Member), " : "...)
	for i, n := range [4]int64{e.Counters.Pending, e.Counters.Failed, e.Counters.Affinity, e.Counters.Total} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = num(append(dst, names[i]...), n)
	}
	return append(dst, '.')
}

// appendExchange writes what is said while a request goes to a member and its answer comes back, and every kind whose
// text is kept as it is.
func (e *Event) appendExchange(dst []byte) []byte {
	const indent = "   " // with the blank behind the level the plug-in's own four
	switch e.Kind {
	case RequestWritten:
		return append(dst, "Wrote the request; reading the response"...)
	case BodyStarted: // old levels show no length (trace 08)
		dst = append(dst, "Writing the request content"...)
		if e.Length == 0 {
			return dst
		}
		return num(append(dst, ", length "...), e.Length)
	case BodyRead:
		return append(dst, "In the read body callback"...)
	case BodyShort:
		dst = num(append(dst, "just_read = "...), e.Length)
		return num(append(dst, " of the expected "...), e.Expected)
	case ContinueAwaited:
		return append(dst, "Waiting for the continue response"...)
	case ResponseAwaited:
		return append(dst, "Reading the response"...)
	case StatusLine:
		dst = num(append(dst, indent+"HTTP/1.1 "...), int64(e.Code))
		return str(append(dst, ' '), e.Text)
	case RequestLine:
		dst = str(append(dst, indent...), e.Method)
		return append(str(append(dst, ' '), e.URI), " HTTP/1.1"...)
	case Header:
		dst = str(append(dst, indent...), e.Pattern)
		return str(append(dst, ": "...), e.Text)
	case FailoverHeaderSent:
		return append(dst, indent+"$WSFO: true"...)
	}
	return str(dst, e.Text)
}

func num(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// bit appends a truth value as the plug-in prints them.
func bit(dst []byte, on bool) []byte {
	if on {
		return append(dst, '1')
	}
	return append(dst, '0')
}

// appendHex writes at least eight digits, as the plug-in does.
func appendHex(dst []byte, n uint64) []byte {
	for limit := uint64(1) << 28; n < limit && limit > 1; limit >>= 4 {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, n, 16)
}
