package catalogue

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Sort tells what an entry is about.
type Sort string

// The sorts.
const (
	GSK     Sort = "gsk"   // a return code of GSKit
	OSError Sort = "errno" // an error number of an operating system
	Line    Sort = "line"  // the text of a line
	// Apache is the text of a line of the web server's own error log; its numbers are codes such as AH00161, of which
	// each module has its own.
	Apache Sort = "apache"
)

// ReloadFailed is the kind of what the plug-in writes about a configuration that it does not take.
const ReloadFailed = "reload-failed"

// Entry is one row of the table.
type Entry struct {
	Sort    Sort
	Name    string   // of the code, or what the line contains; a * in it stands for any text
	Numbers []Number // of a code; one for each platform where they differ
	Kind    string   // of the incident that the line belongs to: member-down, tls, reload-failed and so on
	Meaning string
	Client  string // what the client got
	Advice  string // what to do
	Rule    string // of the procedure
	Mark    string // doc, traced, assumed or recalled
}

// Number is an error number on a platform.
type Number struct {
	Platform string
	Value    int32
}

//go:embed catalogue.tsv
var text string

// entries decodes the table, once for a process.
var entries = sync.OnceValue(func() []Entry {
	var all []Entry
	_, rows, _ := strings.Cut(text, "\n")
	for row := range strings.Lines(rows) {
		c := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		all = append(all, Entry{Sort(c[0]), c[1], numbers(c[2]), c[3], c[4], c[5], c[6], c[7], c[8]})
	}
	return all
})

// numbers reads "Linux:111 AIX:79".
func numbers(s string) (all []Number) {
	for _, one := range strings.Fields(s) {
		platform, digits, _ := strings.Cut(one, ":")
		n, _ := strconv.ParseInt(digits, 10, 32)
		all = append(all, Number{platform, int32(n)})
	}
	return all
}

// All returns the table in its order. The caller does not change it.
func All() []Entry { return entries() }

// find returns the first entry of a sort that fits.
func find(sort Sort, fits func(*Entry) bool) (Entry, bool) {
	for i := range entries() {
		if e := &entries()[i]; e.Sort == sort && fits(e) {
			return *e, true
		}
	}
	return Entry{}, false
}

// has reports whether a number is one of the entry, on whatever platform.
func (e *Entry) has(n int32) bool {
	for _, number := range e.Numbers {
		if number.Value == n {
			return true
		}
	}
	return false
}

// OfGSK returns the entry of a GSK code: by its name, or by its number where the name says nothing. The same number
// has one meaning.
func OfGSK(name string, code int32) (Entry, bool) {
	if e, ok := find(GSK, func(e *Entry) bool { return strings.EqualFold(e.Name, name) }); ok {
		return e, true
	}
	return find(GSK, func(e *Entry) bool { return e.has(code) })
}

// OfOSError returns the entry of an operating system's error number. No number of the table means two things on two
// platforms.
func OfOSError(n int32) (Entry, bool) {
	return find(OSError, func(e *Entry) bool { return e.has(n) })
}

// OfLine returns the entry of an error line: what its GSK code says, or else the first that its text contains, with
// what its OS error says. A GSK code comes first, since it says more than the words around it: those are the same for
// all codes.
func OfLine(line string) (Entry, bool) {
	if name, code := GSKCode(line); name != "" || code != 0 {
		if e, ok := OfGSK(name, code); ok {
			return e, true
		}
	}
	e, ok := find(Line, func(e *Entry) bool { return contains(line, e.Name) })
	if cause, known := OfOSError(osError(line)); ok && known {
		e.Kind, e.Client, e.Advice = cause.Kind, cause.Client, cause.Advice
		e.Meaning += ": " + cause.Name + ", " + cause.Meaning
	}
	return e, ok
}

// osError returns the number behind "OS err" in a line, 0 without one.
func osError(line string) int32 {
	_, rest, _ := strings.Cut(line, "OS err")
	return digits(strings.TrimLeft(rest, " ="))
}

