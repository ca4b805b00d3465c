package lintreport

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
)

const example = `<Config>
  <Log LogLevel="Trace" Name="/opt/plugins/logs/http_plugin.log"/>
  <ServerCluster Name="shop" PostBufferSize="0">
    <Server CloneID="c1" ConnectTimeout="5" Name="m1" ServerIOTimeout="60"><Transport Hostname="localhost" Port="9080"/></Server>
    <Server CloneID="c1" ConnectTimeout="5" Name="m2" ServerIOTimeout="60"><Transport Hostname="localhost" Port="9081"/></Server>
  </ServerCluster>
  <VirtualHostGroup Name="host"><VirtualHost Name="*:80"/></VirtualHostGroup>
  <UriGroup Name="uris"><Uri Name="/shop/*"/></UriGroup>
  <Route ServerCluster="shop" UriGroup="uris" VirtualHostGroup="host"/>
</Config>
`

// run lints files given as name and text in turns.
func run(profile string, pairs ...string) *Findings {
	files := diag.NewFiles()
	r := &Findings{LintAnswer: &checks.LintAnswer{Files: files, FailOn: diag.Error}, Version: "1.0", Base: "/src"}
	for i := 0; i < len(pairs); i += 2 {
		r.Checked = append(r.Checked, files.Add(pairs[i], []byte(pairs[i+1])))
	}
	inputs := lint.Read(files, r.Checked...)
	r.Findings = lint.Place(inputs, lint.Run(rules.All(), files, inputs, lint.Options{Profile: profile}))
	return r
}

