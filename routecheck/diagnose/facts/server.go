package facts

import (
	"fmt"

	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

// Server is what the error log of the web server tells about all causes. Make it by [NewServer], and feed every line to
// Add.
type Server struct {
	name string

	Reports int64 // of mod_mpmstats: how many threads are ready and busy
	// The fewest threads that were ready in a report, of so many.
	LeastReady, OfThreads int64
	First, Last           pluginlog.Time // of the lines, 0 without one
	// Times when no thread was left, and reports of few that were.
	NoThread, FewReady Sightings
	// Reports of requests that had been in the plug-in for long, by what most of them waited for.
	Connecting, Waiting, Bodies Sightings
}

// NewServer makes an error log of that name.
func NewServer(name string) *Server { return &Server{name: name} }

// fewReady is the share of threads of which fewer than one in so many are ready.
const fewReady = 10

// Add takes the next line.
func (s *Server) Add(number int, l *errorlog.Line) {
	see := func(into *Sightings, text string) {
		into.add(s.name, int64(number), func() string { return text })
	}
	if s.First == 0 || l.Time < s.First {
		s.First = l.Time
	}
	s.Last = max(s.Last, l.Time)
	switch l.Kind {
	case errorlog.AtLimit:
		see(&s.NoThread, l.Text)
	// a limit that comes near; where all of it is used, it counts as reached
	case errorlog.NearLimit:
		if see(&s.FewReady, l.Text); l.Limit > 0 && l.Used >= l.Limit {
			see(&s.NoThread, l.Text)
		}
	case errorlog.Threads:
		all := l.Threads.Ready + l.Threads.Busy
		if s.Reports++; s.Reports == 1 || l.Threads.Ready < s.LeastReady {
			s.LeastReady, s.OfThreads = l.Threads.Ready, all
		}
		if l.Threads.Ready*fewReady < all {
			see(&s.FewReady, fmt.Sprintf("%d threads ready, %d busy", l.Threads.Ready, l.Threads.Busy))
		}
	case errorlog.Busy:
		s.inPlugin(l, see)
	}
}

// inPlugin takes what requests in the plug-in wait for: three at least, more than half of them, and for as long as a
// slow request takes.
func (s *Server) inPlugin(l *errorlog.Line, see func(*Sightings, string)) {
	m, ok := l.Plugin()
	if !ok || m.Busy < 3 || m.Average < slowRequest.Milliseconds() {
		return
	}
	for _, of := range []struct {
		into  *Sightings
		n     int64
		words string
	}{
		{&s.Connecting, m.Connecting, "connecting to a member"},
		{&s.Waiting, m.Waiting + m.ReadingHead, "waiting for the answer"},
		{&s.Bodies, m.SendingBody + m.ReadingBody, "passing on a body"},
	} {
		if 2*of.n > m.Busy {
			see(of.into, fmt.Sprintf("%d of %d requests in the plug-in are %s, after %.1f s on average", of.n, m.Busy,
				of.words, float64(m.Average)/1000))
		}
	}
}
