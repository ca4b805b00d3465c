//go:build !aix

package replication

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wasplug/wasplug/lab/store/natsword"
)

// This file carries messages between processes: each member embeds a NATS server that has routes to those of all the
// others. Nobody but the member itself is a client of it.

const largest = 8 << 20 // bytes of a message: a session of 1 MB, some more

// Open starts a member of a replication domain and returns when it has got what it must hold (L9). Routes come first:
// a member that begins to count heartbeats without them would bury all others.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	w, err := connect(&cfg)
	if err != nil {
		return nil, err
	}
	w.meet(ctx)
	s, err := start(cfg, rand.Uint64(), w)
	if err != nil {
		return nil, err
	}
	if err := s.joined(ctx); err != nil {
		s.end()
		return nil, fmt.Errorf("replication domain %s: %w", cfg.Domain, context.Cause(ctx))
	}
	return s, nil
}

// wire is a transport over the member's own server. The server of NATS knows subjects of all members by its routes,
// so sending to one is publishing to its subject; what nobody subscribes to comes back as "no responders".
type wire struct {
	domain, member string
	routes         map[string]string // of the other members, by name
	server         *server.Server
	conn           *nats.Conn
}

// connect starts the member's own server and its one client, which speaks to it within the process: no port for
// clients is open.
func connect(cfg *Config) (*wire, error) {
	opt, err := options(cfg)
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(opt)
	if err != nil {
		return nil, fmt.Errorf("replication server: %w", err)
	}
	srv.Start()
	if err := listening(srv); err != nil {
		srv.Shutdown()
		return nil, err
	}
	conn, err := nats.Connect("",
		nats.InProcessServer(srv), nats.UserInfo(cfg.User, cfg.Password), nats.Name(cfg.Member),
		nats.FlusherTimeout(0)) // it costs a timer for each message; the server is in this process
	if err != nil {
		srv.Shutdown()
		return nil, fmt.Errorf("replication server: %w", err)
	}
	w := &wire{cfg.Domain, cfg.Member, map[string]string{}, srv, conn}
	for _, m := range cfg.Members {
		if m.Name != cfg.Member {
			w.routes[m.Name] = m.Route
		}
	}
	return w, nil
}

// listening waits until the other members can reach the server.
func listening(srv *server.Server) error {
	const limit, pause = 30 * time.Second, 10 * time.Millisecond
	for range limit / pause {
		if srv.ClusterAddr() != nil {
			return nil
		}
		time.Sleep(pause)
	}
	return errors.New("replication server: it cannot listen for the routes of the other members")
}

// meetFor is how long a member that starts waits for routes to others. Two servers that dial each other at the same
// moment may refuse one another, and dial again after a second.
const meetFor = 2 * time.Second

