package logs

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Every fact of an entry stands in both forms, once; what would end a text, or move a cursor, is escaped.
func TestAccessForms(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	ms := match.Nanos(time.Millisecond)
	entries := []Entry{
		{
			Start: ms, Head: 3 * ms, Status: 200, Bytes: 12, Attempts: 2, Cluster: "C", Member: "m1",
			Client: netip.MustParseAddr("192.0.2.1"), Request: []byte("GET /\"\x1b HTTP/1.1"), Host: "shop",
			Took: 4 * ms,
		},
		{
			Status: 502, Attempts: 1, Cluster: "C", Member: "m2", Gone: true, Cause: errors.New(`a "b"`),
			Client: netip.MustParseAddr("2001:db8::1"), Request: []byte("GET / HTTP/1.0"),
		},
		{Status: 404, Declined: true, Request: []byte("GET /x HTTP/1.1"), Host: "shop"},
		{Status: 400, Cause: errors.New("no request")},
	}
	var all bytes.Buffer
	for i := range entries {
		NewAccess(&all, false, now).Write(&entries[i])
		NewAccess(&all, true, now).Write(&entries[i])
	}
	golden.Check(t, "testdata/access.golden", all.Bytes())
}
