package replication

import "context"

// State is what a member says of itself: for the page, and for whoever waits until a fault is got over.
type State struct {
	Ready       bool     `json:"ready"`
	Living      []string `json:"living"`      // this one included
	Owned       int      `json:"owned"`       // sessions
	Held        int      `json:"held"`        // copies of others' sessions
	Orphans     int      `json:"orphans"`     // of these, copies whose owner is dead (L8)
	Unprotected int      `json:"unprotected"` // sessions of this member that nobody else holds (L10)
	Moving      bool     `json:"moving"`      // copies are on their way to other holders
	Version     uint64   `json:"version"`     // of the partition table
}

// State tells how things stand.
func (s *Store) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{Ready: s.group.peers[s.group.self].ready, Version: s.table.version, Moving: s.moving > 0}
	for i := range s.group.living().all() {
		st.Living = append(st.Living, s.group.peers[i].Name)
	}
	for _, e := range s.held.all() {
		switch {
		case s.owns(e):
			st.Owned++
			if e.at == 0 {
				st.Unprotected++
			}
			st.Moving = st.Moving || s.misplaced(e)
		case e.state == live:
			st.Held++
			if s.orphan(e) {
				st.Orphans++
			}
		}
	}
	return st
}

// Close leaves the domain in order: what is on its way arrives, and the others need not find out (L8).
func (s *Store) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { s.sending.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.wire.tell(encode(beat{Member: s.cfg.Member, Life: s.life, Leaving: true}))
	s.end()
	return ctx.Err()
}

// end is the end of all that works here.
func (s *Store) end() {
	s.mu.Lock() // nothing is sent later that nobody would wait for
	s.stop()
	s.mu.Unlock()
	s.wire.close()
	s.sending.Wait()
	s.working.Wait()
}
