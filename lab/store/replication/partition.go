package replication

import "strings"

// table is the partition table as this member sees it, in the form lab-wspt-1 (L11).
type table struct {
	version uint64
	text    string
	seen    uint64 // the highest version that another member has told of
}

// tableChanged writes the table anew. Its version rises above all that are known with each change, so that what a web
// server process learns last is what was seen last. The caller holds mu.
func (s *Store) tableChanged() {
	if text := s.group.table(); text != s.table.text {
		s.table.text, s.table.version = text, max(s.table.version, s.table.seen)+1
	}
}

// table names for each partition the members that have its sessions, first the owner if it lives, then its holders:
// "4711=a,b;4712=b,c". A member that is joining is not in it yet: it cannot serve.
func (g *group) table() string {
	var lines []string
	ready := g.ready()
	for i := range g.peers {
		p := &g.peers[i]
		if p.Partition == "" {
			continue
		}
		var clones []string
		if ready.has(i) {
			clones = append(clones, p.CloneID)
		}
		for _, h := range g.ring(i, ready) {
			clones = append(clones, g.peers[h].CloneID)
		}
		if len(clones) > 0 {
			lines = append(lines, p.Partition+"="+strings.Join(clones, ","))
		}
	}
	return strings.Join(lines, ";")
}

// Table is the partition table, "" where no member has a partition ID, and its version (L11).
func (s *Store) Table() (version uint64, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.table.version, s.table.text
}
