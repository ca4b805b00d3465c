package pluginlog

import "strings"

// Line is one line of the log, split but not understood. Its strings are parts of the text that was read. Readers
// use one Line for all lines, so that none of them costs an allocation.
type Line struct {
	Number    int64  // 1-based; the parts of a glued line share theirs
	Offset    int64  // of the line's first byte in the (unpacked) file
	Raw       string // without the line end
	Stamp     string // the text between the brackets; "" when the line shows no time
	Job       string // IBM i: the qualified job name NNN/USER/JOB
	PID, TID  uint64 // hexadecimal in the log, decimal on IBM i; 0 when the line shows none
	Level     Level
	Component string // ws_common, lib_htrequest, ESI ...
	Function  string // websphereUriMatch ...; "" when the line names none
	Text      string // what follows the function, without blanks in front
	Indented  bool   // a header line of a request or response: three blanks behind the level
	body      string // what follows the level; Component, Function and Text are parts of it
	ids       string // "pid tid", not read yet; see readThread
}

// Thread identifies the web-server thread that wrote a line, and thereby the request it is about.
type Thread struct{ PID, TID uint64 }

// known reports whether anything of the line's form was recognised.
func (l *Line) known() bool {
	return l.Stamp != "" || l.Level != LevelNone || isComponent(l.Component)
}

// next splits the next line, of which usualStamp has told the stamp. The second part of a glued line that shows no
// time is of the moment and the thread of the first.
func (l *Line) next(raw string, stamp int, number int64) {
	// scan sets Number to 0 where a block begins, so the first line of a block never takes over a stamp.
	if l.Number != number {
		l.splitAt(raw, stamp)
		l.Number = number
		return
	}
	first := *l
	if l.splitAt(raw, stamp); l.Stamp == "" {
		l.Stamp, l.Job, l.ids, l.PID, l.TID = first.Stamp, first.Job, first.ids, first.PID, first.TID
	}
}

// split fills l from the text of one line, without line end, but for the thread. Everything is optional: excerpts in
// books lost the prefix or more.
func (l *Line) split(raw string) { l.splitAt(raw, usualStamp(raw)) }

// splitAt is split where usualStamp is known.
func (l *Line) splitAt(raw string, stamp int) {
	l.Raw, l.Stamp, l.Job, l.ids, l.PID, l.TID = raw, "", "", "", 0, 0
	if stamp > 0 {
		l.Stamp, l.ids = raw[1:stamp], raw[stamp+2:stamp+2+usualIDs]
		l.splitMessage(raw[stamp+usualThread:])
		return
	}
	rest := raw
	for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] == '[' {
		if stamp, after, ok := cutStamp(rest); ok {
			l.Stamp = stamp
			rest = l.cutThread(after)
		}
	}
	l.splitMessage(rest)
	// Once more with plain blanks: raw has none of the others then, so this ends.
	if l.Level == LevelNone && strings.Contains(raw, nbsp) {
		l.split(strings.ReplaceAll(raw, nbsp, " "))
		l.Raw = raw
	}
}

// nbsp is the blank that word processors and web pages put in.
const nbsp = "\u00a0"

// usualIDs is the usual length of the numbers of a process and a thread.
const usualIDs = len("01234567 01234567")

// usualThread is from the bracket behind the usual time to the message.
const usualThread = len("] 01234567 01234567 - ")

// usualStamp returns the place of the bracket that ends the time when raw begins "[time] 01234567 01234567 - ", in one
// of the two forms of time; 0 when it does not. Most lines are of no interest: their times and numbers are read only
// when they are wanted. The digits of the numbers are not looked at: where they are broken the line behind them is
// read all the same, which the slow way would not do.
func usualStamp(raw string) int {
	// Where the closing bracket stands: behind the opening one and the time, which has a point and five digits in the
	// newer form.
	const old, newer = oldTime + 1, newTime + 7
	if len(raw) < newer+23 || raw[0] != '[' {
		return 0
	}
	end := newer
	if raw[newer] != ']' || raw[3] != '/' {
		if end = old; raw[old] != ']' || raw[4] != ' ' {
			return 0
		}
	}
	if s := raw[end+1:]; s[0] == ' ' && s[9] == ' ' && s[18] == ' ' && s[19] == '-' && s[20] == ' ' &&
		looksLikeTime(raw[1:end]) {
		return end
	}
	return 0
}

// splitMessage splits what stands behind the thread.
func (l *Line) splitMessage(s string) {
	level, rest, ok := cutLevel(s)
	l.Level, l.Component, l.Function = level, "", ""
	// Web pages write some of the blanks like that by which a header line is known.
	if strings.HasPrefix(rest, nbsp) || strings.HasPrefix(rest, " "+nbsp) {
		rest = strings.ReplaceAll(rest, nbsp, " ")
	}
	l.Indented = ok && len(rest) > 1 && rest[0] == ' ' && rest[1] == ' '
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	l.body, l.Text = rest, rest
	// A header line has no function: "Cookie: a: b" is not to look as if it had one.
	if !l.Indented && !l.cutUsualFunction(rest) {
		l.cutFunction(rest)
	}
}

