package database_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
)

// TestLateStatement: what a member has sent to PostgreSQL before it died is done all the same, and perhaps after
// another member has taken the session over and written: D5 compares nothing, D12 locks nothing. That is how servers
// lose what was acknowledged, and what the checks of a history allow for (overwritten in lab/history).
func TestLateStatement(t *testing.T) {
	dsn := pgtest.Schema(t)
	way := dying(t, dsn, `"count":"of the dead"`)
	a, b := open(t, database.Config{DSN: way.dsn}), open(t, database.Config{DSN: dsn})
	check(t, a.Create(t.Context(), newSession("there")))
	check(t, second(a.Write(t.Context(), counts(`"first"`)))) // prepared, so that the next write is one message
	if _, err := a.Write(t.Context(), counts(`"of the dead"`)); !errors.Is(err, session.ErrDown) {
		t.Fatalf("written over a line that is cut: %v", err)
	}
	check(t, second(b.Load(t.Context(), keyOf("there"), 1, now)))
	check(t, second(b.Write(t.Context(), counts(`"acknowledged"`))))
	way.arrives(t)
	r, err := b.Attributes(t.Context(), keyOf("there"), "")
	check(t, err)
	if got := string(r.Attributes["count"]); got != `"of the dead"` {
		t.Errorf("the table has %s: a write compares now, and lab/history need not allow for a late one", got)
	}
}

func counts(value string) *session.Write {
	w := set(value)
	w.Key = keyOf("there")
	return w
}

// line is a member's way to the database, over one connection. With a certain text on it the member is gone.
type line struct {
	dsn      string
	last     chan []byte   // the message with the text
	server   net.Conn      // which it is for
	answered chan struct{} // closed when the server has answered to it
}

// dying leads to the database of a DSN.
func dying(t *testing.T, dsn, text string) *line {
	t.Helper()
	to, err := url.Parse(dsn)
	check(t, err)
	l := &line{last: make(chan []byte, 1), answered: make(chan struct{})}
	l.server, err = net.Dial("tcp", to.Host)
	check(t, err)
	t.Cleanup(func() { l.server.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { listener.Close() })
	to.Host = listener.Addr().String()
	l.dsn = to.String()
	go func() {
		member, err := listener.Accept()
		listener.Close() // it will not come again
		if err != nil {
			return
		}
		defer member.Close()
		go func() { io.Copy(member, l.server); close(l.answered) }()
		l.lead(member, []byte(text))
	}()
	return l
}

// lead takes to the server what a member sends, up to the text.
func (l *line) lead(member net.Conn, text []byte) {
	for message := make([]byte, 1<<16); ; {
		n, err := member.Read(message)
		if err != nil {
			return
		}
		if bytes.Contains(message[:n], text) {
			l.last <- message[:n]
			return
		}
		if _, err := l.server.Write(message[:n]); err != nil {
			return
		}
	}
}

// arrives brings the last message to the server, which does what it says and finds nobody to tell.
func (l *line) arrives(t *testing.T) {
	t.Helper()
	check(t, second(l.server.Write(<-l.last)))
	<-l.answered
}
