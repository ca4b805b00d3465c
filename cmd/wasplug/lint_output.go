package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/lintreport"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

// output is one report and where it goes, "" standard output.
type output struct{ format, path string }

// readOutputs reads which reports go where: each --format with its own FILE, else that of -o, else standard output.
// auto is github inside GitHub Actions, which shows the annotations at their lines, else text.
func (l *linting) readOutputs() error {
	var outs []output
	for _, text := range l.c.StringSlice("format") {
		format, path, _ := strings.Cut(text, "=")
		if _, err := allowed(l.c, "format", format); err != nil {
			return err
		}
		if format == "auto" {
			format = "text"
			if os.Getenv("GITHUB_ACTIONS") == "true" {
				format = "github"
			}
		}
		if path == "" {
			path = l.c.String("output")
		}
		outs = append(outs, output{format, path})
	}
	if len(outs) == 0 {
		outs = []output{{"text", l.c.String("output")}}
	}
	seen := map[string]bool{}
	for _, o := range outs {
		if o.path == "" || o.path == "-" {
			continue
		}
		path, err := filepath.Abs(o.path)
		if err != nil {
			return failure(err)
		}
		if seen[path] {
			return usageError("two reports go to %s", o.path)
		}
		seen[path] = true
	}
	l.outs = outs
	return nil
}

// overwrite says which files a report may replace: those of its format.
func (l *linting) overwrite(o output) overwrite {
	return ownKind(o.path, l.c.Bool("force"), func(old []byte) bool { return lintreport.Lint.Own(o.format, old) })
}

// isBaseline reports whether a text is a baseline, as --write-baseline writes it.
func isBaseline(text []byte) bool {
	files := diag.NewFiles()
	_, reports := settings.ReadBaseline(files, files.Add("baseline", text))
	return diag.Worst(reports) < diag.Error
}

// spareFiles refuses, before anything is written, reports and a baseline that would take the place of an input or of
// somebody's file.
func (l *linting) spareFiles() error {
	check := func(path string, allow overwrite) error {
		if err := spare(l.c, path); err != nil {
			return err
		}
		return mayWrite(path, nil, allow)
	}
	if path := l.c.String("write-baseline"); path != "" {
		return check(path, ownKind(path, l.c.Bool("force"), isBaseline))
	}
	for _, o := range l.outs {
		if o.path == "" || o.path == "-" {
			continue
		}
		if err := check(o.path, l.overwrite(o)); err != nil {
			return err
		}
	}
	return nil
}

// write writes the reports. Colour is for standard output alone, whatever --color says.
func (l *linting) write(answer *checks.LintAnswer) error {
	found := &lintreport.Findings{LintAnswer: answer, Version: buildInfo().Version, Counts: l.c.Bool("summary")}
	if dir, err := os.Getwd(); err == nil {
		found.Base = dir
	}
	for _, o := range l.outs {
		var b bytes.Buffer
		plain := o.path == "" || o.path == "-"
		found.Colour = plain && coloured(l.c)
		err := lintreport.Lint.Write(&b, o.format, found)
		if err == nil && plain {
			_, err = l.c.App.Writer.Write(b.Bytes())
		} else if err == nil {
			err = writeFile(o.path, b.Bytes(), l.overwrite(o))
		}
		if err != nil {
			return failure(err)
		}
	}
	return nil
}
