package editor

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// here stands in for what is about to be written: a letter for private use, which no file of ours has a reason to
// hold.
const here = "\uE000"

// Complete returns what may be written at a place: keys that are not there yet, values, and names that are defined.
// A text that is being written is seldom YAML, so it is read as if something stood there already.
func (y *YAML) Complete(place int32) Completion {
	// The first text in which the stand-in can be found at its place is taken: the order of tries is from what needs
	// least added to what leaves most out.
	for try := range y.tries(place) {
		files := diag.NewFiles()
		root, _ := yamldoc.Load(files, files.Add("", try.src))
		s, ok := find(root, try.place)
		if !ok {
			continue
		}
		at, text := s.value.Span, s.value.Text
		if s.onKey {
			at, text = s.key.NameSpan, s.key.Name
		}
		// What stands behind the stand-in is replaced by nobody: a completion ends at the place. A word over several
		// lines is a text that goes on, not one that is being written.
		word, _, ok := strings.Cut(text, here)
		if !ok || strings.Contains(word, "\n") {
			continue
		}
		o := offering{y: y, spot: s, word: word, place: place}
		o.Replaces = diag.Span{File: y.file, Start: place - (try.place - at.Start), End: place}
		// Names of a whole try are newer than those of the document, which may lack all that follows its first fault.
		// A suite's names are those of its configuration.
		if try.whole && !y.isSuite {
			o.defined = described(root)
		} else {
			o.defined = y.mentions()
		}
		o.offer()
		return o.Completion
	}
	return Completion{}
}

// try is a text to be read, and the place of what stands in it for what is about to be written.
type try struct {
	src   []byte
	place int32
	whole bool // it holds the document
}

// tries are the texts as which a document may be read while somebody writes at a place: with a value there or with a
// key, with what is open on the line closed or not, as a whole or only with the lines that hold what stands there.
func (y *YAML) tries(place int32) iter.Seq[try] {
	words := []string{here, here + ": "}
	if open := opened(y.src[lineStart(y.src, place):place]); open != "" {
		words = append(words, here+open, here+": "+open)
	}
	return func(yield func(try) bool) {
		for _, word := range words {
			if !yield(try{slices.Concat(y.src[:place], []byte(word), y.src[place:]), place, true}) {
				return
			}
		}
		before := holders(y.src, place)
		for _, word := range words {
			if !yield(try{slices.Concat(before, []byte(word)), int32(len(before)), false}) {
				return
			}
		}
	}
}

// opened returns what closes the quotes, maps and lists that the beginning of a line leaves open.
func opened(line []byte) string {
	var open []byte
	quote := byte(0)
	for i, c := range line {
		// A quote within a word (it's) begins no text.
		blank := i == 0 || bytes.IndexByte([]byte(" \t[{,:"), line[i-1]) >= 0
		switch {
		case quote != 0:
			if c == quote && (c != '"' || line[i-1] != '\\') {
				quote = 0
			}
		case (c == '"' || c == '\'') && blank:
			quote = c
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if quote != 0 {
		open = append(open, quote)
	}
	slices.Reverse(open)
	return string(open)
}

// holders returns the beginning of the line of a place, behind the lines above it that hold what stands there as
// their indentation says.
func holders(src []byte, place int32) []byte {
	start := lineStart(src, place)
	line := src[start:place]
	out := [][]byte{line}
	depth, item := depthOf(line)
	for above := bytes.SplitAfter(src[:start], []byte("\n")); len(above) > 0; above = above[:len(above)-1] {
		line := above[len(above)-1]
		text := bytes.TrimSpace(line)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		// The items of a list may stand as deep as its key. Only lines that are less deep than all below them hold the
		// place: siblings are left out, so that their faults do not matter.
		if d, isItem := depthOf(line); d < depth || d == depth && item && !isItem {
			out = append(out, line)
			depth, item = d, isItem
		}
	}
	slices.Reverse(out)
	return slices.Concat(out...)
}

// depthOf returns the indentation of a line, and whether an item of a list begins it.
func depthOf(line []byte) (depth int, item bool) {
	text := bytes.TrimLeft(line, " ")
	return len(line) - len(text), bytes.HasPrefix(text, []byte("-"))
}

// offering is a completion that is being made for a place.
type offering struct {
	Completion
	y       *YAML
	spot    yamlSpot // of what stands in for it
	word    string   // what is written of it so far
	place   int32
	defined []mention
}

func (o *offering) offer() {
	if o.spot.onKey {
		o.keys(o.spot.path[:len(o.spot.path)-1], o.spot.in)
		return
	}
	src, start := o.y.src, o.Replaces.Start
	// The path of a value is that of the map that it would be the first key of.
	if len(bytes.Trim(src[lineStart(src, start):start], " -")) == 0 { // alone on its line it may begin a map
		o.keys(o.spot.path, nil)
	}
	for _, v := range schemas.At(o.y.schema(), o.spot.path).Values {
		o.value(ValueItem, v, "")
	}
	kind, within := o.y.kindAt(o.spot.path)
	for _, m := range o.defined {
		wanted := mention{kind: kind, text: m.text, within: within}
		if m.defines && wanted.means(&m) {
			o.value(NameItem, yamldoc.NewText(o.full(&m)), m.about)
		}
	}
}

// full is the name by which a fact of a suite tells a member from one of another cluster, elsewhere the name alone.
func (o *offering) full(m *mention) string {
	sameName := func(other mention) bool {
		return other.defines && other.kind == aMember && other.text == m.text && other.within != m.within
	}
	if m.kind == aMember && slices.Contains(o.spot.path, "facts") && slices.ContainsFunc(o.defined, sameName) {
		return m.within + "/" + m.text
	}
	return m.text
}

// keys offers those that a map at a path may have, but for those that it has.
func (o *offering) keys(path []string, has *yamldoc.Node) {
	// Where a key is changed its colon stands already, perhaps behind the rest of the old word.
	behind := bytes.TrimLeft(bytes.TrimLeft(o.y.src[o.place:], letters), " ")
	for _, k := range schemas.At(o.y.schema(), path).Keys {
		if has.Get(k.Path) != nil {
			continue
		}
		text := k.Path + ":"
		switch inner := append(path[:len(path):len(path)], k.Path); {
		case bytes.HasPrefix(behind, []byte(":")):
			text = k.Path
		case schemas.At(o.y.schema(), inner).Scalar:
			text += " "
		}
		o.Completion.offer(Item{AttributeItem, k.Path, k.Says, text}, o.word)
	}
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// value offers a value as it is to be written, within the quotes that are there or without.
func (o *offering) value(kind ItemKind, v *yamldoc.Node, detail string) {
	text := v.Text
	if !o.spot.value.Quoted {
		text = yamldoc.Flow(v)
	}
	o.Completion.offer(Item{kind, v.Text, detail, text}, o.word)
}
