package generation

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wspt"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file learns the partition table (R28, M10-M13). The wire form of IBM's is not public, so nothing of it happens
// unless the options name a form, which only the lab does.

// Check reports a form of partition tables that nobody knows.
func (m *Maker) Check() error {
	if m.PartitionForm != "" && m.PartitionForm != wspt.Form {
		return diag.Errorf("the partition table has no form %q: give %s, or none", m.PartitionForm, wspt.Form)
	}
	return nil
}

// LearnTable takes a table over unless the process has a later one. It is called for each answer that tells of one, so
// it looks at the version first, and once more under the lock: two answers may bring two versions at once.
func (g *Generation) LearnTable(id match.ClusterID, version, text string, log *slog.Logger) {
	c := &g.Clusters[id]
	v, err := strconv.ParseUint(version, 10, 64)
	if err == nil && v <= c.TableVersion.Load() {
		return
	}
	table, malformed := wspt.Parse(text)
	if err != nil || malformed != nil {
		log.Warn("the partition table of an answer cannot be read: the old one stays",
			"cluster", g.Table.Clusters[id].Name, "version", version, "error", malformed)
		return
	}
	c.Lock()
	defer c.Unlock()
	if v > c.TableVersion.Load() {
		failover.LearnPartitionTable(g.Table, &c.State, id, table)
		c.TableVersion.Store(v)
	}
}

// FetchTables asks one member of each cluster that has GetDWLMTable (PK48101): a process that has just started would
// otherwise balance requests of sessions until the first answer. A member that hangs costs tableWait or more: to
// connect may take as long, and each read.
func (g *Generation) FetchTables(ctx context.Context, d *upstream.Dialer, log *slog.Logger) {
	if g.form == "" {
		return
	}
	for i := range g.Table.Clusters {
		if g.Table.Clusters[i].GetTable {
			g.fetchTable(ctx, match.ClusterID(i), d, log)
		}
	}
}

// fetchTable asks the members in the order of the file until one has a table.
func (g *Generation) fetchTable(ctx context.Context, id match.ClusterID, d *upstream.Dialer, log *slog.Logger) {
	for m := range g.Clusters[id].Members {
		for t := range g.Clusters[id].Members[m].Transports {
			head, err := askTable(ctx, d, &g.Clusters[id].Members[m].Transports[t])
			if err != nil {
				continue
			}
			if version := head.Get(wspt.VersionField); version != "" {
				g.LearnTable(id, version, head.Get(wspt.TableField), log)
				return
			}
		}
	}
	log.Warn("no member tells of its partition table: it is learned from answers",
		"cluster", g.Table.Clusters[id].Name)
}

const (
	tableWait  = 2 * match.Nanos(time.Second) // for a member that is asked for its table
	tableLimit = 1 << 20                      // bytes of its answer
)

// askTable asks for the lab's own resource. package net/http reads the answer: it is one request of a start.
func askTable(ctx context.Context, d *upstream.Dialer, t *upstream.Transport) (http.Header, error) {
	s, _, err := d.Open(ctx, t, tableWait)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Within(tableWait)
	_, err = s.Write([]byte("GET /lab/partition-table HTTP/1.1\r\nHost: " + t.Name + "\r\nConnection: close\r\n" +
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
