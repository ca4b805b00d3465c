package accesslog

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

const stamp = "29/Nov/2026:15:40:00 +0100"

var at = time.Date(2026, 11, 29, 14, 40, 0, 0, time.UTC).Unix()

func TestForms(t *testing.T) {
	for _, c := range []struct {
		form, line string
		want       Record
	}{
		{"common", `10.0.0.1 - - [` + stamp + `] "GET /app/x?a=b HTTP/1.1" 200 12`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Method: "GET", Target: "/app/x?a=b", Status: 200,
				Micros: -1}},
		{"common", `::1 - a user [` + stamp + `] "GET /a\"b\x22\\c HTTP/1.1" 404 - and more`,
			Record{Client: "::1", Time: at, East: 3600, Method: "GET", Target: `/a"b"\c`, Status: 404, Micros: -1}},
		{"common", `10.0.0.1 - - [` + stamp + `] "-" 408 -`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Status: 408, Micros: -1}},
		{"common", `10.0.0.1 - - [` + stamp + `] "GET http://shop:81/a HTTP/1.1" 200 1`, Record{Client: "10.0.0.1",
			Time: at, East: 3600, Method: "GET", Target: "/a", Host: "shop:81", Scheme: "http", Status: 200,
			Micros: -1}},
		{"combined", `10.0.0.1 - - [` + stamp + `] "POST /b HTTP/2.0" 201 5 "-" "agent \"x\" y"`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Method: "POST", Target: "/b", Status: 201, Micros: -1}},
		{"vhost_common", `[::1]:8443 10.0.0.1 - - [` + stamp + `] "GET /c HTTP/1.1" 200 5`, Record{Client: "10.0.0.1",
			Time: at, East: 3600, Method: "GET", Target: "/c", Host: "[::1]", Port: 8443, Status: 200, Micros: -1}},
		{"was-debug", `10.0.0.1 - - [` + stamp + `] "GET /d HTTP/1.1" 200 5 ID1 - WAS=h1:9080 - 0001abc:c1 50123 1500`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Method: "GET", Target: "/d", Status: 200, Micros: 1500,
				ID:  "ID1",
				WAS: "h1:9080", Cookie: "JSESSIONID=0001abc:c1"}},
		{"was-debug", `10.0.0.1 - - [` + stamp +
			`] "GET /d HTTP/1.1" 200 5 ID1 - WAS=h1:9080 a=b; Path=/; HttpOnly, ` +
			`c=d; Expires=Thu, 01 Dec 1994 16:00:00 GMT, e=f - 50123 1500`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Method: "GET", Target: "/d", Status: 200, Micros: 1500,
				ID:  "ID1",
				WAS: "h1:9080"}},
		{"json", `{"time":"2026-11-29T14:40:00Z","client":"10.0.0.1","request":"GET /e HTTP/1.1","host":"shop",` +
			`"status":200,"member":"C/m1","microseconds":7}`,
			Record{Client: "10.0.0.1", Time: at, Method: "GET", Target: "/e",
				Host: "shop", Status: 200, Micros: 7, Member: "C/m1"}},
		{"json", `{"uri":"/f","args":"x=1","http_host":"shop:80","scheme":"https",` +
			`"request_time":"0.25","status":"500"}`,
			Record{Target: "/f?x=1", Host: "shop:80", Scheme: "https", Status: 500, Micros: 250000}},
		{"wasplug", `10.0.0.1 - - [` + stamp + `] "GET /g HTTP/1.1" 200 5 C/m1 attempts=1 affinity=hit took=0.001500`,
			Record{Client: "10.0.0.1", Time: at, East: 3600, Method: "GET", Target: "/g", Status: 200, Micros: 1500,
				Member: "C/m1"}},
		{"urls", "https://shop.example.com/h?x#y\tCookie: JSESSIONID=1", Record{Scheme: "https",
			Host: "shop.example.com", Target: "/h?x", Cookie: "JSESSIONID=1", Micros: -1}},
		{"urls", "/i", Record{Target: "/i", Micros: -1}},
		{`%t "%r" %>s "%{Cookie}i" %{ms}T %{Host}i`,
			`[` + stamp + `] "GET /j HTTP/1.1" 302 "a=b; c=\"d\"" 20 shop:8080`,
			Record{Time: at, East: 3600, Method: "GET", Target: "/j", Status: 302, Cookie: `a=b; c="d"`, Micros: 20000,
				Host: "shop:8080"}},
		{`%m %U%q`, ``, Record{}},
		{`%400,501{User-agent}i|%m|%U|%q|%!200s|%%`, `x y|GET|/k|?l=m|200|%`,
			Record{Method: "GET", Target: "/k?l=m", Status: 200, Micros: -1}},
	} {
		f, err := Named(c.form)
		if err != nil {
			if c.line != "" {
				t.Error(c.form, err)
			}
			continue
		}
		var r Record
		if ok := f.Parse(c.line, &r); !ok && c.want != (Record{}) {
			t.Errorf("%s: not read: %s", c.form, c.line)
		} else if diff := cmp.Diff(c.want, r); ok && c.want != (Record{}) && diff != "" {
			t.Errorf("%s: %s\n%s", c.form, c.line, diff)
		}
	}
}