// digits reads the number that s begins with.
func digits(s string) int32 {
	end := 0
	for end < len(s) && end < 9 && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseInt(s[:end], 10, 32)
	return int32(n)
}

// contains reports whether the parts of a pattern, which its * divide, stand in s one behind the other.
func contains(s, pattern string) bool {
	for part := range strings.SplitSeq(pattern, "*") {
		_, rest, ok := strings.Cut(s, part)
		if !ok {
			return false
		}
		s = rest
	}
	return true
}

// GSKCode finds name and number of a GSK code in a line: "GSK_ERROR_BAD_CERT(gsk rc = 414)", "(gsk error 408):
// GSK_ERROR_...". What the line does not show is empty or 0.
func GSKCode(line string) (name string, code int32) {
	if i := strings.Index(line, "GSK_"); i >= 0 {
		end := i
		for end < len(line) && (line[end] >= 'A' && line[end] <= 'Z' || line[end] >= '0' && line[end] <= '9' ||
			line[end] == '_') {
			end++
		}
		name = line[i:end]
	}
	for _, mark := range [...]string{"gsk rc", "gsk error"} {
		if _, rest, ok := strings.Cut(line, mark); ok {
			return name, digits(strings.TrimLeft(rest, " =:"))
		}
	}
	return name, 0
}

// apacheCode finds a code of Apache's error log in a phrase, "AH01114".
func apacheCode(phrase string) (code int32, ok bool) {
	between := func(r rune) bool { return !unicode.In(r, unicode.L, unicode.Nd) }
	for word := range strings.FieldsFuncSeq(phrase, between) {
		if len(word) != len("AH01114") || !strings.EqualFold(word[:2], "AH") {
			continue
		}
		if n, err := strconv.ParseUint(word[2:], 10, 31); err == nil {
			return int32(n), true
		}
	}
	return 0, false
}

// Lookup returns what a word or phrase of a user names: "GSK_ERROR_BAD_CERT", "GSK 414", "errno 111", "OS err=111",
// "414", "AH01114", or a text of a line.
func Lookup(phrase string) (all []Entry) {
	if code, ok := apacheCode(phrase); ok {
		if e, ok := find(Apache, func(e *Entry) bool { return e.has(code) }); ok {
			return []Entry{e}
		}
	}
	words := strings.FieldsFunc(phrase, func(r rune) bool { return r == ' ' || r == '=' || r == ':' || r == ',' })
	if len(words) == 0 {
		return nil
	}
	n, err := strconv.ParseInt(words[len(words)-1], 10, 32)
	if err != nil || !isPrefix(words[:len(words)-1]) {
		return byText(phrase)
	}
	sort := strings.ToLower(strings.Join(words[:len(words)-1], " "))
	for _, e := range entries() {
		if e.Sort != Apache && e.has(int32(n)) && (sort == "" || (e.Sort == GSK) == strings.HasPrefix(sort, "gsk")) {
			all = append(all, e)
		}
	}
	return all
}

// isPrefix reports whether words in front of a number say what it counts.
func isPrefix(words []string) bool {
	switch strings.ToLower(strings.Join(words, " ")) {
	case "", "gsk", "gsk rc", "gsk error", "errno", "os err", "os error", "error":
		return true
	}
	return false
}

// leastText is how long a phrase must be to name a line of which it is a part.
const leastText = 4

// byText finds what a phrase names that is no number: a code by its name, a whole line, or a part of one.
func byText(phrase string) (all []Entry) {
	phrase = strings.TrimSpace(phrase)
	if e, ok := OfGSK(phrase, 0); ok {
		return []Entry{e}
	}
	if e, ok := OfLine(phrase); ok && len(phrase) >= leastText {
		return []Entry{e}
	}
	for _, e := range entries() {
		part := len(phrase) >= leastText && strings.Contains(strings.ToLower(e.Name), strings.ToLower(phrase))
		if e.Sort != GSK && part && strings.Contains(phrase, " ") || strings.EqualFold(e.Name, phrase) {
			all = append(all, e)
		}
	}
	return all
}
