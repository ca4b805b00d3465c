package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/creachadair/jrpc2"

	"github.com/wasplug/wasplug/internal/app/editor"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// place finds a place in a document that is open.
func (s *Server) place(p placeParams) (*document, int32, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, 0, err
	}
	return d, d.text.offset(p.Position), nil
}

// hover tells of the rules of the findings at a place, then of what stands there.
func (s *Server) hover(ctx context.Context, p placeParams) (any, error) {
	d, at, err := s.place(p)
	if err != nil {
		return nil, err
	}
	text, where := d.read().Hover(at)
	// the finding that comes last stands on top, and its place is what the editor marks
	for _, f := range s.findingsIn(ctx, d, diag.Span{Start: at, End: at}) {
		if r := f.rule(rules.All()); r != nil {
			text = strings.TrimRight(f.Message+"\n\n"+r.Page()+"\n"+text, "\n")
			where = f.at
		}
	}
	if text == "" {
		return nil, nil
	}
	return hover{markup{"plaintext", text}, d.text.rangeOf(where)}, nil
}

// findingsIn are those of this version that touch a span. It waits until they are there, or until nobody wants them
// any more: the editor has taken the request back, or the document has changed.
func (s *Server) findingsIn(ctx context.Context, d *document, at diag.Span) (in []finding) {
	select {
	case <-d.settled:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range d.findings {
		if f.at.Start <= at.End && at.Start <= f.at.End {
			in = append(in, f)
		}
	}
	return in
}

// locations are those of spans, some of which may stand in another file: their lines are counted in the text that was
// read for the answer, once for each file.
func (d *document) locations(files *diag.Files, at []diag.Span) []location {
	all := make([]location, len(at))
	texts := map[diag.FileID]*text{}
	for i, span := range at {
		path := files.Name(span.File)
		if path == d.path {
			all[i] = location{d.uri, d.text.rangeOf(span)}
			continue
		}
		if texts[span.File] == nil {
			src := files.Source(span.File)
			texts[span.File] = newText(src, !utf8.Valid(src))
		}
		all[i] = location{uriOf(path), texts[span.File].rangeOf(span)}
	}
	return all
}

// changes are edits of which some may stand in another file.
func (d *document) changes(files *diag.Files, edits []diag.Edit) workspaceEdit {
	at := make([]diag.Span, len(edits))
	for i := range edits {
		at[i] = edits[i].Span
	}
	all := map[string][]textEdit{}
	for i, l := range d.locations(files, at) {
		all[l.URI] = append(all[l.URI], textEdit{l.Range, edits[i].New})
	}
	return workspaceEdit{all}
}

func (s *Server) definition(_ context.Context, p placeParams) (any, error) {
	d, at, err := s.place(p)
	if err != nil {
		return nil, err
	}
	return d.locations(d.read().Files(), d.read().Definitions(at)), nil
}

func (s *Server) references(_ context.Context, p referenceParams) (any, error) {
	d, at, err := s.place(p.placeParams)
	if err != nil {
		return nil, err
	}
	return d.locations(d.read().Files(), d.read().References(at, p.Context.IncludeDeclaration)), nil
}

// prepareRename tells an editor that there is nothing to rename (null) from a name that cannot be (an error, with
// why).
func (s *Server) prepareRename(_ context.Context, p placeParams) (any, error) {
	d, at, err := s.place(p)
	if err != nil {
		return nil, err
	}
	span, err := d.read().Renamable(at)
	switch {
	case errors.Is(err, editor.ErrNoName):
		return nil, nil
	case err != nil:
		return nil, jrpc2.Errorf(requestFailed, "%v", err)
	}
	return d.text.rangeOf(span), nil
}

// rename of a suite reads its configuration anew: its edits also go there, and have to fit the file as it is now.
func (s *Server) rename(_ context.Context, p renameParams) (any, error) {
	d, at, err := s.place(p.placeParams)
	if err != nil {
		return nil, err
	}
	if d.isSuite() { // whose configuration may have changed since it was read
		d = s.version(d.uri, d.path, d.version, d.text)
	}
	edits, err := d.read().Rename(at, p.NewName)
	if err != nil {
		return nil, jrpc2.Errorf(requestFailed, "%v", err)
	}
	return d.changes(d.read().Files(), edits), nil
}

// edits are those of a document as the editor makes them. All of them count from the text as it is now.
func (d *document) edits(edits []diag.Edit) workspaceEdit {
	all := make([]textEdit, len(edits))
	for i, e := range edits {
		all[i] = textEdit{d.text.rangeOf(e.Span), e.New}
	}
	return workspaceEdit{map[string][]textEdit{d.uri: all}}
}

// The protocol's kinds of completion items: Class, Property, Value, Reference.
var itemKinds = map[editor.ItemKind]int{editor.ElementItem: 7, editor.AttributeItem: 10, editor.ValueItem: 12,
	editor.NameItem: 18}

// completion offers items in the order in which they come (SortText): an editor would sort them by letters otherwise.
func (s *Server) completion(_ context.Context, p placeParams) (any, error) {
	d, at, err := s.place(p)
	if err != nil {
		return nil, err
	}
	c := d.read().Complete(at)
	items := make([]completionItem, len(c.Items))
	for i, item := range c.Items { // Text is there where a value has to be written in another way than it is called
		items[i] = completionItem{Label: item.Label, Kind: itemKinds[item.Kind], Detail: item.Detail,
			Edit:     textEdit{d.text.rangeOf(c.Replaces), cmp.Or(item.Text, item.Label)},
			SortText: fmt.Sprintf("%05d", i)}
		if c.Quotes && s.takesSnippets() {
			items[i].Edit.NewText, items[i].Format = item.Label+`="$0"`, 2 // a snippet
		} else if c.Quotes {
			items[i].Edit.NewText = item.Label + `=""`
		}
	}
	return items, nil
}

func (s *Server) takesSnippets() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snippets
}

