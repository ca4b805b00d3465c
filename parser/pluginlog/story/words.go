package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/words"
)

// kinds says how a kind is told: its name on the command line, the title with %s for the member, and what to do.
var kinds = [numKinds]struct{ name, title, advice string }{
	AllDown: {"all-down", "no member left for requests",
		"look at what failed first: the members, then RetryInterval and MaxConnections"},
	GaveUp: {"gave-up", "requests given up", "LogLevel Stats or Trace shows what their attempts came to"},
	ReloadFailed: {"reload-failed", "plugin-cfg.xml refused",
		"wasplug lint plugin-cfg.xml; names are resolved only when the file is read: check DNS, then touch the file"},
	Flapping: {"flapping", "%s down and back again and again",
		"pauses of garbage collection, the listen backlog, timeouts that are too short (WP506)"},
	MemberDown: {"member-down", "%s down", "is the JVM up, and is the port of the Transport its own?"},
	HangsConnect: {"member-hangs-connect", "%s does not answer connects",
		"host, network and listen backlog; a ConnectTimeout of a few seconds keeps the waits short"},
	HangsAnswer: {"member-hangs-answer", "%s does not answer requests",
		"thread dumps of the member; a negative ServerIOTimeout also marks it down (R55); " +
			"pages that take long need a longer one of their own"},
	TLS: {"tls", "TLS with %s fails", "wasplug explain and the GSK code tell what to do"},
	Full: {"full", "%s full",
		"MaxConnections counts per process: is it high enough, and does the member answer in time?"},
	Busy: {"busy", "%s answers 503", "look at the application; MarkBusyDown decides whether the plug-in marks it down"},
	StaleStreams: {"stale-streams", "streams to %s broken",
		"set ConnectionTTL below the keep-alive of the member and of devices between (WP512)"},
	Slow: {"slow", "slow requests", "look at the slowest ones: wasplug trace --request N"},
	ClientLeft: {"client-left", "clients left",
		"clients leave pages that take long: look at those, not at the plug-in"},
	Restart: {"restart", "processes of the web server started",
		"often: MaxRequestsPerChild, MaxSpareThreads or MaxConnectionsPerChild end processes"},
	Reload: {"reload", "plugin-cfg.xml reloaded", "was it meant to change?"},
}

// Title says what happened in a few words.
func (i *Incident) Title() string {
	title := kinds[i.Kind].title
	switch {
	case i.Kind == TLS && i.Member == "" && i.Host == "":
		return "TLS cannot be used"
	case strings.Contains(title, "%s"):
		return fmt.Sprintf(title, i.Who())
	}
	return title
}

// Who names the member and its host, and the members of parts of the same kind.
func (i *Incident) Who() string {
	who := i.who()
	for _, p := range i.Parts {
		if other := p.who(); p.Kind == i.Kind && !strings.Contains(who, other) {
			who += ", " + other
		}
	}
	return who
}

// who names the member and where it listens, as far as lines show both.
func (i *Incident) who() string {
	switch {
	case i.Member != "" && i.Host != "":
		return i.Member + " (" + i.Host + ")"
	case i.Member != "":
		return i.Member
	case i.Host != "":
		return i.Host
	}
	return "a member that the log does not name"
}

// Cause says why, as far as the log tells.
func (i *Incident) Cause() string {
	switch i.Kind {
	case AllDown:
		return i.triedWords("each member was marked down, full or had failed this request")
	case GaveUp:
		return i.triedWords("the log does not say why")
	case ReloadFailed:
		return i.meanings("the file was not taken")
	case Flapping:
		return fmt.Sprintf("%d times marked down and found serving again", i.Marks)
	case HangsAnswer:
		if i.Events[pluginlog.IOTimedOut] == 0 {
			return "a timeout of the plug-in expired"
		}
		return "ServerIOTimeout expired: the member took the request and sent nothing for as long"
	case TLS:
		if i.GSK != (pluginlog.GSK{}) {
			return strings.TrimPrefix(words.GSK(i.GSK), ", ")
		}
		return i.meanings("the handshake failed; the log shows no GSK code")
	case Full:
		return "MaxConnections requests were pending in a process (R42)"
	case Busy:
		return "the member itself answered 503"
	case StaleStreams:
		return i.staleWords()
	case Slow:
		return i.Phases.words()
	case ClientLeft:
		return "the answer could not be written, or the body not be read: the client was gone"
	case Restart:
		return "they begin with a fresh state: no marks, first pick at random"
	case Reload:
		return "marks and weights begin anew"
	}
	return i.connectWords()
}

