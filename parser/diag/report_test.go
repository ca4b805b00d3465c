package diag_test

import (
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
)

// TestLine: a diagnostic is one line with its place, its gravity and its rule, as far as it has them.
func TestLine(t *testing.T) {
	files := diag.NewFiles()
	id := files.Add("conf/plugin-cfg.xml", []byte("<Config>\r\n  <Größe Name=\"m1\"/>\n</Config>"))
	rule := diag.Rule{Code: diag.CloneIDMissing, Name: "clone-id-missing"}
	for _, test := range []struct {
		d    diag.Diagnostic
		want string
	}{
		{diag.Diagnostic{Span: diag.Span{File: id, Start: 27, End: 29}, Severity: diag.Error, Rule: rule,
			Message: "no CloneID"},
			"conf/plugin-cfg.xml:2:16: error: no CloneID [WP303 clone-id-missing]"},
		{diag.Diagnostic{Span: diag.Span{File: id}, Severity: diag.Warning, Message: "odd"},
			"conf/plugin-cfg.xml:1:1: warning: odd"},
		{diag.Diagnostic{Severity: diag.Info, Rule: rule, Message: "of no file"},
			"info: of no file [WP303 clone-id-missing]"},
		{diag.Diagnostic{Span: diag.Span{File: id, Start: 1000, End: 2000}, Severity: diag.Info, Message: "behind it"},
			"conf/plugin-cfg.xml:3:10: info: behind it"},
	} {
		if got := files.Line(test.d); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestFiles: the zero ID and one of another register name no file.
func TestFiles(t *testing.T) {
	files := diag.NewFiles()
	id := files.Add("a", []byte("text"))
	if files.Name(id) != "a" || files.Text(diag.Span{File: id, Start: 1, End: 3}) != "ex" ||
		files.Text(diag.Span{File: id, Start: 2, End: 99}) != "xt" {
		t.Errorf("%q has %q", files.Name(id), files.Text(diag.Span{File: id, Start: 1, End: 3}))
	}
	for _, none := range []diag.FileID{0, id + 1, -1} {
		if files.Name(none) != "" || files.Source(none) != nil ||
			files.Start(diag.Span{File: none}) != (diag.Position{}) {
			t.Errorf("%d names the file %q", none, files.Name(none))
		}
	}
	if (*diag.Files)(nil).Name(id) != "" {
		t.Error("no register names a file")
	}
}

// TestSort: diagnostics stand in the order of their places; at one place two runs print the same.
func TestSort(t *testing.T) {
	at := func(file diag.FileID, start, end int32, code, message string, severity diag.Severity) diag.Diagnostic {
		return diag.Diagnostic{Span: diag.Span{File: file, Start: start, End: end}, Rule: diag.Rule{Code: code},
			Message: message, Severity: severity}
	}
	all := []diag.Diagnostic{at(2, 0, 1, "WP101", "f", 0), at(1, 5, 6, "WP101", "e", diag.Info),
		at(1, 5, 5, "WP999", "a", 0), at(1, 5, 6, "WP101", "d", diag.Warning), at(1, 4, 9, "WP102", "0", 0),
		at(1, 5, 6, "WP100", "z", 0)}
	diag.Sort(all)
	var order string
	for _, d := range all {
		order += d.Message
	}
	if order != "0azdef" {
		t.Error(order)
	}
	if got := diag.Worst(all); got != diag.Warning {
		t.Errorf("the worst is %s", got)
	}
	if got := diag.Worst(nil); got != 0 || got.String() != "off" {
		t.Errorf("the worst of none is %s", got)
	}
}

func TestSpan(t *testing.T) {
	outer := diag.Span{File: 1, Start: 2, End: 9}
	for span, within := range map[diag.Span]bool{
		outer: true, {File: 1, Start: 2, End: 2}: true, {File: 1, Start: 9, End: 9}: true,
		{File: 1, Start: 1, End: 3}: false, {File: 1, Start: 8, End: 10}: false, {File: 2, Start: 3, End: 4}: false,
	} {
		if outer.Contains(span) != within {
			t.Errorf("%v is within: %t", span, !within)
		}
	}
	if got := (diag.Span{File: 1, Start: 2, End: 3}).To(diag.Span{File: 1, Start: 7, End: 9}); got != outer {
		t.Error(got)
	}
	if (diag.Span{File: 1}).IsZero() || !(diag.Span{Start: 1, End: 2}).IsZero() {
		t.Error("a span is zero by its file alone")
	}
}

// TestVal: the zero value is not written; what is written may still be unreadable.
func TestVal(t *testing.T) {
	var none diag.Val[int]
	if none.Set() || none.Raw() != "" || !none.Span().IsZero() {
		t.Errorf("%+v", none)
	}
	span := diag.Span{File: 1, Start: 3, End: 5}
	odd := diag.Val[int]{V: 2, At: &diag.Attr{Value: "2x", Span: span}}
	if !odd.Set() || odd.Valid || odd.Raw() != "2x" || odd.Span() != span {
		t.Errorf("%+v", odd)
	}
	if made := diag.Written(7, span); !made.Set() || !made.Valid || made.V != 7 || made.Span() != span {
		t.Errorf("%+v", made)
	}
}

// TestClip cuts at the end of a character, and says that it did.
func TestClip(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc..."}, {"aéé", 4, "aé..."}, {"日本", 1, "..."}, {"", 0, ""}} {
		if got := diag.Clip(test.text, test.most); got != test.want {
			t.Errorf("%q to %d: %q, want %q", test.text, test.most, got, test.want)
		}
	}
}

// TestDidYouMean words what Suggest finds.
func TestDidYouMean(t *testing.T) {
	known := []string{"CloneID", "Name"}
	if got := diag.DidYouMean("CloneId", known); got != ` (did you mean "CloneID"?)` {
		t.Error(got)
	}
	if got := diag.DidYouMean("Hostname", known) + diag.Hint(""); got != "" {
		t.Error(got)
	}
}

// TestDistance is symmetric, counts a swap of neighbours once, and stops beyond its limit.
func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"abc", "abc"}: 0, {"abc", "acb"}: 1, {"abc", "ab"}: 1, {"abc", "axc"}: 1, {"ca", "abc"}: 3,
		{"kitten", "sitting"}: 3, {"", "abc"}: 3,
	} {
		for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
			if got := diag.Distance(p[0], p[1], 9); got != want {
				t.Errorf("%q: %d, want %d", p, got, want)
			}
		}
	}
	if got := diag.Distance("a", "abcdefgh", 3); got <= 3 {
		t.Errorf("%d of a limit of 3", got)
	}
}

// TestPrintable: what a hostile name holds does not reach the terminal.
func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{"m1": "m1", "m\x1b[2J": `m\x1b[2J`, "m\n1": `m\x0a1`, "größe": "größe",
		"\u202e": `\u202e`} {
		if got := diag.Printable(text); got != want {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}
