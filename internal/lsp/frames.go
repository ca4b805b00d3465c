package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/creachadair/jrpc2"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Bounds of a message. JSON writes a line end as two bytes; a file of the largest size that is read fits.
const (
	mostMessage = 2 * parser.MaxSize // bytes
	mostHeader  = 4 << 10            // bytes of one line
	mostFields  = 32
)

// frames reads and writes messages behind header fields, as the base protocol has them. It is a channel of jrpc2.
type frames struct {
	in     *bufio.Reader
	out    io.WriteCloser
	read   chan received
	closed chan struct{} // by stop
	once   sync.Once     // for closing it

	sending sync.Mutex // answers and published findings come from several goroutines; a message goes out whole
}

// received is a message, or why there are no more.
type received struct {
	message []byte
	err     error
}

// newFrames begins to read. Who exits need not wait until the editor closes its end: stop ends Recv, too.
func newFrames(in io.Reader, out io.WriteCloser) *frames {
	f := &frames{in: bufio.NewReaderSize(in, mostHeader), out: out, read: make(chan received),
		closed: make(chan struct{})}
	go f.readAll()
	return f
}

// readAll reads in a goroutine of its own, since a read of standard input cannot be ended: after stop it stays there
// until the editor writes or the process ends.
func (f *frames) readAll() {
	for {
		message, err := f.receive()
		if refused := refusal(message); refused != nil && err == nil {
			f.Send(refused)
			continue
		}
		select {
		case f.read <- received{message, err}:
		case <-f.closed:
			return
		}
		if err != nil {
			return
		}
	}
}

// Send writes a message at once, header and all in one write.
func (f *frames) Send(message []byte) error {
	f.sending.Lock()
	defer f.sending.Unlock()
	framed := make([]byte, 0, len(message)+32)
	framed = fmt.Appendf(framed, "Content-Length: %d\r\n\r\n", len(message))
	_, err := f.out.Write(append(framed, message...))
	return err
}

// refusal answers JSON that is no request, nil for all else. jrpc2 would answer it, too, and panics where the editor
// is gone by then.
func refusal(message []byte) []byte {
	requests, err := jrpc2.ParseRequests(message)
	if err != nil {
		return nil // no JSON
	}
	for _, r := range requests {
		if r.Error == nil && r.Method == "" {
			r.Error = jrpc2.Errorf(jrpc2.InvalidRequest, "a message without a method")
		}
		if r.Error != nil {
			answer, _ := json.Marshal(struct {
				Version string       `json:"jsonrpc"`
				ID      *string      `json:"id"` // null: it cannot be told
				Error   *jrpc2.Error `json:"error"`
			}{Version: "2.0", Error: r.Error})
			return answer
		}
	}
	return nil
}

// stop ends Recv.
func (f *frames) stop() { f.once.Do(func() { close(f.closed) }) }

// Recv returns the next message, io.EOF at the end and after stop.
func (f *frames) Recv() ([]byte, error) {
	select {
	case <-f.closed:
		return nil, io.EOF
	default:
	}
	select {
	case r := <-f.read:
		return r.message, r.err
	case <-f.closed:
		return nil, io.EOF
	}
}

// receive reads a message. After any other error than io.EOF nobody knows where the next one begins.
func (f *frames) receive() ([]byte, error) {
	size, err := f.header()
	if err != nil {
		return nil, err
	}
	var message bytes.Buffer // grows with what comes, not with what is announced
	if n, err := io.CopyN(&message, f.in, int64(size)); err != nil {
		return nil, fmt.Errorf("a message of %d bytes ends after %d: %w", size, n, io.ErrUnexpectedEOF)
	}
	return message.Bytes(), nil
}

// header reads the fields before a message, and returns its length.
func (f *frames) header() (size int, err error) {
	size = -1
	for n := 0; ; n++ {
		line, err := f.in.ReadSlice('\n')
		switch {
		case err == io.EOF && len(line) == 0 && n == 0:
			return 0, io.EOF
		case err == bufio.ErrBufferFull || n == mostFields:
			return 0, errors.New("the header of a message is too long: want Content-Length: BYTES and an empty line")
		case err != nil:
			return 0, fmt.Errorf("the header of a message is cut off: %w", io.ErrUnexpectedEOF)
		}
		field := strings.TrimRight(string(line), "\r\n")
		if field == "" {
			break
		}
		if size, err = contentLength(field, size); err != nil {
			return 0, err
		}
	}
	if size < 0 {
		return 0, errors.New("a message without Content-Length")
	}
	return size, nil
}

// contentLength reads a header field. Others than the length change nothing.
func contentLength(field string, size int) (int, error) {
	name, value, ok := strings.Cut(field, ":")
	if !ok {
		return 0, diag.Errorf("%q is no header of a message: want Content-Length: BYTES", diag.Clip(field, 80))
	}
	if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
		return size, nil
	}
	value = strings.TrimSpace(value)
	n, err := strconv.ParseUint(value, 10, 64)
	switch {
	case err != nil:
		return 0, diag.Errorf("Content-Length %q is no number of bytes", diag.Clip(value, 80))
	case n > mostMessage:
		return 0, fmt.Errorf("a message of %d bytes: at most %d are taken", n, mostMessage)
	}
	return int(n), nil
}

// Close ends what is written, and Recv.
func (f *frames) Close() error {
	f.stop()
	return f.out.Close()
}
