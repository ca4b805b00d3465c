package accesslog

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parsed reads one line of a form.
func parsed(t *testing.T, form, line string) (r Record, ok bool) {
	t.Helper()
	f, err := Named(form)
	if err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	ok = f.Parse(line, &r)
	return r, ok
}

// TestVariables: what the plug-in and mod_ssl put into the environment of a request.
func TestVariables(t *testing.T) {
	const form = `%{WAS}e %{WAS_UNIQUE_ID}e %{TPCN}e %{TPSB}e %{TPWR}e %{TPRB}e %{REQUEST_SCHEME}e %{USER}e`
	for line, want := range map[string]Record{
		"h1:9080 ID1 5 0 120 3 https bob": {WAS: "h1:9080", ID: "ID1", Scheme: "https", Micros: -1,
			Phases: Phases{Known: true, Connect: 5, Wait: 120, Read: 3}},
		"h1:9080 ID1 5 - - - http -": {WAS: "h1:9080", ID: "ID1", Scheme: "http", Micros: -1,
			Phases: Phases{Known: true, Connect: 5}},
		"- - - - - - - -": {Micros: -1},
	} {
		got, ok := parsed(t, form, line)
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("%s: %t %s", line, ok, diff)
		}
	}
	if _, ok := parsed(t, `%{TPCN}e`, "soon"); ok {
		t.Error("a word is a time of the plug-in")
	}
	for value, want := range map[string]string{"on": "https", "ON": "https", "off": "http", "-": "http"} {
		if r, _ := parsed(t, `%{HTTPS}e`, value); r.Scheme != want {
			t.Errorf("HTTPS=%s: scheme %q, want %q", value, r.Scheme, want)
		}
	}
}

// TestDirectives: each value that says something of a request, and what none of it can be.
func TestDirectives(t *testing.T) {
	for _, test := range []struct {
		form, line string
		want       Record // with Micros -1 where it is 0 here
		none       bool   // the line is of another form
	}{
		{form: `%a %m`, line: "2001:db8::1 GET", want: Record{Client: "2001:db8::1", Method: "GET"}},
		{form: `%A %m`, line: "192.0.2.9 GET", want: Record{Method: "GET"}},
		{form: `%S %I %O %s`, line: "700 300 400 200", want: Record{Status: 200}},
		{form: `%s`, line: "-"},
		{form: `%s`, line: "1000", none: true},
		{form: `%s`, line: "ok", none: true},
		{form: `%p`, line: "8443", want: Record{Port: 8443}},
		{form: `%{local}p`, line: "65535", want: Record{Port: 65535}},
		{form: `%{remote}p`, line: "50123"},
		{form: `%p`, line: "65536", none: true},
		{form: `%D`, line: "1500", want: Record{Micros: 1500}},
		{form: `%T`, line: "2", want: Record{Micros: 2_000_000}},
		{form: `%{us}T`, line: "2", want: Record{Micros: 2}},
		{form: `%{fortnights}T`, line: "2"},
		{form: `%D`, line: "999999999999999999"}, // some 30,000 years: none
		{form: `%b`, line: "many", none: true},
		{form: `%v %{Host}i`, line: "vhost shop:81", want: Record{Host: "shop:81"}},
		{form: `%{Host}i %v`, line: "shop:81 vhost", want: Record{Host: "shop:81"}},
		{form: `%{Host}i|%v`, line: "-|vhost", want: Record{Host: "vhost"}},
		{form: `%{a}C %{b}C %{c}C`, line: "1 - 2", want: Record{Cookie: "a=1; c=2"}},
		{form: `"%{Cookie}i"`, line: `"a=\x41\t\\\q\x4"`, want: Record{Cookie: "a=A\t\\\\q\\x4"}},
		{form: `"%r"`, line: `"GET /a b c HTTP/1.1"`, want: Record{Method: "GET", Target: "/a b c"}},
		{form: `"%r"`, line: `"GET /a"`, want: Record{Method: "GET", Target: "/a"}},
		{form: `"%r"`, line: `"\x16\x03\x01"`},
		{form: `"%r"`, line: `"GET https://shop?x=1#y HTTP/1.1"`, want: Record{Method: "GET", Target: "/?x=1",
			Host: "shop", Scheme: "https"}},
		{form: `%{%Y}t %m`, line: "2026 GET", want: Record{Method: "GET"}},
		{form: `%t`, line: "[32/Nov/x026:15:40:00 +0100]", none: true},
	} {
		if test.want.Micros == 0 {
			test.want.Micros = -1
		}
		got, ok := parsed(t, test.form, test.line)
		if ok == test.none {
			t.Errorf("%s: %q is read: %t", test.form, test.line, ok)
		} else if diff := cmp.Diff(test.want, got); ok && diff != "" {
			t.Errorf("%s: %q: %s", test.form, test.line, diff)
		}
	}
}

