package chars_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/chars"
)

// TestIs: the classes agree with each other, with Name and with Allowed, for each byte.
func TestIs(t *testing.T) {
	for i := range 256 {
		c := byte(i)
		is := func(class chars.Class) bool { return chars.Is(c, class) }
		ascii := c < utf8.RuneSelf
		if want := strings.IndexByte(" \t\r\n", c) >= 0; is(chars.Blank) != want {
			t.Errorf("%#x: white space is %v", c, !want)
		}
		if is(chars.NameStart) && !is(chars.NameChar) || is(chars.NameASCII) != (is(chars.NameChar) && ascii) ||
			is(chars.NameChar) && is(chars.NameStop) {
			t.Errorf("%#x: first of a name %v, in a name %v, in ASCII %v, end of a name %v", c, is(chars.NameStart),
				is(chars.NameChar), is(chars.NameASCII), is(chars.NameStop))
		}
		if ascii && (chars.Name(string(rune(c))) != is(chars.NameStart) ||
			chars.Name("a"+string(rune(c))) != is(chars.NameChar)) {
			t.Errorf("%#x: Name says otherwise", c)
		}
		if !is(chars.Special) && (!ascii || !chars.Allowed(rune(c))) {
			t.Errorf("%#x needs a closer look in a value", c)
		}
	}
}

func TestName(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "Config": true, "xsi:schemaLocation": true, "_a.b-c9": true, "-a": false, "9a": false, "a b": false,
		"a%": false, "Größe": true, "é": true, "×": false, "÷": false, "a·": true, "·": false, "\u0300": false,
		"e\u0301": true, "水": true, "a\u3000": false, "\ufeffa": true, "\ufdd0a": false, "\U00010000": true,
		"\U000f0000": false,
	} {
		if chars.Name(name) != want {
			t.Errorf("%q is a name: %v", name, !want)
		}
	}
}

// TestNameRanges holds the ranges of the productions 4 and 4a above ASCII, as the fifth edition has them.
func TestNameRanges(t *testing.T) {
	starts := [][2]rune{{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
		{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}}
	further := [][2]rune{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}
	in := func(r rune, ranges [][2]rune) bool {
		return slices.ContainsFunc(ranges, func(of [2]rune) bool { return of[0] <= r && r <= of[1] })
	}
	for r := rune(utf8.RuneSelf); r <= 0xF0000; r++ {
		if !utf8.ValidRune(r) || r > 0x10010 && r < 0xEFFF0 {
			continue
		}
		first := in(r, starts)
		if s := string(r); chars.Name(s) != first || chars.Name("a"+s) != (first || in(r, further)) {
			t.Errorf("%U is a name: %v, stands in one: %v", r, chars.Name(s), chars.Name("a"+s))
		}
	}
}

// TestAllowed holds the ends of the ranges of production 2.
func TestAllowed(t *testing.T) {
	for r, want := range map[rune]bool{
		0: false, 8: false, '\t': true, '\n': true, 0xb: false, 0xc: false, '\r': true, 0x1f: false, ' ': true,
		0x7f: true, 0x85: true, 0xd7ff: true, 0xd800: false, 0xdfff: false, 0xe000: true, 0xfffd: true, 0xfffe: false,
		0xffff: false, 0x10000: true, 0x10ffff: true,
	} {
		if chars.Allowed(r) != want {
			t.Errorf("%U is allowed: %v", r, !want)
		}
	}
}
