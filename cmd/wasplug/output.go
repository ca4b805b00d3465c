package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/wasplug/wasplug/internal/atomicfile"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

// checkedWriter is standard output. It keeps the first error and writes nothing after it, so that no command has to
// ask after each line whether it was written: one that was not ends every command with exit code 3.
type checkedWriter struct {
	to    io.Writer
	mutex sync.Mutex // the proxy writes its access log here
	err   error
}

func (w *checkedWriter) Write(data []byte) (n int, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err == nil {
		n, w.err = w.to.Write(data)
	}
	return n, w.err
}

func (w *checkedWriter) failed() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.err
}

// readable is what text goes through: nothing in it does more on a terminal than be read.
func readable(w io.Writer) io.Writer { return forms.Visible(w, diag.Text) }

// isTerminal reports whether a stream of the program is one. A buffer of a test is none.
func isTerminal(w io.Writer) bool {
	if out, ok := w.(*checkedWriter); ok {
		w = out.to
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colorFlag belongs to every command that colours.
func colorFlag() cli.Flag {
	return wordFlag{&cli.StringFlag{Name: "color", Value: "auto",
		Usage: "`WHEN` text is coloured: auto (on a terminal; NO_COLOR and FORCE_COLOR are heeded), always or never"},
		[]string{"auto", "always", "never"}}
}

// coloured reports whether text on standard output may be coloured: as --color says, else as NO_COLOR, then
// FORCE_COLOR, then on a terminal.
func coloured(c *cli.Context) bool {
	switch c.String("color") {
	case "always":
		return true
	case "never":
		return false
	}
	switch force := os.Getenv("FORCE_COLOR"); {
	case os.Getenv("NO_COLOR") != "":
		return false
	case force != "":
		return force != "0" && force != "false"
	}
	return os.Getenv("TERM") != "dumb" && isTerminal(c.App.Writer)
}

// outputFlags are -o/--output, a file or folder, and --force.
func outputFlags(what string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"},
			Usage: what + ", - for standard output", DefaultText: "standard output"},
		&cli.BoolFlag{Name: "force", Usage: "overwrite a file that says something else"},
	}
}

// readFiles is the key of the files that a command has read, among what an App carries for its commands.
const readFiles = "read"

// noteRead remembers that a command has read a file.
func noteRead(c *cli.Context, path string) {
	read, _ := c.App.Metadata[readFiles].([]string)
	if c.App.Metadata != nil { // else a command runs without its program, in a test
		c.App.Metadata[readFiles] = append(read, path)
	}
}

// spare refuses to write over a file that the command has read, under whatever name. That takes more than --force: -o
// in place of an input is a slip of the hand.
func spare(c *cli.Context, path string) error {
	target, err := os.Stat(path)
	if err != nil || !target.Mode().IsRegular() {
		return nil
	}
	read, _ := c.App.Metadata[readFiles].([]string)
	for _, name := range read {
		if info, err := os.Stat(name); err == nil && os.SameFile(info, target) {
			return failure(fmt.Errorf("%s is an input of this command; it is not overwritten", path))
		}
	}
	return nil
}

// writeOutput writes to the file that -o names, or to standard output.
func writeOutput(c *cli.Context, data []byte) error {
	path := c.String("output")
	if path == "" || path == "-" {
		if _, err := c.App.Writer.Write(data); err != nil {
			return failure(err)
		}
		return nil
	}
	if err := spare(c, path); err != nil {
		return err
	}
	return writeFile(path, data, forced(path, c.Bool("force")))
}

// overwrite says what stands against putting something in place of what a file holds, nil for nothing.
type overwrite func(old []byte) error

// forced replaces a file that says something else only where force is set.
func forced(path string, force bool) overwrite {
	return func([]byte) error {
		if force {
			return nil
		}
		return failure(fmt.Errorf("%s exists and says something else; --force overwrites it", path))
	}
}

// ownKind is forced for what is written again and again, such as a report: one of the same kind, or an empty file, is
// replaced all the same.
func ownKind(path string, force bool, own func(old []byte) bool) overwrite {
	return func(old []byte) error {
		if len(old) == 0 || own(old) {
			return nil
		}
		return forced(path, force)(old)
	}
}

// unchanged replaces a file by what was made of it, unless somebody else has changed it since it was read.
func unchanged(path string, was []byte) overwrite {
	return func(now []byte) error {
		if !bytes.Equal(was, now) {
			return notWritten(path, atomicfile.ErrChanged)
		}
		return nil
	}
}

// writeFile writes a file whole or not at all, if allow has nothing against it. A file that says the same is not
// touched, so that its time stays and what is built of it is not built again. Replace is told what was there, and
// refuses where that has changed since.
func writeFile(path string, data []byte, allow overwrite) error {
	p, err := lookAt(path)
	switch {
	case err != nil:
		return err
	case p == device:
		if err := os.WriteFile(path, data, 0o666); err != nil {
			return failure(err)
		}
		return nil
	case p == nothing:
		return notWritten(path, atomicfile.Create(path, data))
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return notWritten(path, err)
	}
	if bytes.Equal(old, data) {
		return nil
	}
	if err := allow(old); err != nil {
		return err
	}
	return notWritten(path, atomicfile.Replace(path, old, data))
}

// mayWrite reports what stands in the way of writing data to a file, for who writes several or works long before. data
// may be nil where it is not known yet: then a file that says anything is asked about.
func mayWrite(path string, data []byte, allow overwrite) error {
	p, err := lookAt(path)
	if err != nil || p != regular {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return notWritten(path, err)
	}
	if bytes.Equal(old, data) {
		return nil
	}
	return allow(old)
}

// place is what stands at a path.
type place uint8

const (
	nothing place = iota
	regular
	device // a terminal, a pipe, /dev/null: there is nothing to overwrite
)

// lookAt says what stands at a path. A folder, a socket and others are refused: nobody means them.
func lookAt(path string) (place, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nothing, nil
	case err != nil:
		return nothing, failure(err)
	case info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0:
		return device, nil
	case !info.Mode().IsRegular():
		return nothing, failure(fmt.Errorf("%s is a folder or no file at all; it is left alone", path))
	}
	return regular, nil
}

func notWritten(path string, err error) error {
	if err == nil {
		return nil
	}
	return failure(fmt.Errorf("%s: not written: %w", path, err))
}
