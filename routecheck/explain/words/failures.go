package words

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// connect tells why there is no stream. Without a ConnectTimeout only the operating system gives a connect up (R50).
func (w *sentence) connect() string {
	switch w.Event {
	case failover.StreamLost:
		return "closed early, so its handshake failed (ExtendedHandshake)"
	case failover.NameDiffers:
		return "its certificate has another host name, which does not mark it down " +
			"(SecureHostVerification=true-nomarkdown)"
	case failover.ConnectFailed:
		return "connect refused"
	}
	if w.Limit > 0 {
		return "ConnectTimeout of " + Seconds(w.Limit) + " expired"
	}
	return "there is no ConnectTimeout, and the operating system gave up"
}

// failure tells how a stream to a member ended that there was.
func (w *sentence) failure() string {
	switch w.Event {
	case failover.StreamLost:
		return "closed the stream"
	case failover.Malformed:
		return "sent an answer that cannot be read"
	}
	return "ServerIOTimeout of " + Seconds(w.c.Members[w.Member].IOTimeout) + " expired"
}

// mark tells what a failure did to the mark of its member (R52), and what was taken for granted.
func (w *sentence) mark() string {
	text, name := "", w.c.Members[w.Member].Name
	if w.Fits {
		text = fmt.Sprintf("; its body, of unknown size, is taken to fit PostBufferSize (%d KB)", w.c.PostBuffer/1024)
	}
	timer := Seconds(w.c.RetryInterval)
	since := ""
	if w.AtArrival {
		since = " as of the arrival of this request"
	}
	switch {
	case w.Marked:
		return text + fmt.Sprintf("; %s is marked down, its retry timer starts%s (%s)", name, since, timer)
	case w.Stays == failover.KeptStuck:
		return text + "; " + name + " stays marked down, and nobody probes it until a reload (before PM49491)"
	case w.Stays == failover.Restarted:
		return text + fmt.Sprintf("; %s stays marked down, its retry timer starts again%s (%s)", name, since, timer)
	}
	return text
}

// Seconds prints a duration as people write it: "60 s", "0.5 s".
func Seconds(d match.Nanos) string {
	text := fmt.Sprintf("%.3f", float64(d)/float64(match.Second))
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " s"
}
