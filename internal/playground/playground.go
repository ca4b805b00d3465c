package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// FileName is what answers call the file. Its end says that it is XML, whatever stands in it.
const FileName = "plugin-cfg.xml"

// An Answer has what its question asks for; all texts are those of the command line.
type Answer struct {
	Error    string              `json:"error"` // why there is no answer, "" where there is one
	Notes    string              `json:"notes"` // what is to be said beside it
	Text     string              `json:"text"`
	Brief    string              `json:"brief"` // the first lines of the text of a decision
	JSON     string              `json:"json"`
	Drawing  string              `json:"drawing"`  // SVG
	Findings []Finding           `json:"findings"` // by place
	Offers   map[string][]string `json:"offers"`   // what fields of the page take, by name
}

// A Finding is one of lint as an editor shows it. Its places are bytes of the file.
type Finding struct {
	Stretch
	Severity string  `json:"severity"`
	Code     string  `json:"code"`
	Name     string  `json:"name"`
	Message  string  `json:"message"`
	Line     int     `json:"line"`
	Column   int     `json:"column"` // in code points, from 1
	Fix      *Repair `json:"fix"`    // nil for none
}

// Stretch is the bytes from one place up to another.
type Stretch struct {
	From int32 `json:"from"`
	To   int32 `json:"to"`
}

// Repair takes a finding away.
type Repair struct {
	Title string `json:"title"`
	Safe  bool   `json:"safe"` // every request goes where it went
	Edits []Edit `json:"edits"`
}

// Edit writes a text in place of a stretch.
type Edit struct {
	Stretch
	Text string `json:"text"`
}

// Reply reads a question, JSON, and has it answered. What is wrong with it stands in the answer, as does an error. An
// unknown field is an error: page and program come in one build, so it is a mistake of ours.
func Reply(asked []byte, question any, answer func(*Answer) error) []byte {
	a := new(Answer)
	in := json.NewDecoder(bytes.NewReader(asked))
	in.DisallowUnknownFields()
	err := in.Decode(question)
	if err == nil {
		err = answer(a)
	}
	if err != nil {
		a.Error = err.Error()
	}
	out, err := json.Marshal(a)
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	return out
}

// Input reads the one file.
func Input(file []byte) app.Input {
	return app.Input{Stdin: strings.NewReader(""), Open: func(name string) (fs.File, error) {
		if name != FileName {
			return nil, fmt.Errorf("%s: only one file is open here", name)
		}
		return app.File(file), nil
	}}
}

// Written is a report as text.
func Written[T any](formats forms.List[T], format string, of T) (string, error) {
	var b strings.Builder
	err := formats.Write(&b, format, of)
	return b.String(), err
}

// Told are notes, a line each, diagnostics with the line that they stand in.
func Told(notes app.Notes) string {
	var b strings.Builder
	for _, n := range notes {
		if n.Text != "" {
			fmt.Fprintln(&b, n.Text)
		}
		for _, d := range n.Diagnostics {
			fmt.Fprintln(&b, n.Files.Line(d))
			n.Files.Snippet(&b, d.Span)
		}
	}
	return b.String()
}
