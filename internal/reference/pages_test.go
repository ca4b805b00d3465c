package reference_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
)

// TestPage: a word leads to all pages that it names, whatever its letter case, else to a topic or to the pages that
// speak of it.
func TestPage(t *testing.T) {
	for _, tt := range []struct {
		word  string
		heads []string // of its pages, by how they begin
		says  []string
	}{
		{"WP301", []string{"WP301"}, []string{"CloneID"}},
		{"clone-id-collision", []string{"WP301"}, nil},
		{"r22", []string{"R22 of the plug-in's decision"}, []string{"clone ID"}},
		{"r12", []string{"R12 of"}, []string{"Open choice score-combination"}},
		{"S9", []string{"S9 of the session manager"}, nil},
		{"score-tie", []string{"score-tie, an open choice (R13)"},
			[]string{"Values: first, last; the first is the default", "--assume score-tie=last"}},
		{"weight-zero", []string{"WP", "weight-zero, an open choice (R36)"}, nil},
		{"Server/CloneID", []string{"CloneID, attribute of Server"}, []string{"Often mistaken: Letter case counts"}},
		{"server/@cloneid", []string{"CloneID, attribute of Server"}, nil},
		{"Name", []string{"Name, attribute of ClusterAddress", "Name, attribute of"}, nil},
		{"Route", []string{"<Route>, an element (in Config)"}, []string{"Attributes: VirtualHostGroup, UriGroup, "}},
		{"GSK_ERROR_BAD_CERT", []string{"GSK_ERROR_BAD_CERT (414), a return code of GSKit"}, nil},
		{"414", []string{"GSK_ERROR_BAD_CERT (414)"}, nil},
		{"errno 111", []string{"connection refused, an error of the operating system"}, []string{"111 (Linux)"}},
		{"sticky", []string{"affinity, a topic"}, []string{"Pages:", "R22"}},
		{"drain", []string{"drain, a recipe: ", "drain, a topic"}, nil},
		{"certificate", []string{`"certificate" is no page of its own`}, nil},
		{"no such word", nil, nil},
		{"", nil, nil},
	} {
		page := reference.Page(tt.word)
		at := 0
		for _, head := range tt.heads {
			if i := strings.Index(page[at:], head); i < 0 || i > 0 && page[at+i-1] != '\n' {
				t.Errorf("%q has no page that begins with %q behind its byte %d:\n%s", tt.word, head, at, page)
			} else {
				at += i + len(head)
			}
		}
		if tt.heads == nil && page != "" {
			t.Errorf("%q has a page:\n%s", tt.word, page)
		}
		for _, want := range tt.says {
			if !strings.Contains(page, want) {
				t.Errorf("the page of %q does not say %q:\n%s", tt.word, want, page)
			}
		}
	}
}

// TestEveryWordHasAPage: whatever is offered can be asked for, names in small letters too.
func TestEveryWordHasAPage(t *testing.T) {
	for _, word := range reference.Words() {
		page := reference.Page(word)
		switch {
		case page == "" || !strings.HasSuffix(page, "\n"):
			t.Errorf("%q has no page, or one that is cut", word)
		case reference.InLogs(word): // texts are sought as lines have them
		case page != reference.Page(strings.ToLower(word)):
			t.Errorf("%q has another page in small letters", word)
		}
	}
	for _, word := range reference.PageWords() {
		if reference.Page(word) == "" {
			t.Errorf("nothing is known of %q", word)
		}
	}
}

// TestListed: everything that is listed has a page under the name by which it is listed, and no name stands twice in
// its list.
func TestListed(t *testing.T) {
	l := reference.List()
	names := map[string][]string{}
	fixes := map[lint.FixClass]string{lint.NoFix: "none", lint.SafeFix: "safe", lint.UnsafeFix: "unsafe",
		lint.ConditionallySafe: "sometimes-safe", lint.SomeUnsafe: "sometimes-unsafe"}
	for i, r := range l.Rules {
		names["rules"] = append(names["rules"], r.Code)
		if want := rules.All()[i]; r.Code != want.Code || r.Fix != fixes[want.Fix] {
			t.Errorf("%s: repaired %s, want %s: %s", r.Code, r.Fix, want.Code, fixes[want.Fix])
		}
		if r.Title == "" || r.Severity == "" || r.Category == "" || r.Fix == "" {
			t.Errorf("%s: %+v", r.Code, r)
		}
	}
	for _, c := range slices.Concat(l.Choices, l.SessionChoices) {
		names["choices"] = append(names["choices"], c.Name)
		if len(c.Values) < 2 || c.Meaning == "" {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
	for _, s := range slices.Concat(l.Decision, l.Sessions) {
		names["rules of decisions"] = append(names["rules of decisions"], s.ID)
	}
	for _, f := range l.Facts {
		names["facts"] = append(names["facts"], f.Name)
	}
	for _, c := range l.Causes {
		names["causes"] = append(names["causes"], c.Code)
	}
	for _, d := range l.Diagnoses {
		names["diagnoses"] = append(names["diagnoses"], d.ID)
	}
	for _, a := range l.Attributes {
		names["attributes"] = append(names["attributes"], a.Name)
		for _, element := range a.Elements {
			if reference.Page(element+"/"+a.Name) == "" {
				t.Errorf("%s/%s has no page", element, a.Name)
			}
		}
	}
	for _, e := range l.Log {
		names["log"] = append(names["log"], e.Name)
		if !reference.InLogs(e.Name) {
			t.Errorf("%q is listed and not found in logs", e.Name)
		}
	}
	for _, topic := range l.Topics {
		names["topics"] = append(names["topics"], topic...)
	}
	for _, r := range l.Recipes {
		names["recipes"] = append(names["recipes"], r.Name)
	}
	if len(names) != 10 {
		t.Errorf("%d lists have entries", len(names))
	}
	for list, all := range names {
		seen := map[string]bool{}
		for _, name := range all {
			if seen[name] || reference.Page(name) == "" {
				t.Errorf("%s: %q stands there twice, or has no page", list, name)
			}
			seen[name] = true
		}
	}
	named := func(a reference.Attribute) bool { return a.Name == "Name" }
	if i := slices.IndexFunc(l.Attributes, named); i < 0 || !slices.Contains(l.Attributes[i].Elements, "Server") ||
		!slices.Contains(l.Attributes[i].Elements, "Uri") {
		t.Error("Name is not listed for Server and Uri")
	}
	if reference.InLogs("CloneID") {
		t.Error("an attribute is taken for a text of the log")
	}
}
