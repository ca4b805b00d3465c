package failover

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file serves a process that decides live requests, and is asked why.

// WaitsForContinue reports whether a member gets a body only after its 100 Continue (R57; choice wait-for-continue).
func WaitsForContinue(t *match.Table, c match.ClusterID, m match.MemberID, sem *choices.Assumptions) bool {
	return t.Clusters[c].Members[m].Source.WaitForContinue.V ||
		sem.Consult(choices.WaitForContinue, nil) == choices.AlwaysWithBody
}

// OutgrewBuffer notes that the body is larger than what is kept of it, so that it cannot be sent again (R57).
func (f *RequestState) OutgrewBuffer() { f.Body = Unbuffered }

// Sized notes how large a body of unknown size is, or at least is: Next holds it against PostSizeLimit (R59).
func (f *RequestState) Sized(bytes int64) { f.Size = bytes }

// UnusableTransport is an https Transport that cannot be used (R64).
type UnusableTransport struct {
	Cluster match.ClusterID
	Member  match.MemberID
	At      diag.Span
}

// UnusableTransports lists the https Transports that cannot be used, in file order.
func UnusableTransports(t *match.Table) (list []UnusableTransport) {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			m := &t.Clusters[i].Members[j]
			for k := range m.Transports {
				if tr := &m.Transports[k]; !tr.Usable {
					list = append(list, UnusableTransport{match.ClusterID(i), match.MemberID(j), tr.At})
				}
			}
		}
	}
	return list
}
