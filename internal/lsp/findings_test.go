package lsp_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/parser/diag"
)

// positionIn says where a byte of a text stands, counted the long way.
func positionIn(text string, offset int) (p position) {
	line := 0
	for i := 0; i < offset; i++ {
		if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			p.Line, line = p.Line+1, i+1
		}
	}
	p.Character = len(utf16.Encode([]rune(text[line:offset])))
	return p
}

// lintOf is what lint says of a text, as the protocol tells it.
func lintOf(t testing.TB, path, text string, d disk) (all []diagnostic) {
	t.Helper()
	files := disk{path: text}
	for name, other := range d {
		if name != path {
			files[name] = other
		}
	}
	o := options(files)
	l := o.Lint
	l.Files, l.Options.Now = []checks.LintFile{{Path: path}}, o.Now()
	a, err := l.Run(o.Input)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Findings {
		severity := map[diag.Severity]int{diag.Error: 1, diag.Warning: 2, diag.Info: 3}[f.Severity]
		message := f.Message
		if f.Rule.Name != "" {
			message += " [" + f.Rule.Name + "]"
		}
		end := int(f.Span.End)
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++ // with the whole of the letter
		}
		all = append(all, diagnostic{span{positionIn(text, int(f.Span.Start)), positionIn(text, end)},
			severity, f.Rule.Code, message})
	}
	return all
}

// same compares findings with those of lint on the same text.
func same(t testing.TB, got []diagnostic, path, text string, d disk) {
	t.Helper()
	want := lintOf(t, path, text, d)
	if len(got)+len(want) > 0 && !cmp.Equal(got, want) {
		t.Errorf("findings differ from those of lint on\n%q\n%s", text, cmp.Diff(want, got))
	}
}

const path = "/conf/plugin-cfg.xml"

// What the editor is told are the findings of lint on the same bytes, wherever lines end and whatever letters stand
// before them.
func TestFindings(t *testing.T) {
	figure := apptest.Figure(t)
	for name, text := range map[string]string{
		"figure":     figure,
		"empty":      "",
		"crlf":       strings.ReplaceAll(figure, "\n", "\r\n"),
		"cr":         strings.ReplaceAll(figure, "\n", "\r"),
		"one line":   strings.ReplaceAll(figure, "\n", " "),
		"umlauts":    "<Config><!-- Größe 😀 --><ServerCluster Name=\"ü😀\" LoadBalance=\"no\"/></Config>",
		"cut off":    figure[:len(figure)/2],
		"no XML":     "hello\x00world",
		"other root": "<web-app>\n<servlet/></web-app>",
		"DTD":        "<!DOCTYPE x [<!ENTITY a 'b'>]><Config>&a;</Config>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, nil)
			same(t, e.open(uri, text), path, text, nil)
		})
	}
}

// A place within a line is counted in UTF-16: two for an emoji, one for an umlaut.
func TestPlaces(t *testing.T) {
	e := start(t, nil)
	text := "<Config>\r\n <!-- ü😀 --><ServerCluster Name=\"c\" LoadBalance=\"wrong\"/>\r\n</Config>\r\n"
	for _, f := range e.open(uri, text) {
		if strings.Contains(f.Message, "wrong") {
			if want := (span{at(1, 50), at(1, 55)}); f.Range != want {
				t.Errorf("%s: at %v, want %v", f.Message, f.Range, want)
			}
			return
		}
	}
	t.Error("a wrong LoadBalance is not found")
}

// Changes are pieces of the text of before; the version that comes last wins.
func TestChanges(t *testing.T) {
	e := start(t, nil)
	e.open(uri, "<Config>\n<!--ä😀b-->\n</Config>\n")
	for i, step := range []struct {
		changes []object
		want    string
	}{
		{[]object{from(at(1, 7), at(1, 8), "c")}, "<Config>\n<!--ä😀c-->\n</Config>\n"},
		{[]object{from(at(1, 5), at(1, 7), "")}, "<Config>\n<!--äc-->\n</Config>\n"},
		{[]object{from(at(1, 99), at(2, 0), "\r\n"), from(at(9, 9), at(9, 9), "<!--x-->")},
			"<Config>\n<!--äc-->\r\n</Config>\n<!--x-->"},
		{[]object{from(at(3, 0), at(3, 8), ""), from(at(0, 1), at(0, 7), "Konfig"), from(at(0, 0), at(0, 0), " ")},
			" <Konfig>\n<!--äc-->\r\n</Config>\n"},
		{[]object{{"text": "<Config/>"}}, "<Config/>"},
		{[]object{{"text": "<a/>"}, from(at(0, 1), at(0, 2), "Config")}, "<Config/>"},
		{nil, "<Config/>"},
	} {
		same(t, e.change(uri, i+2, step.changes...), path, step.want, nil)
	}
}

// A document that comes from a file in ISO-8859-1 is checked as it will be saved.
func TestLatin1(t *testing.T) {
	saved := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" +
		"<Config><!-- \xfcber --><Log Name=\"\xe4\" LogLevel=\"no\"/></Config>"
	sent := strings.NewReplacer("\xfc", "ü", "\xe4", "ä").Replace(saved)
	e := start(t, disk{path: saved})
	for _, f := range e.open(uri, sent) {
		if strings.Contains(f.Message, "UTF-8") {
			t.Errorf("the file is said to be other than it is: %s", f.Message)
		}
		if strings.Contains(f.Message, `"no"`) && f.Range.Start != at(1, 45) {
			t.Errorf("%s: at %v", f.Message, f.Range)
		}
	}
	with := strings.Replace(sent, "ber", "😀ber", 1)
	same(t, e.change(uri, 2, from(at(1, 14), at(1, 14), "😀")), path, with, nil)
}