// TestNoForm: what is no line of a form is not read as one.
// TestW3C: the columns are those that the log names, and lines of other columns are of another form.
func TestW3C(t *testing.T) {
	head := []string{"#Software: Microsoft Internet Information Services 10.0", "#Fields: date time s-ip cs-method " +
		"cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) cs(Cookie) cs-host sc-status time-taken"}
	for _, lines := range [][]string{head, append(head, "2026-11-29 14:40:00 10.0.0.9 GET /app/a+b x=1 443 10.0.0.1 "+
		"Mozilla/5.0+(X11) a=b;+JSESSIONID=0001abc:c1 shop:443 200 15")} {
		f, err := W3C(lines)
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		want := Record{Client: "10.0.0.1", Time: at, Method: "GET", Target: "/app/a b?x=1", Host: "shop:443", Port: 443,
			Status: 200, Micros: 15000, Cookie: "a=b; JSESSIONID=0001abc:c1"}
		line := "2026-11-29 14:40:00 10.0.0.9 GET /app/a+b x=1 443 10.0.0.1 Mozilla/5.0+(X11) " +
			"a=b;+JSESSIONID=0001abc:c1 " +
			"shop:443 200 15"
		if !f.Parse(line, &r) || !cmp.Equal(r, want) {
			t.Error(cmp.Diff(want, r))
		}
		if !f.Parse(head[1], &r) || !r.Head || r.Target != "" || f.Parse("2026-11-29 14:40:00", &r) || f.Parse("", &r) {
			t.Errorf("%+v", r)
		}
	}
	if f, err := Detect(append(head, "2026-11-29 14:40:00 10.0.0.9 GET /a - 443 10.0.0.1 - - - 200 15")); err != nil ||
		f.Name != W3CName {
		t.Error(f, err)
	}
	f, err := W3C([]string{"#Fields: time cs-method"})
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	if !f.Parse("14:40:00 GET", &r) || r.Time != 0 || r.Head || r.Method != "GET" {
		t.Errorf("a time without a date: %+v", r)
	}
	for fields, lines := range map[string][]string{"time cs-method": {"14:40:00 GET"}, "cs-method": {"GET"},
		"date time cs-method": {"- 14:40:00 GET", "- - GET"}} {
		zoned, err := W3C([]string{"#Fields: " + fields})
		if err != nil {
			t.Fatal(err)
		}
		zoned.East = 7200
		for _, line := range lines {
			if !zoned.Parse(line, &r) || r.Clock() != 0 {
				t.Errorf("%s has no date, and is of %d", line, r.Clock())
			}
		}
	}
	for _, line := range []string{"#Date: 2026-11-29 14:40:00", "#Fields: cs-method time"} {
		if !f.Parse(line, &r) || !r.Head {
			t.Errorf("%s: %+v", line, r)
		}
	}
	if _, err := W3C([]string{"x"}); err == nil {
		t.Error("no columns, no error")
	}
}

