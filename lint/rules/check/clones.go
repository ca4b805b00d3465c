package check

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
)

// CloneAt is a clone ID where it is written.
type CloneAt struct {
	Pass    *Pass
	Cluster *parser.ServerCluster
	Server  *parser.Server
}

// CloneIDs lists every clone ID of the run, made once.
func (p *Pass) CloneIDs() map[string][]CloneAt {
	return of(p.Run[0]).clones()
}

// clonesOf lists the clone IDs in the order of the files by name, and within one as they stand: the rules about
// several files report in the later one.
func clonesOf(run []*lint.Pass) map[string][]CloneAt {
	all := map[string][]CloneAt{}
	for _, q := range run {
		at := of(q)
		at.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
			if id := s.CloneID.V; id != "" {
				all[id] = append(all[id], CloneAt{at, c, s})
			}
		})
	}
	return all
}
