package lsp

import "encoding/json"

// What is used of the protocol's structures, under the names of its specification (LSP 3.17). Fields that are not here
// are passed over when they come, and are optional where they do not go.

// position is a place: lines and units of UTF-16 from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// span is the protocol's Range, without its end.
type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string `json:"uri"`
	Range span   `json:"range"`
}

type textEdit struct {
	Range   span   `json:"range"`
	NewText string `json:"newText"`
}

type documentID struct {
	URI string `json:"uri"`
}

// initializeParams are what an editor can do, of which one thing matters.
type initializeParams struct {
	Capabilities struct {
		TextDocument struct {
			Completion struct {
				CompletionItem struct {
					SnippetSupport bool `json:"snippetSupport"`
				} `json:"completionItem"`
			} `json:"completion"`
		} `json:"textDocument"`
	} `json:"capabilities"`
}

type openParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
		Text    string `json:"text"`
	} `json:"textDocument"`
}

// changeParams are pieces, in order, each of which counts from what the one before has left (text.apply).
type changeParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
	} `json:"textDocument"`
	ContentChanges []change `json:"contentChanges"`
}

// documentParams are those of what is about a document, such as its formatting.
type documentParams struct {
	TextDocument documentID `json:"textDocument"`
}

// placeParams are those of what is about a place.
type placeParams struct {
	documentParams
	Position position `json:"position"`
}

type referenceParams struct {
	placeParams
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

type renameParams struct {
	placeParams
	NewName string `json:"newName"`
}

type actionParams struct {
	documentParams
	Range span `json:"range"`
}

// diagnostic is a finding. Code is that of the rule, whose page hover shows.
type diagnostic struct {
	Range    span      `json:"range"`
	Severity int       `json:"severity"` // 1 error, 2 warning, 3 information
	Code     string    `json:"code,omitempty"`
	Source   string    `json:"source"`
	Message  string    `json:"message"`
	Related  []related `json:"relatedInformation,omitempty"`
}

type related struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

// published are all findings of a version: an editor forgets the ones before.
type published struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"` // nil where the document is closed
	Diagnostics []diagnostic `json:"diagnostics"`
}

type hover struct {
	Contents markup `json:"contents"`
	Range    span   `json:"range"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// completionItem says itself what it replaces: an editor's own idea of a word ends at a hyphen or a slash.
type completionItem struct {
	Label    string   `json:"label"`
	Kind     int      `json:"kind"` // see itemKinds
	Detail   string   `json:"detail,omitempty"`
	Edit     textEdit `json:"textEdit"`
	Format   int      `json:"insertTextFormat,omitempty"` // 2: a snippet, with a place for the cursor
	SortText string   `json:"sortText"`
}

// codeAction is a repair.
type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics,omitempty"` // that it takes away
	Preferred   bool          `json:"isPreferred,omitempty"` // it is safe: an editor may offer it first
	Edit        workspaceEdit `json:"edit"`
}

// workspaceEdit has the edits of each file, by its URI.
type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

// codeLens is sent twice: with Data, and, when it comes into sight and is asked for, with a Command, which does
// nothing but stand there.
type codeLens struct {
	Range   span            `json:"range"`
	Command *command        `json:"command,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// documentSymbol is an entry of the outline. Selection, where the name stands, has to lie within Range.
type documentSymbol struct {
	Name      string           `json:"name"`
	Detail    string           `json:"detail,omitempty"`
	Kind      int              `json:"kind"`
	Range     span             `json:"range"`
	Selection span             `json:"selectionRange"`
	Children  []documentSymbol `json:"children,omitempty"`
}

type command struct {
	Title   string `json:"title"`
	Command string `json:"command"`
}

// capabilities are what the server offers. Positions are in UTF-16, the one encoding that every editor has to know.
func capabilities(version string) map[string]any {
	return map[string]any{
		"serverInfo": map[string]string{"name": "wasplug", "version": version},
		"capabilities": map[string]any{
			"positionEncoding": "utf-16",
			"textDocumentSync": map[string]any{"openClose": true, "change": 2, "save": true}, // 2: pieces
			"hoverProvider":    true, "definitionProvider": true, "referencesProvider": true,
			"documentFormattingProvider": true, "documentSymbolProvider": true,
			"renameProvider":     map[string]bool{"prepareProvider": true},
			"completionProvider": map[string]any{"triggerCharacters": []string{"<", " ", `"`}},
			"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
			"codeLensProvider":   map[string]bool{"resolveProvider": true},
		},
	}
}
