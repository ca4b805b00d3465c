package errorlog

import "strings"

// Counts are the threads of all processes, by what they do. mod_mpmstats calls them rdy, bsy, rd, wr, ka, log, dns and
// cls; those behind Busy are what busy threads do.
type Counts struct{ Ready, Busy, Reading, Writing, KeepAlive, Logging, DNS, Closing int64 }

// Module is a module of the web server and the requests that are in it.
type Module struct {
	Name string // of its source, such as mod_was_ap24_http.c
	Busy int64
	Phases
}

// Phases are what the requests in the plug-in wait for (PH47518); all zero where the line does not show it.
type Phases struct {
	Average        int64 // milliseconds that they take so far
	Connecting     int64 // to a member
	SendingRequest int64
	SendingBody    int64
	Waiting        int64 // for the first line of the answer
	ReadingHead    int64
	ReadingBody    int64 // and passing it on to the client
}

// Known reports whether the line shows phases.
func (p *Phases) Known() bool { return *p != Phases{} }

// isPlugin reports whether a module is the plug-in for WebSphere.
func (m *Module) isPlugin() bool { return strings.HasPrefix(m.Name, "mod_was_ap") }

// mostModules bounds what is read of one line.
const mostModules = 50

// mpmstats reads what mod_mpmstats writes; Other where it is something else.
func (l *Line) mpmstats() Kind {
	text, ok := strings.CutPrefix(l.Text, "mpmstats")
	if !ok {
		return Other
	}
	text, long := strings.CutPrefix(text, " (long-running requests)")
	text, ok = strings.CutPrefix(text, ": ")
	switch {
	case !ok:
	case strings.HasPrefix(text, "rdy "):
		return l.counts(text)
	case strings.HasPrefix(text, "bsy: "):
		l.modules(text[len("bsy: "):])
		if long {
			return LongRunning
		}
		return Busy
	case strings.HasPrefix(text, "approaching Max"):
		l.Used, l.Limit = numberBehind(text, "("), numberBehind(text, "/")
		return NearLimit
	}
	return Other
}

// counts reads "rdy 712 bsy 312 rd 121 wr 173 ka 0 log 0 dns 0 cls 18".
func (l *Line) counts(text string) Kind {
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		n, ok := decimal(words[i+1])
		if !ok {
			return Other
		}
		if at := l.Threads.of(words[i]); at != nil {
			*at = n
		}
	}
	return Threads
}

// of returns the count that a name of mod_mpmstats stands for; nil for a name that is not known.
func (c *Counts) of(name string) *int64 {
	switch name {
	case "rdy":
		return &c.Ready
	case "bsy":
		return &c.Busy
	case "rd":
		return &c.Reading
	case "wr":
		return &c.Writing
	case "ka":
		return &c.KeepAlive
	case "log":
		return &c.Logging
	case "dns":
		return &c.DNS
	case "cls":
		return &c.Closing
	}
	return nil
}

// modules reads "5 in mod_was_ap24_http.c (AV 2462, CN 5, SR 0, SB 0, WR 0, RR 0, RB 0), 26 in mod_auth.c".
func (l *Line) modules(text string) {
	for text != "" && len(l.Modules) < mostModules {
		number, rest, ok := strings.Cut(text, " in ")
		n, isNumber := decimal(strings.TrimSpace(number))
		if !ok || !isNumber {
			return
		}
		// A name ends at the comma before the next module, or at the blank before its phases.
		end := strings.IndexAny(rest, ", ")
		if end < 0 {
			end = len(rest)
		}
		m := Module{Name: rest[:end], Busy: n}
		text = strings.TrimLeft(rest[end:], " ")
		if inside, after, ok := strings.Cut(text, ")"); ok && strings.HasPrefix(text, "(") {
			m.Phases = phasesOf(inside[1:])
			text = after
		}
		text = strings.TrimLeft(text, ", ")
		l.Modules = append(l.Modules, m)
	}
}

// phasesOf reads "AV 2462, CN 5, SR 0, SB 0, WR 0, RR 0, RB 0"; a name that is not known is passed over.
func phasesOf(text string) (p Phases) {
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		n, _ := decimal(value)
		switch name {
		case "AV":
			p.Average = n
		case "CN":
			p.Connecting = n
		case "SR":
			p.SendingRequest = n
		case "SB":
			p.SendingBody = n
		case "WR":
			p.Waiting = n
		case "RR":
			p.ReadingHead = n
		case "RB":
			p.ReadingBody = n
		}
	}
	return p
}

// Plugin returns what the line says of the requests that are in the plug-in; false where it names the plug-in nowhere.
func (l *Line) Plugin() (m Module, ok bool) {
	for i := range l.Modules {
		if one := &l.Modules[i]; one.isPlugin() {
			m.Name, m.Busy, ok = one.Name, m.Busy+one.Busy, true
			if one.Known() {
				m.Phases = one.Phases
			}
		}
	}
	return m, ok
}
