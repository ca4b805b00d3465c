package routecheck

// Wait is how long a client waits for the end of one request while members hang.
type Wait struct {
	Seconds  int
	Attempts int   // second streams included
	Fault    Fault // Timeout: connects get no answer; NoAnswer: requests get none
	Endless  bool  // a request that gets no answer is never given up (R55): Seconds counts hanging connects only
}

// WorstWait runs one request without body against a cluster of which the first n members of its lists hang, once at the connect and once
// after it, each with a fresh stream in its queue, and returns the longer wait.
func (t *Table) WorstWait(id ClusterID, n int, sem *Semantics) Wait {
	c := &t.Clusters[id]
	hung := append(append([]MemberID{}, c.Primary...), c.Backup...)
	hung = hung[:min(n, len(hung))]
	worst := t.wait(id, hung, Timeout, sem)
	for _, m := range hung {
		if c.Members[m].IOTimeout == 0 {
			worst.Endless = true
			return worst
		}
	}
	if w := t.wait(id, hung, NoAnswer, sem); w.Seconds > worst.Seconds {
		return w
	}
	return worst
}

func (t *Table) wait(id ClusterID, hung []MemberID, fault Fault, sem *Semantics) Wait {
	p := NewProcess(t, sem, 0)
	c := &t.Clusters[id]
	for _, m := range hung {
		p.Facts = append(p.Facts, Fact{Cluster: id, Member: m, Fault: fault})
		for i := range c.Members[m].Transports {
			if fault == NoAnswer {
				var busy StreamQueue[struct{}]
				busy.Put(struct{}{}, 1<<62) // other requests keep it fresh
				p.streams[stream{id, m, i}] = busy
			}
		}
	}
	if len(c.Primary) > 0 {
		p.State(id).LearnPosition(0) // at the first hung member
	}
	f := NewFlight(id, nil)
	w := Wait{Fault: fault}
	for w.Attempts < 1000 {
		a := t.Next(p.State(id), &f, p.Now, sem, nil)
		if a.Kind != Send {
			break
		}
		w.Attempts++
		if _, over := p.attempt(p.State(id), &f, a, nil); over {
			break
		}
	}
	w.Seconds = int(p.Now / second)
	return w
}
