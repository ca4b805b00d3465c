package app

import (
	"bytes"
	"io/fs"
)

// File is bytes in memory as a file that an [Input] opens.
func File(src []byte) fs.File { return &memory{bytes.NewReader(src)} }

type memory struct{ *bytes.Reader }

func (m *memory) Close() error { return nil }

// Stat knows the size alone.
func (m *memory) Stat() (fs.FileInfo, error) { return memoryInfo{size: m.Size()}, nil }

type memoryInfo struct {
	fs.FileInfo // nil: nobody asks for a time or a name
	size        int64
}

func (i memoryInfo) Size() int64 { return i.size }
func (i memoryInfo) IsDir() bool { return false }

// Mode says that it is a regular file: those can be read at any place.
func (i memoryInfo) Mode() fs.FileMode { return 0 }
