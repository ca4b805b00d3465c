package anonymize

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

var key = []byte("a key for tests")

func mapped(text string) string { return string(New(key).text([]byte(text))) }

// material is every file of the checkout's testdata and of the shared folders that the tests know, with those of
// strangers where they are there.
func material(t *testing.T) map[string][]byte {
	all := map[string][]byte{}
	root := sharedtest.Checkout(t)
	dirs := []string{filepath.Join(root, "testdata")}
	for _, name := range []string{"corpus", "traces"} {
		if dir := filepath.Join(root, "..", "shared", name); isFolder(dir) {
			dirs = append(dirs, dir)
		} else {
			t.Logf("not beside this checkout, and not tried: %s", name)
		}
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".md") {
				return err
			}
			src, err := os.ReadFile(path)
			all[path] = src
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// TestWords: what names are compared by stays.
func TestWords(t *testing.T) {
	m := New(key)
	if a, b := m.word("Payments"), m.word("payMENTS"); !strings.EqualFold(a, b) || a == b {
		t.Errorf("letter case: %s, %s", a, b)
	}
	if a, b := m.word("payments"), m.word("payroll"); a[:3] != b[:3] || a[3] == b[3] {
		t.Errorf("what begins alike: %s, %s", a, b)
	}
	if a, b := mapped("*.paysite"), mapped("/x1/index.paysite"); !strings.HasSuffix(b, a[1:]) {
		t.Errorf("extension: %s, %s", a, b)
	}
	if a := m.word("1b2c3d4e5"); !regexp.MustCompile(`^([0-9][a-f]){4}[0-9]$`).MatchString(a) {
		t.Errorf("form of a clone ID: %s", a)
	}
	if a := m.word("Grüße"); len(a) != len("Grüße") || strings.ContainsAny(a, "Grüße") {
		t.Errorf("beyond ASCII: %s", a)
	}
	if New([]byte("another key")).word("payments") == m.word("payments") {
		t.Error("two keys, one mapping")
	}
	if long := strings.Repeat("payments", 1<<17); len(m.word(long)) != len(long) { // in one go, not once a letter
		t.Error("a long word has another length")
	}
	seen := map[string]string{}
	for i := range 3000 {
		w := fmt.Sprintf("q%dz", i)
		to := m.word(w)
		if seen[to] != "" || m.reserved(to) || to == w {
			t.Fatalf("%s becomes %s, as %q", w, to, seen[to])
		}
		seen[to] = w
	}
}

func TestText(t *testing.T) {
	tests := []struct{ text, want string }{ // ? stands for a letter, # for a digit that is another one
		{"10.20.30.40", "10.##.##.##"}, {"192.168.7.1", "192.168.#.#"}, {"127.0.0.1", "127.0.0.1"},
		{"10.0.0.0/8", "10.0.0.0/8"}, {"172.20.1.255", "172.20.#.255"}, {"999.1.1.1", "999.1.1.1"},
		{"8.8.8.8", "#.#.#.#"}, {"9.0.5.20", "9.0.5.20"}, {"8.5.5.24", "8.5.5.24"}, {"::1", "::1"},
		{"10:15:04", "10:15:04"}, {"2026-11-29T16:25:46Z 12/Mar/2026", "2026-11-29T16:25:46Z 12/Mar/2026"},
		{"http://quux:9080/%41?ab=1&amp;", "http://????:9080/%41???=1&amp;"},
		{"*:80", "*:80"}, {"45s 1m30s WP501 0x7f", "45s 1m30s WP501 0x7f"}, {"password=geheim&x", "password=******&x"},
		{`{"db_password": "geheim"}`, `{"??_password": "******"}`},
		{"JSESSIONID=0000quux:1q", "JSESSIONID=####????:#?"},
		{"0000quux:99d9105d-8905-499e-8797-b2c6e84016f6", "####????:##?####?-####-###?-####-?#?#?#####?#"},
		{"8905-1 99d", "8905-1 99d"},
	}
	for _, test := range tests {
		got := mapped(test.text)
		pattern := regexp.QuoteMeta(test.want)
		pattern = strings.NewReplacer(`\?\?`, "?\x00?\x00", `\?`, "?\x00").Replace(pattern)
		pattern = strings.NewReplacer("?\x00", "[a-z?]", "#", "[0-9]").Replace(pattern)
		if !regexp.MustCompile("^"+pattern+"$").MatchString(got) ||
			got == test.text && strings.ContainsAny(test.want, "#") {
			t.Errorf("%s becomes %s, want %s", test.text, got, test.want)
		}
	}
}

// TestNothingIsLeft: no word is left where it stood, none of six letters and more anywhere, and every byte that is no
// letter or digit is where it was.
func TestNothingIsLeft(t *testing.T) {
	for path, src := range material(t) {
		m := New(key)
		got := m.File(src)
		if len(got) != len(src) || bytes.Count(got, []byte("\n")) != bytes.Count(src, []byte("\n")) {
			t.Errorf("%s: %d bytes become %d", path, len(src), len(got))
			continue
		}
		left := map[string]bool{}
		for _, at := range word().FindAllIndex(got, -1) {
			w := string(got[at[0]:at[1]])
			left[strings.ToLower(w)] = true
			if len(w) > 3 && !m.reserved(w) && bytes.Equal(src[at[0]:at[1]], got[at[0]:at[1]]) && !inName(src, at[0]) {
				t.Errorf("%s: %q stays at byte %d", path, w, at[0])
			}
		}
		for _, w := range word().FindAllString(string(src), -1) {
			if len(w) > 5 && left[strings.ToLower(w)] && !m.reserved(w) && !bytes.Contains(names(src), []byte(w)) {
				t.Errorf("%s: %q is left", path, w)
			}
		}
	}
}

// names are the parts of an XML file that are names of elements and attributes, and words of typed values.
func names(src []byte) (all []byte) {
	if isMarkup(src) {
		for _, p := range protected(src) {
			all = append(append(all, p.text...), ' ')
		}
	}
	return all
}

func inName(src []byte, at int) bool {
	return isMarkup(src) && slices.ContainsFunc(protected(src), func(p piece) bool {
		return int(p.Start) <= at && at < int(p.End)
	})
}

func configs(t *testing.T) map[string][]byte {
	found := map[string][]byte{}
	for path, src := range material(t) {
		if strings.HasSuffix(path, ".xml") && isMarkup(src) && !strings.Contains(path, "merge") {
			found[path] = src
		}
	}
	return found
}

// TestFindingsStay: lint finds the same at the same places.
func TestFindingsStay(t *testing.T) {
	places := func(src []byte) (all []string) {
		files := diag.NewFiles()
		id := files.Add("plugin-cfg.xml", src)
		for _, d := range lint.Run(rules.All(), files, lint.Read(files, id), lint.Options{Profile: "pedantic"}) {
			all = append(all, fmt.Sprint(d.Rule.Code, " ", d.Severity, " ", d.Span.Start, "-", d.Span.End))
		}
		return all
	}
	n := 0
	for path, src := range configs(t) {
		before, after := places(src), places(New(key).File(src))
		if !slices.Equal(before, after) {
			t.Errorf("%s: findings that go: %v, that come: %v", path, without(before, after), without(after, before))
		}
		n += len(before)
	}
	t.Logf("%d findings stay", n)
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

// TestDecisionsStay: a request goes where it went.
func TestDecisionsStay(t *testing.T) {
	sem, err := choices.Defaults("latest", choices.Platforms()[0])
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, src := range configs(t) {
		before, _ := parser.Parse(1, src)
		after, _ := parser.Parse(1, New(key).File(src))
		tableBefore, _ := routecheck.New(before)
		tableAfter, _ := routecheck.New(after)
		ask := func(table *routecheck.Table, url string) string {
			rq, err := written.URL(url)
			if err != nil {
				return err.Error()
			}
			m, ok := table.Match(&rq, &sem)
			if !ok {
				return "declined"
			}
			return fmt.Sprint(m.Cluster, m.Route(), m.URIScore(), m.VhostScore(), m.Made())
		}
		for _, samples := range space.Samples(tableBefore, &sem) {
			for _, s := range samples.Requests {
				for _, url := range []string{s.URL, s.URL + "/more", strings.ToUpper(s.URL[:7]) + s.URL[7:],
					strings.Replace(s.URL, "://", "://other.", 1), s.URL + ".jsp"} {
					n++
					if a, b := ask(tableBefore, url), ask(tableAfter, mapped(url)); a != b {
						t.Errorf("%s: %s: %s becomes %s", path, url, a, b)
					}
				}
			}
		}
	}
	t.Logf("%d requests go where they went", n)
}

// TestSessionsStay: a session goes to the member that it went to, or loses it for the same reason: with the clone ID
// of each member, in the first Route of each file.
func TestSessionsStay(t *testing.T) {
	sem, err := choices.Defaults("latest", choices.Platforms()[0])
	if err != nil {
		t.Fatal(err)
	}
	answer := func(src []byte, url, cookie string) string {
		files := diag.NewFiles()
		cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", src), src)
		table, _ := routecheck.New(cfg)
		rq, err := written.URL(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := written.Cookie(&rq, cookie); err != nil {
			t.Fatal(err)
		}
		d := explain.Explain(table, files, &explain.Scenario{Requests: []explain.Timed{{Request: rq}}}, sem, nil,
			explain.WithShares)[0]
		var possible []string
		for _, p := range d.Possible {
			possible = append(possible, fmt.Sprintf("%s %.3f", p.Member, p.Share))
		}
		return fmt.Sprint(d.Decision, " ", d.Cluster, "/", d.Member, " ", possible)
	}
	n := 0
	for path, src := range configs(t) {
		cfg, _ := parser.Parse(1, src)
		table, _ := routecheck.New(cfg)
		samples := space.Samples(table, &sem)
		if len(samples) == 0 || len(samples[0].Requests) == 0 {
			continue
		}
		url := samples[0].Requests[0].URL
		for _, cluster := range cfg.Clusters {
			for _, server := range cluster.Servers {
				if server.CloneID.V == "" || n > 400 && !sharedtest.Long() {
					continue
				}
				n++
				cookie := "JSESSIONID=0000abcdefgh:" + server.CloneID.V
				before, after := answer(src, url, cookie), answer(New(key).File(src), mapped(url), mapped(cookie))
				if mapped(before) != after {
					t.Errorf("%s: %s with %s: %s becomes %s", path, url, cookie, mapped(before), after)
				}
			}
		}
	}
	t.Logf("%d sessions go where they went", n)
}

// TestLogsStay: each line of a log says what it said.
func TestLogsStay(t *testing.T) {
	events := func(src []byte) (all []pluginlog.Event) {
		_, err := pluginlog.Read(bytes.NewReader(src), pluginlog.Options{}, func(e *pluginlog.Event) error {
			all = append(all, e.Copy())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for path, src := range material(t) {
		if !strings.Contains(path, "trace") {
			continue
		}
		before, after := events(src), events(New(key).text(src))
		if len(before) != len(after) {
			t.Errorf("%s: %d events become %d", path, len(before), len(after))
			continue
		}
		for i, b := range before {
			a := after[i]
			if a.Kind != b.Kind || a.Member != mapped(b.Member) || a.Host != mapped(b.Host) ||
				a.URI != mapped(b.URI) ||
				a.Clone != mapped(b.Clone) || a.Check != b.Check || a.Time != b.Time {
				t.Errorf("%s:%d: %+v becomes %+v", path, b.Line, b, a)
			}
		}
	}
}

// TestAccessLogsStay: the form of an access log is found again, and each request is the one that it was.
func TestAccessLogsStay(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(sharedtest.Checkout(t), "testdata", "shop", "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := func(src []byte) []string { return strings.Split(strings.TrimSpace(string(src)), "\n") }
	before, after := lines(src), lines(New(key).File(src))
	format, err := accesslog.Detect(after)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		var b, a accesslog.Record
		if !format.Parse(before[i], &b) || !format.Parse(after[i], &a) || a.Target != mapped(b.Target) ||
			a.Cookie != mapped(b.Cookie) || a.WAS != mapped(b.WAS) || a.Client != mapped(b.Client) ||
			a.Time != b.Time ||
			a.Status != b.Status || a.Method != b.Method {
			t.Errorf("line %d: %+v becomes %+v", i+1, b, a)
		}
	}
}

func TestKeep(t *testing.T) {
	const uuid = "99d9105d-8905-499e-8797-b2c6e84016f6"
	cfg, _ := parser.Parse(1, []byte(`<Config><ServerCluster Name="payments"><Server CloneID="1q2w" Name="wages">`+
		`<Transport Hostname="Quux.example.com" Port="1"/></Server><Server CloneID="`+uuid+`" Name="x"/>`+
		`</ServerCluster></Config>`))
	for kind, want := range map[string]string{"names": "payments ???? ???? ?", "hosts": "???????? ???? quux ?",
		"clone-ids": "???????? 1q2w ???? " + uuid, "uris": "???????? ???? ???? ?"} {
		m := New(key)
		m.Keep([]string{kind}, cfg)
		text := "payments 1q2w quux " + uuid
		got := strings.Fields(string(m.text([]byte(text))))
		for i, w := range strings.Fields(want) {
			if stays := !strings.Contains(w, "?"); stays != (got[i] == strings.Fields(text)[i]) {
				t.Errorf("%s: %q, want %s", kind, got, want)
			}
		}
	}
}

// TestUUIDBesideUnderscores: a UUID is replaced alike wherever it stands, also where it is a part of a name.
func TestUUIDBesideUnderscores(t *testing.T) {
	const uuid, digits = "99d9105d-8905-499e-8797-b2c6e84016f6", "10000000-2000-4000-8000-300000000000"
	m := New(key)
	one, other := string(m.text([]byte(uuid))), string(m.text([]byte(digits)))
	if one == uuid || other == digits {
		t.Errorf("%s, %s stay", one, other)
	}
	x := string(m.text([]byte("xyzzy")))
	word := strings.NewReplacer(uuid, one, digits, other, "xyzzy", x)
	for _, text := range []string{"xyzzy_" + uuid, "_" + digits, uuid + "_xyzzy", uuid + "_" + digits + "_" + uuid,
		"xyzzy-" + digits, digits + "_ " + uuid, "%41" + uuid} {
		if got, want := string(m.text([]byte(text))), word.Replace(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// TestAddressBesideUnderscores: so is an IPv4 address.
func TestAddressBesideUnderscores(t *testing.T) {
	const address = "203.0.114.77"
	m := New(key)
	one, x := string(m.text([]byte(address))), string(m.text([]byte("xyzzy")))
	if one == address {
		t.Errorf("%s stays", one)
	}
	word := strings.NewReplacer(address, one, "xyzzy", x)
	for _, text := range []string{"xyzzy_" + address, address + "_xyzzy", "_" + address + "_" + address + "_"} {
		if got, want := string(m.text([]byte(text))), word.Replace(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// FuzzText: whatever a file holds, every byte that is no part of a word, an address or a secret stays.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", "a b", "10.1.2.3", "::1", "password=x", "<a b='c'>d</a>", "\xff\x00", "Ünïcødé",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		got := New(key).File(src)
		if len(got) != len(src) || bytes.Count(got, []byte("\n")) != bytes.Count(src, []byte("\n")) {
			t.Fatalf("%q becomes %q", src, got)
		}
	})
}
