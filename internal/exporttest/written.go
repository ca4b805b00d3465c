package exporttest

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
)

// Case is a configuration, and what of the lines that are written for it counts.
type Case struct {
	XML     string
	Options export.Options // without an address: one that listens on port 80 without TLS
	File    string         // of the export
	Has     []string       // whole lines, without the blanks around them, in this order
	Lacks   []string       // parts of lines
}

// Holds writes a configuration for a target and looks for lines in a file of it. No daemon is needed.
func (c *Case) Holds(t *testing.T, write Writer) {
	t.Helper()
	text := c.written(t, write)
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSpace(line))
	}
	rest := lines
	for _, want := range c.Has {
		i := 0
		for i < len(rest) && rest[i] != want {
			i++
		}
		if i == len(rest) {
			t.Errorf("%s lacks, or has elsewhere, the line\n%s\n%s", c.File, want, text)
			return
		}
		rest = rest[i+1:]
	}
	for _, part := range c.Lacks {
		if strings.Contains(text, part) {
			t.Errorf("%s has %q\n%s", c.File, part, text)
		}
	}
}

// written is the text of the file.
func (c *Case) written(t *testing.T, write Writer) string {
	t.Helper()
	files, _, err := Written(t, write, c.XML, c.Options)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == c.File {
			return string(f.Data)
		}
	}
	t.Fatalf("no file %s", c.File)
	return ""
}

// Written is what a writer makes of a configuration that has a plan.
func Written(t *testing.T, write Writer, xml string, opt export.Options) ([]export.File, []export.Loss, error) {
	t.Helper()
	cfg, table, sem := load(t, xml)
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	if len(opt.Listen)+len(opt.TLSListen) == 0 {
		opt.Listen = []export.Listen{{Port: 80, As: 80}}
	}
	return write(plan, &opt)
}
