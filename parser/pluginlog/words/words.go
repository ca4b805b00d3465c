package words

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// Of says in a sentence what an event means, with the rule of the routing procedure in brackets; "" for events that
// say nothing to people.
func Of(e *pluginlog.Event) string {
	switch {
	// The list of kinds in pluginlog has groups; the first and the last kind of each are named here.
	case e.Kind >= pluginlog.RouteTried && e.Kind <= pluginlog.CloneNotFound:
		return matching(e)
	case e.Kind >= pluginlog.StatusChecked && e.Kind <= pluginlog.PickedOld:
		return choice(e)
	case e.Kind >= pluginlog.TransportSet && e.Kind <= pluginlog.Counted:
		return wire(e)
	case e.Kind >= pluginlog.RequestWritten:
		return exchange(e)
	}
	switch e.Kind {
	case pluginlog.RequestStarted:
		return "the plug-in takes the request over"
	case pluginlog.RequestNamed:
		return fmt.Sprintf("the request is for %s on host %s", e.URI, e.Host)
	case pluginlog.RequestEnded:
		return "the request ends"
	case pluginlog.RequestFailed:
		return "the plug-in gives up on the request"
	case pluginlog.ConfigReloaded:
		return "the process takes a new configuration"
	case pluginlog.ESICacheHit:
		return "answered from the ESI cache"
	case pluginlog.ESICacheMiss:
		return "not in the ESI cache: a member has to answer"
	case pluginlog.AllCouldBeDown:
		return "no member of the cluster is usable: all could be down [R61]"
	case pluginlog.NoAppServer:
		return "no member is left for the request, the client gets an error [R61]"
	case pluginlog.ErrorLine, pluginlog.TimeoutFired:
		return "error: " + e.Text + meaning(e)
	case pluginlog.WarnLine:
		return "warning: " + e.Text
	}
	return ""
}

// meaning is what the catalogue says of an error, in brackets.
func meaning(e *pluginlog.Event) string {
	if entry, ok := catalogue.OfLine(e.Text); ok {
		return " (" + entry.Meaning + ")"
	}
	return ""
}

// matching is about the search for a route and for the member of a session (R1 to R27).
func matching(e *pluginlog.Event) string {
	switch e.Kind {
	case pluginlog.RouteTried:
		return fmt.Sprintf("looks for the route of %s on %s [R1]", e.URI, e.Host)
	case pluginlog.RouteNotFound:
		return "no route matches: the web server serves the request itself [R9]"
	case pluginlog.AliasMatched:
		return fmt.Sprintf("virtual host alias %s of %s matches %s [R1]", e.Pattern, e.Group, e.Host)
	case pluginlog.URIMatched:
		if e.Score == 0 {
			return fmt.Sprintf("URI pattern %s of %s matches [R2]", e.Pattern, e.Group)
		}
		return fmt.Sprintf("URI pattern %s of %s matches with score %d [R2]", e.Pattern, e.Group, e.Score)
	case pluginlog.AffinityChecked:
		return "looks for a session that binds the request to a member [R20]"
	case pluginlog.CookieSought:
		return fmt.Sprintf("looks for cookie %s [R20]", e.Text)
	case pluginlog.CloneAdded:
		return fmt.Sprintf("the session names clone ID %s [R21]", e.Clone)
	case pluginlog.CloneMatched:
		return fmt.Sprintf("%s has the clone ID [R22]", e.Member)
	case pluginlog.CloneNotFound:
		return "no member has a clone ID of the session: it is balanced as new [R27]"
	}
	return ""
}

// choice is about the member that a request gets (R32, R42, R52, R67).
func choice(e *pluginlog.Event) string {
	switch e.Kind {
	case pluginlog.StatusChecked:
		return e.Member + " " + check(&e.Check) + " [R42]"
	case pluginlog.StillMarkedDown:
		return fmt.Sprintf("%s stays marked down for another %d s and is passed over [R52]", e.Member, e.Seconds)
	case pluginlog.Picked:
		return fmt.Sprintf("%s gets the request, weight %d [R32]", e.Member, e.Weight)
	}
	return fmt.Sprintf("%s gets the request (%d pending, %d in all) [R67]", e.Member, e.Pending, e.Total)
}

