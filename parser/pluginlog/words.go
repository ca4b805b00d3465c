package pluginlog

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// Words says in a sentence what an event means, with the rule of the routing procedure in brackets; "" for events
// that say nothing to people.
func (e *Event) Words() string {
	switch {
	case e.Kind >= RouteTried && e.Kind <= CloneNotFound:
		return e.matchingWords()
	case e.Kind >= StatusChecked && e.Kind <= PickedOld:
		return e.choiceWords()
	case e.Kind >= TransportSet && e.Kind <= Counted:
		return e.wireWords()
	case e.Kind >= RequestWritten:
		return e.exchangeWords()
	}
	switch e.Kind {
	case RequestStarted:
		return "the plug-in takes the request over"
	case RequestNamed:
		return fmt.Sprintf("the request is for %s on host %s", e.URI, e.Host)
	case RequestEnded:
		return "the request ends"
	case RequestFailed:
		return "the plug-in gives up on the request"
	case ConfigReloaded:
		return "the process takes a new configuration"
	case ESICacheHit:
		return "answered from the ESI cache"
	case ESICacheMiss:
		return "not in the ESI cache: a member has to answer"
	case AllCouldBeDown:
		return "no member of the cluster is usable: all could be down [R61]"
	case NoAppServer:
		return "no member is left for the request, the client gets an error [R61]"
	case ErrorLine, TimeoutFired:
		return "error: " + e.Text + e.meaning()
	case WarnLine:
		return "warning: " + e.Text
	}
	return ""
}

// meaning is what the catalogue says of an error, in brackets.
func (e *Event) meaning() string {
	if entry, ok := catalogue.OfLine(e.Text); ok {
		return " (" + entry.Meaning + ")"
	}
	return ""
}

func (e *Event) matchingWords() string {
	switch e.Kind {
	case RouteTried:
		return fmt.Sprintf("looks for the route of %s on %s [R1]", e.URI, e.Host)
	case RouteNotFound:
		return "no route matches: the web server serves the request itself [R9]"
	case AliasMatched:
		return fmt.Sprintf("virtual host alias %s of %s matches %s [R1]", e.Pattern, e.Group, e.Host)
	case URIMatched:
		if e.Score == 0 {
			return fmt.Sprintf("URI pattern %s of %s matches [R2]", e.Pattern, e.Group)
		}
		return fmt.Sprintf("URI pattern %s of %s matches with score %d [R2]", e.Pattern, e.Group, e.Score)
	case AffinityChecked:
		return "looks for a session that binds the request to a member [R20]"
	case CookieSought:
		return fmt.Sprintf("looks for cookie %s [R20]", e.Text)
	case CloneAdded:
		return fmt.Sprintf("the session names clone ID %s [R21]", e.Clone)
	case CloneMatched:
		return fmt.Sprintf("%s has the clone ID [R22]", e.Member)
	case CloneNotFound:
		return "no member has a clone ID of the session: it is balanced as new [R27]"
	}
	return ""
}

func (e *Event) choiceWords() string {
	switch e.Kind {
	case StatusChecked:
		return e.Member + " " + e.Check.words() + " [R42]"
	case StillMarkedDown:
		return fmt.Sprintf("%s stays marked down for another %d s and is passed over [R52]", e.Member, e.Seconds)
	case Picked:
		return fmt.Sprintf("%s gets the request, weight %d [R32]", e.Member, e.Weight)
	}
	return fmt.Sprintf("%s gets the request (%d pending, %d in all) [R67]", e.Member, e.Pending, e.Total)
}

// words says what the check found, without the conclusion: that is the plug-in's.
func (c Check) words() string {
	var found []string
	switch {
	case !c.MarkedDown:
		found = append(found, "is not marked down")
	case c.RetryNow:
		found = append(found, "is marked down, but a retry is due")
	case c.HasRetryIn:
		found = append(found, fmt.Sprintf("is marked down for another %d s", c.RetryIn))
	default:
		found = append(found, "is marked down")
	}
	if !c.IgnoreWeights && !c.WLBAllows {
		found = append(found, "has no weight left")
	}
	if c.Full {
		found = append(found, "has MaxConnections requests pending")
	}
	return strings.Join(found, ", ")
}

