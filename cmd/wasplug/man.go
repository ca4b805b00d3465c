package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/manpage"
)

func manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "print a page for man(1)",
		ArgsUsage: "[COMMAND|files]",
		Description: `Prints the page of a command, of wasplug as a whole, or of the files that it reads:
plugin-cfg.xml, topologies, test suites and settings. With -o it writes all of them into a folder.

   wasplug man lint | man -l -
   wasplug man -o /usr/local/share/man/man1

Exit codes: 0 fine; 2 no such command; 3 the pages cannot be written.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FOLDER` for all pages"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite files that say something else"},
		},
		Action: manAction,
	}
}

func manAction(c *cli.Context) error {
	if folder := c.String("output"); folder != "" {
		if c.NArg() > 0 {
			return usageError("man -o writes all pages; leave %q out", c.Args().First())
		}
		return writePages(c, folder)
	}
	page, err := pageNamed(c.App, c.Args().Slice())
	if err != nil {
		return err
	}
	return page.Write(c.App.Writer)
}

// pageNamed is the page that some words ask for: of a command, of the files, or without any that of wasplug.
func pageNamed(app *cli.App, words []string) (*manpage.Page, error) {
	if len(words) == 0 {
		return pageOfAll(app), nil
	}
	if len(words) == 1 && words[0] == "files" {
		return pageOfFiles()
	}
	cmd, taken := commandOf(app, words)
	switch {
	case cmd == nil:
		return nil, unknownCommand(app, strings.Join(words, " "))
	case taken < len(words):
		return nil, usageError("man takes one command; got %q, too", words[taken])
	}
	return pageOf(cmd), nil
}

// writePages writes the page of each command, that of wasplug and that of the files.
func writePages(c *cli.Context, folder string) error {
	files, err := pageOfFiles()
	if err != nil {
		return err
	}
	pages := []*manpage.Page{pageOfAll(c.App), files}
	for _, cmd := range c.App.Commands {
		pages = append(pages, pageOf(cmd))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return failure(err)
	}
	for _, p := range pages {
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			return failure(err)
		}
		path := filepath.Join(folder, fmt.Sprintf("%s.%d", p.Name, p.Section))
		if err := writeFile(path, b.Bytes(), forced(path, c.Bool("force"))); err != nil {
			return err
		}
	}
	return nil
}

// newPage begins a page. Its date is that of the commit, so that two builds of one commit write the same page.
func newPage(name string, section int, summary string) *manpage.Page {
	b := buildInfo()
	date, _, _ := strings.Cut(b.Date, "T")
	return &manpage.Page{Name: name, Section: section, Summary: summary, Version: b.Version, Date: date}
}

// pageOfAll is the page of the program: its commands, and what they share.
func pageOfAll(app *cli.App) *manpage.Page {
	p := newPage("wasplug", 1, app.Usage)
	p.Synopsis = app.UsageText
	list := manpage.Part{Title: "COMMANDS"}
	for _, cmd := range app.Commands {
		list.Items = append(list.Items, manpage.Item{Term: cmd.Name, Text: cmd.Usage})
		p.SeeAlso = append(p.SeeAlso, pageName(cmd)+"(1)")
	}
	p.Parts = []manpage.Part{{Title: "DESCRIPTION", Text: app.Description}, list}
	p.SeeAlso = append(p.SeeAlso, "wasplug-files(5)")
	return p
}

// pageName is how man(1) calls the page of a command: wasplug-lab-run.
func pageName(cmd *cli.Command) string { return "wasplug-" + strings.ReplaceAll(cmd.Name, " ", "-") }

// pageOf is the page of a command, made of what its help is made of.
func pageOf(cmd *cli.Command) *manpage.Page {
	p := newPage(pageName(cmd), 1, cmd.Usage)
	p.Synopsis = usageOf(cmd)
	text := cmd.Description
	if len(cmd.Aliases) > 0 {
		text = "Also called wasplug " + strings.Join(cmd.Aliases, ", ") + ".\n\n" + text
	}
	p.Parts = []manpage.Part{{Title: "DESCRIPTION", Text: text}}
	flags := manpage.Part{Title: "OPTIONS"}
	for _, f := range cmd.Flags {
		if h, ok := helpOf(f); ok {
			flags.Items = append(flags.Items, manpage.Item{Term: h.names, Value: strings.TrimSpace(h.value),
				Text: h.text})
		}
	}
	if len(flags.Items) > 0 {
		p.Parts = append(p.Parts, flags)
	}
	p.SeeAlso = []string{"wasplug(1)", "wasplug-files(5)"}
	return p
}

func pageOfFiles() (*manpage.Page, error) {
	p := newPage("wasplug-files", 5, "plugin-cfg.xml, topologies, test suites and settings of wasplug")
	parts, err := manpage.Files()
	if err != nil {
		return nil, failure(err)
	}
	p.Parts, p.SeeAlso = parts, []string{"wasplug(1)"}
	return p, nil
}
