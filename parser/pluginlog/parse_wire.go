package pluginlog

import (
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// parseWire is parse for the functions that have to do with neither sessions nor the choice of a member: what goes
// over the wire, where requests begin and end, and which lists a cluster has.
func (l *Line) parseWire(e *Event) Kind {
	text := l.Text
	switch l.Function {
	case "websphereFindTransport":
		return parseTransport(text, e)
	case "transportStreamDequeue":
		return ifPrefix(text, "Checking for existing stream", StreamSought, nil)
	case "websphereGetStream":
		return parseGetStream(l, e)
	case "websphereExecute":
		return parseExecute(l, e)
	case "serverSetFailoverStatus":
		return parseFailoverStatus(text, e)
	case "websphereHandleRequest", "websphereBeginRequest":
		return parseHandleRequest(l, e)
	case "websphereWriteRequestReadResponse":
		if strings.HasPrefix(text, "Failed to find an app server") {
			return NoAppServer
		}
	case "ws_handle_request":
		return ifPrefix(text, "Handling WebSphere request", RequestStarted, nil)
	case "websphereEndRequest":
		return ifPrefix(text, "Ending the request", RequestEnded, nil)
	case "htrequestWrite":
		if k := parseRequestWrite(text, e); k != None {
			return k
		}
	case "htresponseRead":
		return ifPrefixElse(text, "Reading the response", ResponseAwaited, l, e)
	case "openStream":
		return parseOpenStream(l, e)
	case "cb_read_body":
		if strings.HasPrefix(text, "In the read body callback") {
			return BodyRead
		}
	case "serverGroupAddPrimaryServerName":
		return parseListed(text, " to primary", PrimaryAdded, e)
	case "serverGroupAddBackupServerName":
		return parseListed(text, " to backup", BackupAdded, e)
	}
	return l.parseOther(e)
}

// parseTransport reads "Setting the transport(case n): HOST on port P".
func parseTransport(text string, e *Event) Kind {
	rest, ok := strings.CutPrefix(text, "Setting the transport")
	if !ok {
		return None
	}
	if n, after, ok := strings.Cut(rest, ": "); ok {
		if i := strings.Index(n, "case "); i >= 0 {
			e.Case = leading(n[i+len("case "):])
		}
		rest = after
	}
	e.Host = strings.TrimLeft(rest, ": ")
	if i := strings.Index(rest, " on port "); i >= 0 {
		e.Host, e.Port = rest[:i], leading(rest[i+len(" on port "):])
	}
	return TransportSet
}

// parseGetStream reads how a connection is had: "Have a connect timeout of N; ..." (trace 03), "Created a new stream;
// queue was empty, socket = N", "Using existing stream from the queue, socket = N"; and how it fails (traces 02 to
// 04).
func parseGetStream(l *Line, e *Event) Kind {
	text := l.Text
	switch {
	case strings.HasPrefix(text, "Connect timeout fired"):
		return ConnectTimedOut
	case strings.HasPrefix(text, "Failed to connect to app server"):
		e.Host, e.OSError, e.Port = parseConnectFailed(text)
		return ConnectFailed
	case strings.HasPrefix(text, "Created a new stream"):
		e.Socket = afterLast(text, "socket = ")
		return StreamCreated
	case strings.HasPrefix(text, "Using existing stream"): // *
		e.Socket = afterLast(text, "socket = ")
		return StreamReused
	case strings.HasPrefix(text, "Have a connect timeout of "):
		e.Seconds = leading(text[len("Have a connect timeout of "):])
		return ConnectTimeoutSet
	// From LogLevel Debug on each request has one, which says nothing: it need not be searched for phrases.
	case strings.HasPrefix(text, "Getting the stream"):
		return None
	case strings.HasPrefix(text, "socket "):
		if k := parseConnected(text, e); k != None {
			return k
		}
	}
	return l.parseOther(e)
}

// parseConnected reads "socket N connected to HOST:PORT".
func parseConnected(text string, e *Event) Kind {
	number, at, ok := strings.Cut(text[len("socket "):], " connected to ")
	// The host may be an IPv6 address without brackets.
	i := strings.LastIndexByte(at, ':')
	if !ok || i < 0 {
		return None
	}
	e.Socket, e.Host, e.Port = leading(number), at[:i], leading(at[i+1:])
	return Connected
}

// parseOpenStream reads what happens on a new connection: "setting GSK_USER_DATA", with which the TLS handshake
// begins, and "Failed in r_gsk_secure_soc_init: GSK_ERROR_BAD_CERT(gsk rc = 414)".
func parseOpenStream(l *Line, e *Event) Kind {
	switch {
	case strings.HasPrefix(l.Text, "setting GSK_USER_DATA"):
		return HandshakeStarted
	case strings.HasPrefix(l.Text, "Failed in ") && strings.Contains(l.Text, "gsk_secure_soc"):
		e.Text, e.Code = catalogue.GSKCode(l.Text)
		return HandshakeFailed
	}
	return l.parseOther(e)
}

// parseConnectFailed reads "... on host 'H', OS err=N" and the newer "... on host 'H' (N): Connect (local port P)".
func parseConnectFailed(text string) (host string, osErr, port int32) {
	rest := text
	if _, after, ok := strings.Cut(text, "on host "); ok {
		host, rest = cutQuoted(after)
	}
	switch {
	case strings.Contains(rest, "OS err"):
		_, n, _ := strings.Cut(rest, "OS err")
		osErr = leading(strings.TrimLeft(n, "= "))
	case strings.HasPrefix(rest, " ("):
		osErr = leading(rest[2:])
	}
	if _, n, ok := strings.Cut(rest, "local port "); ok {
		port = leading(n)
	}
	return host, osErr, port
}

// parseExecute reads "Executing the transaction with the app server", "Wrote the request; reading the response" and
// "Failed to create the stream" (traces 02, 03 and 08).
func parseExecute(l *Line, e *Event) Kind {
	text := l.Text
	switch {
	case strings.HasPrefix(text, "Executing the transaction"):
		return Executing
	case strings.HasPrefix(text, "Wrote the request"):
		return RequestWritten
	case strings.HasPrefix(text, "Failed to create the stream"):
		return StreamFailed
	}
	return l.parseOther(e)
}

// parseFailoverStatus reads "Marking X down" and "Server X : pendingRequests a ... totalRequests d." in both
// generations of names. Names of members may hold dots, dashes and blanks.
func parseFailoverStatus(text string, e *Event) Kind {
	if rest, ok := strings.CutPrefix(text, "Marking "); ok {
		i := strings.LastIndex(rest, " down")
		if i < 0 {
			return None
		}
		e.Member = rest[:i]
		return MarkedDown
	}
	rest, ok := strings.CutPrefix(text, "Server ")
	i := strings.Index(rest, " : pending")
	if !ok || i < 0 {
		return None
	}
	e.Member, rest = rest[:i], rest[i:]
	e.Old = strings.HasPrefix(rest, " : pendingConnections ")
	names := &counterNames
	if e.Old {
		names = &oldCounterNames
	}
	rest = rest[len(" : "):]
	for i, n := range [4]*int64{&e.Counters.Pending, &e.Counters.Failed, &e.Counters.Affinity, &e.Counters.Total} {
		after, ok := strings.CutPrefix(rest, names[i]) // as a rule they follow each other
		if !ok {
			_, after, ok = strings.Cut(rest, names[i])
		}
		if ok {
			*n, rest = leading64(after), strings.TrimPrefix(after[digits(after):], " ") // a value may be missing
		}
	}
	return Counted
}

// digits returns how many digits s begins with.
func digits(s string) (n int) {
	for n < len(s) && s[n]-'0' < 10 {
		n++
	}
	return n
}

var (
	// since V6.1 or V7
	counterNames = [4]string{"pendingRequests ", "failedRequests ", "affinityRequests ", "totalRequests "}
	// V5
	oldCounterNames = [4]string{"pendingConnections ", "failedConnections ", "affinityConnections ",
		"totalConnections "}
)

// parseHandleRequest reads "Failed to execute the transaction to 'X'on host 'H'; will try another one", "Failed to
// handle request" and "Request is: host='H'; uri='U'". Between the name and "on host" published lines have no blank
// (traces 02 and 03).
func parseHandleRequest(l *Line, e *Event) Kind {
	text := l.Text
	switch {
	case strings.HasPrefix(text, "Request is:"):
		e.Host, e.URI = hostAndURI(text, "host=")
		return RequestNamed
	case strings.HasPrefix(text, "Failed to execute the transaction to "):
		var rest string
		e.Member, rest = cutQuoted(text[len("Failed to execute the transaction to "):])
		if _, after, ok := strings.Cut(rest, "on host "); ok {
			e.Host, rest = cutQuoted(after)
		}
		e.Retry = strings.Contains(rest, "will try another")
		return TransactionFailed
	case strings.HasPrefix(text, "Failed to handle request"):
		return RequestFailed
	}
	return l.parseOther(e)
}

// parseRequestWrite reads "Writing the request content", which trace 08 shows without a length, and "Waiting for the
// continue response".
func parseRequestWrite(text string, e *Event) Kind {
	switch {
	case strings.HasPrefix(text, "Writing the request content"):
		if n, ok := field(text, "length "); ok {
			e.Length = n
		}
		return BodyStarted
	case strings.HasPrefix(text, "Waiting for the continue response"):
		return ContinueAwaited
	}
	return None
}
