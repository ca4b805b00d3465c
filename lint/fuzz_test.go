package lint

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

// FuzzLint holds lint to what must be true of any bytes: it ends, says the same twice, points into the file, and its fixes leave a file
// that can be repaired no further.
func FuzzLint(f *testing.F) {
	f.Add([]byte(clean))
	for _, r := range Rules() {
		f.Add([]byte(complete(r.Doc.Bad)))
		f.Add([]byte(r.Doc.Near))
	}
	f.Add([]byte("<UriGroup Name='u'><Uri Name='/a&amp;b'/><Uri Name='/\xdd'/></UriGroup>"))
	f.Fuzz(func(t *testing.T, src []byte) { hold(t, src) })
}

var allOptions = Options{Profile: "pedantic", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Target: "7.0.0.13", Session: "memory-to-memory"}

func hold(t *testing.T, src []byte) {
	files := diag.NewFiles()
	id := files.Add("f.xml", src)
	inputs := Read(files, id)
	ds := Run(files, inputs, allOptions)
	if again := Run(files, Read(files, id), allOptions); describe(again, files) != describe(ds, files) {
		t.Errorf("two runs differ:\n%s%s", describe(ds, files), describe(again, files))
	}
	for _, d := range ds {
		inside(t, d, d.Span, len(src))
		for _, r := range d.Related {
			inside(t, d, r.Span, len(src))
		}
		if d.Fix != nil {
			for _, e := range d.Fix.Edits {
				inside(t, d, e.Span, len(src))
			}
		}
	}
	Place(inputs, ds)
	for _, unsafe := range []bool{false, true} {
		fixed, n := Fix(files, id, allOptions, unsafe)
		if n == 0 && !bytes.Equal(fixed, src) {
			t.Error("no fix was applied, and the bytes changed")
		}
		again := diag.NewFiles()
		if _, more := Fix(again, again.Add("f.xml", fixed), allOptions, unsafe); more > 0 && n < 200 && len(src) < 4096 {
			t.Errorf("after %d fixes there are %d more (unsafe %t):\n%s\n--\n%s", n, more, unsafe, src, fixed)
		}
	}
}

func inside(t *testing.T, d diag.Diagnostic, s diag.Span, size int) {
	if !s.IsZero() && (s.Start < 0 || s.End < s.Start || int(s.End) > size) {
		t.Errorf("%s points to %v of %d bytes", d.Message, s, size)
	}
}

func TestHoldsOnRealFiles(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		hold(t, src)
	}
}

// TestSafeFixesChangeOnlyTheirBytes repairs every bad example that has a safe fix: the finding is gone, nothing new is there, and what
// stands around the edits is the same.
func TestSafeFixesChangeOnlyTheirBytes(t *testing.T) {
	fixed := 0
	for _, r := range Rules() {
		if r.Fix == NoFix || r.Doc.Bad == "" {
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			src := []byte(complete(r.Doc.Bad))
			files := diag.NewFiles()
			id := files.Add("f.xml", src)
			o := only(r)
			before := Run(files, Read(files, id), o)
			unsafe := r.Fix == UnsafeFix || r.Fix == SomeUnsafe
			got, n := Fix(files, id, o, unsafe)
			if n == 0 {
				if r.Fix == SafeFix || r.Fix == UnsafeFix {
					t.Errorf("nothing was repaired:\n%s", describe(before, files))
				}
				return
			}
			fixed++
			after, afterFiles := lintText(string(got), o)
			if strings.Contains(codes(after), r.Code) || len(after) > len(before) {
				t.Errorf("after the repair:\n%s\n%s", describe(after, afterFiles), got)
			}
		})
	}
	if fixed < 15 {
		t.Errorf("only %d examples were repaired", fixed)
	}
}

// TestExpensiveFiles are made to make rules quadratic.
func TestExpensiveFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	many := func(n int, text func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(text(i))
		}
		return b.String()
	}
	const n = 2500
	for name, text := range map[string]string{
		"aliases times Uris": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/><VirtualHostGroup Name='v'>" + many(n, func(i int) string { return "<VirtualHost Name='h" + number(i) + ":80'/>" }) +
			"</VirtualHostGroup><UriGroup Name='u'>" + many(n, func(i int) string { return "<Uri Name='/a" + number(i) + "/*.jsp'/><Uri Name='/*'/>" }) +
			"</UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/><Route ServerCluster='b' VirtualHostGroup='v' UriGroup='u'/></Config>",
		"one Route again": "<Config><ServerCluster Name='a'/><VirtualHostGroup Name='v'><VirtualHost Name='*:80'/></VirtualHostGroup><UriGroup Name='u'><Uri Name='/a'/></UriGroup>" +
			many(n, func(int) string { return "<Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/>" }) + "</Config>",
		"one clone ID in clusters": "<Config>" + many(n, func(i int) string {
			return "<ServerCluster Name='c" + number(i) + "'><Server CloneID='x' Name='m'><Transport Hostname='h" + number(i) + "' Port='1'/></Server></ServerCluster>"
		}) + "</Config>",
		"one cluster": "<Config><ServerCluster Name='c'>" + many(n, func(i int) string {
			return "<Server CloneID='x' Name='m" + number(i) + "' ServerIOTimeout='1'><Transport Hostname='h' Port='1'/></Server>"
		}) + "<PrimaryServers>" + many(n, func(i int) string { return "<Server Name='m" + number(i) + "'/>" }) + "</PrimaryServers></ServerCluster></Config>",
		"unknown names": "<Config>" + many(200, func(i int) string {
			return "<Route ServerCluster='abcdefgh" + number(i) + "'/><ServerCluster Name='abcdefgx" + number(i) + "'/>"
		}) + "</Config>",
		"hosts with every port": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/><VirtualHostGroup Name='v'>" + many(n, func(i int) string {
			return "<VirtualHost Name='h" + number(i) + ":*'/><VirtualHost Name='*:" + number(i+1) + "'/>"
		}) + "</VirtualHostGroup><UriGroup Name='u'><Uri Name='/a'/></UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/><Route ServerCluster='b' VirtualHostGroup='v' UriGroup='u'/></Config>",
		"unknown servers": "<Config><ServerCluster Name='c'>" + many(n, func(i int) string { return "<Server Name='abcdefgh" + number(i) + "'/>" }) +
			"<PrimaryServers>" + many(n, func(i int) string { return "<Server Name='abcdefgx" + number(i) + "'/>" }) + "</PrimaryServers></ServerCluster></Config>",
		"groups with one alias": "<Config><ServerCluster Name='a'/>" + many(n, func(i int) string {
			return "<VirtualHostGroup Name='v" + number(i) + "'><VirtualHost Name='*:80'/></VirtualHostGroup><UriGroup Name='u" + number(i) + "'><Uri Name='/a" + number(i) + "'/></UriGroup><Route ServerCluster='a' VirtualHostGroup='v" + number(i) + "' UriGroup='u" + number(i) + "'/>"
		}) + "</Config>",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			ds, _ := lintText(text, allOptions)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d bytes took %v", len(text), took)
			} else {
				t.Logf("%d bytes, %d findings, %v", len(text), len(ds), took)
			}
		})
	}
}
