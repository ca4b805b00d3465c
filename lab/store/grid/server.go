//go:build !aix

package grid

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/wasplug/wasplug/lab/store/natsword"
)

// Server is a server of the grid that runs.
type Server struct{ server *server.Server }

// mostStored is how many bytes a server takes: 10,000 sessions of 1 MB, and what is not yet cleared away.
const mostStored = 32 << 30

// Serve starts a server of the grid. It returns when the server has what it must have, or when there is no majority of
// servers that could tell: one that comes back alone is to run, too.
func Serve(ctx context.Context, c ServerConfig) (*Server, error) {
	opt, err := c.options()
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(opt)
	if err != nil {
		return nil, fmt.Errorf("grid server: %w", err)
	}
	srv.Start()
	if !srv.ReadyForConnections(mostCatchUp) {
		srv.Shutdown()
		return nil, fmt.Errorf("grid server: it cannot listen on %s", c.Listen)
	}
	s := &Server{srv}
	s.catchUp(ctx, &c)
	return s, nil
}

// options of the server: loopback, no signals, no logs, and what it must remember in the run's folder. It is not
// forced to the disk at each write: what was acknowledged outlives a process that is killed, but no power cut.
func (c *ServerConfig) options() (*server.Options, error) {
	opt := &server.Options{ServerName: natsword.Of(c.Name), NoSigs: true, NoLog: true,
		Username: c.User, Password: c.Password,
		MaxPayload: largest + 1<<16, MaxPending: 8 * largest, JetStream: true, StoreDir: c.Folder,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: mostStored}
	opt.Cluster = server.ClusterOpts{Name: "grid", Username: c.User, Password: c.Password, NoAdvertise: true,
		PoolSize: -1, Compression: server.CompressionOpts{Mode: server.CompressionOff}}
	for _, at := range []struct {
		address string
		host    *string
		port    *int
	}{{c.Listen, &opt.Host, &opt.Port}, {c.Route, &opt.Cluster.Host, &opt.Cluster.Port}} {
		if err := onThisMachine(at.address); err != nil {
			return nil, err
		}
		host, port, _ := net.SplitHostPort(at.address)
		*at.host = host
		*at.port, _ = strconv.Atoi(port)
	}
	for _, route := range c.Routes {
		if route != c.Route {
			opt.Routes = append(opt.Routes, &url.URL{Scheme: "nats-route", Host: route,
				User: url.UserPassword(c.User, c.Password)})
		}
	}
	return opt, nil
}

// meetFor is how long a server that starts waits for a majority before it goes on alone: all may be starting.
const meetFor = 3 * time.Second

// mostCatchUp is how long it may take until it serves: half of what the lab waits for a process.
const mostCatchUp = time.Minute

// catchUp waits until the server has the sessions as they are. A server that was killed comes back with an old state:
// whoever starts it and kills another one afterwards wants to know that there are three copies again.
func (s *Server) catchUp(ctx context.Context, c *ServerConfig) {
	for began := time.Now(); time.Since(began) < mostCatchUp && ctx.Err() == nil && !s.current(); {
		if time.Since(began) > meetFor && !majority(ctx, c.Servers) {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

const account = "$G" // the only one

// current says that the server follows one that leads, and has what that one has.
func (s *Server) current() bool {
	if !s.server.JetStreamIsCurrent() {
		return false
	}
	return !s.server.JetStreamIsStreamAssigned(account, stream) || s.server.JetStreamIsStreamCurrent(account, stream)
}

// State says how things stand.
func (s *Server) State() ServerState {
	st := ServerState{Leads: s.server.JetStreamIsStreamLeader(account, stream), Current: s.current()}
	if a, err := s.server.LookupAccount(account); err == nil {
		if v := a.JetStreamUsage(); v.JetStreamTier.Streams > 0 {
			st.Bytes = int64(v.Store)
		}
	}
	return st
}

// Close ends the server in order.
func (s *Server) Close() error {
	s.server.Shutdown()
	s.server.WaitForShutdown()
	return nil
}
