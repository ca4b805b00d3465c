package diagnose

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

// sightings are lines of one kind: how many, and the first of them.
type sightings struct {
	n     int64
	first []Evidence
}

// add counts a line. text is asked for only while the line is kept.
func (s *sightings) add(file string, line int64, text func() string) {
	s.n++
	if len(s.first) < mostEvidence {
		said := text()
		s.first = append(s.first, Evidence{strings.Clone(file), line, said[:min(len(said), mostText)]})
	}
}

// join adds the lines of others.
func (s sightings) join(others ...sightings) sightings {
	all := sightings{s.n, append([]Evidence(nil), s.first...)}
	for _, o := range others {
		all.n += o.n
		for _, e := range o.first {
			if len(all.first) < mostEvidence {
				all.first = append(all.first, e)
			}
		}
	}
	return all
}

const mostText = 2048 // bytes of a line that are kept

// at is the evidence of a place in the file.
func (f *File) at(s diag.Span, text string) (out sightings) {
	start := f.Files.Start(s)
	out.add(start.File, int64(start.Line), func() string { return text })
	return out
}
