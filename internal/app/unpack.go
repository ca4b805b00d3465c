package app

import (
	"bufio"
	"compress/gzip"
	"io"

	"golang.org/x/text/encoding/unicode"
)

// Unpack looks at the first bytes, not at the name, to see whether a file is packed with gzip, or in the UTF-16 that
// PowerShell writes when the output of a command goes to a file.
func Unpack(r io.Reader, source io.Closer) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			source.Close()
			return nil, err
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	if head, _ := b.Peek(2); string(head) == "\xff\xfe" || string(head) == "\xfe\xff" {
		return readerAndCloser{unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(b), source}, nil
	}
	return readerAndCloser{b, source}, nil
}

type readerAndCloser struct {
	io.Reader
	io.Closer
}
