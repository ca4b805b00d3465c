package watch

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// state is what a run leaves to the next one: how far it has read, what it counted, and what it told. The lines since
// the log was quiet last are read again without being told, so that what goes on is known as before.
type state struct {
	Version int            `json:"version"`
	File    string         `json:"file"`
	Head    string         `json:"head"`          // a checksum of how the file begins, by which it is known again
	HeadLen int64          `json:"headBytes"`     // of how many bytes: a file may be shorter than headSize
	Again   place          `json:"readAgainFrom"` // where the log was quiet last
	Read    place          `json:"read"`          // up to where it was told
	At      pluginlog.Time `json:"time"`
	Counts  []countState   `json:"counters"`
	Rows    []rowState     `json:"stats"`
	Took    histogram      `json:"requestSeconds"`
	Build   string         `json:"build"`
	Product string         `json:"webServer"`
	Told    []*known       `json:"told"`
}

type countState struct {
	Name   string   `json:"name"`
	Labels []string `json:"labels"`
	Value  float64  `json:"value"`
}

type rowState struct {
	Member string `json:"member"`
	PID    uint64 `json:"process"`
	pluginlog.Counters
	At pluginlog.Time `json:"time"`
}

const (
	stateVersion = 1
	headSize     = 1024
	mostAgain    = 64 << 20        // bytes that are read again at most
	saveEvery    = 5 * time.Second // a run that is killed leaves what was known then
)

// restore takes over what the run before has counted and told.
func (w *Watch) restore() error {
	if w.opt.State == nil {
		return nil
	}
	s := new(state)
	if err := json.Unmarshal(w.opt.State, s); err != nil {
		return fmt.Errorf("this is no state of a log: %w", err)
	}
	if s.Version != stateVersion {
		return fmt.Errorf("this is a state of version %d; this program knows version %d", s.Version, stateVersion)
	}
	if s.File != w.opt.File {
		return fmt.Errorf("this is the state of another log, %s", s.File)
	}
	m := &w.metrics
	for _, c := range s.Counts { // those of families that this program does not know are left out
		labels := append(slices.Clone(c.Labels), "", "")
		for _, f := range counters {
			if f.name == c.Name && len(c.Labels) == len(f.labels) {
				for n, label := range f.labels {
					labels[n] = m.value(label, labels[n])
				}
				m.counts[counter{c.Name, labels[0], labels[1]}] = c.Value
			}
		}
	}
	for _, r := range s.Rows {
		m.rows[rowKey{m.value("member", r.Member), r.PID}] = row{r.Counters, r.At}
	}
	m.took, m.build, m.product = s.Took, s.Build, s.Product
	for _, k := range s.Told {
		if k != nil {
			w.told.known[keyOf(k.Kind, k.Member, k.Host, k.OSError, k.GSK)] = k
		}
	}
	w.told.until, w.state, w.caughtUp = s.At, s, true // so what ended while nobody watched is told, too
	return nil
}

// resume goes on in the file where the run before has stopped, if it is the same: one that begins alike and is no
// shorter. Inodes would not do, since a file that is copied away and cut (copytruncate) keeps its own.
func (w *Watch) resume() error {
	s := w.state
	w.state = nil
	if s == nil {
		return nil
	}
	current := w.tail.current
	head, err := headOf(current, s.HeadLen)
	if err != nil {
		return fmt.Errorf("%s: %w", w.opt.File, err)
	}
	if current.info.Size() < s.Read.Offset || head != s.Head || s.Again.Offset > s.Read.Offset {
		return nil // another file has its place: all of it is new
	}
	from := s.Again
	if s.Read.Offset-from.Offset > mostAgain {
		from = place{s.Read.Offset - mostAgain, from.Lines}
	}
	w.again = from
	return current.resume(from, s.Read.Offset)
}

// headOf is a checksum of how a file begins.
func headOf(s *source, size int64) (string, error) {
	head := make([]byte, min(max(size, 0), headSize))
	n, err := s.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", bare(err)
	}
	sum := sha256.Sum256(head[:n])
	return hex.EncodeToString(sum[:]), nil
}

// save leaves a state to the next run. There is none to leave while lines are read again, and before the log has been
// read to its end once: what was not told then would be taken as told.
func (w *Watch) save(now time.Time, last bool) error {
	if w.opt.Save == nil || !w.caughtUp || w.tail.current == nil || w.tail.current.old() ||
		!last && now.Sub(w.saved) < saveEvery {
		return nil
	}
	w.saved = now
	w.mu.Lock()
	s, err := w.standing()
	w.mu.Unlock()
	if err != nil {
		return err
	}
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return w.opt.Save(append(data, '\n'))
}

// standing is the state as it is now, its lists sorted, so that the same state is the same text.
func (w *Watch) standing() (*state, error) {
	m, read := &w.metrics, w.tail.current.place()
	s := &state{Version: stateVersion, File: w.opt.File, HeadLen: min(read.Offset, headSize), Again: w.again,
		Read: read, At: w.now.At, Took: m.took, Build: m.build, Product: m.product}
	var err error
	if s.Head, err = headOf(w.tail.current, s.HeadLen); err != nil {
		return nil, err
	}
	for c, v := range m.counts {
		s.Counts = append(s.Counts, countState{c.name, []string{c.a, c.b}[:w.labels(c.name)], v})
	}
	slices.SortFunc(s.Counts, func(a, b countState) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Labels, b.Labels))
	})
	for k, r := range m.rows {
		s.Rows = append(s.Rows, rowState{k.member, k.pid, r.Counters, r.at})
	}
	slices.SortFunc(s.Rows, func(a, b rowState) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.PID, b.PID))
	})
	for _, k := range w.told.known {
		s.Told = append(s.Told, k)
	}
	slices.SortFunc(s.Told, func(a, b *known) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Member, b.Member))
	})
	return s, nil
}

// labels is how many a counter has.
func (w *Watch) labels(name string) int {
	for _, f := range counters {
		if f.name == name {
			return len(f.labels)
		}
	}
	return 0
}
