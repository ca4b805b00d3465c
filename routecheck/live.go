package routecheck

import "github.com/wasplug/wasplug/parser/diag"

// This file serves a process that decides live requests, and is asked why.

// WaitsForContinue reports whether a member gets a body only after its 100 Continue (R57; choice wait-for-continue).
func (t *Table) WaitsForContinue(c ClusterID, m MemberID, sem *Semantics) bool {
	return t.Clusters[c].Members[m].Source.WaitForContinue.V || sem.ask(WaitForContinue, nil) == alwaysWithBody
}

// ToldPort returns the port that a member is told the request came to ($WSSP): that of the Host header, or with AppServerPortPreference
// WebserverPort the one that it arrived on (R8, R10).
func (t *Table) ToldPort(rq *Request, sem *Semantics) int {
	if t.tellsArrived {
		return rq.Port
	}
	_, port := hostPortOf(rq, sem, nil)
	return port
}

// OutgrewBuffer notes that the body is larger than what is kept of it, so that it cannot be sent again (R57).
func (f *Flight) OutgrewBuffer() { f.Body = Unbuffered }

// Sized notes how large a body of unknown size is, or at least is: Next holds it against PostSizeLimit (R59).
func (f *Flight) Sized(bytes int64) { f.Size = bytes }

// StateFacts words the state of a cluster in a process as a scenario has it. idle gives the number of idle streams to a Transport of a member.
func (t *Table) StateFacts(id ClusterID, cs *ClusterState, now Nanos, idle func(m MemberID, transport int) int) []MemberFact {
	c := &t.Clusters[id]
	facts := make([]MemberFact, len(cs.Members))
	for i := range cs.Members {
		ms := cs.Members[i]
		f := &facts[i]
		f.Cluster, f.Member, f.Pending, f.Weight = id, MemberID(i), &ms.Pending, &ms.Weight
		if ms.Marked {
			age := now - ms.FailedAt
			f.Marked = &age
		}
		for transport := range c.Members[i].Transports {
			f.Idle = append(f.Idle, idle(f.Member, transport))
		}
	}
	if cs.Next >= 0 && int(cs.Next) < len(c.Primary) {
		facts[c.Primary[cs.Next]].Next = true
	}
	return facts
}

// UnusableTransport is an https Transport that cannot be used (R64).
type UnusableTransport struct {
	Cluster ClusterID
	Member  MemberID
	Reason  string // in the words of a decision that comes to it
	At      diag.Span
}

// UnusableTransports lists the https Transports that cannot be used, in file order.
func (t *Table) UnusableTransports() (list []UnusableTransport) {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			m := &t.Clusters[i].Members[j]
			for k := range m.Transports {
				if tr := &m.Transports[k]; !tr.Usable {
					list = append(list, UnusableTransport{ClusterID(i), MemberID(j), cannotUse(m.Name) + t.insteadOfTLS(), tr.At})
				}
			}
		}
	}
	return list
}

func (t *Table) insteadOfTLS() string {
	if t.useInsecure {
		return "; http is used instead (UseInsecure)"
	}
	return "; requests that need it get 500"
}