// meet waits for routes to the other members that are there, so that one that lives is not taken for dead.
func (w *wire) meet(ctx context.Context) {
	const pause = 5 * time.Millisecond
	there := w.there()
	for waited := time.Duration(0); w.server.NumRoutes() < there && waited < meetFor; waited += pause {
		if waited%beatEvery == 0 { // seldom: they have to answer the door
			there = w.there()
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// there is how many of the others have a process, so how many routes are to come.
func (w *wire) there() (n int) {
	for name := range w.routes {
		if w.lives(name) {
			n++
		}
	}
	return n
}

// lives asks the system: it takes connections for a process that is hung, and refuses them where there is none.
// Anything but a refusal, as a dial that takes too long, says nothing, and so counts as there.
func (w *wire) lives(member string) bool {
	conn, err := net.DialTimeout("tcp", w.routes[member], tryAgain)
	if err == nil {
		conn.Close()
	}
	return !errors.Is(err, syscall.ECONNREFUSED)
}

// noPort is what the server is to listen at for clients: there are none. DontListen would say it, but with it this
// version waits for the clients' port for ever before it opens the routes; one that cannot be had ends the wait.
const noPort = 1 << 16

// options of the embedded server: loopback, no clients but this process, no signals, no logs, no disk. NoSigs is for
// the member, which handles SIGTERM itself; ServerName must differ at each member, or routes are refused. Members
// know each other's addresses from the start, so nothing is advertised, and one connection a route carries all
// (PoolSize). MaxPending is far above one message, or a member that reads slowly would be cut off as a slow consumer.
func options(cfg *Config) (*server.Options, error) {
	opt := &server.Options{
		ServerName: natsword.Of(cfg.Member), Host: "127.0.0.1",
		Port: noPort, NoSigs: true, NoLog: true, NoSystemAccount: true,
		Username: cfg.User, Password: cfg.Password, MaxPayload: largest, MaxPending: 8 * largest,
	}
	opt.Cluster = server.ClusterOpts{Name: natsword.Of(cfg.Domain), Username: cfg.User, Password: cfg.Password,
		NoAdvertise: true, PoolSize: -1, Compression: server.CompressionOpts{Mode: server.CompressionOff}}
	for _, m := range cfg.Members {
		host, port, err := net.SplitHostPort(m.Route)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("member %s: a route must be an address of this machine, not %s", m.Name, m.Route)
		}
		if m.Name != cfg.Member {
			user := url.UserPassword(cfg.User, cfg.Password)
			opt.Routes = append(opt.Routes, &url.URL{Scheme: "nats-route", Host: m.Route, User: user})
			continue
		}
		opt.Cluster.Host = host
		if opt.Cluster.Port, err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("member %s: %s is no port", m.Name, port)
		}
	}
	if cfg.Encryption == "tls" {
		return opt, encrypt(cfg, &opt.Cluster)
	}
	return opt, nil
}

// encrypt lets both ends of a route show the certificate of the run, whatever host it is made out to. It is its own
// authority, and made for hosts of the file as well as for routes; so a name that it has is asked for, not the
// address dialled.
func encrypt(cfg *Config, cluster *server.ClusterOpts) error {
	pair, err := tls.X509KeyPair([]byte(cfg.Cert), []byte(cfg.Key))
	if err != nil {
		return fmt.Errorf("replication certificate: %w", err)
	}
	authority := x509.NewCertPool()
	authority.AppendCertsFromPEM([]byte(cfg.Cert))
	cluster.TLSTimeout = mostWait.Seconds()
	cluster.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: authority, ClientCAs: authority,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13}
	switch {
	case len(pair.Leaf.DNSNames) > 0:
		cluster.TLSConfig.ServerName = pair.Leaf.DNSNames[0]
	case len(pair.Leaf.IPAddresses) > 0:
		cluster.TLSConfig.ServerName = pair.Leaf.IPAddresses[0].String()
	}
	return nil
}

// listen subscribes to what is for this member (L1). Each subject has its own goroutine of the client's, in which
// messages come one after the other; what takes long must not keep the next one waiting there.
func (w *wire) listen(to receiver) error {
	for _, kind := range []string{kindPut, kindGet, kindDrop, kindState} {
		err := w.subscribe(w.subject(kind, w.member), func(m *nats.Msg) {
			answer := func() { m.Respond(to.receive(kind, m.Data)) }
			if kind == kindState { // takes its time
				go answer()
				return
			}
			answer()
		})
		if err != nil {
			return err
		}
	}
	err := w.subscribe(w.subject(kindBeat, ""), func(m *nats.Msg) { to.heard(m.Data) })
	if err != nil {
		return err
	}
	return w.conn.FlushTimeout(mostWait)
}

func (w *wire) subscribe(subject string, take nats.MsgHandler) error {
	if _, err := w.conn.Subscribe(subject, take); err != nil {
		return fmt.Errorf("replication server: %w", err)
	}
	return nil
}

// subject of a kind of message to a member, or to all: lab.DOMAIN.put.MEMBER, lab.DOMAIN.hb.
func (w *wire) subject(kind, member string) string {
	subject := "lab." + natsword.Of(w.domain) + "." + kind
	if member != "" {
		subject += "." + natsword.Of(member)
	}
	return subject
}

// request asks a member. "No responders" is known at once: no server that has a route here knows of a subscriber.
func (w *wire) request(ctx context.Context, kind, member string, data []byte) ([]byte, error) {
	m, err := w.conn.RequestWithContext(ctx, w.subject(kind, member), data)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, errNobody
	case err != nil:
		return nil, err
	}
	return m.Data, nil
}

func (w *wire) tell(data []byte) error { return w.conn.Publish(w.subject(kindBeat, ""), data) }

func (w *wire) close() {
	w.conn.FlushTimeout(beatEvery) // the last heartbeat of a member that leaves
	w.conn.Close()
	w.server.Shutdown()
	w.server.WaitForShutdown()
}
