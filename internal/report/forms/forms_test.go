package forms_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

func echo(w io.Writer, s string) error { _, err := io.WriteString(w, s); return err }

// TestListIsOrderedByPlace, not by which format was added first, as that is a matter of the names of files.
func TestListIsOrderedByPlace(t *testing.T) {
	var list forms.List[string]
	list.Add(forms.Form[string]{Name: "html", Place: 4, Usage: ", one page", Write: echo})
	list.Add(forms.AsJSON(echo))
	list.Add(forms.AsJUnit(3, echo))
	list.Add(forms.AsText(echo))
	if got := list.Names(); !slices.Equal(got, []string{"text", "json", "junit", "html"}) {
		t.Error(got)
	}
	if got := list.Usage(); got != "text, json, junit or html, one page" {
		t.Error(got)
	}
	if got := list[:2].Usage() + "; " + list[:1].Usage(); got != "text or json; text" {
		t.Error(got)
	}
}

// TestFormatsDoNotCollide: of two formats with one name one would never be written, and of two with one place nobody
// could say which help shows first.
func TestFormatsDoNotCollide(t *testing.T) {
	for _, second := range []forms.Form[string]{{Name: "text", Place: 9}, {Name: "words", Place: 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s at %d stands beside text at 1", second.Name, second.Place)
				}
			}()
			list := forms.List[string]{forms.AsText(echo)}
			list.Add(second)
		}()
	}
}

// TestEscape: what would do more on a terminal than be read is written in the way of the format.
func TestEscape(t *testing.T) {
	list := forms.List[string]{forms.AsText(echo), forms.AsJSON(echo), forms.AsJUnit(3, echo)}
	for name, want := range map[string]string{"text": `a\u009bb`, "json": `a\u009bb`, "junit": "a&#x9b;b"} {
		var out bytes.Buffer
		if err := list.Write(&out, name, "a\u009bb"); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v; want %q", name, &out, err, want)
		}
	}
	if err := list.Write(io.Discard, "xml", ""); err == nil || !strings.HasSuffix(err.Error(), "text, json, junit") {
		t.Error(err)
	}
	var out bytes.Buffer
	forms.Visible(&out, diag.JSON).Write([]byte("\x1b"))
	if out.String() != `\u001b` {
		t.Error(out.String())
	}
}

// TestOwn: a format that does not say how its reports are known again knows none, and may not replace a file.
func TestOwn(t *testing.T) {
	list := forms.List[string]{forms.AsText(echo), {Name: "mine", Place: 2, Write: echo,
		Own: func(text []byte) bool { return string(text) == "mine" }}}
	for _, tt := range []struct {
		format, text string
		want         bool
	}{{"mine", "mine", true}, {"mine", "yours", false}, {"text", "mine", false}, {"none", "mine", false}} {
		if got := list.Own(tt.format, []byte(tt.text)); got != tt.want {
			t.Errorf("%q as %s: %v", tt.text, tt.format, got)
		}
	}
}