// TestW3CColumnsChange: behind another line that names columns these hold, in blocks that come later, too.
func TestW3CColumnsChange(t *testing.T) {
	const first, second = "#Fields: cs-method cs-uri-stem s-port", "#Fields: s-port cs-uri-stem cs-method"
	var log strings.Builder
	want := map[string]int{}
	for n, part := range []struct{ head, line string }{
		{first, "GET /a 80"}, {second, "80 /b GET"}, {"#Fields:", "80 /c GET"}, {first, "GET /d 80"},
		{"#Fields: s-port", "80 /e GET"},
	} {
		log.WriteString(part.head + "\r\n")
		for range 30_000 { // of more than one block
			log.WriteString(part.line + "\n")
		}
		if path := "/" + string(rune('a'+n)); n < 4 {
			want["GET "+path+" 80"] = 30_000
		} else {
			want["not of the form"] = 30_000
		}
	}
	f, err := Detect(strings.Split(log.String(), "\n")[:Sampled])
	if err != nil {
		t.Fatal(err)
	}
	f.East = 3600
	got, line := map[string]int{}, 0
	for blocks := f.Blocks(strings.NewReader(log.String())); ; {
		b, err := blocks.Next()
		if err != nil {
			break
		}
		f.Each(b, func(r *Record, ok bool) {
			if r.Line <= line || ok && r.East != 3600 {
				t.Fatalf("%+v behind line %d", r, line)
			}
			if line = r.Line; ok {
				got[fmt.Sprint(r.Method, " ", r.Target, " ", r.Port)]++
			} else {
				got["not of the form"]++
			}
		})
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// TestHTTPDConf: the LogFormat of a nickname, or of whoever writes a log of that name.
func TestHTTPDConf(t *testing.T) {
	const conf = `# LogFormat "%h" ghost
LogFormat "%h %l %u %t \"%r\" %>s %b" common
  logformat '%h %t "%r" %>s' short
LogFormat "%t \"%r\" %>s \
WAS=%{WAS}e" was
<VirtualHost *:80>
CustomLog "|/usr/bin/rotatelogs logs/piped.%Y 86400" common
CustomLog logs/access_log common env=!static
GlobalLog logs/access_was_log was
CustomLog logs/own.log "%t %>s"
</VirtualHost>
CustomLog`
	stamped := "[" + stamp + "] "
	for _, c := range []struct{ nickname, log, line, err string }{
		{"short", "x", `10.0.0.1 ` + stamped + `"GET /a HTTP/1.1" 200`, ""},
		{"", "/var/log/access_log.2026-11-29", `10.0.0.1 - - ` + stamped + `"GET /a HTTP/1.1" 200 1`, ""},
		{"", "access_was_log", stamped + `"GET /a HTTP/1.1" 200 WAS=h:1`, ""},
		{"", `C:\logs\own.log`, stamped + "200", ""},
		{"comon", "x", "", `no LogFormat "comon" (did you mean "common"?): want one of common, short, was`},
		{"ghost", "x", "", `no LogFormat "ghost"`},
		{"", "other_log", "",
			`4 logs and none that is "other_log" alone: name the LogFormat, @FILE:NICKNAME, of common`},
	} {
		f, err := HTTPDConf(conf, c.nickname, c.log)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: %v", c, err)
			}
		case err != nil:
			t.Errorf("%+v: %v", c, err)
		default:
			if r := new(Record); !f.Parse(c.line, r) || r.Status != 200 {
				t.Errorf("%+v: %+v", c, r)
			}
		}
	}
	if _, err := HTTPDConf("CustomLog any '%h %>s'", "", "x"); err != nil {
		t.Error("the only log there is:", err)
	}
}

// FuzzHTTPDConf: whatever a configuration holds, there is a form or an error.
func FuzzHTTPDConf(f *testing.F) {
	f.Add("LogFormat \"%h \\\"%r\\\"\" a\nCustomLog logs/x a", "", "x")
	f.Add("LogFormat '%h", "a", "")
	f.Fuzz(func(t *testing.T, conf, nickname, log string) {
		if form, err := HTTPDConf(conf, nickname, log); (form == nil) == (err == nil) {
			t.Error(form, err)
		}
	})
}

