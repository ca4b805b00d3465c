package check

import "github.com/wasplug/wasplug/parser"

// CloneAt is a clone ID where it is written.
type CloneAt struct {
	Pass    *Pass
	Cluster *parser.ServerCluster
	Server  *parser.Server
}

// CloneIDs lists every clone ID of the run, made once.
func (p *Pass) CloneIDs() map[string][]CloneAt {
	first := of(p.Run[0])
	if first.clones == nil {
		first.clones = map[string][]CloneAt{}
		for _, q := range p.Run {
			for _, c := range q.Config.Clusters {
				for _, s := range c.Servers {
					if id := s.CloneID.V; id != "" {
						first.clones[id] = append(first.clones[id], CloneAt{of(q), c, s})
					}
				}
			}
		}
	}
	return first.clones
}
