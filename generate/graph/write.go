package graph

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// text draws a tree. The members of a cluster stand where it is first reached.
func (g *graph) text(b *strings.Builder) {
	shown := map[*cluster]bool{}
	for _, h := range g.hosts {
		fmt.Fprintf(b, "%s", diag.Printable(h.name))
		if h.aliases != "" {
			fmt.Fprintf(b, " (%s)", diag.Printable(h.aliases))
		}
		b.WriteByte('\n')
		for i, r := range h.routes {
			branch, below := "├─ ", "│  "
			if i == len(h.routes)-1 {
				branch, below = "└─ ", "   "
			}
			// The cluster hangs on the last Uri of its Route.
			for j, u := range r.uris {
				if j == len(r.uris)-1 {
					break
				}
				fmt.Fprintf(b, "├─ %s\n", diag.Printable(u))
			}
			fmt.Fprintf(b, "%s%s\n", branch, diag.Printable(r.uris[len(r.uris)-1]))
			r.cluster.text(b, below, shown)
		}
	}
	for _, c := range g.clusters {
		if !c.used { // it hangs on nothing
			fmt.Fprintf(b, "cluster %s\n", diag.Printable(c.label()))
			c.memberText(b, "")
		}
	}
	for _, group := range g.spare {
		fmt.Fprintln(b, diag.Printable(group))
	}
	if g.idle != "" {
		fmt.Fprintln(b, g.idle)
	}
}

// text draws a cluster below a Route, its members the first time alone.
func (c *cluster) text(b *strings.Builder, indent string, shown map[*cluster]bool) {
	fmt.Fprintf(b, "%s└─ %s\n", indent, diag.Printable(c.label()))
	if shown[c] && len(c.members) > 0 {
		fmt.Fprintf(b, "%s   └─ (members as above)\n", indent)
		return
	}
	shown[c] = true
	c.memberText(b, indent+"   ")
}

func (c *cluster) memberText(b *strings.Builder, indent string) {
	for i, m := range c.members {
		branch := "├─ "
		if i == len(c.members)-1 {
			branch = "└─ "
		}
		fmt.Fprintf(b, "%s%s%s (%s)\n", indent, branch, diag.Printable(m.name), diag.Printable(m.notes()))
	}
}

// walk calls node once for each vertex and edge for each edge, both with stable identifiers.
// All vertices of a host come before those of the next, clusters last; an edge may come before the vertex it leads to.
func (g *graph) walk(node func(id, kind, label string), edge func(from, to, style string)) {
	ids := map[*cluster]string{}
	for i, c := range g.clusters {
		ids[c] = fmt.Sprintf("c%d", i+1)
	}
	uri := 0
	for i, h := range g.hosts {
		id := fmt.Sprintf("h%d", i+1)
		label := h.name
		if h.aliases != "" {
			label += "\n" + strings.ReplaceAll(h.aliases, " ", "\n")
		}
		node(id, "host", label)
		for _, r := range h.routes {
			for _, u := range r.uris {
				uri++
				uid := fmt.Sprintf("u%d", uri)
				node(uid, "uri", u)
				edge(id, uid, "")
				edge(uid, ids[r.cluster], "")
			}
		}
	}
	for _, group := range g.spare {
		uri++
		node(fmt.Sprintf("u%d", uri), "uri", group)
	}
	for i, c := range g.clusters {
		node(ids[c], "cluster", c.label())
		for j, m := range c.members {
			mid := fmt.Sprintf("m%d_%d", i+1, j+1)
			node(mid, "member", m.name+"\n"+m.notes())
			style := ""
			if m.role != "primary" {
				style = "dashed"
			}
			edge(ids[c], mid, style)
		}
	}
	if g.idle != "" {
		node("idle", "note", g.idle)
	}
}

// mermaid and dot write the vertices of each kind in a shape of its own, and backups and idle members behind dashed
// lines. What is in a label is escaped: names are the user's.
func (g *graph) mermaid(b *strings.Builder) {
	b.WriteString("flowchart LR\n")
	shapes := map[string][2]string{"host": {"([", "])"}, "uri": {"[", "]"}, "cluster": {"{{", "}}"},
		"member": {"(", ")"}, "note": {"[/", "/]"}}
	g.walk(func(id, kind, label string) {
		s := shapes[kind]
		fmt.Fprintf(b, "  %s%s\"%s\"%s\n", id, s[0], mermaidText(label), s[1])
	}, func(from, to, style string) {
		arrow := "-->"
		if style == "dashed" {
			arrow = "-.->"
		}
		fmt.Fprintf(b, "  %s %s %s\n", from, arrow, to)
	})
}

// mermaidText escapes what Mermaid would read as markup.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("<br/>")
		case strings.ContainsRune("\"#&<>`", r), r < ' ':
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (g *graph) dot(b *strings.Builder) {
	b.WriteString("digraph wasplug {\n  rankdir=LR;\n")
	shapes := map[string]string{"host": "oval", "uri": "box", "cluster": "hexagon", "member": "box, style=rounded",
		"note": "note"}
	g.walk(func(id, kind, label string) {
		fmt.Fprintf(b, "  %s [label=\"%s\", shape=%s];\n", id, dotText(label), shapes[kind])
	}, func(from, to, style string) {
		if style != "" {
			style = " [style=" + style + "]"
		}
		fmt.Fprintf(b, "  %s -> %s%s;\n", from, to, style)
	})
	b.WriteString("}\n")
}

// dotText is a label in quotes; a line end becomes \n, which Graphviz centres the lines by.
func dotText(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(diag.Printable(line))
	}
	return strings.Join(lines, `\n`)
}
