package pluginlog

import "strings"

// scanner parses blocks. It is used by one goroutine.
type scanner struct {
	want    Kinds // which are handed out; the others are counted
	dull    dullHeads
	clock   clock
	line    Line            // the line at hand; for the second part of a glued one the first is still in it, see next
	threads [64]knownThread // by their last digits; where two share a place, each is read anew when its turn comes
	escapes bool            // the block has a backslash
}

// knownThread is a thread that was read lately, as text and as numbers.
type knownThread struct {
	ids [usualIDs]byte
	Thread
}

func newScanner(want Kinds) scanner { return scanner{want: want, dull: dullOf(&want)} }

// scan fills b.events and b.stats. Line numbers count from the start of the block.
func (s *scanner) scan(b *block) {
	// A copy: the strings of events are parts of it and stay valid, while the buffer is filled again.
	text := string(b.buf[:b.used])
	// parseLine fills an event where it will stay, so what stands behind the last one must be zero.
	clear(b.events)
	b.events, b.stats, b.times = b.events[:0], Stats{Bytes: int64(len(text))}, timeline{}
	s.line.Number = 0 // counts from the start of each block
	s.escapes = strings.IndexByte(text, '\\') >= 0
	walk(text, b.offset, &b.stats, func(raw string, stamp int, number, offset int64) {
		// A dull line counts as what it is, an event of level TRACE: the counts do not depend on what is wanted.
		if stamp > 0 && s.dull.has(raw[stamp+usualThread:]) {
			at, _ := s.clock.read(raw[1:stamp])
			b.stats.note(&b.times, LevelTrace, number, at)
			b.stats.Events++
			return
		}
		s.line.next(raw, stamp, number)
		var at Time
		if s.line.Stamp != "" {
			at, _ = s.clock.read(s.line.Stamp)
		}
		b.stats.note(&b.times, s.line.Level, number, at)
		s.parseLine(b, number, offset, at)
	})
}

// walk calls fn for each line of text with what usualStamp says of it, and twice for a glued one; blank lines are only
// counted.
func walk(text string, offset int64, stats *Stats, fn func(raw string, stamp int, number, offset int64)) {
	// An editor may have put a byte order mark there.
	if offset == 0 {
		if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
			text, offset = rest, 3
		}
	}
	for len(text) > 0 {
		raw, next := text, len(text)
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			raw, next = text[:i], i+1
		}
		if n := len(raw); n > 0 && raw[n-1] == '\r' {
			raw = raw[:n-1]
		}
		stats.Lines++
		if raw == "" {
			stats.Blank++
		}
		for at := offset; raw != ""; {
			stamp := usualStamp(raw)
			end := glued(raw, stamp)
			if end == 0 {
				if raw[len(raw)-1] != ' ' { // nearly all lines
					fn(raw, stamp, stats.Lines, at)
					break
				}
				end = len(raw)
			} else {
				stats.Glued++
			}
			line := strings.TrimRight(raw[:end], " ")
			// usualStamp asks for a least length, which the part may not have though the whole has it.
			fn(line, usualStamp(line), stats.Lines, at)
			raw, at = raw[end:], at+int64(end)
		}
		text, offset = text[next:], offset+int64(next)
	}
}

// parseLine adds the event of the line at hand to the block, and counts it.
func (s *scanner) parseLine(b *block, number, offset int64, at Time) {
	// The event is filled where it will stay. What stands behind the last one in b.events is zero.
	l, e := &s.line, b.spare()
	kind := l.parse(e, &s.want)
	switch {
	case kind != None:
		b.stats.Events++
	case l.known():
		b.stats.Other++
		return
	default:
		b.stats.Unknown++
		return
	}
	if !s.want.Has(kind) {
		if kind != URICompared && kind != AliasCompared { // the most frequent kinds, and nothing was filled in
			*e = Event{}
		}
		return
	}
	if s.escapes && strings.IndexByte(l.Raw, '\\') >= 0 {
		e.unescape()
	}
	e.Kind, e.Level, e.Line, e.Offset, e.Thread, e.Time = kind, l.Level, number, offset, s.thread(l), at
	b.events = b.events[:len(b.events)+1]
}

// thread reads the thread of a line; a web server has few, and their numbers differ at the end.
func (s *scanner) thread(l *Line) Thread {
	if len(l.ids) != usualIDs {
		l.readThread()
		return Thread{l.PID, l.TID}
	}
	// The last two digits of the thread and the last one of the process.
	known := &s.threads[(l.ids[usualIDs-1]^l.ids[usualIDs-2]<<4^l.ids[7])%64]
	if string(known.ids[:]) != l.ids {
		copy(known.ids[:], l.ids)
		l.readThread()
		known.Thread = Thread{l.PID, l.TID}
	}
	return known.Thread
}

// spare returns the zero event behind the last one.
func (b *block) spare() *Event {
	n := len(b.events)
	if n == cap(b.events) {
		b.events = append(b.events, Event{})[:n]
		clear(b.events[n:cap(b.events)])
	}
	return &b.events[:n+1][n]
}

// A trace compares every pattern of the file with every request: most of its lines are of a few kinds, which nobody
// wants who adds a log up. Of those a look at how the message begins tells the kind, and nothing else is read.

