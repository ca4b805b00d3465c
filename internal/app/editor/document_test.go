package editor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/diag"
)

// marked takes the mark ‸ out of a text, and returns its place.
func marked(t *testing.T, text string) (src []byte, place int32) {
	t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatalf("no mark in %q", text)
	}
	return []byte(before + after), int32(len(before))
}

// openAt opens a plugin-cfg.xml with a mark in it.
func openAt(t *testing.T, text string) (*Document, int32) {
	src, place := marked(t, text)
	return Open("plugin-cfg.xml", src, ""), place
}

// labels are the words of a completion, in order.
func labels(c Completion) string {
	var all []string
	for _, i := range c.Items {
		all = append(all, i.Label)
	}
	return strings.Join(all, " ")
}

// pieces are the texts at spans.
func pieces(files *diag.Files, spans []diag.Span) string {
	var all []string
	for _, s := range spans {
		all = append(all, fmt.Sprintf("%d:%s", files.Start(s).Line, files.Source(s.File)[s.Start:s.End]))
	}
	return strings.Join(all, " ")
}

// applied is a text after edits.
func applied(src []byte, edits []diag.Edit) string {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b diag.Edit) int { return int(b.Span.Start - a.Span.Start) })
	text := string(src)
	for _, e := range edits {
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}

// town has a cluster in the form of version 4, and a Uri that nobody uses.
const town = `<Config>
<VirtualHostGroup Name="hosts"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerGroup Name="Old"><Server Name="m1" CloneID="c1"/><Server Name="m2" CloneID="c1"/>
<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers></ServerGroup>
<ServerCluster Name="New"><Server Name="m1"/></ServerCluster>
<UriGroup Name="used"><Uri Name="/shop/*"/><Uri Name="/shop/a"/><Uri Name="/other"/></UriGroup>
<UriGroup Name="unused"><Uri Name="/nobody/*"/></UriGroup>
<Route ServerCluster="Old" UriGroup="used" VirtualHostGroup="hosts"/>
</Config>
`

// in is a text with a piece of it replaced, as by one with the mark.
func in(t *testing.T, text, piece, with string) string {
	t.Helper()
	if strings.Count(text, piece) != 1 {
		t.Fatalf("%q is there %d times", piece, strings.Count(text, piece))
	}
	return strings.Replace(text, piece, with, 1)
}

