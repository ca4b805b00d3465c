package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

// checkedWriter is standard output. It keeps the first error and writes nothing after it, so that no command has to ask after each line
// whether it was written: one that was not ends every command with exit code 3.
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

// isTerminal reports whether a stream of the program is one.
func isTerminal(w io.Writer) bool {
	if out, ok := w.(*checkedWriter); ok {
		w = out.to
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// outputFlags are -o/--output, a file or folder, and --force.
func outputFlags(what string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: what + ", - for standard output", DefaultText: "standard output"},
		&cli.BoolFlag{Name: "force", Usage: "overwrite a file that says something else"},
	}
}

// writeOutput writes to the file that -o names, or to standard output.
func writeOutput(c *cli.Context, data []byte) error {
	if path := c.String("output"); path != "" && path != "-" {
		return writeFile(path, data, c.Bool("force"))
	}
	if _, err := c.App.Writer.Write(data); err != nil {
		return failure(err)
	}
	return nil
}

// writeFile writes a file whole or not at all: into a temporary file beside it, which then takes its place. A file that says something else
// stays unless force is set; one that says the same is not touched.
func writeFile(path string, data []byte, force bool) error {
	if err := mayWrite(path, data, force); err != nil {
		return err
	}
	if device(path) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return failure(err)
		}
		return nil
	}
	if sameContent(path, data) {
		return nil
	}
	target, mode := path, fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real // a link stays a link
	}
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return failure(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), target)
	}
	if err != nil {
		return failure(fmt.Errorf("%s: not written: %w", path, err))
	}
	return nil
}

// mayWrite reports what stands in the way of writing a file.
func mayWrite(path string, data []byte, force bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return failure(err)
	case device(path):
		return nil
	case !info.Mode().IsRegular():
		return failure(fmt.Errorf("%s is a folder or no file at all; it is left alone", path))
	case !force && !sameContent(path, data):
		return failure(fmt.Errorf("%s exists and says something else; --force overwrites it", path))
	}
	return nil
}

// device reports whether a path is a terminal, a pipe or the like, such as /dev/null: there is nothing to overwrite.
func device(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0
}

func sameContent(path string, data []byte) bool {
	old, err := os.ReadFile(path)
	return err == nil && bytes.Equal(old, data)
}
