package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/parser/diag"
)

// History is what was read, in the order of the file.
type History struct {
	Lines []Line
	at    []int // the line of the file of each
}

// bytes; an operation has some hundred
const maxLine = 1 << 20

// Read reads a history. An error begins with the number of its line. A field that is not known is an error: with a
// name that is misspelt the checks would see less than there is, and pass.
func Read(r io.Reader) (*History, error) {
	h := &History{}
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, maxLine)
	n := 1
	for ; scan.Scan(); n++ {
		text := bytes.TrimSpace(scan.Bytes())
		if len(text) == 0 {
			continue
		}
		l, err := parse(text)
		if err == nil {
			err = l.fits()
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w", n, err)
		}
		h.Lines, h.at = append(h.Lines, l), append(h.at, n)
	}
	if err := scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%d: the line is longer than %d bytes", n, maxLine)
	} else if err != nil {
		return nil, err
	}
	if len(h.Lines) == 0 {
		return nil, errors.New("1: the history is empty")
	}
	return h, nil
}

// parse reads one line: one object, and nothing behind it.
func parse(text []byte) (l Line, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("no line of a history: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if rest, err := io.ReadAll(d.Buffered()); err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return l, errors.New("no line of a history: something follows the object")
	}
	return l, nil
}

// fits reports what a line says that cannot be. What the checks ask of a line is there then, so they need not look.
func (l *Line) fits() error {
	switch {
	case l.Op == "":
		return errors.New(`op is missing: want increment, read, kill or another`)
	case !slices.Contains(operations, l.Op):
		return diag.Errorf("op %q: want one of %s", l.Op, strings.Join(operations, ", "))
	case l.T1 < l.T0:
		return fmt.Errorf("t1 %d lies before t0 %d", l.T1, l.T0)
	case !l.isEvent() && l.Client == "":
		return fmt.Errorf("an operation %s needs its client", l.Op)
	case (l.Op == Kill || l.Op == Stop || l.Op == Continue || l.Op == Start || l.Op == Shutdown) && l.Member == "":
		return fmt.Errorf("%s needs its member", l.Op)
	case l.Predicted != nil:
		return l.Predicted.fits()
	}
	return nil
}

func (p *Predicted) fits() error {
	words := []string{changesAll, changesBound, changesUnwritten, changesLost}
	if !slices.Contains(words, p.Changes) {
		return diag.Errorf("predicted changes %q: want one of %s", p.Changes, strings.Join(words, ", "))
	}
	if a := p.Applied; a != nil && (a[0] < 0 || a[1] < a[0]) {
		return fmt.Errorf("predicted applied %v: want least and most", *a)
	}
	return nil
}

// Text is a history as [Read] reads it.
func (h *History) Text() ([]byte, error) {
	var b bytes.Buffer
	w := Writer{To: &b}
	for i := range h.Lines {
		w.Add(&h.Lines[i])
	}
	return b.Bytes(), w.err
}

// Writer writes lines, several clients at once. The zero value keeps them only. After an error nothing more goes to
// To, so that nothing follows a line that was cut short; all lines are kept.
type Writer struct {
	To io.Writer // nil: nowhere

	mutex sync.Mutex
	lines []Line
	err   error
}

// Add writes a line.
func (w *Writer) Add(l *Line) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.lines = append(w.lines, *l)
	if w.To == nil || w.err != nil {
		return
	}
	text, err := json.Marshal(l)
	if err == nil {
		_, err = w.To.Write(append(text, '\n'))
	}
	w.err = err
}

// History is what was written, and the first error of writing.
func (w *Writer) History() (*History, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	h := &History{Lines: slices.Clone(w.lines)}
	for i := range h.Lines {
		h.at = append(h.at, i+1)
	}
	return h, w.err
}
