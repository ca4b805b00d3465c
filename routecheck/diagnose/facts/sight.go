package facts

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Evidence is a line that speaks for a cause. Its text may hold what belongs to users.
type Evidence struct {
	File string `json:"file"`
	Line int64  `json:"line"`
	Text string `json:"text"`
}

// mostEvidence is how many lines are kept of each kind; all are counted.
const mostEvidence = 5

// Sightings are lines of one kind: how many, and the first of them.
type Sightings struct {
	Count int64
	First []Evidence
}

// add counts a line. text is asked for only while the line is kept, for a log may have millions of a kind. The name of
// the file is copied: it may be a part of a text that is let go.
func (s *Sightings) add(file string, line int64, text func() string) {
	s.Count++
	if len(s.First) < mostEvidence {
		said := text()
		s.First = append(s.First, Evidence{strings.Clone(file), line, said[:min(len(said), mostText)]})
	}
}

// Join adds the lines of others. The first lines stay in the order of the arguments, not of the log. The same line in
// two of them counts twice.
func (s Sightings) Join(others ...Sightings) Sightings {
	all := Sightings{s.Count, append([]Evidence(nil), s.First...)}
	for _, o := range others {
		all.Count += o.Count
		for _, e := range o.First {
			if len(all.First) < mostEvidence {
				all.First = append(all.First, e)
			}
		}
	}
	return all
}

const mostText = 2048 // bytes of a line that are kept

// At is the evidence of a place in the file.
func (f *File) At(s diag.Span, text string) (out Sightings) {
	start := f.Files.Start(s)
	out.add(start.File, int64(start.Line), func() string { return text })
	return out
}
