package manpage

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestWrite: what roff would read as a request, an escape or another character stays what it is.
func TestWrite(t *testing.T) {
	p := Page{Name: "wasplug-x", Section: 1, Summary: "try it", Synopsis: "wasplug x [flags]", Version: "v1",
		Date: "2026-01-02",
		Parts: []Part{
			{Title: "DESCRIPTION",
				Text: "One's C:\\temp.\n.wasplug.yaml is read.\n\n   wasplug x \"a\" ~\n\nThe end."},
			{Title: "OPTIONS", Items: []Item{{"-o, --output", "FILE", "where to"}, {"--force", "", "..."}}},
		}, SeeAlso: []string{"wasplug(1)"}}
	var b strings.Builder
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `.TH WASPLUG\-X 1 "2026\-01\-02" "wasplug v1" "wasplug"
.nh
.ad l
.SH NAME
wasplug\-x \- try it
.SH SYNOPSIS
wasplug x [flags]
.SH DESCRIPTION
One\(aqs C:\etemp.
\&.wasplug.yaml is read.
.PP
.RS 4
.nf
wasplug x \(dqa\(dq \(ti
.fi
.RE
.PP
The end.
.SH OPTIONS
.TP
\fB\-o, \-\-output\fR \fIFILE\fR
where to
.TP
\fB\-\-force\fR
\&...
.SH SEE ALSO
wasplug(1)
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFiles: every kind of file is described, and each item says something or leads to what does.
func TestFiles(t *testing.T) {
	parts, err := Files()
	if err != nil || len(parts) != 4 {
		t.Fatal(err, len(parts))
	}
	for _, p := range parts {
		if p.Text == "" || len(p.Items) < 5 {
			t.Errorf("%s: %q, %d items", p.Title, p.Text, len(p.Items))
		}
		for _, i := range p.Items {
			if strings.Contains(i.Text, "..") {
				t.Errorf("%s: %s: %s", p.Title, i.Term, i.Text)
			}
		}
	}
}
