package words

import (
	"fmt"
	"strconv"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// holes are what may stand in the braces of a sentence.
var holes = map[string]func(*sentence) string{
	"alias":   func(w *sentence) string { return orAny(w.Route.Alias()) },
	"uri":     func(w *sentence) string { return orAny(w.Route.URI()) },
	"cluster": func(w *sentence) string { return w.c.Name },
	"member":  func(w *sentence) string { return w.c.Members[w.Member].Name },
	"other":   func(w *sentence) string { return w.c.Members[w.Other].Name },
	"clone":   func(w *sentence) string { return w.Clone },
	"status":  func(w *sentence) string { return strconv.Itoa(w.Status) },

	"path":         (*sentence).path,
	"place":        (*sentence).place,
	"with session": (*sentence).withSession,
	"refusal":      func(w *sentence) string { return Refusal(w.Refused) },
	"declines": func(*sentence) string {
		return "the plug-in declines and the web server serves the request itself " +
			"(Apache's environment variable skipwas, 8.5.5.1 on, makes it decline whatever matches)"
	},

	"checked":        func(*sentence) string { return "session affinity is checked:" },
	"source":         func(w *sentence) string { return Source(w.Source, w.CookieName) },
	"clones":         func(w *sentence) string { return Clones(w.t, w.Clones) },
	"clone of other": func(w *sentence) string { return w.c.Members[w.Other].CloneID },
	"place in list":  func(w *sentence) string { return ordinal(w.Place) },

	"skip":        (*sentence).skip,
	"passed over": (*sentence).passedOver,
	"start":       (*sentence).start,
	"raised":      (*sentence).raised,
	"weight":      (*sentence).weight,
	"probes":      (*sentence).probes,

	"no other":         (*sentence).noOther,
	"keyring missing":  func(w *sentence) string { return keyringMissing(w.c.Members[w.Member].Name) },
	"member and clone": (*sentence).memberAndClone,
	"stream":           (*sentence).stream,
	"scheme":           func(w *sentence) string { return schemes[w.Scheme] },

	"connect":       (*sentence).connect,
	"failure":       (*sentence).failure,
	"mark":          (*sentence).mark,
	"with failover": (*sentence).withFailover,
	"body lost":     (*sentence).bodyLost,
	"I/O retries":   func(w *sentence) string { return strconv.Itoa(w.c.IORetries) },
	"attempts":      (*sentence).attempts,
	"size":          (*sentence).size,
	"size limit":    func(w *sentence) string { return strconv.FormatInt(w.c.PostLimit, 10) },
	"passed on":     func(w *sentence) string { return "the 503 of " + w.c.Members[w.Member].Name + " is passed on" },
}

// orAny is for what a Route leaves out: one without a group takes any (R17).
func orAny(written string) string {
	if written == "" {
		return "(any)"
	}
	return written
}

// path tells what is compared, and what was sent where the web server has made another path of it (R16).
func (w *sentence) path() string {
	if rq := w.Request; rq.Sent != "" {
		return rq.Path + ", sent as " + rq.Sent + ","
	}
	return w.Request.Path
}

// place is host and port as they are matched (R7, R8).
func (w *sentence) place() string {
	text := fmt.Sprintf("%s:%d", w.Request.Host, w.Request.Port)
	if w.Request.Host == "" {
		text = fmt.Sprintf("port %d without a Host, which only aliases with host * match", w.Request.Port)
	}
	if w.Request.TLS {
		text += " over TLS"
	}
	if w.t.PortArrived {
		text += " (VHostMatchingCompat: the port it arrived on)"
	}
	return text
}

func (w *sentence) withSession() string {
	if w.Step.Source == 0 {
		return ""
	}
	return " with " + Clones(w.t, w.Clones)
}

func ordinal(i int) string {
	if i == 0 {
		return "first"
	}
	return fmt.Sprintf("number %d", i+1)
}

// start tells where round robin stood (R30).
func (w *sentence) start() string {
	from := w.c.Members[w.Turn.From].Name
	switch w.Turn.Start {
	case failover.Stood:
		return "stands at " + from
	case failover.DrawnAmong:
		return fmt.Sprintf("starts at random (one of %d equally likely starts; shown with %s)", len(w.c.Primary), from)
	}
	return "starts at random, here at " + from
}

func (w *sentence) raised() string {
	if w.Turn.Raised {
		return "; no usable primary has weight left, so the weights are raised"
	}
	return ""
}

// weight tells the current weight, and how the start weight came from LoadBalanceWeight (R31).
func (w *sentence) weight() string {
	full, written := w.Turn.Full, w.c.Members[w.Member].Weight
	text := fmt.Sprintf("weight %d", w.Turn.Weight)
	if w.Turn.Weight != full {
		text += fmt.Sprintf(" of %d", full)
	}
	if full > 0 && written > full {
		text += fmt.Sprintf(" (%d divided by %d)", written, written/full)
	}
	return text
}

func (w *sentence) probes() string {
	if w.Turn.Probes {
		return "; it is marked down, but its retry is due: this request probes it"
	}
	return ""
}

func (w *sentence) noOther() string {
	text := "the client gets 500, no other member is tried"
	if w.Paid {
		text += " (the pick has cost its weight)"
	}
	return text
}

func (w *sentence) memberAndClone() string {
	m := &w.c.Members[w.Member]
	if m.CloneID == "" {
		return m.Name
	}
	return m.Name + " (" + m.CloneID + ")"
}

func (w *sentence) stream() string {
	tr := &w.c.Members[w.Member].Transports[w.Transport]
	to := "http://" + tr.Address()
	if tr.HTTPS {
		to = "https://" + tr.Address()
	}
	if w.Reused {
		return "a stream to " + to + " is taken from the queue"
	}
	return "a new stream to " + to + " is opened"
}

var schemes = [...]string{
	failover.SameScheme:    "",
	failover.HTTPSUnusable: ", for no https Transport can be used, and UseInsecure is true",
	failover.NoOtherScheme: ", for there is no Transport of the other scheme",
	failover.SchemeOnload:  ", for SSLMapMode is onload",
	failover.SchemeOffload: ", for SSLMapMode is offload",
}

func (w *sentence) attempts() string {
	if w.Attempts == 1 {
		return fmt.Sprintf("1 attempt for %d listed server(s)", w.c.Listed)
	}
	return fmt.Sprintf("%d attempts for %d listed server(s)", w.Attempts, w.c.Listed)
}

func (w *sentence) withFailover() string {
	if w.Failover {
		return " with $WSFO: true, and"
	}
	return " and"
}

func (w *sentence) size() string {
	if w.Size < 0 {
		return "of unknown size"
	}
	return fmt.Sprintf("of %d bytes", w.Size)
}

// A body of unknown size was buffered until it did not fit.
func (w *sentence) bodyLost() string {
	switch {
	case w.c.PostBuffer == 0:
		return "the body was not buffered (PostBufferSize 0)"
	case w.Size < 0:
		return fmt.Sprintf("the body is larger than PostBufferSize (%d KB)", w.c.PostBuffer/1024)
	}
	return fmt.Sprintf("the body of %d bytes is larger than PostBufferSize (%d KB)", w.Size, w.c.PostBuffer/1024)
}

// NoAddress says why a Transport can never be reached.
func NoAddress(tr *match.Transport) string {
	if tr.Host == "" {
		return "its Transport has no Hostname"
	}
	return fmt.Sprintf("Port %d of its Transport is not one from 1 to 65535", tr.Port)
}
