package authoring

import (
	"fmt"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/anonymize"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// Anonymize replaces the words of files so that they can be passed on.
type Anonymize struct {
	Paths []string
	Key   []byte
	Keep  []string // kinds of words that stay, as the configurations among the files have them
}

// AnonymizeAnswer has the files in the order in which they were named.
type AnonymizeAnswer struct {
	Notes app.Notes
	Files []AnonymousFile
}

// AnonymousFile is a file, and what to call it.
type AnonymousFile struct {
	Path string // of the original
	Name string // its last part, replaced as words of files are: another file may name it
	Data []byte
}

// Run reads all files before it replaces words of the first: what stays hangs on all of them.
func (a *Anonymize) Run(in app.Input) (*AnonymizeAnswer, error) {
	out := new(AnonymizeAnswer)
	switch {
	case len(a.Key) == 0:
		return out, app.Wrong("key", " is empty")
	case len(a.Key) < anonymize.GoodKey:
		out.Notes.Say("the key has %d bytes: with one of less than %d the names can be guessed", len(a.Key),
			anonymize.GoodKey)
	}
	mapping := anonymize.New(a.Key)
	// Words that stay are those of all configurations: one that a log names may stand in a file that comes later.
	texts := make([][]byte, 0, len(a.Paths))
	for _, path := range a.Paths {
		src, err := a.read(in, path)
		if err != nil {
			return out, err
		}
		texts = append(texts, src)
		mapping.Keep(a.Keep, configsOf(path, src)...)
	}
	for i, path := range a.Paths {
		out.Files = append(out.Files, AnonymousFile{path, mapping.Name(path), mapping.File(texts[i])})
	}
	return out, nil
}

func (a *Anonymize) read(in app.Input, path string) ([]byte, error) {
	src, err := in.Read(path, nil)
	if err != nil {
		return nil, err
	}
	if len(src) > parser.MaxSize {
		return nil, fmt.Errorf("%s is larger than %d MB: divide it, one key gives the same words in all parts",
			app.DisplayName(path), parser.MaxSize>>20)
	}
	// Within packed or foreign bytes no word is found, so all of them would be passed on as they are.
	if content, what := sniff.Bytes(src); content == sniff.Data || content == sniff.Foreign {
		return nil, fmt.Errorf("%s is %s; unpack it, or write it in UTF-8", app.DisplayName(path), what)
	}
	return src, nil
}

// configsOf are the configurations that a file is: of a topology one for each web server, of a log none.
func configsOf(path string, src []byte) (all []*parser.Config) {
	files := diag.NewFiles()
	id := files.Add(app.DisplayName(path), src)
	switch content, _ := sniff.Bytes(src); {
	case content == sniff.Markup:
		cfg, _ := parser.Parse(id, src)
		return []*parser.Config{cfg}
	case !app.IsTopology(path, src):
		return nil
	}
	topology, reports := generate.Read(files, id)
	if diag.Worst(reports) >= diag.Error {
		return nil // a suite, or one that cannot be read: its words are replaced all the same
	}
	outputs, _ := topology.Compile(generate.Options{})
	for _, o := range outputs {
		all = append(all, o.Config)
	}
	return all
}
