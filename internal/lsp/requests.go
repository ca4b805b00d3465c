package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/creachadair/jrpc2"

	"github.com/wasplug/wasplug/internal/app/editor"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// place finds a place in a plugin-cfg.xml that is open; the document is nil where it is none.
func (s *Server) place(p placeParams) (*document, *editor.Document, int32, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil || !d.isXML() {
		return nil, nil, 0, err
	}
	return d, d.read(), d.text.offset(p.Position), nil
}

// hover tells of the rules of the findings at a place, then of what stands there.
func (s *Server) hover(ctx context.Context, p placeParams) (any, error) {
	d, e, at, err := s.place(p)
	if d == nil {
		return nil, err
	}
	text, where := e.Hover(at)
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

// findingsIn are those of this version that touch a span: it waits until they are there.
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

func (d *document) locations(at []diag.Span) []location {
	all := make([]location, len(at))
	for i, span := range at {
		all[i] = location{d.uri, d.text.rangeOf(span)}
	}
	return all
}

func (s *Server) definition(_ context.Context, p placeParams) (any, error) {
	d, e, at, err := s.place(p)
	if d == nil {
		return nil, err
	}
	return d.locations(e.Definitions(at)), nil
}

func (s *Server) references(_ context.Context, p referenceParams) (any, error) {
	d, e, at, err := s.place(p.placeParams)
	if d == nil {
		return nil, err
	}
	return d.locations(e.References(at, p.Context.IncludeDeclaration)), nil
}

func (s *Server) prepareRename(_ context.Context, p placeParams) (any, error) {
	d, e, at, err := s.place(p)
	if d == nil {
		return nil, err
	}
	if span, ok := e.Renamable(at); ok {
		return d.text.rangeOf(span), nil
	}
	return nil, nil
}

func (s *Server) rename(_ context.Context, p renameParams) (any, error) {
	d, e, at, err := s.place(p.placeParams)
	if d == nil {
		return nil, err
	}
	edits, err := e.Rename(at, p.NewName)
	if err != nil {
		return nil, jrpc2.Errorf(requestFailed, "%v", err)
	}
	return d.edits(edits), nil
}

// edits are those of a document as the editor makes them.
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

func (s *Server) completion(_ context.Context, p placeParams) (any, error) {
	d, e, at, err := s.place(p)
	if d == nil {
		return nil, err
	}
	c := e.Complete(at)
	items := make([]completionItem, len(c.Items))
	for i, item := range c.Items {
		items[i] = completionItem{Label: item.Label, Kind: itemKinds[item.Kind], Detail: item.Detail,
			Edit:     textEdit{d.text.rangeOf(c.Replaces), item.Label},
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
	if !d.isXML() {
		return actions, nil
	}
	at := diag.Span{Start: d.text.offset(p.Range.Start), End: d.text.offset(p.Range.End)}
	for _, f := range s.findingsIn(ctx, d, at) {
		about := []diagnostic{f.diagnostic}
		if f.fix != nil {
			title := f.fix.Title
			if !f.fix.Safe {
				title += " (changes behaviour)"
			}
			actions = append(actions, codeAction{title, "quickfix", about, f.fix.Safe, d.edits(f.fix.Edits)})
		}
		if edit, ok := d.read().Ignore(f.at, f.Code); ok && f.rule(rules.All()) != nil {
			actions = append(actions, codeAction{"ignore " + f.Code + " here: write the reason into the comment",
				"quickfix", about, false, d.edits([]diag.Edit{edit})})
		}
	}
	return actions, nil
}

// mostLenses are shown in one document.
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
	if err != nil || !d.isXML() {
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

// resolveLens says who else matches a Uri.
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
	if u := d.read().URIAt(of.At); u != nil && d.version == of.Version {
		l.Command.Title = u.Title()
	}
	return l, nil
}

func (s *Server) formatting(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil || !d.isXML() {
		return nil, err
	}
	laidOut, ok := d.read().Layout()
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
