package affinity

import (
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDCollisionAfterMerge, Name: "clone-id-collision-after-merge", Category: lint.Affinity,
	Severity: diag.Error, Check: check.On(checkAcrossFiles),
	Subjects: []string{"Server/CloneID"},
	Doc: lint.Doc{
		Title: "Two files that are checked together have one CloneID at different addresses",
		Why: "A merge copies the IDs unchecked; copied profiles carry the same one. Files whose clusters share a " +
			"host and a cookie name then send sessions of one to the other. One ID at one address is fine. Looked " +
			"at are files of one folder, of one command line and of one group in the settings; --across says so " +
			"otherwise, for files of many web servers or versions of one file.",
		Source: "observed in merge tools, OpenLiberty/open-liberty#24584 and #35345",
	},
})

// checkAcrossFiles reports, in the later of two files, the clone IDs that a merge of both would make collide: once for
// the two files, for what was copied was copied as a whole.
func checkAcrossFiles(p *check.Pass) {
	if len(p.Run) < 2 {
		return
	}
	first, more := map[*check.Pass]func(others int){}, map[*check.Pass]int{}
	var order []*check.Pass
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			o, found := collides(p, c, s)
			switch {
			case !found:
			case first[o.Pass] != nil:
				more[o.Pass]++
			default:
				order = append(order, o.Pass)
				first[o.Pass] = func(others int) { reportCollision(p, s, o.Server, others) }
			}
		}
	}
	for _, other := range order {
		first[other](more[other])
	}
}

// collides finds a server of an earlier file of the group whose clone ID is that of s, at another address, and whose
// sessions meet those of s. Equal addresses are one server in two files, which is what a merge is for.
func collides(p *check.Pass, c *parser.ServerCluster, s *parser.Server) (check.CloneAt, bool) {
	same := p.CloneIDs()[s.CloneID.V]
	for _, o := range same {
		if o.Pass.Config == p.Config || len(same) > 1000 {
			break // files are in order: those behind report it themselves
		}
		if !p.Grouped(o.Pass.Pass) || check.AddressesOf(o.Server) == check.AddressesOf(s) ||
			check.ShareAddress(o.Server, s) {
			continue
		}
		h1, c1 := cookies(p, c)
		h2, c2 := cookies(o.Pass, o.Cluster)
		if meetHosts(h1, h2) && meet(c1, c2) {
			return o, true
		}
	}
	return check.CloneAt{}, false
}

// reportCollision reports the first of the servers that two files have in common, and how many more there are.
func reportCollision(p *check.Pass, s, o *parser.Server, others int) {
	also := ""
	if others > 0 {
		also = ", as are " + strconv.Itoa(others) + " more of this file"
	}
	p.Report(s.CloneID.Span(), "CloneID %q of server %q is also that of server %q in %s, at another address%s; "+
		"merged into one file, sessions of one reach the other", s.CloneID.V, s.Name.V, o.Name.V,
		p.Where(o.CloneID.Span()), also).
		See(o.CloneID.Span(), "the other server%s", madeOn(s.CloneID.V)).
		About(check.Pair(o.Node, s.Node))
}
