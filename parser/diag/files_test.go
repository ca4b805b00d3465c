package diag

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPositions compares columns with a count from the start of the line, for files of every mixture of characters,
// lines and broken bytes.
func TestPositions(t *testing.T) {
	pieces := []string{"a", "<Uri/>", "é", "€", "😀", "\xe9", "\x80\x80", "\n", "\r\n", "\r", strings.Repeat("x", 500),
		strings.Repeat("ü", 700)}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		var b strings.Builder
		for range rnd.IntN(60) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		src := b.String()
		fs := NewFiles()
		id := fs.Add("f", []byte(src))
		for i := 0; i <= len(src); i++ {
			if i < len(src) && !utf8.RuneStart(src[i]) {
				continue
			}
			start := strings.LastIndexAny(src[:i], "\r\n") + 1
			if start > 0 && start < len(src) && src[start-1] == '\r' && src[start] == '\n' {
				start = strings.LastIndexAny(src[:start-1], "\r\n") + 1 // the line ends behind the pair
			}
			want := utf8.RuneCountInString(src[start:i]) + 1
			if got := fs.Start(Span{File: id, Start: int32(i), End: int32(i)}); got.Column != want {
				t.Fatalf("%q at %d: column %d, want %d", src, i, got.Column, want)
			}
		}
	}
}

// TestColumnWork: however far into a line, only a stretch of it is counted.
func TestColumnWork(t *testing.T) {
	for _, char := range []string{"a", "é", "😀", "\xe9"} {
		f := &file{src: []byte("é" + strings.Repeat(char, 5*stretch))}
		f.once.Do(f.index)
		for offset := range int32(len(f.src)) {
			m := f.marks[offset/stretch]
			if m.offset > offset {
				m = f.marks[offset/stretch-1]
			}
			if offset-m.offset > stretch+utf8.UTFMax {
				t.Fatalf("%q at %d: counted from %d", char, offset, m.offset)
			}
		}
	}
	f := &file{src: []byte(strings.Repeat("a", 5*stretch))}
	if f.once.Do(f.index); f.marks != nil {
		t.Error("a file of ASCII needs no marks")
	}
}