func TestNoForm(t *testing.T) {
	for _, c := range [][2]string{
		{"common", ""}, {"common", "nonsense"}, {"common", `10.0.0.1 - - [` + stamp + `] "GET /app/x`},
		{"common", `10.0.0.1 - - [29/Foo/2026:15:40:00 +0100] "GET / HTTP/1.1" 200 1`},
		{"common", `10.0.0.1 - - [` + stamp + `] "GET / HTTP/1.1" OK 1`}, {"json", `{"a":`}, {"json", `{} {}`},
		{"urls", "shop/a"}, {"urls", "ftp://shop/a"},
		{"was-debug", `10.0.0.1 - - [` + stamp + `] "GET / HTTP/1.1" 200 5 WAS`},
	} {
		f, err := Named(c[0])
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		if f.Parse(c[1], &r) {
			t.Errorf("%s: %q gives %+v", c[0], c[1], r)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for format, want := range map[string]string{
		`%h %Z`: "begins no directive", `%h%l`: "nothing stands between %h and %l",
		`%{a`:                     "begins no directive",
		`%{A}i %{Set-Cookie}o %s`: "%{A}i and %{Set-Cookie}o may both hold blanks",
		`nosuch`:                  "no log format",
		`combind`:                 `did you mean "combined"`,
	} {
		if _, err := Named(format); err == nil && !strings.Contains(format, "%") || err != nil &&
			!strings.Contains(err.Error(), want) || err == nil {
			t.Errorf("%s: %v, want %q", format, err, want)
		}
	}
}

func TestDetect(t *testing.T) {
	line := `10.0.0.1 - - [` + stamp + `] "GET /app/x HTTP/1.1" 200 12`
	for want, lines := range map[string][]string{
		"common": {line, line}, "combined": {line + ` "-" "a"`, line + ` "-" "b"`},
		"vhost_common": {"shop:80 " + line}, "was-debug": {line + ` I R WAS=h:1 - - 1 2`},
		"wasplug": {line + ` C/m1 attempts=1 affinity=none took=0.1`}, "json": {`{"path":"/a"}`},
		"urls":       {"/a", "http://b/c"},
		"plugin-log": {"[Sat Nov 28 12:00:00.12345 2026] 0000abcd 00000001 - TRACE: x"},
	} {
		if f, err := Detect(lines); err != nil || f.Name != want {
			t.Errorf("%s: %v %v", want, f, err)
		}
	}
	_, err := Detect(append(slicesRepeat(line, 9), "nonsense"))
	if err == nil || !strings.Contains(err.Error(), "line 10: nonsense") {
		t.Error(err)
	}
	if _, err := Detect([]string{"non", "sense"}); err == nil {
		t.Error("nonsense has a form")
	}
}

func slicesRepeat(s string, n int) (all []string) {
	for range n {
		all = append(all, s)
	}
	return all
}

// TestBlocks: however a log is read, its lines and their numbers are the same; one that is too long is left out.
func TestBlocks(t *testing.T) {
	long := strings.Repeat("x", maxLine+5)
	log := "a\r\nb\n" + strings.Repeat("line of a log\n", 50000) + long + "\nc\n\nlast"
	for _, r := range []io.Reader{strings.NewReader(log), iotest.HalfReader(strings.NewReader(log))} {
		blocks, n, long, last := NewBlocks(r), 0, 0, ""
		for {
			b, err := blocks.Next()
			if err != nil {
				break
			}
			long += b.TooLong
			b.Each(func(line string, number int) {
				n++
				last = line
				if line == "c" && number != 50004 || line == "last" && number != 50006 {
					t.Errorf("%s has number %d", line, number)
				}
			})
		}
		if n != 50005 || long != 1 || last != "last" {
			t.Errorf("%d lines, %d too long, last %q", n, long, last)
		}
	}
}

// FuzzParse: no line makes a form panic, and what it reads is of the line.
func FuzzParse(f *testing.F) {
	f.Add(`10.0.0.1 - - [`+stamp+`] "GET /a\x22 HTTP/1.1" 200 5 I R WAS=h:1 a=b, c=d - 1 2`, `%h %{x}o %D`)
	f.Add(`{"url":"http://[::1]:80/a","time":1}`, `"%r" %v:%p %%`)
	f.Add("http://x\tCookie: a", `%{`)
	f.Fuzz(func(t *testing.T, line, format string) {
		var r Record
		for _, name := range append(Names(), format) {
			form, err := Named(name)
			if err == nil && form.Parse(line, &r) && len(r.Target) > 2*len(line)+2 {
				t.Errorf("%s makes %d bytes of %d", name, len(r.Target), len(line))
			}
		}
		Detect(strings.Split(line, "\n"))
		most := len(line) + 1 + strings.Count(line, " ")
		if form, err := W3C([]string{"#Fields: " + format}); err == nil && form.Parse(line, &r) &&
			len(r.Target) > most {
			t.Errorf("w3c makes %q of %q", r.Target, line)
		}
	})
}

func BenchmarkCombined(b *testing.B) {
	f, err := Named("combined")
	if err != nil {
		b.Fatal(err)
	}
	line := `10.0.0.1 - - [` + stamp + `] "GET /app/x/y/z?a=b HTTP/1.1" 200 1234 "https://shop/a" "Mozilla/5.0 (X11)"`
	var r Record
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if !f.Parse(line, &r) {
			b.Fatal(line)
		}
	}
}
