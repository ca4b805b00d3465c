package generation

import (
	"fmt"
	"os"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Source is where a configuration comes from: a file, or what the demo makes up.
type Source struct {
	// Read reads it, with pauses while requests are served meanwhile. Diagnostics of severity error make it one that
	// the plug-in would reject.
	Read func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error)
	// Stamp changes when the configuration may have changed. nil: it never does.
	Stamp func() (string, error)
}

// FileStamp is the Stamp of a file: its time and size, as the plug-in looks at them.
func FileStamp(path string) func() (string, error) {
	return func() (string, error) {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size()), nil
	}
}

// Load reads a source, and refuses what the plug-in would reject.
func (s *Source) Load(pause parser.Pause) (*parser.Config, *diag.Files, error) {
	r, err := s.readInTime(pause)
	if err != nil {
		return nil, nil, err
	}
	if diag.Worst(r.ds) >= diag.Error {
		return nil, nil, &Rejected{Files: r.files, Diagnostics: r.ds}
	}
	return r.cfg, r.files, nil
}

// readLimit is how long reading a configuration may take without getting any further: a pipe, or the folder of a
// network that is gone, would hold a reload for ever.
const readLimit = 10 * time.Second

// reading is what Read gave.
type reading struct {
	cfg   *parser.Config
	files *diag.Files
	ds    []diag.Diagnostic
}

// readInTime reads aside. What has not ended in time may end later, and is forgotten. Every pause of the reader is a
// sign that it gets on, so with pauses the limit is on a single step of it, else on all of the reading.
func (s *Source) readInTime(pause parser.Pause) (r reading, err error) {
	done := make(chan struct{})
	var read reading
	var readErr error
	limit := time.NewTimer(readLimit)
	defer limit.Stop()
	if inner := pause; inner != nil {
		pause = func() { inner(); limit.Reset(readLimit) }
	}
	go func() {
		defer close(done)
		read.cfg, read.files, read.ds, readErr = s.Read(pause)
	}()
	select {
	case <-done:
		return read, readErr
	case <-limit.C:
		return reading{}, fmt.Errorf("the configuration could not be read within %v", readLimit)
	}
}

// Rejected is a configuration that the plug-in would reject.
type Rejected struct {
	Files       *diag.Files
	Diagnostics []diag.Diagnostic
}

// Error tells the first error; Diagnostics has them all.
func (r *Rejected) Error() string {
	for _, d := range r.Diagnostics {
		if d.Severity >= diag.Error {
			return r.Files.Line(d)
		}
	}
	return "the configuration is rejected"
}
