package member

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/replication"
)

// Spec is what a member is told on its standard input, as one JSON document. The input stays open: its end is the end
// of the member.
type Spec struct {
	Name, Cluster, CloneID string

	Partition string // partition ID, decimal; "": the cookie carries the clone ID (M10, L11)
	Listen    string // loopback address; a restarted member gets the port it had
	Control   string // the same, for the control interface
	Token     string // of the run: every control request carries it
	Cert, Key string // PEM, for clients that speak TLS; "": none may
	Roots     []string
	Apps      []string // servlets, default all
	Session   session.Config
	Store     StoreSpec
	// GridServer makes the process a server of the grid, and no member: of the rest Name, Control and Token count.
	GridServer *grid.ServerConfig

	ManualClock bool
	Start       session.Millis // of a manual clock; otherwise how far it is ahead of the system's
	LTPAKey     []byte         // of the run
	Seed        uint64         // of session IDs; 0: by chance
}

// StoreSpec says where sessions are kept outside of the member. Beside Kind only what belongs to it counts.
type StoreSpec struct {
	Kind     string // none, database, replication or grid; "" none
	DSN      string // of a database; MultiRow and Largest, too, are of one
	MultiRow bool
	Largest  int // bytes that a column takes at most, 0: what the database's does

	Replication *replication.Config
	Grid        *grid.Config
}

// readSpec reads what the member is told, and returns what comes behind it: the decoder may have read on, and the end
// of the input must still be seen.
func readSpec(stdin io.Reader) (spec Spec, rest io.Reader, err error) {
	spec.Session = session.Default()
	d := json.NewDecoder(stdin)
	if err := d.Decode(&spec); err != nil {
		return spec, nil, fmt.Errorf("what a member is to be comes as JSON on standard input: %w", err)
	}
	return spec, io.MultiReader(d.Buffered(), stdin), spec.check()
}

// check refuses what would let others in: addresses that are no loopback, a token that can be guessed.
func (s *Spec) check() error {
	addresses := []string{s.Listen, s.Control}
	if s.GridServer != nil {
		addresses = []string{s.Control}
	}
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("a member listens on loopback addresses only, not on %s", address)
		}
	}
	switch {
	case s.Name == "":
		return errors.New("a member without a name")
	case len(s.Token) < 16:
		return errors.New("the token of the run is too short")
	}
	return nil
}

// roots are the context roots of its applications.
func (s *Spec) roots() []string {
	if len(s.Roots) == 0 {
		return []string{"/"}
	}
	return s.Roots
}

// tls is for clients that speak it, nil for none.
func (s *Spec) tls() (*tls.Config, error) {
	if s.Cert == "" {
		return nil, nil
	}
	pair, err := tls.X509KeyPair([]byte(s.Cert), []byte(s.Key))
	if err != nil {
		return nil, fmt.Errorf("the certificate of the run: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// runs reports whether the member runs a servlet. Logging out and showing who one is belong to login.
func (s *Spec) runs(name string) bool {
	if name == "logout" || name == "me" {
		name = "login"
	}
	return len(s.Apps) == 0 || slices.Contains(s.Apps, name)
}