// connectWords says why connects failed.
func (i *Incident) connectWords() string {
	entry, known := catalogue.OfOSError(i.OSError)
	switch {
	case known:
		return fmt.Sprintf("%s (errno %d): %s", entry.Name, i.OSError, entry.Meaning)
	case i.OSError != 0:
		return fmt.Sprintf("connects failed with errno %d, which is not in the catalogue", i.OSError)
	case i.Kind == HangsConnect:
		return "ConnectTimeout expired: nobody answered the connect"
	case i.Events[pluginlog.ConnectFailed] > 0:
		return "connects failed; the lines show no error number"
	}
	return "attempts failed; the log does not say why"
}

// staleWords says how certain it is that a stream of the queue was broken: levels below Detail show no streams.
func (i *Incident) staleWords() string {
	if i.Level < pluginlog.LevelDetail {
		return "writing to the member failed; whether on a stream from the queue is not known at this LogLevel " +
			"(needs Trace)"
	}
	return "the member, or a device between, had closed streams of the queue"
}

// triedWords adds which members the requests tried.
func (i *Incident) triedWords(why string) string {
	if len(i.Members) == 0 {
		return why
	}
	return why + "; tried: " + strings.Join(i.Members, ", ")
}

// meanings is what the catalogue says of the texts.
func (i *Incident) meanings(otherwise string) string {
	var all []string
	for _, text := range i.Texts {
		if entry, ok := catalogue.OfLine(text); ok && !slices.Contains(all, entry.Meaning) {
			all = append(all, entry.Meaning)
		}
	}
	if len(all) == 0 {
		return otherwise
	}
	return strings.Join(all, "; ")
}

// entry is what the catalogue says of the first text, which mostly says why there are others.
func (i *Incident) entry() (catalogue.Entry, bool) {
	if len(i.Texts) == 0 {
		return catalogue.Entry{}, false
	}
	return catalogue.OfLine(i.Texts[0])
}

// words says where the time went, by share.
func (p *Phases) words() string {
	if p.All == 0 {
		return "the log does not show where the time went"
	}
	var all []string
	rest := p.All
	for _, one := range [...]struct {
		name string
		took time.Duration
	}{{"the member", p.Member}, {"connects", p.Connect}, {"TLS handshakes", p.Handshake}, {"bodies", p.Body}} {
		if share := 100 * one.took / p.All; share > 0 {
			all = append(all, fmt.Sprintf("%d %% %s", share, one.name))
		}
		rest -= one.took
	}
	if share := 100 * rest / p.All; share > 0 {
		all = append(all, fmt.Sprintf("%d %% the plug-in, or not shown", share))
	}
	return "of the time " + strings.Join(all, ", ")
}

// Cost says what happened to clients.
func (i *Incident) Cost() string {
	c := &i.Clients
	var all []string
	say := func(n int64, one, many string) {
		if n > 0 {
			all = append(all, quantity(n, one, many))
		}
	}
	switch i.Kind {
	case ReloadFailed:
		entry, _ := i.entry()
		return entry.Client
	case Restart, Reload:
		return ""
	case Flapping:
		return "each time a request or more had to go on to another member"
	case Full:
		say(i.Events[pluginlog.StatusChecked], "check passed it over", "checks passed it over")
	}
	if c.FailedOver > 0 && i.Level < pluginlog.LevelStats {
		all = append(all, "at least") // nothing shows where one request ends and the next one begins
	}
	say(c.FailedOver, "request went on to another member", "requests went on to other members")
	say(c.Errors, "request got an error", "requests got an error")
	say(c.Unknown, "request of which the log does not show the end", "requests of which the log does not show the end")
	say(c.Again, "time the same member was asked again", "times the same member was asked again")
	say(c.Left, "client left", "clients left")
	say(c.Slower, "request of 5 s and more", "requests of 5 s and more")
	if c.Waits > 0 {
		all = append(all, c.waitWords(i.Level))
	}
	if c.Errors == 0 && c.FailedOver > 0 {
		all = append(all, "no errors")
	}
	// "at least" belongs to the number behind it.
	return strings.Replace(strings.Join(all, ", "), "at least, ", "at least ", 1)
}

