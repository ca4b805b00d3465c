package parser_test

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/parser"
)

func sortAttrs(attrs []parser.Attr) {
	slices.SortStableFunc(attrs, func(a, b parser.Attr) int { return cmp.Compare(a.Name, b.Name) })
}
