package editor

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/parser/diag"
)

// generated are the sites of a topology, one for each web server; none where it has an error or is a suite.
func (y *YAML) generated() (sites []site) {
	if y.isSuite {
		return nil
	}
	files := diag.NewFiles() // which the generator may add to
	topology, _ := generate.Read(files, files.Add(y.files.Name(y.file), y.src))
	if topology == nil {
		return nil
	}
	// Build and not Compile: what lint says of the files is asked elsewhere, and takes much longer.
	outputs, _ := topology.Build(generate.Options{})
	for _, o := range outputs {
		sites = append(sites, newSite(files, o.Config, assumed(y.target, o.Platform.V)))
	}
	return sites
}

// URIs lists where the URIs of a topology stand, context roots among them, in file order.
func (y *YAML) URIs() (at []diag.Span) {
	for _, s := range y.sites() {
		for _, g := range s.config.UriGroups {
			for _, u := range g.Uris {
				at = append(at, u.Name.Span()) // of one written as a map the node has no length
			}
		}
	}
	slices.SortFunc(at, func(a, b diag.Span) int { return cmp.Compare(a.Start, b.Start) })
	return slices.Compact(at)
}

// URIAt tells of the URI or context root at a place, nil where there is none.
func (y *YAML) URIAt(place int32) *URI {
	for _, at := range y.URIs() {
		if !touches(at, place) {
			continue
		}
		u := newURI(at, string(y.src[at.Start:at.End]))
		for _, s := range y.sites() {
			u.in(s)
		}
		return u
	}
	return nil
}
