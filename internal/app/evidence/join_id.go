package evidence

import (
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// idJoin finds requests by the ID that the plug-in gives to each, %{WAS_UNIQUE_ID}e in an access log. Where and how
// lines of http_plugin.log show it is not public: so whatever word of a request's lines is the ID of exactly one line
// of the access log is taken for it.
type idJoin struct {
	expected map[lineThread][]expectedRequest // in the order of their ends
	from, to int64                            // seconds in which a line may have begun
	answers  map[uint64]*idAnswer             // by the checksum of the ID
}

// lineThread is whose lines, and of which file.
type lineThread struct {
	file int
	pluginlog.Thread
}

// expectedRequest is a request that is looked for, its lines, and the seconds in which a line of the access log may
// have begun that is about it.
type expectedRequest struct {
	first, last int64
	from, to    int64
	*hit
}

// idAnswer is what the access log has of an ID.
type idAnswer struct {
	lines  int32 // that have it: an ID that two lines have is the ID of none
	status int32
	at     int64 // second
	of     *hit  // whose lines have it, nil for nobody so far
}

const (
	maxIDs = 200_000
	// leastID is how long an ID is at least: a shorter word may be anything.
	leastID = 8
	// idBefore is how long before its first line a request may have begun: one of which only the failure is logged.
	idBefore = 15 * 60
)

func newIDJoin() idJoin {
	return idJoin{expected: map[lineThread][]expectedRequest{}, answers: map[uint64]*idAnswer{}}
}

// expect notes where the lines of a request are. One whose lines lie in two files is found by those of the first.
func (j *idJoin) expect(r *requests.Request, h *hit) {
	// Requests of one thread end one after the other, so the list of a thread ascends, and line can search it.
	at := lineThread{r.First.File, r.Thread}
	last := r.Last.Line
	if r.Last.File != r.First.File {
		last = r.First.Line
	}
	from, to := wholeSecond(r.Start)-idBefore, wholeSecond(max(r.Start, r.End))+1
	j.expected[at] = append(j.expected[at], expectedRequest{r.First.Line, last, from, to, h})
	if j.from == 0 || from < j.from {
		j.from = from
	}
	j.to = max(j.to, to)
}

// record notes the ID of a line that may be about one of the requests.
func (j *idJoin) record(r *accesslog.Record) {
	at := r.Clock()
	// The bounds over all requests keep most lines of a log of days out of the map.
	if len(r.ID) < leastID || at < j.from || at > j.to {
		return
	}
	k := idOf(r.ID)
	answer := j.answers[k]
	switch {
	case answer != nil:
		answer.lines++
	case len(j.answers) < maxIDs:
		j.answers[k] = &idAnswer{lines: 1, status: int32(r.Status), at: at}
	}
}

func idOf(id string) uint64 {
	sum := fnv.New64a()
	io.WriteString(sum, id)
	return sum.Sum64()
}

// find reads the plug-in's log again, where there are IDs to be found. Where standard input cannot be read again, IDs
// are not found, and nothing is said: requests are still found by path and time.
func (j *idJoin) find(run *traceRun) error {
	if len(j.answers) == 0 || len(j.expected) == 0 || run.rewind() != nil {
		return nil
	}
	for i := range run.files {
		part, err := run.enter(i)
		if err != nil {
			return err
		}
		err = pluginlog.ReadLines(part, func(l *pluginlog.Line) error {
			j.line(i+1, part.lines+l.Number, l)
			return nil
		})
		part.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// line looks for an ID among the words of a line, of that number in its file, that belongs to one of the requests.
func (j *idJoin) line(file int, number int64, l *pluginlog.Line) {
	all := j.expected[lineThread{file, pluginlog.Thread{PID: l.PID, TID: l.TID}}]
	n, found := slices.BinarySearchFunc(all, number, func(x expectedRequest, line int64) int {
		switch {
		case x.last < line:
			return -1
		case x.first > line:
			return 1
		}
		return 0
	})
	if !found || all[n].byID {
		return
	}
	for word := range strings.FieldsFuncSeq(l.Raw, betweenWords) {
		// A sentence may end behind it, or name it with a colon.
		word = strings.Trim(word, ".:")
		if len(word) < leastID {
			continue
		}
		answer := j.answers[idOf(word)]
		if answer != nil && answer.lines == 1 && answer.at >= all[n].from && answer.at <= all[n].to {
			answer.claim(all[n].hit)
			return
		}
	}
}

// claim gives a line of the access log to a request. What two requests claim is the ID of none.
func (a *idAnswer) claim(h *hit) {
	if a.of != nil && a.of != h {
		a.of.byID, a.lines = false, a.lines+1
		return
	}
	a.of, h.byID, h.statusByID = h, true, int(a.status)
}

func betweenWords(r rune) bool { return strings.ContainsRune(" \t'\"()[]{}<>,;=", r) }
