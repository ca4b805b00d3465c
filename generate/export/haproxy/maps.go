package haproxy

import (
	"bytes"
	"fmt"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// end stands behind a path that is looked up whole: a byte that no request line holds (RFC 9112, 3). So one look-up of
// the longest beginning finds whole paths, too.
const end = "\x7f"

// maps are the files that the frontend looks in.
// Keys of paths.map are CLASS#TEXT, and CLASS.TAIL#TEXT for paths that end with the tail of that number; those that
// end with DEL are whole paths. HAProxy's map_beg gives the longest key with which the asked text begins.
func (w *writer) maps() []export.File {
	var places, paths, clones bytes.Buffer
	t := w.plan.Lookups
	for _, p := range t.Places {
		fmt.Fprintf(&places, "%s %d\n", export.PlaceKey(p.Host, p.Port), p.Class)
	}
	for i := range t.Classes {
		c := &t.Classes[i]
		for _, n := range c.Exact {
			w.entry(&paths, fmt.Sprintf("%d#%s%s", i, n.Text, end), &n, "/whole")
		}
		for _, trie := range c.Tries {
			for _, n := range trie.Nodes {
				w.entry(&paths, fmt.Sprintf("%d%s#%s", i, tailKey(trie.Tail), n.Text), &n, "")
			}
		}
	}
	for i := range w.plan.Clusters {
		c := &w.plan.Clusters[i]
		for _, m := range c.Members {
			if m.CloneID != "" {
				fmt.Fprintf(&clones, "%s%s%s %s\n", c.Ident, c.Separator, m.CloneID, m.Ident)
			}
		}
	}
	return []export.File{{Name: "places.map", Data: places.Bytes()}, {Name: "paths.map", Data: paths.Bytes()},
		{Name: "clones.map", Data: clones.Bytes()}}
}

// tailKey is the part of a key that names a tail, "" of the trie for any path.
func tailKey(tail int) string {
	if tail < 0 {
		return ""
	}
	return fmt.Sprintf(".%d", tail)
}

// entry writes a line of a map: a text, and the cluster with the number of the affinity names and what kind of text it
// is.
func (w *writer) entry(to *bytes.Buffer, key string, n *lookups.Node, kind string) {
	if !export.Sendable(n.Text) {
		return // no request has such a path
	}
	fmt.Fprintf(to, "%s %s/%d%s\n", key, w.plan.ClusterOf(n.Entry).Ident, w.plan.SessionOf(n.Entry), kind)
}
