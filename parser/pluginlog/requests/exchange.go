package requests

import "github.com/wasplug/wasplug/parser/pluginlog"

// exchange handles streams, times and the answer.
func (r *Request) exchange(e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.StreamSought:
		r.current(e)
		r.at.sought = e.Time
	case pluginlog.StreamReused:
		r.current(e).Reused = true
		r.at.sought = 0 // there is no connect
	case pluginlog.Connected:
		r.connectedTo(e)
	case pluginlog.HandshakeStarted:
		r.connected(e)
		r.at.handshake = e.Time
	case pluginlog.StreamCreated:
		r.current(e)
		r.handshaken(e)
	case pluginlog.ConnectTimedOut:
		r.connectTimedOut(e)
	case pluginlog.ConnectFailed:
		r.connectFailed(e)
	case pluginlog.StreamFailed:
		r.end(e, Failed).finished = true
	case pluginlog.IOTimedOut:
		at := r.end(e, IOTimeout)
		at.ended, at.finished, r.saw.again = true, true, e.Retry
		r.Server += e.Time.Sub(r.at.reading) // the member had this time, though it did not answer
		r.at.reading = 0
	case pluginlog.TimeoutFired:
		r.saw.otherTimeout = true
		r.end(e, Failed)
	case pluginlog.FailoverHeaderSent:
		r.saw.wsfo = true
	case pluginlog.BodyShort:
		r.saw.short = true
	case pluginlog.ResponseMalformed:
		r.end(e, Failed)
	case pluginlog.ServerWriteFailed:
		r.saw.serverWrite = true
		r.end(e, Failed)
	case pluginlog.ClientWriteFailed:
		r.saw.clientWrite = true
	default:
		r.transfer(e)
	}
}

// connected ends the phase of the connect.
func (r *Request) connected(e *pluginlog.Event) {
	r.Connect += e.Time.Sub(r.at.sought)
	r.at.sought = 0
}

// connectTimedOut takes a connect that nobody answered. The connect to another address may follow at once: that begins
// here, unless the log level hides where the first one began.
func (r *Request) connectTimedOut(e *pluginlog.Event) {
	shown := r.at.sought != 0
	r.connected(e)
	r.end(e, ConnectTimeout)
	if shown {
		r.at.sought = e.Time
	}
}

func (r *Request) connectedTo(e *pluginlog.Event) {
	r.connected(e)
	if at := r.current(e); at.Host == "" {
		at.Host, at.Port = keep(e.Host), e.Port
	}
}

// connectFailed takes a refused connect. One to another host than the attempt that failed just now is another
// attempt, announced or not.
func (r *Request) connectFailed(e *pluginlog.Event) {
	r.connected(e)
	if last := r.last(); last != nil && last.Outcome > Answered && last.otherHost(e.Host) {
		last.ended = true
	}
	at := r.end(e, Refused)
	at.OSError = e.OSError
	if at.Host == "" {
		at.Host = keep(e.Host)
	}
}

// handshaken ends the phase of the TLS handshake, or that of the connect where none was seen to begin.
func (r *Request) handshaken(e *pluginlog.Event) {
	if r.at.handshake == 0 {
		r.connected(e)
		return
	}
	r.Handshake += e.Time.Sub(r.at.handshake)
	r.at.handshake = 0
}

// handshakeFailed takes a handshake that the member or the plug-in refused; the line names the code of GSKit.
func (a *Assembler) handshakeFailed(r *Request, e *pluginlog.Event) {
	r.handshaken(e)
	r.end(e, HandshakeRefused).GSK = pluginlog.GSK{Name: a.name(e.Text), Code: e.Code}
}

// transfer handles the body on its way to the member and the answer on its way back.
func (r *Request) transfer(e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.BodyStarted:
		r.current(e)
		r.at.body = e.Time
	case pluginlog.BodyRead:
		if r.at.body != 0 {
			r.at.lastBody = e.Time
		}
	case pluginlog.ContinueAwaited:
		r.at.waiting = e.Time
	case pluginlog.HandshakeExtended:
		if r.at.extended != 0 {
			r.Extended = max(r.Extended, e.Time.Sub(r.at.extended))
		}
		r.at.extended = e.Time
	case pluginlog.RequestWritten, pluginlog.ResponseAwaited:
		r.current(e)
		r.bodySent()
		r.saw.read = true
		r.at.reading = e.Time
	case pluginlog.StatusLine:
		r.status(e)
	}
}

// bodySent ends the phase of the body, with the last part that was read from the client: no line says when that was
// sent.
func (r *Request) bodySent() {
	r.Body += r.at.lastBody.Sub(r.at.body)
	r.at.body, r.at.lastBody = 0, 0
}

// status takes the status line: of 100 Continue, of an ESI sub-request, or of the request itself.
func (r *Request) status(e *pluginlog.Event) {
	// After 101 no other status comes: the connection is a WebSocket then.
	if e.Code < 200 && e.Code != 101 {
		r.continued(e)
		return
	}
	wait := e.Time.Sub(r.at.reading)
	r.at.reading = 0
	r.Server += wait
	r.saw.serverError = r.saw.serverError || odd(e.Code)
	at := r.end(e, Answered)
	at.Status, at.ended = e.Code, true
	if r.saw.esiOpen > 0 {
		r.saw.esiOpen--
		return
	}
	r.Answer += wait
	r.Status = e.Code
	// Header lines before this one were of the request; those of the answer follow.
	r.cache = cacheHead{}
}

// odd reports whether a status of a member is the sign of trouble.
func odd(status int32) bool {
	return status == 500 || status == 502 || status == 503 || status == 504
}

// continued takes "HTTP/1.1 100 Continue". Where no line says that it was waited for, the wait began with the reading
// of the answer, or else with the line before: nothing else was done meanwhile. In an episode that line may be about
// anything.
func (r *Request) continued(e *pluginlog.Event) {
	since := r.at.waiting
	if since == 0 {
		if since = r.at.reading; since == 0 && r.Began {
			since = r.prevEnd
		}
		r.Server += e.Time.Sub(since)
	}
	r.Continue += e.Time.Sub(since)
	r.at.waiting = 0
	if r.at.reading != 0 {
		r.at.reading = e.Time
	}
}

// esi follows the sub-requests of an Edge Side Include page: the first look into the cache is the request's own.
func (r *Request) esi(e *pluginlog.Event) {
	switch {
	case e.Kind == pluginlog.ESI:
		return
	case !r.saw.esiMain:
		r.saw.esiMain = true
		if e.Kind == pluginlog.ESICacheHit {
			r.Status = 200
		}
	default:
		r.Subrequests++
		if e.Kind == pluginlog.ESICacheMiss {
			r.saw.esiOpen++
		}
	}
}