// Topologies and suites have findings where they stand; a suite runs on what is open.
func TestYAML(t *testing.T) {
	e := start(t, nil)
	topology := "clusters:\n  - name: c\n    member: []\n"
	same(t, e.open("file:///conf/topology.yaml", topology), "/conf/topology.yaml", topology, nil)
	e.open(uri, apptest.Figure(t))
	suite := "config: plugin-cfg.xml\ntests:\n  - name: nothing there\n    requests:\n" +
		"      - url: http://localhost/none\n        expect: {cluster: nobody}\n"
	got := e.open("file:///conf/suite.yaml", suite)
	if len(got) != 1 || got[0].Range.Start.Line != 5 || !strings.Contains(got[0].Message, "nobody") {
		t.Errorf("a test that fails: %+v", got)
	}
	got = e.change("file:///conf/suite.yaml", 2, object{"text": "tests: []\nwhat: 1\n"})
	if len(got) == 0 {
		t.Error("a suite that is none has no findings")
	}
}

// What is found in a version that counts no longer is not told.
func TestStale(t *testing.T) {
	o, checking, changed := options(nil), make(chan struct{}, 9), make(chan struct{})
	now := o.Now
	o.Now = func() time.Time { // is asked at the beginning of a check
		checking <- struct{}{}
		<-changed
		return now()
	}
	e := connect(t, o)
	e.call("initialize", object{}, nil)
	e.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "version": 1, "text": "<a>"}})
	<-checking
	e.notify("textDocument/didChange", object{"textDocument": object{"uri": uri, "version": 2},
		"contentChanges": []object{{"text": "<b>"}}})
	e.call("textDocument/definition", place(uri, at(0, 0)), nil) // the change was taken before
	close(changed)
	if p := <-e.published; *p.Version != 2 {
		t.Errorf("findings of version %d are told", *p.Version)
	}
}

// A suite is checked again when its configuration is saved.
func TestSave(t *testing.T) {
	e := start(t, nil)
	const at = "file:///conf/suite.yaml"
	e.open(uri, small)
	suite := "config: plugin-cfg.xml\ntests:\n  - name: shop\n    requests:\n" +
		"      - url: http://h/a/x\n        expect: {cluster: shop}\n"
	if got := e.open(at, suite); len(got) > 0 {
		t.Fatalf("%+v", got)
	}
	e.change(uri, 2, object{"text": strings.ReplaceAll(small, `"shop"`, `"kiosk"`)})
	e.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}})
	if got := e.findings(at, 1); len(got) != 1 || !strings.Contains(got[0].Message, `no cluster is named "shop"`) {
		t.Errorf("%+v", got)
	}
}

// A name that means standard input to a command line means none here.
func TestNoFile(t *testing.T) {
	e := start(t, nil)
	for _, uri := range []string{"-", "untitled:Untitled-1", "file://", "%zz", ""} {
		if got := e.open(uri, "<Config>"); len(got) == 0 {
			t.Errorf("%s: a cut off file has no findings", uri)
		}
	}
}

// edits makes random changes of a text, and what the text is then.
type edits struct {
	chance *rand.Rand
	text   string
	pieces []string // that are written
}

var pieces = []string{"<", ">", "\"", "'", "/", "ä", "😀", "\r\n", "\n", "\r", "<!--", "-->", " Name=\"x\"",
	"<Server", "</Config>", "&amp;", "&", "<Uri Name=\"/a*\"/>", "\x00", "CloneID", "é", ""}

func (x *edits) next() object {
	runes := []rune(x.text)
	cut := func() int { return len(string(runes[:x.chance.IntN(len(runes)+1)])) }
	a, b := cut(), cut()
	if x.chance.IntN(3) > 0 {
		b = min(a+x.chance.IntN(12), len(x.text))
		for b < len(x.text) && x.text[b]&0xc0 == 0x80 {
			b++
		}
	}
	a, b = min(a, b), max(a, b)
	if between(x.text, a) || between(x.text, b) {
		return nil // no position is between CR and LF
	}
	piece := x.pieces[x.chance.IntN(len(x.pieces))]
	o := from(positionIn(x.text, a), positionIn(x.text, b), piece)
	x.text = x.text[:a] + piece + x.text[b:]
	return o
}

func between(text string, at int) bool {
	return at > 0 && at < len(text) && text[at-1] == '\r' && text[at] == '\n'
}

// some makes one to three changes.
func (x *edits) some() (changes []object) {
	for range x.chance.IntN(3) + 1 {
		if c := x.next(); c != nil {
			changes = append(changes, c)
		}
	}
	return changes
}

// askAll asks everything about a place of the text.
func (e *editor) askAll(uri string, x *edits) {
	e.t.Helper()
	p := positionIn(x.text, x.chance.IntN(len(x.text)+1))
	for _, method := range []string{"hover", "definition", "references", "completion", "prepareRename", "codeLens",
		"formatting", "rename", "codeAction", "documentSymbol"} {
		params := place(uri, p)
		params["newName"], params["range"] = "other", object{"start": inJSON(p), "end": inJSON(p)}
		err := e.try("textDocument/"+method, params, nil)
		if err != nil && !strings.Contains(err.Error(), "[-32803]") {
			e.t.Errorf("%s at %v of %q: %v", method, p, x.text, err)
		}
	}
}

// FuzzEdits: whatever is written, the findings are those of lint on the same bytes, and every request is answered.
func FuzzEdits(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, uint8(12))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		e := start(t, nil)
		x := &edits{rand.New(rand.NewPCG(seed, 1)), apptest.Figure(t), pieces}
		e.open(uri, x.text)
		for version := 2; version < int(n%32)+2; version++ {
			same(t, e.change(uri, version, x.some()...), path, x.text, nil)
			e.askAll(uri, x)
		}
	})
}