// quantity is a number and what it counts, in the singular or the plural.
func quantity(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// waitWords says how long clients waited for timeouts.
func (c *Clients) waitWords(level pluginlog.Level) string {
	attempts := quantity(c.Waits, "attempt waited", "attempts waited")
	hidden := "how long the log does not show"
	if level < pluginlog.LevelDetail {
		hidden = "how long is not known at LogLevel " + levelName(level) + " (needs Detail or Trace)"
	}
	switch {
	case c.WaitUnknown == c.Waits:
		return attempts + ", " + hidden
	case c.WaitUnknown > 0:
		return fmt.Sprintf("%s %s and more: of %d, %s", attempts,
			c.Waited.Round(time.Millisecond), c.WaitUnknown, hidden)
	}
	if c.Waits == 1 {
		return fmt.Sprintf("%s %s", attempts, c.Waited.Round(time.Millisecond))
	}
	return fmt.Sprintf("%s %s all together", attempts, c.Waited.Round(time.Millisecond))
}

// levelName is a level as the attribute LogLevel of plugin-cfg.xml has it.
func levelName(l pluginlog.Level) string {
	name := max(l, pluginlog.LevelError).String()
	return name[:1] + strings.ToLower(name[1:])
}

// Recovery says whether and when it was over; "" where that means nothing.
func (i *Incident) Recovery() string {
	marked, back, first, last := i.Back()
	switch {
	case i.Kind == ReloadFailed:
		return i.reloadWords()
	case i.Kind > StaleStreams || i.Kind == Flapping:
		return ""
	case marked == 0 && i.Served != 0:
		return "a member answered again at " + clockTime(i.Served)
	case marked == 0:
		return ""
	case back == marked && marked == 1:
		return "back at " + clockTime(last)
	case back == marked:
		return fmt.Sprintf("%d processes have it back, the first at %s, the last at %s", back, clockTime(first),
			clockTime(last))
	case i.Level < pluginlog.LevelStats:
		return "not known at LogLevel Error (needs Stats): each process tries it again once RetryInterval is over"
	case back == 0:
		return fmt.Sprintf("not seen to be back in any of %d that marked it", marked)
	}
	return fmt.Sprintf("back in %d of %d processes that marked it, the last at %s", back, marked, clockTime(last))
}

// reloadWords says whether the plug-in took a file since.
func (i *Incident) reloadWords() string {
	if i.Open {
		return "no later line says that a file was taken: what was in force before is in force still"
	}
	return "a file was taken later"
}

// clockTime is a time without the day.
func clockTime(t pluginlog.Time) string {
	if _, clock, ok := strings.Cut(t.String(), " "); ok {
		return clock
	}
	return "a time that the lines do not show"
}

// Advice says what to do.
func (i *Incident) Advice() string {
	advice := kinds[i.Kind].advice
	if entry, ok := catalogue.OfOSError(i.OSError); ok {
		advice = entry.Advice
	}
	if entry, ok := catalogue.OfGSK(i.GSK.Name, i.GSK.Code); ok && i.Kind == TLS && i.GSK != (pluginlog.GSK{}) {
		advice = entry.Advice
	} else if entry, ok := i.entry(); ok {
		advice = entry.Advice
	}
	if i.Kind == MemberDown && i.Member != "" {
		if !strings.HasSuffix(advice, "?") {
			advice += ";"
		}
		advice += " wasplug why --down " + i.Member + " URL shows where its sessions go"
	}
	marked, back, _, _ := i.Back()
	if marked > 0 && marked == back {
		return "nothing now, it is over; should it come again: " + advice
	}
	return advice
}
