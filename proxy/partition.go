package proxy

import (
	"bufio"
	"io"
	"net/http"
	"strconv"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wspt"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file learns the partition table (R28, M10-M13). The wire form of IBM's is not public, so nothing of it happens
// unless the options name a form, which only the lab does.

func (o *Options) checkPartitionForm() error {
	if o.PartitionForm != "" && o.PartitionForm != wspt.Form {
		return diag.Errorf("the partition table has no form %q: give %s, or none", o.PartitionForm, wspt.Form)
	}
	return nil
}

// appendVersion tells a member which version of the table this process has, -1 for none.
func (fw *forwarder) appendVersion(dst []byte) []byte {
	if fw.c.p.opt.PartitionForm == "" {
		return dst
	}
	dst = append(dst, wspt.VersionField+": "...)
	if v := fw.x.cluster.tableVersion.Load(); v > 0 {
		dst = strconv.AppendUint(dst, v, 10)
	} else {
		dst = append(dst, "-1"...)
	}
	return append(dst, "\r\n"...)
}

// learn takes the table out of an answer. That the client does not get it is not seen to here: it never gets private
// fields.
func (fw *forwarder) learn(s *stream) {
	if fw.c.p.opt.PartitionForm == "" {
		return
	}
	head := s.in.B[s.off:s.n]
	var version, table string
	for i := range s.rs.Fields {
		f := &s.rs.Fields[i]
		switch name := f.Name(head); {
		case f.Kind != http1.Private:
		case http1.EqualFold(name, wspt.VersionField):
			version = string(f.Text(head))
		case http1.EqualFold(name, wspt.TableField):
			table = string(f.Text(head))
		}
	}
	if version != "" {
		fw.c.p.learnTable(fw.x.gen, fw.x.flight.Cluster, version, table)
	}
}

// learnTable takes a table over unless the process has a later one.
func (p *Proxy) learnTable(g *generation, id match.ClusterID, version, text string) {
	c := &g.clusters[id]
	v, err := strconv.ParseUint(version, 10, 64)
	if err == nil && v <= c.tableVersion.Load() {
		return
	}
	table, malformed := wspt.Parse(text)
	if err != nil || malformed != nil {
		p.log.Warn("the partition table of an answer cannot be read: the old one stays",
			"cluster", g.table.Clusters[id].Name, "version", version, "error", malformed)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v > c.tableVersion.Load() {
		failover.LearnPartitionTable(g.table, &c.state, id, table)
		c.tableVersion.Store(v)
	}
}

// fetchTables asks one member of each cluster that has GetDWLMTable (PK48101).
func (p *Proxy) fetchTables(g *generation) {
	if p.opt.PartitionForm == "" {
		return
	}
	for i := range g.table.Clusters {
		if g.table.Clusters[i].GetTable {
			p.fetchTable(g, match.ClusterID(i))
		}
	}
}

// fetchTable asks the members in the order of the file until one has a table.
func (p *Proxy) fetchTable(g *generation, id match.ClusterID) {
	for m := range g.clusters[id].members {
		for t := range g.clusters[id].members[m].transports {
			head, err := p.askTable(&g.clusters[id].members[m].transports[t])
			if err != nil {
				continue
			}
			if version := head.Get(wspt.VersionField); version != "" {
				p.learnTable(g, id, version, head.Get(wspt.TableField))
				return
			}
		}
	}
	p.log.Warn("no member tells of its partition table: it is learned from answers",
		"cluster", g.table.Clusters[id].Name)
}

const (
	tableWait  = 2 * second // for a member that is asked for its table
	tableLimit = 1 << 20    // bytes of its answer
)

func (p *Proxy) askTable(t *transport) (http.Header, error) {
	s, _, err := p.open(p.ctx, t, tableWait)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Within(tableWait)
	_, err = s.Write([]byte("GET /lab/partition-table HTTP/1.1\r\nHost: " + t.name + "\r\nConnection: close\r\n" +
		wspt.VersionField + ": -1\r\n\r\n"))
	if err != nil {
		return nil, err
	}
	rs, err := http.ReadResponse(bufio.NewReader(io.LimitReader(s, tableLimit)), nil)
	if err != nil {
		return nil, err
	}
	rs.Body.Close()
	return rs.Header, nil
}
