package replication

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Mode says whether a member sends copies, stores them, or both (M2).
type Mode string

// The modes of a member; both is the default and makes a domain peer-to-peer.
const (
	Both   Mode = "both"
	Client Mode = "client"
	Server Mode = "server"
)

// An Ack says whether a write waits for its holders (L5).
type Ack string

// ackWait is the lab's default, ackAsync what M8 reads out of IBM's texts.
const (
	ackWait  Ack = "wait"
	ackAsync Ack = "async"
)

// A Retarget says when the sessions of an owner get a holder in place of one that left (L8).
type Retarget string

// retargetAtOnce is the default.
const (
	retargetAtOnce    Retarget = "at-once"
	retargetNextWrite Retarget = "next-write"
	retargetNever     Retarget = "never"
)

// A Mutant is a member that is broken on purpose: the proof of the lab must find it (section 10). Nothing but tests
// and the kill test sets one.
type Mutant string

// The mutants: four that section 10 names, and one that does not wait. In the order of the constants: it acknowledges
// a write that no holder has (L5), takes a write whatever its number (L2), takes over from the first that answers
// (L7), lets a holder's death be (L8), and takes who is silent for dead.
const (
	mutantAckBeforeWrite Mutant = "ack-before-write"
	mutantNoFencing      Mutant = "no-fencing"
	mutantFirstAnswer    Mutant = "first-answer"
	mutantNoRetarget     Mutant = "no-retarget"
	mutantNoPatience     Mutant = "no-patience"
)

// everyMember as Replicas: the entire domain.
const everyMember = -1

// Config is what one member knows of its replication domain. All members of a domain must be given the same Members
// and Replicas: each works out by itself who holds whose sessions (L4).
type Config struct {
	Domain   string   `json:"domain"`
	Member   string   `json:"member"`   // the name of this one
	Members  []Member `json:"members"`  // all of the domain, this one included
	Replicas int      `json:"replicas"` // everyMember; 0: no session is protected
	Ack      Ack      `json:"ack,omitempty"`
	Retarget Retarget `json:"retarget,omitempty"`

	User       string `json:"user,omitempty"` // of the run, by chance, for the routes
	Password   string `json:"password,omitempty"`
	Encryption string `json:"encryption,omitempty"` // none, tls
	Cert       string `json:"cert,omitempty"`       // PEM, shared by all members and their own authority
	Key        string `json:"key,omitempty"`

	Mutant Mutant `json:"mutant,omitempty"`
}

// Member is one member of a replication domain.
type Member struct {
	Name      string `json:"name"`
	Mode      Mode   `json:"mode,omitempty"`
	CloneID   string `json:"cloneId,omitempty"`
	Partition string `json:"partition,omitempty"` // its partition ID, a 64-bit number in decimal; "" none (L12)
	Route     string `json:"route,omitempty"`     // 127.0.0.1:PORT, where the other members find it
}

// most members that a domain can have: a set of them is a word.
const most = 32

// complete fills in what is not said, brings the members into the order of names, and says what cannot be.
func (c *Config) complete() error {
	c.Members = slices.Clone(c.Members)
	slices.SortFunc(c.Members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	for i := range c.Members {
		m := &c.Members[i]
		if i > 0 && m.Name == c.Members[i-1].Name {
			return fmt.Errorf("two members of the replication domain %s are called %s", c.Domain, m.Name)
		}
		if m.Mode == "" {
			m.Mode = Both
		}
		if !slices.Contains([]Mode{Both, Client, Server}, m.Mode) {
			return fmt.Errorf("member %s: unknown replication mode %s", m.Name, m.Mode)
		}
	}
	if c.Ack == "" {
		c.Ack = ackWait
	}
	if c.Retarget == "" {
		c.Retarget = retargetAtOnce
	}
	return c.check()
}

// check says what cannot be, once defaults are filled in.
func (c *Config) check() error {
	switch {
	case !slices.ContainsFunc(c.Members, func(m Member) bool { return m.Name == c.Member }):
		return fmt.Errorf("member %s is not in the replication domain %s", c.Member, c.Domain)
	case len(c.Members) > most:
		return fmt.Errorf("a replication domain has at most %d members", most)
	case c.Replicas < everyMember:
		return errors.New("fewer than no replicas")
	case c.Ack != ackWait && c.Ack != ackAsync:
		return fmt.Errorf("unknown replication-ack %s", c.Ack)
	case c.Retarget != retargetAtOnce && c.Retarget != retargetNextWrite && c.Retarget != retargetNever:
		return fmt.Errorf("unknown replica-retarget %s", c.Retarget)
	case c.Encryption != "" && c.Encryption != "none" && c.Encryption != "tls":
		return fmt.Errorf("unknown encryption %s", c.Encryption)
	}
	return nil
}