// codeAction offers the repairs of the findings in a range, and to silence them.
func (s *Server) codeAction(ctx context.Context, p actionParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	actions := []codeAction{}
	at := diag.Span{Start: d.text.offset(p.Range.Start), End: d.text.offset(p.Range.End)}
	for _, f := range s.findingsIn(ctx, d, at) {
		if d.isXML() {
			actions = append(actions, d.xmlActions(&f)...)
		} else {
			actions = append(actions, d.yamlActions(&f)...)
		}
	}
	return actions, nil
}

// xmlActions are the fix of a finding, where it has one, and a comment that silences it. The reason is for the author
// to write: an ignore without one is a finding itself.
func (d *document) xmlActions(f *finding) (actions []codeAction) {
	about := []diagnostic{f.diagnostic}
	if f.fix != nil {
		title := f.fix.Title
		if !f.fix.Safe {
			title += " (changes behaviour)"
		}
		actions = append(actions, codeAction{title, "quickfix", about, f.fix.Safe, d.edits(f.fix.Edits)})
	}
	if edit, ok := d.xml().Ignore(f.at, f.Code); ok && f.rule(rules.All()) != nil {
		actions = append(actions, codeAction{"ignore " + f.Code + " here: write the reason into the comment",
			"quickfix", about, false, d.edits([]diag.Edit{edit})})
	}
	return actions
}

// yamlActions are those about what is misspelt, and about an error that keeps the generator from writing.
func (d *document) yamlActions(f *finding) (actions []codeAction) {
	about := []diagnostic{f.diagnostic}
	if fix, ok := d.yaml().Repair(f.at); ok {
		actions = append(actions, codeAction{fix.Title, "quickfix", about, false, d.edits(fix.Edits)})
	}
	if edit, ok := d.yaml().Allow(f.Code); ok && f.rule(rules.All()) != nil && f.Severity == severities[diag.Error] {
		actions = append(actions, codeAction{"allow " + f.Code + " in this topology: its errors become warnings",
			"quickfix", about, false, d.edits([]diag.Edit{edit})})
	}
	return actions
}

// mostLenses are shown in one document: a generated file has tens of thousands of Uris, and an editor asks for lenses
// after each change.
const mostLenses = 5000

// lensOf says which Uri a lens is about, of which version.
type lensOf struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
	At      int32  `json:"at"`
}

// codeLens puts one above each Uri, whose text is made when it is shown.
func (s *Server) codeLens(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	lenses := []codeLens{}
	for _, at := range d.read().URIs() {
		if len(lenses) == mostLenses {
			break
		}
		data, err := json.Marshal(lensOf{d.uri, d.version, at.Start})
		if err != nil {
			return nil, err
		}
		lenses = append(lenses, codeLens{Range: d.text.rangeOf(at), Data: data})
	}
	return lenses, nil
}

// resolveLens says who else matches a Uri. A lens of an older version is about another place, perhaps about nothing.
func (s *Server) resolveLens(_ context.Context, l codeLens) (any, error) {
	var of lensOf
	if err := json.Unmarshal(l.Data, &of); err != nil {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "a lens without the data that it was given")
	}
	d, err := s.document(of.URI)
	if err != nil {
		return nil, err
	}
	l.Command = &command{Title: "the text has changed"}
	if d.version != of.Version {
		return l, nil
	}
	if u := d.read().URIAt(of.At); u != nil {
		l.Command.Title = u.Title()
	}
	return l, nil
}

// The protocol's kinds of symbols: Module, Object, Namespace, Interface, Package, Method, Field.
var symbolKinds = map[editor.SymbolKind]int{editor.ClusterSymbol: 2, editor.MemberSymbol: 19, editor.GroupSymbol: 3,
	editor.RouteSymbol: 11, editor.ServerSymbol: 4, editor.TestSymbol: 6, editor.RequestSymbol: 8}

func (s *Server) documentSymbol(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	return d.symbols(d.read().Symbols()), nil
}

func (d *document) symbols(of []editor.Symbol) []documentSymbol {
	all := make([]documentSymbol, len(of))
	for i, s := range of {
		all[i] = documentSymbol{s.Name, s.Detail, symbolKinds[s.Kind], d.text.rangeOf(s.Whole), d.text.rangeOf(s.At),
			d.symbols(s.Children)}
	}
	return all
}

// formatting sends the whole text in one edit. Where nothing changes the list is empty: an edit would mark the file as
// changed.
func (s *Server) formatting(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil || !d.isXML() {
		return nil, err
	}
	laidOut, ok := d.xml().Layout()
	if !ok {
		return nil, jrpc2.Errorf(requestFailed, "the file is not well-formed, so it is left as it is")
	}
	all := diag.Span{End: int32(len(d.text.src))}
	if laidOut == string(d.text.src) {
		return []textEdit{}, nil
	}
	if d.text.latin1 || !utf8.ValidString(laidOut) { // it is written in the encoding that it declares
		laidOut = string(newText([]byte(laidOut), true).toUTF8().src)
	}
	return []textEdit{{d.text.rangeOf(all), laidOut}}, nil
}
