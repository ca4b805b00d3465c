package main

import (
	"bytes"
	"fmt"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func fmtCommand() *cli.Command {
	return &cli.Command{
		Name:      "fmt",
		Usage:     "lay plugin-cfg.xml out as the generators do",
		ArgsUsage: "[FILE ...]",
		Description: `One element a line, 3 blanks a level, attributes in alphabetical order. Comments stay, and no value changes. Without a file, standard input is read.

   wasplug fmt plugin-cfg.xml
   wasplug fmt -w plugin-cfg.xml
   wasplug fmt --check --diff *.xml

Exit codes: 0 fine; 1 --check found a file that is laid out otherwise; 2 wrong usage; 3 a file cannot be read or is no XML.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the files in place"},
			&cli.BoolFlag{Name: "check", Aliases: []string{"l"}, Usage: "list the files that would change and exit 1 if there are any"},
			&cli.BoolFlag{Name: "diff", Aliases: []string{"d"}, Usage: "show what would change"},
		},
		Action: fmtAction,
	}
}

func fmtAction(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	changed := false
	for _, path := range paths {
		src, err := readInput(c, path)
		if err != nil {
			return err
		}
		out, err := formatted(c, path, src)
		if err != nil {
			return err
		}
		same := bytes.Equal(src, out)
		changed = changed || !same
		if err := fmtFile(c, path, src, out, same); err != nil {
			return err
		}
	}
	if changed && c.Bool("check") {
		return findings()
	}
	return nil
}

// fmtFile does with one file what the flags say.
func fmtFile(c *cli.Context, path string, src, out []byte, same bool) error {
	if !c.Bool("write") && !c.Bool("check") && !c.Bool("diff") {
		_, err := c.App.Writer.Write(out)
		return err
	}
	if same {
		return nil
	}
	if c.Bool("check") {
		fmt.Fprintln(c.App.Writer, displayName(path))
	}
	if c.Bool("diff") {
		text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
			A: difflib.SplitLines(string(src)), B: difflib.SplitLines(string(out)), FromFile: displayName(path), ToFile: "formatted", Context: 3})
		if err != nil {
			return failure(err)
		}
		fmt.Fprint(c.App.Writer, text)
	}
	if !c.Bool("write") {
		return nil
	}
	if path == "-" {
		return usageError("-w needs a file: standard input cannot be written in place")
	}
	return writeFile(path, out, unchanged(path, src))
}

// formatted lays a file out anew. A file with a fault is left alone: laying it out could turn the fault into something else.
func formatted(c *cli.Context, path string, src []byte) ([]byte, error) {
	if content, _ := parser.Sniff(src); content == parser.PlainText || content == parser.Mapping {
		return nil, failure(fmt.Errorf("%s is left as it is: it is %s, and fmt lays out a plugin-cfg.xml", displayName(path), whatItIs(src)))
	}
	files := diag.NewFiles()
	cfg, faults := parser.Parse(files.Add(displayName(path), src), src)
	var broken []diag.Diagnostic
	for _, d := range faults {
		if d.Severity == diag.Error && d.Rule.Code == diag.XMLSyntax {
			broken = append(broken, d)
		}
	}
	if len(broken) > 0 {
		printDiagnostics(c.App.ErrWriter, files, broken)
		return nil, failure(fmt.Errorf("%s is not well-formed, so it is left as it is", displayName(path)))
	}
	var out bytes.Buffer
	if err := parser.Write(&out, cfg.Doc); err != nil {
		return nil, failure(err)
	}
	return out.Bytes(), nil
}
