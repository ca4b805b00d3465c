package graph

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/diag"
)

// Sizes of a drawing in pixels. A character of a monospaced font has three fifths of its size, 12, or a little more,
// so no text must be measured.
const (
	charWidth  = 7.5
	lineHeight = 16
	padding    = 8
	rowGap     = 12
	columnGap  = 70
)

// columns are the places of the kinds, from left to right.
var columns = map[string]int{"host": 0, "uri": 1, "cluster": 2, "member": 3, "note": 0}

// A box is a vertex with its place.
type box struct {
	id, kind            string
	lines               []string
	x, y, width, height int
}

// line is an edge between two vertices, by their identifiers.
type line struct{ from, to, style string }

// layout puts vertices into a column for each kind, in the order in which they come, and centres each column.
type layout struct {
	boxes         []*box
	byID          map[string]*box
	lines         []line
	width, height int
}

// layout measures all boxes first, since a column is as wide as its widest.
func (g *graph) layout() *layout {
	l := &layout{byID: map[string]*box{}}
	g.walk(func(id, kind, label string) {
		b := &box{id: id, kind: kind, lines: strings.Split(label, "\n")}
		for i, text := range b.lines {
			b.lines[i] = diag.Printable(text)
			b.width = max(b.width, int(float64(utf8.RuneCountInString(b.lines[i]))*charWidth)+2*padding)
		}
		b.height = len(b.lines)*lineHeight + 2*padding
		l.boxes, l.byID[id] = append(l.boxes, b), b
	}, func(from, to, style string) { l.lines = append(l.lines, line{from, to, style}) })
	l.place()
	return l
}

// place: y is counted within the column, then moved by half of what the column is shorter than the highest.
func (l *layout) place() {
	var widths, heights [4]int
	for _, b := range l.boxes {
		c := columns[b.kind]
		widths[c] = max(widths[c], b.width)
		b.y = heights[c]
		heights[c] += b.height + rowGap
	}
	for _, h := range heights {
		l.height = max(l.height, h)
	}
	for _, b := range l.boxes {
		c := columns[b.kind]
		b.x, b.y = columnGap/4, b.y+(l.height-heights[c])/2+rowGap
		for _, w := range widths[:c] {
			b.x += w + columnGap
		}
		b.width = widths[c]
		l.width = max(l.width, b.x+b.width+columnGap/4)
	}
	l.height += rowGap
}

// svgStyle draws in the colours of the reader: light or dark.
//
//go:embed svg.css
var svgStyle string

// svg draws without Graphviz. The identifiers of what a line joins stand on it, for the page to follow.
func (g *graph) svg(b *strings.Builder) {
	l := g.layout()
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+
		"\n<title>Virtual hosts, URIs, clusters and members</title>\n<style>\n%s</style>\n",
		l.width, l.height, l.width, l.height, svgStyle)
	for _, e := range l.lines {
		from, to := l.byID[e.from], l.byID[e.to]
		x1, y1, x2, y2 := from.x+from.width, from.y+from.height/2, to.x, to.y+to.height/2
		// a curve that leaves and arrives level, so that lines between far columns can be told apart
		middle := (x1 + x2) / 2
		fmt.Fprintf(b, `<path class="%s" data-from="%s" data-to="%s" d="M%d %dC%d %d %d %d %d %d"/>`+"\n",
			strings.TrimSpace("edge "+e.style), e.from, e.to, x1, y1, middle, y1, middle, y2, x2, y2)
	}
	for _, v := range l.boxes {
		v.svg(b)
	}
	b.WriteString("</svg>\n")
}

func (v *box) svg(b *strings.Builder) {
	fmt.Fprintf(b, `<g class="%s" id="%s"><rect x="%d" y="%d" width="%d" height="%d" rx="%d"/>`,
		v.kind, v.id, v.x, v.y, v.width, v.height, corner[v.kind])
	for i, text := range v.lines {
		// y is that of the baseline, a fourth of the line above its end
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, v.x+padding, v.y+padding+(i+1)*lineHeight-4,
			svgText.Replace(text))
	}
	b.WriteString("</g>\n")
}

// corner is how round the boxes of a kind are.
var corner = map[string]int{"host": 16, "uri": 0, "cluster": 4, "member": 8, "note": 0}

// svgText escapes names: the drawing stands in pages, too.
var svgText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

//go:embed page.html
var page string

// html is the drawing in a page where a word leaves only what it leads to, and where it comes from.
func (g *graph) html(b *strings.Builder) {
	var drawing strings.Builder
	g.svg(&drawing)
	b.WriteString(strings.Replace(page, "<!-- drawing -->\n", drawing.String(), 1))
}
