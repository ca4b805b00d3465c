package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// valueEdit replaces the value of an attribute.
func valueEdit(at *parser.Attr, value string) diag.Edit { return writeValue(at.Span, "", value, "") }

// writeValue writes a value between two texts. A value outside of ASCII gives the edit in no file, which makes no fix:
// its bytes hang on the encoding of the file.
func writeValue(span diag.Span, before, value, after string) diag.Edit {
	for i := range len(value) {
		if value[i] >= utf8.RuneSelf {
			return diag.Edit{}
		}
	}
	return diag.Edit{Span: span, New: before + escape(value) + after}
}

func escape(value string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(value)
}

// addAttr writes an attribute that an element lacks, behind its name.
func addAttr(n *parser.Node, name, value string) diag.Edit {
	at := diag.Span{File: n.NameSpan.File, Start: n.NameSpan.End, End: n.NameSpan.End}
	return writeValue(at, " "+name+`="`, value, `"`)
}

// setAttr writes a value whether the attribute stands there or not.
func setAttr(n *parser.Node, name, value string) diag.Edit {
	if at := n.Attr(name); at != nil {
		return valueEdit(at, value)
	}
	return addAttr(n, name, value)
}

// at returns where a value is written, the name of the attribute where the value is empty, or the name of the element
// that lacks it.
func at[T any](v parser.Val[T], n *parser.Node) diag.Span {
	switch span := v.Span(); {
	case v.At != nil && span.Start == span.End && !v.At.NameSpan.IsZero():
		return v.At.NameSpan
	case v.Set() || n == nil:
		return span
	}
	return n.NameSpan
}

// clusters returns the clusters that are written. A fragment may hold servers without the element around them: of its
// attributes and lists nothing can be said.
func (p *pass) clusters() []*parser.ServerCluster {
	if !p.Fragment {
		return p.Config.Clusters
	}
	return slices.DeleteFunc(slices.Clone(p.Config.Clusters),
		func(c *parser.ServerCluster) bool { return c.Node.Span.IsZero() })
}

// attr is the key of an attribute of an element, written or missing.
type attr struct {
	node *parser.Node
	name string
}

// pair is the key of two things in either order.
type pair struct{ a, b any }
