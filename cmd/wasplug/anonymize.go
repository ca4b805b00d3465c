package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/anonymize"
	"github.com/wasplug/wasplug/internal/app/authoring"
)

func anonymizeCommand() *cli.Command {
	return &cli.Command{
		Name:      "anonymize",
		Usage:     "replace the words of files, so that they can be passed on and still decide alike",
		ArgsUsage: "FILE ...",
		Description: `FILE is a plugin-cfg.xml, a topology, a suite or another YAML file, http_plugin.log or an access log. Each
word that is none of the formats themselves becomes another one of the same length, the same in all files and in every
run with the same key. Lines and columns stay, and so do decisions, findings and what a log tells. Numbers and
times stay; passwords become asterisks.

   wasplug anonymize --key-file key plugin-cfg.xml > passed-on.xml
   wasplug anonymize --key-file key -o case plugin-cfg.xml http_plugin.log access.log

Who has the key can try names until one fits: keep it. The result names nobody, but its lengths, and which names begin
alike, are those of the original.

Exit codes: 0 done; 2 wrong usage; 3 a file cannot be read or written, or one of that name is there already.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "key",
				Usage: "`TEXT` by which words are replaced, better 8 bytes and more; others on the " +
					"machine can see it"},
			&cli.StringFlag{Name: "key-file", Usage: "`FILE` with the key"},
			wordsFlag{&cli.StringSliceFlag{Name: "keep",
				Usage: "`KIND` of words that stays, as the configurations among " +
					"the files have them: hosts, ips, names, clone-ids, cookies, uris or paths; repeatable"},
				anonymize.Kinds()},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, DefaultText: "standard output",
				Usage: "`FOLDER` to write the files into, under names whose words are replaced, too"},
		},
		Action: anonymizeAction,
	}
}

func anonymizeAction(c *cli.Context) error {
	kinds := c.StringSlice("keep")
	for _, kind := range kinds {
		if _, err := allowed(c, "keep", kind); err != nil {
			return err
		}
	}
	dir := c.String("output")
	switch {
	case c.NArg() == 0:
		return usageError("anonymize needs files")
	case c.NArg() > 1 && dir == "":
		return usageError("several files need a folder to be written into: -o FOLDER")
	}
	key, err := anonymizeKey(c)
	if err != nil {
		return err
	}
	request := authoring.Anonymize{Paths: c.Args().Slice(), Key: key, Keep: kinds}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if dir != "" {
		return writeAnonymous(c, dir, answer.Files)
	}
	if _, err := c.App.Writer.Write(answer.Files[0].Data); err != nil {
		return failure(err)
	}
	return nil
}

// anonymizeKey is the key: from a file, or from the command line, where others of the machine can see it.
func anonymizeKey(c *cli.Context) ([]byte, error) {
	text, path := c.String("key"), c.String("key-file")
	switch {
	case (text == "") == (path == ""):
		return nil, usageError("anonymize needs a key: --key-file FILE, or --key TEXT")
	case text != "":
		return []byte(text), nil
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, failure(err)
	}
	return bytes.TrimRight(key, "\r\n"), nil // which an editor adds, and another system adds otherwise
}

// writeAnonymous writes all files, or none where one would take the place of another.
func writeAnonymous(c *cli.Context, dir string, files []authoring.AnonymousFile) error {
	from := map[string]string{}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if other := from[path]; other != "" {
			return usageError("%s and %s would both become %s", other, f.Path, path)
		}
		from[path] = f.Path
		if err := mayWrite(path, f.Data, never(path)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failure(err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := writeFile(path, f.Data, never(path)); err != nil {
			return err
		}
		fmt.Fprintf(c.App.ErrWriter, "%s -> %s\n", f.Path, path)
	}
	return nil
}

// never replaces no file that says something else, not with force either: it may be the original.
func never(path string) overwrite {
	return func([]byte) error {
		return failure(fmt.Errorf("%s exists and says something else; it is left as it is", path))
	}
}
