package requests

import (
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// leastPhase is how long a phase must take before its share of the request counts.
const leastPhase = time.Second

// judge says what is odd about a finished request.
func (r *Request) judge(slow time.Duration) {
	r.bodySent()
	r.judgeAttempts()
	saw := &r.saw
	r.when(saw.otherTimeout, ioTimeoutFired)
	r.when(saw.retry, failedOver)
	r.when(saw.wsfo, wsfoSent)
	r.when(saw.noApp || saw.allDown, allDown)
	r.when(saw.gaveUp, gaveUp)
	r.when(saw.short, shortBody)
	r.when(saw.serverWrite, serverWrite)
	r.when(saw.clientWrite, clientWrite)
	r.when(saw.serverError, serverError)
	r.when(r.Complete && r.Status == 0 && (saw.read || saw.ended && len(r.Attempts) > 0), noResponse)
	r.when(r.cache.cookie && !r.cache.private, cookieCacheable)
	r.judgeTimes(slow)
}

// when gives the request a reason where that holds.
func (r *Request) when(yes bool, reason Reason) {
	if yes {
		r.Reasons |= reason
	}
}

// judgeAttempts gives the reasons that lie in single attempts.
func (r *Request) judgeAttempts() {
	for i := range r.Attempts {
		at := &r.Attempts[i]
		r.when(at.Marked, markedDownInside)
		r.when(at.Outcome == Refused, connectRefused)
		r.when(at.Outcome == HandshakeRefused, handshakeBroken)
		r.when(at.Outcome == ConnectTimeout, connectTimeoutFired)
		r.when(at.Outcome == IOTimeout, ioTimeoutFired)
		// The same member again is no failover: a stream from the queue was stale, or affinity chose it (R50c, R54).
		r.when(i > 0 && at.Member != "" && at.Member != r.Attempts[i-1].Member && r.Attempts[i-1].Outcome > Answered,
			failedOver)
	}
}

// judgeTimes compares phases with fixed limits and with the whole; the constants of Reason say with which.
func (r *Request) judgeTimes(slow time.Duration) {
	wall := r.atLeast()
	phase := func(took, limit time.Duration, percent int, reason Reason) {
		r.when(took > limit || took >= leastPhase && r.Timed() && took*100 > wall*time.Duration(percent), reason)
	}
	phase(r.Connect, 2*time.Second, 25, slowConnect)
	phase(r.Handshake, 4*time.Second, 25, slowHandshake)
	phase(r.Continue, 2*time.Second, 25, slowContinue)
	phase(r.Body, 10*time.Second, 75, slowBody)
	phase(r.Answer, 5*time.Second, 75, slowAnswer)
	r.when(r.Extended >= time.Second, slowExtended)
	r.when(r.Began && wall >= slow, tookLong)
	r.when(r.Timed() && wall > 2*time.Second && r.Server > 0 && 2*r.Server < wall, littleServer)
}

// cacheHeader takes a header of the response. Cache-Control of a request is none of the response's: those come before
// the status line, which clears what was noted.
func (r *Request) cacheHeader(e *pluginlog.Event) {
	switch {
	case strings.EqualFold(e.Pattern, "Set-Cookie"):
		r.cache.cookie = true
	case strings.EqualFold(e.Pattern, "Cache-Control"):
		v := strings.ToLower(e.Text[:min(len(e.Text), maxText)])
		r.cache.private = r.cache.private || strings.Contains(v, "no-cache") || strings.Contains(v, "no-store") ||
			strings.Contains(v, "private")
	}
}
