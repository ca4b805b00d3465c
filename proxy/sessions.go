package proxy

import (
	"bytes"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/routecheck/affinity"
)

// noteSession tells the member that answers which session the answer is about. It makes no garbage.
func (fw *forwarder) noteSession(s *upstream.Stream) {
	id, what := affinity.SessionOf(fw.x.state.Affinity, fw.setCookie(s))
	if what == affinity.SessionUntold {
		return // before Sessions: a member without sessions needs no room to count them
	}
	sessions := fw.x.cluster.Members[fw.x.state.Last].Work.Sessions(fw.c.p.opt.Seed)
	switch what {
	case affinity.SessionBegun:
		sessions.Begun(id, fw.x.at)
	case affinity.SessionTakenOver:
		sessions.TakenOver(id, fw.x.at)
	default:
		sessions.Seen(id, fw.x.at)
	}
}

// setCookie is the value of the session cookie that an answer sets, "" for none. Of several of one name browsers keep
// the last (RFC 6265, 5.3).
func (fw *forwarder) setCookie(s *upstream.Stream) string {
	head := s.In.B[s.Off:s.N]
	for i := len(s.Head.Fields) - 1; i >= 0; i-- {
		f := &s.Head.Fields[i]
		if f.Kind != http1.Other || f.NameEnd-f.Start != uint32(len("Set-Cookie")) ||
			!http1.EqualFold(f.Name(head), "set-cookie") {
			continue
		}
		name, value, _ := bytes.Cut(f.Text(head), []byte("="))
		if http1.View(bytes.Trim(name, " \t")) == fw.cookie {
			value, _, _ = bytes.Cut(value, []byte(";"))
			return http1.View(bytes.Trim(value, " \t"))
		}
	}
	return ""
}
