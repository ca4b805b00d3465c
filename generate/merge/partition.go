package merge

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/wasplug/wasplug/parser"
)

// part is a rectangle of units, aliases by URIs, that one Route serves.
type part struct {
	aliases []int32
	uris    []*parser.Uri // [nil] stands for every URI
	uriIDs  []int32
	cluster *cluster
	first   int32 // the claim that came first: it decides the order and lends its names
}

// class is what the units of a part have in common.
type class struct {
	cluster *cluster
	files   int32 // the files that list the URI: those others list too stand apart, as the peers' tools write them
	claim   int32 // the first claim: the Routes of a file stay apart
	layer   int
	cookie  string
}

// column is the URIs of one alias within a class.
type column struct {
	alias int32
	uris  []*parser.Uri
	ids   []int32
}

// partition cuts the units into parts such that each part's Route gives exactly its units. Parts stand in the order of
// their first claims.
// A rectangle is what a Route is: each of its aliases with each of its Uris. Units of one class that make none become
// several. No unit is in two parts, so the output has what the inputs have, and nothing more.
func (m *merger) partition() []*part {
	byClass := map[class]int{}
	var classes []class
	var columns [][]*column
	at := map[[2]int32]*column{}
	for _, u := range m.order {
		for i, l := range u.layers {
			c := class{m.cluster(l.set), m.uriFiles[u.uri], l.first, i, cookies(l.uri)}
			k, known := byClass[c]
			if !known {
				k = len(classes)
				byClass[c] = k
				classes = append(classes, c)
				columns = append(columns, nil)
			}
			key := [2]int32{int32(k), u.alias}
			col := at[key]
			if col == nil {
				col = &column{alias: u.alias}
				at[key] = col
				columns[k] = append(columns[k], col)
			}
			col.uris = append(col.uris, l.uri)
			col.ids = append(col.ids, u.uri)
		}
	}
	var parts []*part
	for k, c := range classes {
		parts = append(parts, rectangles(c, columns[k])...)
	}
	parts = m.join(parts)
	slices.SortStableFunc(parts, func(a, b *part) int { return cmp.Compare(a.first, b.first) })
	return parts
}

// cookies tells apart a name that is written and one that is the default: written is what the input had.
func cookies(u *parser.Uri) string {
	if u == nil {
		return ""
	}
	key := u.AffinityCookie.V + "\x00" + u.AffinityURLIdentifier.V
	if !u.AffinityCookie.Set() || !u.AffinityURLIdentifier.Set() {
		return key + "\x00"
	}
	return key
}

// rectangles joins the aliases of a class that have the same URIs.
// Joining by equal columns is not the least number of rectangles, but it keeps groups of the inputs that are shared as
// a whole, which is the usual case.
func rectangles(c class, columns []*column) []*part {
	byURIs := map[string]*part{}
	var parts []*part
	for _, col := range columns {
		key := idKey(col.ids)
		p := byURIs[key]
		if p == nil {
			p = &part{uris: col.uris, uriIDs: col.ids, cluster: c.cluster, first: c.claim}
			byURIs[key] = p
			parts = append(parts, p)
		}
		p.aliases = append(p.aliases, col.alias)
	}
	return parts
}

// idKey is a set of numbers as a map key.
func idKey(ids []int32) string {
	sorted := slices.Sorted(slices.Values(ids))
	b := make([]byte, 0, 4*len(sorted))
	for _, id := range sorted {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	return string(b)
}

// join joins parts of one Route that differ in their cookies alone: a UriGroup may hold several.
func (m *merger) join(parts []*part) []*part {
	type key struct {
		cluster *cluster
		claim   int32
		aliases string
		files   int32
	}
	type growing struct {
		*part
		has map[int32]bool // its URIs
	}
	known := map[key]growing{}
	var joined []*part
	for _, p := range parts {
		k := key{p.cluster, p.first, idKey(p.aliases), m.uriFiles[p.uriIDs[0]]}
		g, ok := known[k]
		if ok && !slices.ContainsFunc(p.uriIDs, func(id int32) bool { return g.has[id] }) {
			g.uris, g.uriIDs = append(g.uris, p.uris...), append(g.uriIDs, p.uriIDs...)
		} else {
			g = growing{p, map[int32]bool{}}
			known[k] = g
			joined = append(joined, p)
		}
		for _, id := range p.uriIDs {
			g.has[id] = true
		}
	}
	return joined
}
