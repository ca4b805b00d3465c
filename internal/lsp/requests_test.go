package lsp_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/apptest"
)

// small has what names lead to; ‸ is where the editor's cursor stands.
const small = `<Config>
 <!-- für 😀 -->
 <VirtualHostGroup Name="hosts"><VirtualHost Name="*:80"/></VirtualHostGroup>
 <ServerCluster Name="shop" LoadBalance="Round Robin">
  <Server Name="m1" CloneID="a1"><Transport Hostname="h" Port="80" Protocol="http"/></Server>
  <Server Name="m2" CloneID="a2"><Transport Hostname="h" Port="81" Protocol="http"/></Server>
  <PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>
 </ServerCluster>
 <UriGroup Name="uris"><Uri Name="/a/*"/><Uri Name="/a/b/*"/></UriGroup>
 <Route ServerCluster="shop" UriGroup="uris" VirtualHostGroup="hosts"/>
</Config>
`

// mark puts the cursor behind the beginning of a piece of text.
func mark(t *testing.T, text, piece string) string {
	before, _, ok := strings.Cut(piece, "‸")
	whole := strings.Replace(piece, "‸", "", 1)
	if !ok || strings.Count(text, whole) != 1 {
		t.Fatalf("%q stands in the text %d times", whole, strings.Count(text, whole))
	}
	i := strings.Index(text, whole) + len(before)
	return text[:i] + "‸" + text[i:]
}

func TestHover(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	for piece, want := range map[string][]string{
		`Clone‸ID="a1"`:     {"CloneID, attribute of Server", "Source:"},
		`Name="/a/‸*"`:      {"Uri /a/*, score 3", "go to shop", "and win:\n   /a/b/* (shop, line 9)"},
		`Name="/a/b‸/*"`:    {"Uri /a/b/*, score 5", "and lose:\n   /a/* (shop, line 9)"},
		`<Pri‸maryServers>`: {"<PrimaryServers>, an element"},
		`Load‸Balance`:      {"Without it:"},
		` <!-- fü‸r`:        nil,
	} {
		_, p := marked(t, mark(t, small, piece))
		var got *struct{ Contents struct{ Kind, Value string } }
		e.call("textDocument/hover", place(uri, p), &got)
		if len(want) == 0 && got != nil && !strings.Contains(got.Contents.Value, "WP") {
			t.Errorf("%s: %+v", piece, got)
		}
		for _, w := range want {
			if got == nil || !strings.Contains(got.Contents.Value, w) {
				t.Errorf("%s: no %q in %+v", piece, w, got)
			}
		}
	}
}

// A hover over a finding tells its rule.
func TestHoverFinding(t *testing.T) {
	e := start(t, nil)
	text, p := marked(t, `<Config><ServerCluster Name="c" LoadBalance="wr‸ong"/></Config>`)
	e.open(uri, text)
	var got struct{ Contents struct{ Value string } }
	e.call("textDocument/hover", place(uri, p), &got)
	for _, want := range []string{"bad-enum-value", "Category: structure", "LoadBalance, attribute of ServerCluster"} {
		if !strings.Contains(got.Contents.Value, want) {
			t.Errorf("no %q in %s", want, got.Contents.Value)
		}
	}
}

type where struct {
	URI   string
	Range span
}

// lines are those of places, with the text that stands there.
func lines(text string, all []where) string {
	var b strings.Builder
	for _, w := range all {
		line := strings.Split(text, "\n")[w.Range.Start.Line]
		b.WriteString(line[w.Range.Start.Character:w.Range.End.Character])
		b.WriteString("@" + asJSON(w.Range.Start.Line) + " ")
	}
	return b.String()
}

func TestNames(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	for _, tt := range []struct{ piece, definition, references string }{
		{`ServerCluster="sh‸op"`, "shop@3 ", "shop@9 "},
		{`ServerCluster Name="shop‸"`, "shop@3 ", "shop@9 "},
		{`UriGroup="‸uris"`, "uris@8 ", "uris@9 "},
		{`VirtualHostGroup="h‸osts"`, "hosts@2 ", "hosts@9 "},
		{`<Server Name="m1‸"/>`, "m1@4 ", "m1@6 "},
		{`CloneID="a‸1"`, "a1@4 ", "a1@4 "},
		{`Protocol="htt‸p"/></Server>` + "\n  <PrimaryServers>", "", ""},
	} {
		_, p := marked(t, mark(t, small, tt.piece))
		var definition, references []where
		e.call("textDocument/definition", place(uri, p), &definition)
		params := place(uri, p)
		params["context"] = object{"includeDeclaration": false}
		e.call("textDocument/references", params, &references)
		if got := lines(small, definition); got != tt.definition {
			t.Errorf("%s: defined at %q, want %q", tt.piece, got, tt.definition)
		}
		if got := lines(small, references); got != tt.references {
			t.Errorf("%s: used at %q, want %q", tt.piece, got, tt.references)
		}
	}
}