// dullLines are beginnings of messages that are of one kind whatever follows, as parse reads them.
var dullLines = []struct {
	kind Kind
	head string
}{
	{URICompared, "TRACE: ws_common: websphereUriMatch: Comparing "},
	{AliasCompared, "TRACE: ws_common: websphereVhostMatch: Comparing "},
	{URINotMatched, "TRACE: ws_common: websphereUriMatch: Failed to match"},
	{CookieSought, "TRACE: lib_htrequest: htrequestGetCookieValue: Looking for cookie: "},
	{CloneSought, "TRACE: ws_server_group: serverGroupFindClone: Looking for clone"},
	{CloneCompared, "TRACE: ws_server_group: serverGroupFindClone: Comparing curCloneID "},
	{FirstPrimary, "TRACE: ws_server_group: serverGroupGetFirstPrimaryServer: getting"},
	{NextPrimary, "TRACE: ws_server_group: serverGroupGetNextPrimaryServer: getting"},
	{ConnectTimeoutSet, "TRACE: ws_common: websphereGetStream: Have a connect timeout of "},
	{Executing, "TRACE: ws_common: websphereExecute: Executing the transaction"},
}

// dullHeads are the beginnings of the kinds that are not wanted, by two of their bytes. No two share a place, so a line
// is compared with one of them at most, and mostly with none that it does not begin with.
type dullHeads [64]string

// dullOf takes the beginnings of the kinds that nobody wants.
func dullOf(want *Kinds) (d dullHeads) {
	for _, l := range dullLines {
		if !want.Has(l.kind) {
			d[dullPlace(l.head)] = l.head
		}
	}
	return d
}

// dullPlace tells the beginnings apart, which a test holds. These two bytes were found by trying all pairs: other lines
// of a trace seldom have the place of a beginning, too.
func dullPlace(message string) byte { return (message[38] ^ message[46]<<3) % 64 }

// has reports whether a message is of a kind that is not wanted.
func (d *dullHeads) has(message string) bool {
	// The shortest beginning has 47 bytes, and all are of level TRACE.
	if len(message) < 48 || message[0] != 'T' {
		return false
	}
	head := d[dullPlace(message)]
	return head != "" && strings.HasPrefix(message, head)
}

// leastPrefix is the length of the shortest time and the first number behind it.
const leastPrefix = len("[06/Oct/2017:19:06:43] 1")

// glued returns the place inside raw where a second line begins without a line end before it, as levels up to 8.0
// write when processes interleave; 0 when there is none. What usualStamp says of it is known.
func glued(raw string, stamp int) int {
	if raw[0] == '[' {
		if strings.IndexByte(raw[1:], '[') >= 0 { // else gluedStamp finds nothing
			if at := gluedStamp(raw, len(raw)); at > 0 {
				return at
			}
		}
		if stamp == 0 {
			return 0
		}
		if i := stamp + usualThread; i < len(raw) && (raw[i] == 'E' || raw[i] == 'W') {
			return gluedError(raw, raw[i:])
		}
		return 0
	}
	bare := gluedBare(raw, 1)
	if bare == 0 {
		return gluedStamp(raw, len(raw))
	}
	if at := gluedStamp(raw, bare); at > 0 {
		// the message is of a line with a time, which begins behind what grep, a shipper or a cut file put there
		return at
	}
	return bare
}

// gluedStamp is glued for lines with a time that begins before a limit.
func gluedStamp(raw string, limit int) int {
	for from := 1; from < limit && len(raw)-from >= leastPrefix; {
		i := strings.IndexByte(raw[from:limit], '[')
		if i < 0 {
			return 0
		}
		at := from + i
		if _, rest, ok := cutStamp(raw[at:]); ok && startsThread(rest) {
			return at
		}
		from = at + 1
	}
	return 0
}

// gluedError is glued for an error with a time to which another line without one is glued. Only errors and warnings
// are looked at: in the lines of other levels stands what clients send, and nobody is to write lines of their own
// into the log.
func gluedError(raw, message string) int {
	if level, rest, ok := cutLevel(message); ok && (level == LevelError || level == LevelWarn) {
		return gluedBare(raw, len(raw)-len(rest))
	}
	return 0
}

// gluedBare is glued for excerpts that lost their prefixes: a level and a part of the plug-in in the middle of a
// line.
func gluedBare(raw string, from int) int {
	for from < len(raw) {
		i := strings.IndexByte(raw[from:], ':')
		if i < 0 {
			return 0
		}
		colon := from + i
		for l := LevelPlugin; l <= LevelTrace; l++ {
			// The level ends at the colon; another capital before it would make it the end of another word.
			at := colon - len(l.String())
			if at > 0 && (raw[at-1] < 'A' || raw[at-1] > 'Z') && startsMessage(raw[at:], l) {
				return at
			}
		}
		from = colon + 1
	}
	return 0
}

// startsMessage reports whether s is "LEVEL: " and a part of the plug-in.
func startsMessage(s string, want Level) bool {
	level, rest, ok := cutLevel(s)
	if !ok || level != want || rest == "" || rest[0] != ' ' {
		return false
	}
	word, _, ok := cutWord(rest[1:])
	return level == LevelPlugin || ok && isComponent(word)
}

// startsThread reports whether a process number, or the job name of IBM i, follows a time: a time in a header or a
// URL has none.
func startsThread(s string) bool {
	if _, _, ok := cutNumber(s, 16); ok {
		return true
	}
	job, _, _ := strings.Cut(s, " ")
	return strings.Count(job, "/") == 2
}