// TestComplete: what is offered where a text is being written, and that nothing is where nobody knows what may stand.
func TestComplete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"the root", "<‸", "Config"},
		{"nothing before a tag", "‸<Config>", ""},
		{"behind a tag", "<Config>‸", ""},
		{"an end tag", "<Config></‸", ""},
		{"a comment", "<Config><!‸", ""},
		{"an element", "<Config><ServerC‸", "ServerCluster"},
		{"letter case does not matter", "<Config><servercl‸", "ServerCluster"},
		{"what an unknown element may hold", "<Config><Foo><‸", ""},
		{"an attribute of an unknown element", "<Config><Foo ‸", ""},
		{"an attribute that is not there yet", `<Config><ServerCluster Name="C" LoadBalance="Random" Loa‸`, ""},
		{"an attribute behind one without a value", `<Config><ServerCluster Name Loa‸`, ""},
		{"a value without quotes", `<Config><ServerCluster LoadBalance=R‸`, ""},
		{"blanks around =", `<Config><ServerCluster LoadBalance = "R‸`, "Round Robin Random"},
		{"apostrophes", `<Config><ServerCluster LoadBalance='Ran‸`, "Random"},
		{"attributes that are left", `<Config><Route UriGroup="u" ‸`, "VirtualHostGroup ServerCluster ServerGroup"},
		{"clusters of either form", in(t, town, `ServerCluster="Old"`, `ServerCluster="‸`), "Old New"},
		{"members of the cluster around", in(t, town, `<PrimaryServers><Server Name="m1"/>`,
			`<PrimaryServers><Server Name="‸`), "m1 m2"},
		{"members of no cluster", `<PrimaryServers><Server Name="‸`, ""},
		{"a Property of nothing", `<Config><Foo><Property Name="‸`, ""},
		{"a Property without a name", `<Config><Property Value="‸`, ""},
		{"a value of a Property", `<Config><Property Name="ESIEnable" Value="t‸`, "true"},
	} {
		d, place := openAt(t, c.text)
		if got := labels(d.Complete(place)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCompleteReplaces: what is offered stands in place of the word that was begun, and an attribute needs its quotes.
func TestCompleteReplaces(t *testing.T) {
	t.Parallel()
	d, place := openAt(t, `<Config><ServerCluster LoadB‸`)
	c := d.Complete(place)
	if got := pieces(d.Files(), []diag.Span{c.Replaces}); got != "1:LoadB" || !c.Quotes {
		t.Errorf("%s, quotes %v", got, c.Quotes)
	}
	if d, place = openAt(t, `<Config><ServerCluster LoadBalance="Ra‸`); d.Complete(place).Quotes {
		t.Error("a value within quotes is to get some")
	}
}

// TestHoverProperty: a Property is told of by what it sets, an unknown one not at all.
func TestHoverProperty(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<Config><Property Name="ESIEn‸able" Value="true"/></Config>`: "ESIEnable",
		`<Config><Property Name="ESIEnable" Val‸ue="true"/></Config>`: "ESIEnable",
		`<Config><Property Name="Unknown" Val‸ue="true"/></Config>`:   "Value",
		`<Config><Property Va‸lue="true"/></Config>`:                  "Value",
		`<Config><Foo Ba‸r="x"/></Config>`:                            "",
		`<Config><F‸oo/></Config>`:                                    "",
		`<Confi‸g/>`:                                                  "Config",
		`<Config/> ‸`:                                                 "",
	} {
		d, place := openAt(t, text)
		got, at := d.Hover(place)
		if !strings.Contains(got, want) || want == "" && got != "" || want != "" && at.IsZero() {
			t.Errorf("%s: %q at %v, want %q", text, got, at, want)
		}
	}
}

// TestNamesOfOldForm: a ServerGroup is found, and renamed, as what a Route calls its cluster.
func TestNamesOfOldForm(t *testing.T) {
	t.Parallel()
	d, place := openAt(t, in(t, town, `<Route ServerCluster="Old"`, `<Route ServerCluster="O‸ld"`))
	if got := pieces(d.Files(), d.Definitions(place)); got != "3:Old" {
		t.Errorf("defined at %s", got)
	}
	if got := pieces(d.Files(), d.References(place, true)); got != "3:Old 8:Old" {
		t.Errorf("named at %s", got)
	}
	edits, err := d.Rename(place, `A&"B"`)
	if err != nil {
		t.Fatal(err)
	}
	src := applied(d.src, edits)
	if want := strings.ReplaceAll(town, `"Old"`, `"A&amp;&quot;B&quot;"`); src != want {
		t.Errorf("renamed:\n%s", src)
	}
}

// TestNamesOfMembers: a member is one of its cluster, and a clone ID is whoever has it.
func TestNamesOfMembers(t *testing.T) {
	t.Parallel()
	d, place := openAt(t, in(t, town, `<PrimaryServers><Server Name="m1"/>`, `<PrimaryServers><Server Name="m‸1"/>`))
	if got := pieces(d.Files(), d.Definitions(place)); got != "3:m1" {
		t.Errorf("m1 of Old is defined at %s", got)
	}
	if _, err := d.Rename(place, "m2"); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("m1 is renamed as its neighbour: %v", err)
	}
	d, place = openAt(t, in(t, town, `Name="m2" CloneID="c1"`, `Name="m2" CloneID="c‸1"`))
	if got := pieces(d.Files(), d.References(place, false)); got != "3:c1 3:c1" {
		t.Errorf("the clone ID is at %s", got)
	}
	if at, err := d.Renamable(place); err != nil || pieces(d.Files(), []diag.Span{at}) != "3:c1" {
		t.Errorf("%v %v", at, err)
	}
	if _, err := d.Rename(place, "a:b"); err == nil || !strings.Contains(err.Error(), "is no clone ID") {
		t.Errorf("a clone ID with a separator: %v", err)
	}
}

// TestNoName: where no name stands none is renamed, and what can be none is refused.
func TestNoName(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`<Config ‸/>`, `<Config><VirtualHost Name="*:‸80"/></Config>`,
		`<Config><Route Fo‸o="x"/></Config>`, `<Config><Route Foo="‸x"/></Config>`,
		`<Config><UriGroup Name="‸"/></Config>`} {
		d, place := openAt(t, text)
		if _, err := d.Renamable(place); !errors.Is(err, ErrNoName) {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := d.Rename(place, "x"); !errors.Is(err, ErrNoName) {
			t.Errorf("%s: renamed: %v", text, err)
		}
		if d.Definitions(place) != nil || d.References(place, true) != nil {
			t.Errorf("%s: it is defined or used", text)
		}
	}
	d, place := openAt(t, in(t, town, `ServerCluster="Old"`, `ServerCluster="Ol‸d"`))
	for _, to := range []string{"", " x", "x ", "a\tb", "New"} {
		if _, err := d.Rename(place, to); err == nil {
			t.Errorf("renamed to %q", to)
		}
	}
}

// TestURIs: a line and a page say who else takes the requests of a Uri.
func TestURIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ piece, title, page string }{
		{`Name="/shop/‸*"`, "score 6, loses to /shop/a (Old, line 6)", "and win:"},
		{`Name="/shop‸/a"`, "score 7, wins over /shop/* (Old, line 6)", "and lose:"},
		{`Name="/oth‸er"`, "score 6, nobody else matches", "Its requests go to Old."},
		{`Name="/nobod‸y/*"`, "no Route uses this Uri", "No Route uses it."},
	} {
		d, place := openAt(t, in(t, town, strings.Replace(c.piece, "‸", "", 1), c.piece))
		u := d.URIAt(place)
		if u == nil || u.Title() != c.title || !strings.Contains(u.page(), c.page) {
			t.Errorf("%s: %+v\n%s", c.piece, u, u.page())
		}
	}
	d, place := openAt(t, in(t, town, `<UriGroup Name="used">`, `<UriGroup‸ Name="used">`))
	if u := d.URIAt(place); u != nil {
		t.Errorf("a group is a Uri: %+v", u)
	}
	if got := len(d.URIs()); got != 4 {
		t.Errorf("%d Uris", got)
	}
}

// TestManyRivals: a line names one rival of many, a page twenty.
func TestManyRivals(t *testing.T) {
	t.Parallel()
	var uris strings.Builder
	for i := range mostRivals + 3 {
		fmt.Fprintf(&uris, `<Uri Name="/shop/%02d"/>`, i)
	}
	d, place := openAt(t, in(t, town, `<Uri Name="/shop/*"/>`, `<Uri Name="/shop‸/*"/>`+uris.String()))
	u := d.URIAt(place)
	if want := fmt.Sprintf(" and %d more", len(u.LosesTo)-1); !strings.HasSuffix(u.Title(), want) {
		t.Errorf("%q does not end with %q", u.Title(), want)
	}
	if want := fmt.Sprintf("   and %d more\n", len(u.LosesTo)-mostRivals); !strings.HasSuffix(u.page(), want) {
		t.Errorf("the page does not end with %q:\n%s", want, u.page())
	}
}

// TestTarget: a level of the plug-in that nobody knows counts as the latest.
func TestTarget(t *testing.T) {
	t.Parallel()
	src, place := marked(t, in(t, town, `Name="/shop/*"`, `Name="/sho‸p/*"`))
	latest, unknown := Open("x.xml", src, ""), Open("x.xml", src, "0.0.nonsense")
	if a, b := latest.URIAt(place).Title(), unknown.URIAt(place).Title(); a != b {
		t.Errorf("%q and %q", a, b)
	}
}

// TestIgnore: the comment stands on a line of its own before the element, with the line ends of the file.
func TestIgnore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"<Config>\n  <Log ‸/>\n</Config>", "<Config>\n  <!-- wasplug:ignore WP501  -->\n  <Log />\n</Config>"},
		{"<Config>\r\n  <Log ‸/>\r\n</Config>",
			"<Config>\r\n  <!-- wasplug:ignore WP501  -->\r\n  <Log />\r\n</Config>"},
		{"<Config><Log ‸/></Config>", "<Config>\n<!-- wasplug:ignore WP501  -->\n<Log /></Config>"},
	} {
		d, place := openAt(t, c.text)
		e, ok := d.Ignore(diag.Span{Start: place, End: place}, "WP501")
		if got := applied(d.src, []diag.Edit{e}); !ok || got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
	d, place := openAt(t, "<Config/>\n‸")
	if _, ok := d.Ignore(diag.Span{Start: place, End: place}, "WP501"); ok {
		t.Error("a comment where no element is")
	}
}

// TestLayout: what is not well-formed is left as it is.
func TestLayout(t *testing.T) {
	t.Parallel()
	whole := Open("x.xml", []byte("<Config><Log/></Config>"), "")
	if text, ok := whole.Layout(); !ok || !strings.Contains(text, "\n") {
		t.Errorf("%v %q", ok, text)
	}
	if text, ok := Open("x.xml", []byte("<Config><Log></Config>"), "").Layout(); ok {
		t.Errorf("laid out: %q", text)
	}
}

// TestOutline: what has no name is called by its element, so that an outline can be shown.
func TestOutline(t *testing.T) {
	t.Parallel()
	d := Open("x.xml", []byte(`<Config><ServerCluster><Server Name=""/></ServerCluster><Route/></Config>`), "")
	var told []string
	var tell func([]Symbol)
	tell = func(all []Symbol) {
		for _, s := range all {
			if s.At.Start < s.Whole.Start || s.At.End > s.Whole.End {
				t.Errorf("%s: its name is not in it", s.Name)
			}
			told = append(told, s.Name)
			tell(s.Children)
		}
	}
	tell(d.Symbols())
	if got := strings.Join(told, " "); got != "ServerCluster Server Route" {
		t.Errorf("%s", got)
	}
}

// openYAMLAt opens a topology or a suite with a mark in it, beside other files.
func openYAMLAt(t *testing.T, name, text string, files map[string]string) (*YAML, int32) {
	src, place := marked(t, text)
	return OpenYAML(name, src, "", memory(t, files)), place
}

func memory(t *testing.T, files map[string]string) app.Input { return apptest.Memory(t, files) }