type edit struct {
	Range   span
	NewText string
}

// made returns a text after edits, which the server applies by itself as changes: the last first.
func made(t *testing.T, text string, all []edit) string {
	for _, x := range all {
		for _, y := range all {
			if x != y && x.Range.Start == y.Range.Start {
				t.Errorf("two edits at %v", x.Range.Start)
			}
		}
	}
	offset := func(p position) int {
		for i := range len(text) + 1 {
			if positionIn(text, i) == p {
				return i
			}
		}
		t.Fatalf("no place %v", p)
		return 0
	}
	type piece struct {
		from, to int
		text     string
	}
	var pieces []piece
	for _, x := range all {
		pieces = append(pieces, piece{offset(x.Range.Start), offset(x.Range.End), x.NewText})
	}
	for len(pieces) > 0 {
		last := 0
		for i := range pieces {
			if pieces[i].from > pieces[last].from {
				last = i
			}
		}
		text = text[:pieces[last].from] + pieces[last].text + text[pieces[last].to:]
		pieces = append(pieces[:last], pieces[last+1:]...)
	}
	return text
}

func TestRename(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	for _, tt := range []struct{ piece, to, want string }{
		{`ServerCluster="sh‸op"`, "kiosk & co", strings.ReplaceAll(small, `"shop"`, `"kiosk &amp; co"`)},
		{`<Server Name="m1‸"/>`, "m9", strings.ReplaceAll(small, `"m1"`, `"m9"`)},
		{`CloneID="a‸1"`, "b1", strings.ReplaceAll(small, `"a1"`, `"b1"`)},
	} {
		_, p := marked(t, mark(t, small, tt.piece))
		params := place(uri, p)
		params["newName"] = tt.to
		var got struct{ Changes map[string][]edit }
		e.call("textDocument/rename", params, &got)
		if text := made(t, small, got.Changes[uri]); text != tt.want {
			t.Errorf("%s to %s gives\n%s", tt.piece, tt.to, text)
		}
	}
	for piece, names := range map[string][]string{
		`<Server Name="m1‸"/>`: {"m2", "", " m", "a\nb"},
		`CloneID="a‸1"`:        {"a2", "a:b"},
		`Balance="Round‸`:      {"x"},
	} {
		_, p := marked(t, mark(t, small, piece))
		for _, name := range names {
			params := place(uri, p)
			params["newName"] = name
			if err := e.try("textDocument/rename", params, nil); err == nil {
				t.Errorf("%s becomes %q", piece, name)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	e := start(t, nil)
	version := 1
	e.open(uri, small)
	for _, tt := range []struct{ text, wanted, unwanted string }{
		{"<Config><‸", "ServerCluster", "Transport"},
		{"<Config><Ser‸", "ServerCluster", "Log"},
		{`<Config><ServerCluster Name="c"><Server Clone‸`, `CloneID=""`, "Name"},
		{`<Config><ServerCluster Name="c"><Server Name="x" ‸></Server></ServerCluster></Config>`, "LoadBalanceWeight",
			`Name=""`},
		{`<Config><ServerCluster LoadBalance="‸"/></Config>`, "Random", "true"},
		{`<Config><ServerCluster GetDWLMTable="f‸"/></Config>`, "false", "true"},
		{strings.Replace(small, `UriGroup="uris"`, `UriGroup="‸"`, 1), "uris", "hosts"},
		{strings.Replace(small, `ServerCluster="shop"`, `ServerCluster="s‸`, 1), "shop", "uris"},
		{strings.Replace(small, `<Server Name="m2"/>`, `<Server Name="‸"/>`, 1), "m2", "shop"},
		{`<Config><Property Name="ESI‸"/></Config>`, "ESIEnable", ""},
		{`<Config><Property Name="ESIEnable" Value="‸"/></Config>`, "true", ""},
		{`‸`, "", "Config"},
		{`<‸`, "Config", ""},
		{`<Config><!-- ‸`, "", "Log"},
		{`<Config></‸`, "", "Log"},
	} {
		text, p := marked(t, tt.text)
		version++
		e.change(uri, version, object{"text": text})
		var got []struct {
			Label    string
			TextEdit edit
		}
		e.call("textDocument/completion", place(uri, p), &got)
		offered := ""
		for _, item := range got {
			offered += item.Label + " " + item.TextEdit.NewText + "\n"
		}
		if !strings.Contains(offered, tt.wanted) || tt.unwanted != "" && strings.Contains(offered, tt.unwanted+"\n") {
			t.Errorf("%s: offered is\n%s", tt.text, offered)
		}
	}
}

// action is a change that is offered about a finding.
type action struct {
	Title       string
	Diagnostics []diagnostic
	Edit        struct{ Changes map[string][]edit }
}

// actions are those that are offered about a finding.
func (e *editor) actions(uri string, about diagnostic) (of []action) {
	e.t.Helper()
	var all []action
	e.call("textDocument/codeAction", object{"textDocument": object{"uri": uri}, "range": object{
		"start": inJSON(about.Range.Start), "end": inJSON(about.Range.End)}, "context": object{}}, &all)
	for _, a := range all {
		if a.Diagnostics[0] == about {
			of = append(of, a)
		}
	}
	return of
}

// symbol is an entry of an outline.
type symbol struct {
	Name                  string
	Kind                  int
	Range, SelectionRange span
	Children              []symbol
}

// outline is that of a text: of each entry what its name is written as, with the line, and what is in it. An editor
// takes no entry whose name is not within the whole.
func (e *editor) outline(uri, text string) string {
	e.t.Helper()
	var all []symbol
	e.call("textDocument/documentSymbol", object{"textDocument": object{"uri": uri}}, &all)
	return shown(e, text, all)
}

func shown(e *editor, text string, all []symbol) (s string) {
	for _, x := range all {
		before := func(a, b position) bool {
			return a.Line < b.Line || a.Line == b.Line && a.Character <= b.Character
		}
		if x.Name == "" || x.Kind == 0 || !before(x.Range.Start, x.SelectionRange.Start) ||
			!before(x.SelectionRange.End, x.Range.End) {
			e.t.Errorf("no entry of an outline: %+v", x)
		}
		s += x.Name + "=" + lines(text, []where{{Range: x.SelectionRange}})
		if len(x.Children) > 0 {
			s += "(" + shown(e, text, x.Children) + ")"
		}
	}
	return s
}

func TestOutline(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	want := "hosts=hosts@2 shop=shop@3 (m1=m1@4 m2=m2@5 )uris=uris@8 shop=shop@9 "
	if got := e.outline(uri, small); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Every repair that is offered takes its finding away, and a comment silences one once it has a reason.
func TestActions(t *testing.T) {
	e := start(t, nil)
	text := `<Config>
  <ServerCluster Name="c" LoadBalance="random">
    <Server Name="m" CloneId="x"><Transport Hostname="h" Port="80" Protocol="http"/></Server>
  </ServerCluster>
</Config>
`
	found, version, fixes, ignores := e.open(uri, text), 1, 0, 0
	for _, f := range found {
		for _, a := range e.actions(uri, f) {
			after := made(t, text, a.Edit.Changes[uri])
			if strings.HasPrefix(a.Title, "ignore ") {
				ignores++
				after = strings.Replace(after, "  -->", " it is so -->", 1)
			} else {
				fixes++
			}
			version++
			for _, g := range e.change(uri, version, object{"text": after}) {
				if g.Code == f.Code && g.Message == f.Message {
					t.Errorf("%s leaves %s in\n%s", a.Title, g.Message, after)
				}
			}
			version++
			e.change(uri, version, object{"text": text})
		}
	}
	if fixes == 0 || ignores == 0 {
		t.Errorf("%d repairs and %d comments for %+v", fixes, ignores, found)
	}
}

// titles are those of the lenses of a document.
func (e *editor) titles(uri string) string {
	e.t.Helper()
	var lenses []object
	e.call("textDocument/codeLens", object{"textDocument": object{"uri": uri}}, &lenses)
	var titles []string
	for _, l := range lenses {
		var got struct{ Command struct{ Title string } }
		e.call("codeLens/resolve", l, &got)
		titles = append(titles, got.Command.Title)
	}
	return strings.Join(titles, "|")
}

func TestLens(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	want := "score 3, loses to /a/b/* (shop, line 9)|score 5, wins over /a/* (shop, line 9)"
	if got := e.titles(uri); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	lens := object{"range": object{}, "data": object{"uri": uri, "at": -5}}
	if err := e.try("codeLens/resolve", lens, nil); err != nil {
		t.Error(err)
	}
	if err := e.try("codeLens/resolve", object{"range": object{}}, nil); err == nil {
		t.Error("a lens of somebody else is resolved")
	}
}

func TestFormatting(t *testing.T) {
	e := start(t, nil)
	figure := apptest.Figure(t)
	e.open(uri, strings.ReplaceAll(figure, "   ", " "))
	var edits []edit
	e.call("textDocument/formatting", object{"textDocument": object{"uri": uri}}, &edits)
	if len(edits) != 1 || edits[0].NewText != figure {
		t.Errorf("%+v", edits)
	}
	e.change(uri, 2, object{"text": figure})
	e.call("textDocument/formatting", object{"textDocument": object{"uri": uri}}, &edits)
	if len(edits) != 0 {
		t.Errorf("what is laid out well is edited: %+v", edits)
	}
	e.change(uri, 3, object{"text": figure[:300]})
	if err := e.try("textDocument/formatting", object{"textDocument": object{"uri": uri}}, nil); err == nil {
		t.Error("a file that is cut off is laid out")
	}
}
