package grid

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/lab/session"
)

// An engine keeps entries and changes one only for who knows it as it is. Any error but these three says that it could
// not be asked; what was asked may have been done all the same. What a store needs beyond that, as the touch of a
// session (D2), is made of it in store.go, for both engines alike.
type engine interface {
	get(ctx context.Context, k session.Key) (*kept, error) // errNone
	// put keeps a value in place of an old one, nil: there must be none. errOther.
	put(ctx context.Context, k session.Key, old *kept, value []byte) error
	remove(ctx context.Context, k session.Key, old *kept) error // errOther
	// exists says whether an application has an entry of the ID.
	exists(ctx context.Context, id string) (bool, error)
	// each gives all entries of an application ("" of all), in no order, while nobody stops it with an error.
	each(ctx context.Context, app string, give func(session.Key, *kept) error) error
	// hopeful says after some attempts, from 1 on, whether another one may soon succeed.
	hopeful(ctx context.Context, attempts int) bool
	close() error
}

// kept is a value, and what tells it from another one under its key.
type kept struct {
	value    []byte
	revision uint64 // where the engine counts; one that does not compares values
}

var (
	errNone  = errors.New("no such entry")
	errOther = errors.New("the entry is another one")
)

// largest is how many bytes an entry may have: a session of 1 MB, some more.
const largest = 8 << 20

// Mutant is a way to be broken on purpose: the proof of the lab must find it.
type Mutant string

// The mutants: a write is acknowledged before it is made, and nobody waits until another server leads.
const (
	ackBeforeWrite Mutant = "ack-before-write"
	noPatience     Mutant = "no-patience"
)

// hasty is an engine that is given up at the first failure.
type hasty struct{ engine }

func (hasty) hopeful(context.Context, int) bool { return false }

// Config says where a member finds the grid. It comes as JSON on the member's standard input, so no password stands
// in a command line.
type Config struct {
	Member  string
	Servers []string // HOST:PORT of the JetStream servers; none: Redis
	User    string   `json:",omitempty"`
	// Password is that of the JetStream servers, by chance for each run.
	Password string `json:",omitempty"`
	Redis    string `json:",omitempty"` // URL
	Prefix   string `json:",omitempty"` // of all keys in Redis, so that runs keep apart
	// Mutant is of a member that is broken on purpose: the proof of the lab must find it.
	Mutant Mutant `json:",omitempty"`
	// ReaperInterval is for how long one member's look spares the others theirs (D9). 0: nobody is spared but who
	// comes at the same moment.
	ReaperInterval session.Millis
}

func onThisMachine(address string) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("a server of the grid must be at an address of this machine, not %s", address)
	}
	return nil
}

// turn is the ID of an application's entry that says which member looks for what is over its time. No session has it.
const turn = ".inval"

const keySize = 128 // of an ID, as in a table

// fits says whether a session can have the ID.
func fits(id string) bool {
	return id != "" && id != turn && len(id) <= keySize && utf8.ValidString(id) && !strings.Contains(id, "\x00")
}