// TestJSONFields: a log may name its fields otherwise, and forms of times differ.
func TestJSONFields(t *testing.T) {
	f, err := JSON("url=line,host=vh,host=vhost,duration=secs")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]Record{
		`{"line":"/a?b","vhost":"shop","secs":0.25,"ts":"2026-11-29T15:40:00+01:00"}`: {Target: "/a?b", Host: "shop",
			Micros: 250000, Time: at, East: 3600},
		`{"line":"/a","query":"c=1","vh":"h","status":404,"timestamp":"2026-11-29 14:40:00"}`: {Target: "/a?c=1",
			Host: "h", Status: 404, Micros: -1, Time: at},
		`{"request":"GET /r HTTP/1.1","line":"/a","port":"8080","scheme":"ws"}`: {Method: "GET", Target: "/r",
			Port:   8080,
			Micros: -1},
		`{"line":"no path","secs":"soon"}`: {Micros: -1},
	} {
		var r Record
		if ok := f.Parse(line, &r); !ok || !cmp.Equal(want, r) {
			t.Errorf("%s: %t %s", line, ok, cmp.Diff(want, r))
		}
	}
	for _, line := range []string{``, `[]`, `{`, `{} {}`, ` {}`} {
		if f.Parse(line, new(Record)) {
			t.Errorf("%q is a line of JSON", line)
		}
	}
	for fields, want := range map[string]string{"hots=vh": `did you mean "host"?`, "host": "want FACT=FIELD",
		"host=": "want FACT=FIELD"} {
		if _, err := JSON(fields); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", fields, err, want)
		}
	}
}

// TestClock: two logs of one machine agree on what its clock showed, whatever zone their lines name.
func TestClock(t *testing.T) {
	r, _ := parsed(t, `%t`, "["+stamp+"]")
	if r.Clock() != r.Time+3600 {
		t.Errorf("%d at %d", r.Clock(), r.Time)
	}
	if r := (Record{East: 3600}); r.Clock() != 0 {
		t.Error("a time that is not known is one on the clock")
	}
}

// TestTooLong: a line that is longer than any of a log is left out, and counts as one.
func TestTooLong(t *testing.T) {
	for _, end := range []string{"\n/c\n", "\n/c", "\n", ""} {
		b := NewBlocks(strings.NewReader("/a\n/" + strings.Repeat("b", 3*maxLine) + end))
		var numbers []int
		tooLong := 0
		for {
			block, err := b.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			tooLong += block.TooLong
			block.Each(func(line string, number int) {
				if len(line) > 2 {
					t.Errorf("%q: a line of %d bytes", end, len(line))
				}
				numbers = append(numbers, number)
			})
		}
		want := []int{1, 3}
		if !strings.Contains(end, "c") {
			want = want[:1]
		}
		if !cmp.Equal(want, numbers) || tooLong != 1 {
			t.Errorf("%q: lines %v, too long %d", end, numbers, tooLong)
		}
	}
}
