package app

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// memory is an Input of files in memory; what stdin is stands under the name "-". The first case of all is figure.xml.
func memory(t *testing.T, files map[string]string) Input {
	t.Helper()
	disk := fstest.MapFS{"figure.xml": {Data: []byte(figure(t))}}
	for name, text := range files {
		disk[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Input{Open: disk.Open, Stdin: strings.NewReader(files["-"])}
}

func figure(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("../../testdata/figure-5-12/plugin-cfg.xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// noted writes notes as a command line does, a line each.
func noted(notes Notes) string {
	var b strings.Builder
	for _, n := range notes {
		if n.Text != "" {
			b.WriteString(n.Text + "\n")
		}
		for _, d := range n.Diagnostics {
			b.WriteString(n.Files.Line(d) + "\n")
		}
	}
	return b.String()
}