func write(t *testing.T, r *Findings, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Lint.Write(&b, format, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	r := run("default", "/src/conf/plugin-cfg.xml", example)
	for _, format := range Lint.Names() {
		t.Run(format, func(t *testing.T) {
			golden.Check(t, filepath.Join("testdata", "example."+format), []byte(write(t, r, format)))
		})
	}
}

var inputs = map[string]func() *Findings{
	"example": func() *Findings { return run("pedantic", "/src/conf/plugin-cfg.xml", example) },
	"clean": func() *Findings {
		return run("default", "plugin-cfg.xml",
			"<Config><IntelligentManagement/></Config>")
	},
	"stdin": func() *Findings { return run("default", "<stdin>", "<Config") },
	"empty": func() *Findings { return run("default", "empty file.xml", "") },
	"several": func() *Findings {
		return run("pedantic", "/src/a.xml", example, "b.xml", example, "../c.xml", "\x00\xff<")
	},
	"nothing": func() *Findings { return run("default") },
	"hostile": func() *Findings {
		return run("pedantic", "a.xml",
			"<Config><Log LogLevel=\"&#x9b;31m\x1b[31m\" Name=\"&#10;::error::x\"/><\x1b]0;x\x07/></Config>")
	},
	"no file": func() *Findings {
		r := run("default", "a.xml", "<Config/>")
		r.Findings = []lint.Placed{{Diagnostic: diag.Diagnostic{Severity: diag.Error, Message: "nowhere",
			Rule: diag.Rule{Code: "WP101", Name: "xml-syntax"}}}}
		return r
	},
}

// TestEveryFindingIsTold: a format that goes file by file has also what stands in no file that was checked, such as an
// entry of a baseline that matches nothing. Else the run would fail and no report say why.
func TestEveryFindingIsTold(t *testing.T) {
	r := run("pedantic", "/src/a.xml", example)
	baseline := r.Files.Add("/src/known.json", []byte("{}"))
	for _, span := range []diag.Span{{File: baseline, End: 1}, {}} {
		r.Findings = append(r.Findings, lint.Placed{Diagnostic: diag.Diagnostic{Span: span, Severity: diag.Error,
			Message: "no such finding", Rule: diag.Rule{Code: "WP903", Name: "baseline-stale"}}})
	}
	for format, want := range map[string]string{"junit": `<testsuite name="known.json" tests="1" failures="1">`,
		"checkstyle": `<file name="known.json">`} {
		text := write(t, r, format)
		if !strings.Contains(text, want) || !strings.Contains(text, `name="wasplug"`) ||
			strings.Count(text, "no such finding [WP903 baseline-stale]") != 2 {
			t.Errorf("%s:\n%s", format, text)
		}
	}
}

func TestSARIFIsValid(t *testing.T) {
	for name, make := range inputs {
		t.Run(name, func(t *testing.T) {
			text := write(t, make(), "sarif")
			log, err := sarif.FromBytes([]byte(text), sarif.WithStrictValidation())
			if err != nil {
				t.Fatal(err)
			}
			if err := log.Validate(); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
			if strings.Contains(text, `"uri": "/src`) || strings.Contains(text, "<stdin>") ||
				strings.Contains(text, `"snippet"`) {
				t.Errorf("a URI is not relative, or there is a snippet:\n%s", text)
			}
			for _, res := range log.Runs[0].Results {
				if len(res.PartialFingerprints) == 0 || *res.Locations[0].PhysicalLocation.Region.StartLine < 1 {
					t.Errorf("a result lacks its fingerprint or its place: %+v", res)
				}
			}
		})
	}
}

// TestSARIFFixesRepair applies the fixes of the report, by bytes, to the file: what comes out is what --fix writes.
func TestSARIFFixesRepair(t *testing.T) {
	const text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<Config>\r\n  <ServerCluster " +
		"LoadBalance=\"round robin\" Name=\"caf\xe9\">\r\n    <Server CloneId=\"c1\" Name=\"m1\"><Transport " +
		"Hostname=\"h1\" Port=\"9080\"/></Server>\r\n  </ServerCluster>\r\n  <Route ServerCluster=\"caf\xe9\" " +
		"UriGroup=\"u\" VirtualHostGroup=\"v\"/>\r\n  <VirtualHostGroup Name=\"v\"><VirtualHost " +
		"Name=\"*:80\"/></VirtualHostGroup>\r\n  <UriGroup Name=\"u\"><Uri Name=\"/a/*\"/></UriGroup>\r\n</Config>\r\n"
	r := run("default", "plugin-cfg.xml", text)
	log, err := sarif.FromBytes([]byte(write(t, r, "sarif")), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	var edits []diag.Edit
	for i, res := range log.Runs[0].Results {
		if (len(res.Fixes) > 0) != (r.Findings[i].Fix != nil) {
			t.Errorf("%s has %d fixes", *res.RuleID, len(res.Fixes))
		}
		for _, f := range res.Fixes {
			if !strings.Contains(*f.Description.Text, "(safe: --fix)") {
				continue
			}
			for _, rep := range f.ArtifactChanges[0].Replacements {
				edits = append(edits, editOf(t, text, rep))
			}
		}
	}
	got, err := diag.Apply([]byte(text), edits)
	want, n := lint.Fix(rules.All(), r.Files, r.Checked[0], lint.Options{}, false)
	if err != nil || n != 3 || string(got) != string(want) {
		t.Errorf("%v, %d repairs:\n%q\nwant\n%q", err, n, got, want)
	}
}

// editOf reads a replacement, and holds its bytes against its lines and columns.
func editOf(t *testing.T, text string, rep *sarif.Replacement) diag.Edit {
	t.Helper()
	at := rep.DeletedRegion
	e := diag.Edit{Span: diag.Span{File: 1, Start: int32(at.ByteOffset), End: int32(at.ByteOffset + *at.ByteLength)}}
	if lines := strings.SplitAfter(text, "\n"); len(strings.Join(lines[:*at.StartLine-1], ""))+
		*at.StartColumn-1 != at.ByteOffset ||
		len(strings.Join(lines[:*at.EndLine-1], ""))+*at.EndColumn-1 != int(e.Span.End) {
		t.Errorf("lines and bytes differ: %+v", at)
	}
	switch c := rep.InsertedContent; {
	case c.Text != nil:
		e.New = *c.Text
	default:
		raw, err := base64.StdEncoding.DecodeString(*c.Binary)
		if err != nil {
			t.Error(err)
		}
		e.New = string(raw)
	}
	return e
}

func TestJSONFitsSchema(t *testing.T) {
	for name, make := range inputs {
		t.Run(name, func(t *testing.T) {
			text := write(t, make(), "json")
			files := diag.NewFiles()
			_, reports := schemas.Load(files, files.Add("report.json", []byte(text)), "lint")
			for _, f := range reports {
				t.Errorf("%s", files.Line(f))
			}
		})
	}
}

func TestJUnitAgreesWithTheThreshold(t *testing.T) {
	for _, tt := range []struct {
		failOn   diag.Severity
		failures int
	}{{diag.Error, 1}, {diag.Warning, 3}, {0, 0}} {
		r := run("default", "plugin-cfg.xml", example)
		r.FailOn = tt.failOn
		var out struct {
			Failures int `xml:"failures,attr"`
		}
		if err := xml.Unmarshal([]byte(write(t, r, "junit")), &out); err != nil || out.Failures != tt.failures {
			t.Errorf("at %s: %d failures, want %d (%v)", tt.failOn, out.Failures, tt.failures, err)
		}
	}
}

func TestNoFormatLetsControlCharactersThrough(t *testing.T) {
	r := inputs["hostile"]()
	for _, format := range Lint.Names() {
		text := write(t, r, format)
		if strings.ContainsAny(text, "\x1b\x07\u009b") {
			t.Errorf("%s lets a control character through:\n%q", format, text)
		}
		if format == "github" && strings.Count(text, "\n::") != len(r.Findings)-1 {
			t.Errorf("a name makes a command of its own:\n%s", text)
		}
	}
}

func TestFingerprintsStayWhenLinesMove(t *testing.T) {
	a := run("pedantic", "plugin-cfg.xml", example)
	b := run("pedantic", "plugin-cfg.xml", "\n\n\n"+example)
	if x, y := strings.Join(a.fingerprints(), " "), strings.Join(b.fingerprints(), " "); x != y {
		t.Errorf("%s\n%s", x, y)
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Lint.Write(new(bytes.Buffer), "xml", inputs["clean"]()); err == nil ||
		!strings.Contains(err.Error(), "sarif") {
		t.Errorf("got %v", err)
	}
}

func TestColourAndSecret(t *testing.T) {
	r := run("default", "a.xml", `<Config><ServerCluster Name="c"><Server Name="m" CloneID="c1"><Transport `+
		`Hostname="h" Port="1" Protocol="https"><Property Name="password" `+
		`Value="hunter2"/></Transport></Server></ServerCluster></Config>`)
	r.Colour = true
	text := write(t, r, "text")
	if !strings.Contains(text, "\x1b[1;31merror:\x1b[0m") {
		t.Errorf("no colour:\n%q", text)
	}
	if i := strings.Index(text, "WP708"); i < 0 || strings.Contains(text[i:min(i+40, len(text))], "|") {
		t.Errorf("the line with the password is shown:\n%s", text)
	}
}
