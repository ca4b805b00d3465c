package app

import (
	"errors"
	"fmt"
	"io"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/errorlog"
)

// ReadErrorLog hands the lines of a web server's error log to visit, with their numbers from 1 on; the record is
// visit's only until it returns. others are lines of another form, such as those that go on from the line before.
func ReadErrorLog(in Input, path string, visit func(number int, l *errorlog.Line)) (others int64, err error) {
	r, closer := in.Stdin, io.Closer(io.NopCloser(nil))
	if path != "-" {
		f, err := in.Open(path)
		if err != nil {
			return 0, err
		}
		r, closer = f, f
	}
	unpacked, err := Unpack(r, closer)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", DisplayName(path), err)
	}
	defer unpacked.Close()
	var l errorlog.Line
	known := false
	// Blocks bound the memory whatever the file holds: a line of gigabytes is dropped, and counted as TooLong.
	for blocks := accesslog.NewBlocks(unpacked); ; {
		block, err := blocks.Next()
		if block != nil {
			others += int64(block.TooLong)
			block.Each(func(line string, number int) {
				if !errorlog.Parse(line, &l) {
					others++
					return
				}
				known = true
				visit(number, &l)
			})
		}
		switch {
		// An empty log is fine: nothing has gone wrong yet. One of which no line fits is another file.
		case errors.Is(err, io.EOF) && !known && others > 0:
			return others, fmt.Errorf("%s: no line of an error log of Apache or IBM HTTP Server; is this the file "+
				"that ErrorLog of httpd.conf names?", DisplayName(path))
		case errors.Is(err, io.EOF):
			return others, nil
		case err != nil:
			return others, fmt.Errorf("%s: %w", DisplayName(path), err)
		}
	}
}
