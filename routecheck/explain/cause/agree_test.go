package cause

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/explain"
)

// anyExample draws a request, and a state of the members of C.
func anyExample(t *rapid.T) *example {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	x := &example{url: "http://shop.example.com" + pick("path", "/app/x", "/app/api/x", "/shop/x", "/cart/view",
		"/ap/x", "/app/%2Fx"),
		body: rapid.SampledFrom([]int64{0, 100, 90 << 10, -1}).Draw(t, "body")}
	x.change = []string{`CloneID="clone1"`,
		`CloneID="clone1" ServerIOTimeout="5" MaxConnections="` + pick("limit", "0", "10") + `"`}
	if id := pick("session", "", "", "clone1", "clone2:clone1", "clone1:clone2", "kept03", "gone04", "zzz",
		"CLONE1", "shop1", "1158590921"); id != "" {
		x.cookie = to + id
	}
	var down, marked, full []string
	for _, m := range []string{"m1", "m2", "m3"} {
		how := pick("how "+m, "well", "well", "refused", "timeout", "503", "reset", "malformed", "marked", "full")
		switch how {
		case "well":
		case "marked":
			marked = append(marked, m)
		case "full":
			full = append(full, m)
		default:
			down = append(down, m+"="+how)
		}
	}
	x.down, x.marked, x.full = strings.Join(down, " "), strings.Join(marked, " "), strings.Join(full, " ")
	return x
}

// TestCausesAgree: no cause contradicts the decision, and none is missing where the answer is not plain.
func TestCausesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyExample(t).run(t)
		d, code := x.d, codeOf(x.d)
		family, _, _ := strings.Cut(code, "-")
		failed := slices.ContainsFunc(d.Result.Attempts,
			func(a explain.Attempt) bool { return a.Outcome != explain.Healthy })
		switch {
		case d.Refused != "":
			wantFamily(t, x, family, "")
		case d.Decision == explain.Declined:
			wantFamily(t, x, family, "declined")
		case d.Decision == explain.Errored:
			wantFamily(t, x, family, "error")
		case failed:
			wantFamily(t, x, family, "session", "failover")
		case x.cookie == "":
			wantFamily(t, x, family, "")
		default:
			wantFamily(t, x, family, "", "session")
		}
		for _, also := range d.Also {
			if other, _, _ := strings.Cut(also, "-"); code == also || other != family && other != "failover" {
				t.Fatalf("%+v: %s, also %s", x.example, code, also)
			}
		}
		if len(d.Lines) == 0 || d.GoesTo == "" || strings.ContainsAny(strings.Join(d.Lines, ""), "{}") {
			t.Fatalf("%+v: %q goes to %q", x.example, d.Lines, d.GoesTo)
		}
	})
}

func wantFamily(t *rapid.T, x *explained, family string, want ...string) {
	if !slices.Contains(want, family) {
		t.Fatalf("%+v: the answer is %s %s, its cause %+v", x.example, x.d.Decision, x.d.Answers, x.d.Cause)
	}
}