// cutUsualFunction splits "component: function: text" of the components that are known, by its blanks. It is the quick
// way of cutFunction. It does not ask whether the words are identifiers: a line with a broken byte in one of them is
// read all the same.
func (l *Line) cutUsualFunction(s string) bool {
	i := strings.IndexByte(s, ' ')
	if i < 4 || s[i-1] != ':' || !isComponent(s[:i-1]) {
		return false
	}
	rest := s[i+1:]
	j := strings.IndexByte(rest, ' ')
	if j < 2 || rest[j-1] != ':' || rest[j+1:] == "" || rest[j+1] == ' ' {
		return false
	}
	l.Component, l.Function, l.Text = s[:i-1], rest[:j-1], rest[j+1:]
	return true
}

// cutStamp cuts "[time] " off the front. The two usual places of the bracket are tried before it is searched for.
func cutStamp(s string) (stamp, rest string, ok bool) {
	end := -1
	switch {
	case len(s) > oldTime+2 && s[oldTime+1] == ']':
		end = oldTime + 1
	case len(s) > newTime+8 && s[newTime+7] == ']':
		end = newTime + 7
	default:
		// No time of the two forms is longer, even with nine digits of a fraction.
		end = strings.IndexByte(s[:min(len(s), newTime+12)], ']')
	}
	if end < 0 || !looksLikeTime(s[1:end]) {
		if end = oddStamp(s); end < 0 {
			return "", s, false
		}
	}
	rest = s[end+1:]
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return s[1:end], rest, true
}

// oddStamp returns the place of the bracket that ends a time in a form that is not the plug-in's own, -1 when there
// is none: a number of a process and a level behind it tell that it is one.
func oddStamp(s string) int {
	const longest = 64
	end := strings.IndexByte(s[:min(len(s), longest)], ']')
	if end < 0 || !strings.HasPrefix(s[end+1:], " ") || !startsThread(s[end+2:]) {
		return -1
	}
	if _, _, ok := cutLevel(new(Line).cutThread(s[end+2:])); !ok {
		return -1
	}
	return end
}

// readThread reads the numbers that split left unread.
func (l *Line) readThread() {
	if l.ids != "" {
		l.cutThread(l.ids)
		l.ids = ""
	}
}

// cutThread reads "pid tid - " or, on IBM i, "NNN/USER/JOB pid tid - " and returns what follows. Numbers that are
// missing because the line was cut, or that are none, stay 0.
func (l *Line) cutThread(s string) string {
	if pid, rest, ok := cutNumber(s, 16); ok {
		l.PID = pid
		if tid, after, ok := cutNumber(rest, 16); ok {
			l.TID, rest = tid, after
		}
		return cutDash(rest)
	}
	job, rest, _ := strings.Cut(s, " ")
	if strings.Count(job, "/") != 2 {
		return cutDash(s)
	}
	l.Job = job
	if pid, after, ok := cutNumber(rest, 10); ok {
		l.PID, rest = pid, after
		if tid, after, ok := cutNumber(rest, 10); ok {
			l.TID, rest = tid, after
		}
	}
	return cutDash(rest)
}

// cutDash cuts the "- " that stands between the thread and the level.
func cutDash(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	if len(s) > 1 && s[0] == '-' && s[1] == ' ' {
		return s[2:]
	}
	return s
}

// cutNumber reads up to 20 digits, which the largest decimal number of 64 bits has, that end at a blank or at the end
// of the text. A word such as "DEBUG:" is none. Of a number that needs more than 64 bits the lower 64 are kept: it
// names a process or a thread, and only has to differ from others.
func cutNumber(s string, base uint64) (n uint64, rest string, ok bool) {
	i := 0
	for ; i < len(s) && i <= 20; i++ {
		var d byte
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = c - '0'
		case c >= 'a' && c <= 'f' && base == 16:
			d = c - 'a' + 10
		case c >= 'A' && c <= 'F' && base == 16:
			d = c - 'A' + 10
		case c == ' ' && i > 0:
			return n, s[i+1:], true
		default:
			return 0, s, false
		}
		n = n*base + uint64(d)
	}
	return n, s[i:], i > 0 && i == len(s)
}

// cutFunction splits "component: function: text". A single word before a colon is the function, as in excerpts,
// unless it is one that names a part of the plug-in.
func (l *Line) cutFunction(s string) {
	first, rest, ok := cutWord(s)
	if !ok {
		l.Text = s
		return
	}
	second, text, ok := cutWord(rest)
	switch {
	case ok:
		l.Component, l.Function, l.Text = first, second, text
	case isComponent(first):
		l.Component, l.Text = first, rest
	default:
		l.Function, l.Text = first, rest
	}
}

// isComponent reports whether a word names a part of the plug-in: ws_common, lib_stream, mod_was_ap22_http, ESI.
// ws_handle_request looks like one and is a function.
func isComponent(s string) bool {
	if len(s) < 3 {
		return false
	}
	switch s[0] {
	case 'w':
		return strings.HasPrefix(s, "ws_") && s != "ws_handle_request"
	case 'l':
		return strings.HasPrefix(s, "lib_")
	case 'm':
		return strings.HasPrefix(s, "mod_")
	}
	return s == "ESI"
}

// cutWord cuts an identifier and its colon off the front of s, and the blanks behind them.
func cutWord(s string) (word, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case wordByte[c]:
		case c == ':' && i > 0:
			rest = s[i+1:]
			for len(rest) > 0 && rest[0] == ' ' {
				rest = rest[1:]
			}
			return s[:i], rest, true
		default:
			return "", s, false
		}
	}
	return "", s, false
}

// wordByte tells the bytes of C identifiers.
var wordByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
	}
	return t
}()
