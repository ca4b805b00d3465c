package app

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Input is what a use case reads from: the disk, the buffers of an editor, or the memory of a test.
type Input struct {
	Open  func(name string) (fs.File, error)
	Stdin io.Reader // what the file "-" is
}

// Read reads a file up to the size that the parser takes and one byte more, in pieces with a pause before each.
func (in *Input) Read(path string, pause parser.Pause) ([]byte, error) {
	r, size := in.Stdin, 0
	if path != "-" {
		f, err := in.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			if info.IsDir() {
				return nil, fmt.Errorf("%s is a folder, not a file", path)
			}
			size = int(min(info.Size(), parser.MaxSize)) // a hint only: a pipe says 0
		}
		// Who pauses is a proxy that reloads, and that has a file: no pause is lost on standard input.
		r = &pausingReader{f, pause}
	}
	data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	// The byte beyond MaxSize is for the parser: by it a file that is too large is told from one that just fits.
	if _, err := data.ReadFrom(io.LimitReader(r, parser.MaxSize+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data.Bytes(), nil
}

// pausingReader reads in pieces: to take in a large file at once keeps a processor for milliseconds.
type pausingReader struct {
	r     io.Reader
	pause parser.Pause
}

func (p *pausingReader) Read(b []byte) (int, error) {
	p.pause.Take()
	return p.r.Read(b[:min(len(b), 64<<10)])
}

// DisplayName is what reports call a file.
func DisplayName(path string) string {
	if path == "-" {
		return "<stdin>"
	}
	return path
}

// Notes are what a use case has to say beside its answer, in the order in which it came up.
type Notes []Note

// A Note is some diagnostics with the files that they stand in, or else a sentence.
type Note struct {
	Files       *diag.Files
	Diagnostics []diag.Diagnostic
	Text        string
}

// Add notes diagnostics about those files; none is no note.
func (n *Notes) Add(files *diag.Files, ds []diag.Diagnostic) {
	if len(ds) > 0 {
		*n = append(*n, Note{Files: files, Diagnostics: ds})
	}
}

// Say notes a sentence. What stands in quotes of %q is safe for a terminal (diag.Sprintf).
func (n *Notes) Say(format string, args ...any) {
	*n = append(*n, Note{Text: diag.Sprintf(format, args...)})
}

// Folder is a folder that is read as files are: its names are slash-separated and below path.
func (in *Input) Folder(path string) fs.FS { return folder{in.Open, path} }

type folder struct {
	open func(name string) (fs.File, error)
	root string
}

func (f folder) Open(name string) (fs.File, error) {
	// A name that this system has no path for, such as "a:b" on Windows, must not leave the folder.
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.open(filepath.Join(f.root, local))
}

// Stat goes by the folder that a file is in, where that can be listed: a pipe is not opened to see what it is.
func (f folder) Stat(name string) (fs.FileInfo, error) {
	entries, err := fs.ReadDir(f, path.Dir(name))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Name() == path.Base(name) && e.Type()&fs.ModeSymlink == 0 {
			return e.Info()
		}
	}
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Stat()
}

// IsFolder reports whether path is a folder.
func (in *Input) IsFolder(path string) bool {
	if path == "-" {
		return false
	}
	f, err := in.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && info.IsDir()
}
