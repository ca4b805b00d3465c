package live

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/lab/listener"
)

// Members are servers that note what arrives and misbehave on command, one for each server of a plugin-cfg.xml.
type Members struct {
	bind     string
	secure   *tls.Config // of members that take TLS, beside plain requests; nil: none does
	recorder listener.Recorder

	mu    sync.Mutex
	doors map[string]*listener.Listener // by CLUSTER/SERVER
	names []string                      // of doors, in the order in which they were opened
}

// NewMembers returns members that will listen on an address without port; with a configuration for TLS they take that,
// too, on the same ports.
func NewMembers(bind string, secure *tls.Config) *Members {
	return &Members{bind: bind, secure: secure, doors: map[string]*listener.Listener{}}
}

// memberHeader is the header field by which members say who answers.
const memberHeader = "X-Wasplug-Member"

// Door opens the port of a server, once.
func (m *Members) Door(cluster, server string) (probe.Door, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := cluster + "/" + server
	l := m.doors[name]
	if l == nil {
		var err error
		if l, err = m.open(name); err != nil {
			return probe.Door{}, fmt.Errorf("member %s: %w", name, err)
		}
		m.doors[name], m.names = l, append(m.names, name)
	}
	address, err := net.ResolveTCPAddr("tcp", l.Address())
	if err != nil {
		return probe.Door{}, err
	}
	return probe.Door{Host: m.bind, Port: address.Port}, nil
}

// open opens a port, which stays the member's while it refuses: were it given to another program, a refused connect
// would be answered.
func (m *Members) open(name string) (*listener.Listener, error) {
	return listener.Open(listener.Options{
		Name: name, Address: net.JoinHostPort(m.bind, "0"), Recorder: &m.recorder, TLS: m.secure,
		Serve: func(a *listener.Answer, rq *http.Request) { greet(a, rq, name) },
	})
}

// greet answers a request, and takes its body to the end.
func greet(a *listener.Answer, rq *http.Request, name string) {
	io.Copy(io.Discard, rq.Body)
	a.Header().Set(memberHeader, name)
	a.Header().Set("Content-Type", "text/plain; charset=utf-8")
	a.Header().Set("Cache-Control", "no-store")
	fmt.Fprintln(a, name)
}

// Count is how many members there are.
func (m *Members) Count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.names)
}

// Close ends all members.
func (m *Members) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ending sync.WaitGroup
	for _, l := range m.doors {
		ending.Go(func() { l.Stop(time.Second) })
	}
	ending.Wait()
}