// check says what the plug-in found when it looked at a member, without the conclusion: that is the plug-in's.
func check(c *pluginlog.Check) string {
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

// wire is about attempts: streams, connects, handshakes, and what their failure leads to (R50 to R67).
func wire(e *pluginlog.Event) string {
	switch e.Kind {
	case pluginlog.TransportSet:
		return fmt.Sprintf("the transport is %s, port %d [R64]", e.Host, e.Port)
	case pluginlog.StreamReused:
		return "an open connection is used again [R66]"
	case pluginlog.StreamCreated:
		return "a new connection is open [R66]"
	case pluginlog.ConnectTimeoutSet:
		return fmt.Sprintf("ConnectTimeout is %d s [R50]", e.Seconds)
	case pluginlog.ConnectTimedOut:
		return "the connect was not answered within ConnectTimeout [R50]"
	case pluginlog.ConnectFailed:
		return fmt.Sprintf("the connect to %s failed%s [R50]", e.Host, osError(e.OSError))
	case pluginlog.Connected:
		return fmt.Sprintf("connected to %s, port %d", e.Host, e.Port)
	case pluginlog.HandshakeFailed:
		return "the TLS handshake failed" + GSK(pluginlog.GSK{Name: e.Text, Code: e.Code}) + " [R50]"
	case pluginlog.HandshakeStarted:
		return "the TLS handshake begins"
	case pluginlog.StreamFailed:
		return "no connection could be had [R50]"
	case pluginlog.IOTimedOut:
		return fmt.Sprintf("no data within ServerIOTimeout %d s, after %d retries; tries again: %s [R54]", e.Seconds,
			e.Count, yesNo(e.Retry))
	case pluginlog.TransactionFailed:
		return fmt.Sprintf("the attempt at %s failed; tries another one: %s [R57]", e.Member, yesNo(e.Retry))
	case pluginlog.MarkedDown:
		return fmt.Sprintf("%s is marked down, its retry interval starts [R50]", e.Member)
	case pluginlog.Counted:
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

// exchange is about the request and the answer on their way, and about clients that leave.
func exchange(e *pluginlog.Event) string {
	switch e.Kind {
	case pluginlog.RequestWritten:
		return "the request is sent [R67]"
	case pluginlog.BodyShort:
		return fmt.Sprintf("the client sent %d bytes of the %d it promised", e.Length, e.Expected)
	case pluginlog.ContinueAwaited:
		return "waits for 100 Continue"
	case pluginlog.StatusLine:
		return strings.TrimSpace(fmt.Sprintf("the answer is %d %s", e.Code, e.Text)) + " [R67]"
	case pluginlog.RequestLine:
		return fmt.Sprintf("sends %s %s", e.Method, e.URI)
	case pluginlog.ResponseMalformed:
		return "the member's answer cannot be read [R70]"
	case pluginlog.ServerWriteFailed:
		return "a write to the member failed"
	case pluginlog.AttemptDropped:
		return "the attempt ends by no fault of the member or the client"
	case pluginlog.ClientWriteFailed:
		return "a write to the client failed: it is gone"
	case pluginlog.FailoverHeaderSent:
		return "tells the member with $WSFO that it was not the first choice [R63]"
	}
	return ""
}

// osError says what an error number means; every operating system has its own.
func osError(n int32) string {
	entry, known := catalogue.OfOSError(n)
	switch {
	case n == 0:
		return ""
	case known:
		return fmt.Sprintf(" (error %d: %s)", n, entry.Name)
	}
	return fmt.Sprintf(" (error %d)", n)
}

// GSK names a return code of GSKit and says what it means, to be put behind other words; "" where the log shows none.
func GSK(g pluginlog.GSK) string {
	if g == (pluginlog.GSK{}) {
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
