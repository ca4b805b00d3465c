package accesslog

import (
	"bytes"
	"io"
	"strings"
)

const (
	blockSize = 256 << 10 // at least: a block grows for a longer line
	maxLine   = 1 << 20   // a longer one is no line of a log
)

// Block is some whole lines of a log.
type Block struct {
	Text    string
	First   int // number of its first line
	Lines   int
	TooLong int // lines that were left out

	head string // the last line before the block that names the columns, see W3C
}

// Each yields the lines without their ends, and their numbers.
func (b *Block) Each(visit func(line string, number int)) {
	rest := b.Text
	for n := b.First; rest != ""; n++ {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		visit(strings.TrimSuffix(line, "\r"), n)
	}
}

// Blocks cuts a log into blocks. Its memory is bounded whatever the log holds.
type Blocks struct {
	r    io.Reader
	buf  []byte // the next block and, behind it, the start of a line that is not whole yet
	used int
	line int   // of the next block
	err  error // of r, told once all that came before it is given

	heads bool   // lines of the log name the columns of those behind them
	head  string // the last of them so far
}

// NewBlocks reads a log.
func NewBlocks(r io.Reader) *Blocks { return &Blocks{r: r, buf: make([]byte, blockSize), line: 1} }

// Next returns the next block. The error is io.EOF at the end, or that of the log.
func (b *Blocks) Next() (*Block, error) {
	out := &Block{First: b.line}
	for {
		if b.err == nil && b.used < len(b.buf) {
			var n int
			n, b.err = b.r.Read(b.buf[b.used:])
			b.used += n
			if b.used < len(b.buf) && b.err == nil {
				continue
			}
		}
		// The rest stays for the next block; at the end of the log a line needs no end.
		end := bytes.LastIndexByte(b.buf[:b.used], '\n') + 1
		if b.err != nil {
			end = b.used
		}
		if end > 0 || b.err != nil {
			return b.give(out, end)
		}
		if !b.grow() { // a line without end
			out.TooLong++
			b.skip()
		}
	}
}

// grow makes room for a longer line, up to the longest.
func (b *Blocks) grow() bool {
	if len(b.buf) >= maxLine {
		return false
	}
	b.buf = append(b.buf, make([]byte, len(b.buf))...)
	return true
}

// skip drops a line that is too long, up to its end. It counts as one, so that the numbers behind it stay right.
func (b *Blocks) skip() {
	for b.err == nil {
		var n int
		n, b.err = b.r.Read(b.buf)
		if i := bytes.IndexByte(b.buf[:n], '\n'); i >= 0 {
			b.used = copy(b.buf, b.buf[i+1:n])
			b.line++
			return
		}
	}
	b.used = 0
	b.line++
}

// follow notes which columns hold in the block, and behind it.
func (b *Blocks) follow(out *Block) {
	if !b.heads {
		return
	}
	out.head = b.head
	for at := 0; at < len(out.Text); {
		i := strings.Index(out.Text[at:], fieldsLine)
		if i < 0 {
			return
		}
		if at += i; at == 0 || out.Text[at-1] == '\n' {
			line, _, _ := strings.Cut(out.Text[at:], "\n")
			if line = strings.TrimSuffix(line, "\r"); len(fieldsOf(line)) > 0 {
				// A copy: else the block would live as long as the line holds.
				b.head = strings.Clone(line)
			}
		}
		at += len(fieldsLine)
	}
}

// give cuts the block off.
func (b *Blocks) give(out *Block, end int) (*Block, error) {
	out.Text = string(b.buf[:end])
	out.First = b.line
	out.Lines = strings.Count(out.Text, "\n")
	if !strings.HasSuffix(out.Text, "\n") && out.Text != "" {
		out.Lines++
	}
	b.line += out.Lines
	b.follow(out)
	b.used = copy(b.buf, b.buf[end:b.used])
	if out.Text == "" && out.TooLong == 0 {
		return nil, b.err
	}
	return out, nil // an error comes with the next call
}
