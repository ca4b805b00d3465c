//go:build !aix

package grid

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/natsword"
)

// A bucket holds one value for each key, in the form of JetStream's key-value buckets: a stream with a subject for
// each key, which keeps its last message. It is read from the server that leads alone: what a follower gives can be
// old, and the client's own buckets may be read from one.
const (
	bucket  = "sessions"
	stream  = "KV_" + bucket
	subject = "$KV." + bucket + "."
	copies  = 3 // one on each server
)

// jetStream is the grid of servers that [Serve] runs, as one member sees it. held is nil until the bucket was found.
type jetStream struct {
	cfg  *Config
	conn *nats.Conn
	js   jetstream.JetStream
	mu   sync.Mutex // while the bucket is looked for
	held atomic.Pointer[jetstream.Stream]
}

func openJetStream(c *Config) (engine, error) {
	for _, address := range c.Servers {
		if err := onThisMachine(address); err != nil {
			return nil, err
		}
	}
	// A member may start before the grid, and outlive each of its servers: it tries for ever, at the servers that it
	// was told of and no others. Nothing is kept to be sent later (ReconnectBufSize): a write must fail while nobody
	// takes it. By the pings a server that hangs is left after some seconds.
	conn, err := nats.Connect("nats://"+strings.Join(c.Servers, ",nats://"), nats.Name(c.Member),
		nats.UserInfo(c.User, c.Password), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(pause), nats.ReconnectJitter(pause, pause), nats.Timeout(firstWait),
		nats.PingInterval(time.Second), nats.MaxPingsOutstanding(2), nats.ReconnectBufSize(-1),
		nats.IgnoreDiscoveredServers())
	if err != nil {
		return nil, fmt.Errorf("the grid: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("the grid: %w", err)
	}
	return &jetStream{cfg: c, conn: conn, js: js}, nil
}

// stream is the bucket, which the first member makes that comes. One that others make at the same time is found.
// Files: memory would be lost with a server that dies, and it would have to get all from the others.
func (g *jetStream) stream(ctx context.Context) (jetstream.Stream, error) {
	if s := g.held.Load(); s != nil {
		return *s, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s, err := g.js.Stream(ctx, stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = g.js.CreateStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{subject + ">"},
			Replicas: copies, Storage: jetstream.FileStorage, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew,
			AllowRollup: true, DenyDelete: false})
	}
	if err == nil {
		g.held.Store(&s)
	}
	return s, err
}

// subjectOf is where the value of a key lies.
func subjectOf(k session.Key) string { return subject + natsword.Of(k.ID) + "." + natsword.Of(k.App) }

// keyOf is the key of a subject.
func keyOf(at string) (k session.Key) {
	id, app, _ := strings.Cut(strings.TrimPrefix(at, subject), ".")
	return session.Key{App: natsword.Name(app), ID: natsword.Name(id)}
}

func (g *jetStream) get(ctx context.Context, k session.Key) (*kept, error) {
	s, err := g.stream(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.GetLastMsgForSubject(ctx, subjectOf(k))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, errNone
	}
	if err != nil {
		return nil, err
	}
	return &kept{m.Data, m.Sequence}, nil
}

// put is a compare and set by the number of the last message of the subject, 0 for none. The client does not try again
// by itself: reach does, which knows when there is no hope.
func (g *jetStream) put(ctx context.Context, k session.Key, old *kept, value []byte) error {
	if _, err := g.stream(ctx); err != nil {
		return err
	}
	revision := uint64(0)
	if old != nil {
		revision = old.revision
	}
	_, err := g.js.Publish(ctx, subjectOf(k), value, jetstream.WithExpectLastSequencePerSubject(revision),
		jetstream.WithRetryAttempts(0))
	var refused *jetstream.APIError
	if errors.As(err, &refused) && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return errOther
	}
	return err
}

// remove deletes the one message, which nobody has changed as long as it is there.
func (g *jetStream) remove(ctx context.Context, _ session.Key, old *kept) error {
	s, err := g.stream(ctx)
	if err == nil {
		err = s.DeleteMsg(ctx, old.revision)
	}
	if errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return errOther
	}
	return err
}

// exists looks for any subject of the ID, which stands before the application for that reason.
func (g *jetStream) exists(ctx context.Context, id string) (bool, error) {
	s, err := g.stream(ctx)
	if err == nil {
		_, err = s.GetLastMsgForSubject(ctx, subject+natsword.Of(id)+".*")
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	return err == nil, err
}

// each asks the leader for one message after the other. The time limit is for each of them, not for the walk.
func (g *jetStream) each(ctx context.Context, app string, give func(session.Key, *kept) error) error {
	s, err := g.stream(ctx)
	if err != nil {
		return err
	}
	filter := subject + "*.*"
	if app != "" {
		filter = subject + "*." + natsword.Of(app)
	}
	for next := uint64(1); ; {
		var m *jetstream.RawStreamMsg
		err := within(ctx, longest, func(ctx context.Context) (err error) {
			m, err = s.GetMsg(ctx, next, jetstream.WithGetMsgSubject(filter))
			return err
		})
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err == nil {
			err = give(keyOf(m.Subject), &kept{m.Data, m.Sequence})
		}
		if err != nil {
			return err
		}
		next = m.Sequence + 1
	}
}

// hopeful says that a majority of the servers is there: one of them leads or will.
func (g *jetStream) hopeful(ctx context.Context, _ int) bool { return majority(ctx, g.cfg.Servers) }

// majority asks all servers at once whether they are there, until enough have said so. One that is stopped takes the
// connection and says nothing; on a busy machine so does, for a while, one that is not.
func majority(ctx context.Context, servers []string) bool {
	there := make(chan bool, len(servers))
	for _, address := range servers {
		go func() { there <- greets(ctx, address) }()
	}
	yes, enough := 0, len(servers)/2+1
	for left := len(servers); yes < enough && yes+left >= enough; left-- {
		if <-there {
			yes++
		}
	}
	return yes >= enough
}

// greets reports that a server says its first line, "INFO {...}", within longest.
func greets(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	conn.SetReadDeadline(deadline)
	line, err := bufio.NewReader(conn).ReadString(' ')
	return err == nil && line == "INFO "
}

func (g *jetStream) close() error {
	g.conn.Close()
	return nil
}