func (e *Event) wireWords() string {
	switch e.Kind {
	case TransportSet:
		return fmt.Sprintf("the transport is %s, port %d [R64]", e.Host, e.Port)
	case StreamReused:
		return "an open connection is used again [R66]"
	case StreamCreated:
		return "a new connection is open [R66]"
	case ConnectTimeoutSet:
		return fmt.Sprintf("ConnectTimeout is %d s [R50]", e.Seconds)
	case ConnectTimedOut:
		return "the connect was not answered within ConnectTimeout [R50]"
	case ConnectFailed:
		return fmt.Sprintf("the connect to %s failed%s [R50]", e.Host, osWords(e.OSError))
	case Connected:
		return fmt.Sprintf("connected to %s, port %d", e.Host, e.Port)
	case HandshakeFailed:
		return "the TLS handshake failed" + GSK{e.Text, e.Code}.Words() + " [R50]"
	case HandshakeStarted:
		return "the TLS handshake begins"
	case StreamFailed:
		return "no connection could be had [R50]"
	case IOTimedOut:
		return fmt.Sprintf("no data within ServerIOTimeout %d s, after %d retries; tries again: %s [R54]", e.Seconds,
			e.Count, yesNo(e.Retry))
	case TransactionFailed:
		return fmt.Sprintf("the attempt at %s failed; tries another one: %s [R57]", e.Member, yesNo(e.Retry))
	case MarkedDown:
		return fmt.Sprintf("%s is marked down, its retry interval starts [R50]", e.Member)
	case Counted:
		return fmt.Sprintf("%s: %d pending, %d failed, %d by affinity, %d new [R67]", e.Member, e.Counters.Pending,
			e.Counters.Failed, e.Counters.Affinity, e.Counters.New())
	}
	return ""
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (e *Event) exchangeWords() string {
	switch e.Kind {
	case RequestWritten:
		return "the request is sent [R67]"
	case BodyShort:
		return fmt.Sprintf("the client sent %d bytes of the %d it promised", e.Length, e.Expected)
	case ContinueAwaited:
		return "waits for 100 Continue"
	case StatusLine:
		return strings.TrimSpace(fmt.Sprintf("the answer is %d %s", e.Code, e.Text)) + " [R67]"
	case RequestLine:
		return fmt.Sprintf("sends %s %s", e.Method, e.URI)
	case ResponseMalformed:
		return "the member's answer cannot be read [R70]"
	case ServerWriteFailed:
		return "a write to the member failed"
	case AttemptDropped:
		return "the attempt ends by no fault of the member or the client"
	case ClientWriteFailed:
		return "a write to the client failed: it is gone"
	case FailoverHeaderSent:
		return "tells the member with $WSFO that it was not the first choice [R63]"
	}
	return ""
}

// osWords says what an error number means; every operating system has its own.
func osWords(n int32) string {
	entry, known := catalogue.OfOSError(n)
	switch {
	case n == 0:
		return ""
	case known:
		return fmt.Sprintf(" (error %d: %s)", n, entry.Name)
	}
	return fmt.Sprintf(" (error %d)", n)
}

// GSK is a return code of GSKit as the log shows it; what it does not show is empty.
type GSK struct {
	Name string
	Code int32
}

// Words names the code and says what it means; "" where the log shows none.
func (g GSK) Words() string {
	if g == (GSK{}) {
		return ""
	}
	name := g.Name
	entry, known := catalogue.OfGSK(g.Name, g.Code)
	switch {
	case name == "" && known:
		name = entry.Name
	case name == "":
		name = "GSK code"
	}
	if !known {
		return fmt.Sprintf(", %s (%d), a code that is not in the catalogue", name, g.Code)
	}
	return fmt.Sprintf(", %s (%d): %s", name, entry.Numbers[0].Value, entry.Meaning)
}
