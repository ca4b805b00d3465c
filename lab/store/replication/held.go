package replication

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"unique"

	"github.com/wasplug/wasplug/lab/session"
)

// state of an entry.
type state uint8

const (
	live  state = iota
	moved       // others hold it now: only the write number is kept, against late writes of a former owner
	gone        // invalidated: nobody may bring it back
)

// entry is what a member holds of one session: its own one, or the copy of another's. Thousands are held, so its
// fields are small, and attributes stay text.
type entry struct {
	stamp

	created, access session.Millis
	user            string
	attributes      []byte // a JSON object, nil for none
	maxInactive     int32
	cacheID         int32

	at    set   // an own one: the members that hold this very write beside the owner,
	old   set   // and those that hold an earlier one
	state state // only live ones have attributes
	mine  bool  // written or taken over by this member in this life, and by nobody since
	stale bool  // the holders have not heard of the last access
	// refused: another member was writing when this one did. What is here is not written, but it may be all there is.
	refused bool
}

// held are the sessions and copies of one member. It decides who may write (L2, L3); it has no clock and no sockets.
// Store.mu guards it and every entry.
type held struct {
	apps     map[string]map[string]*entry // by application, then by session ID
	unfenced bool                         // the mutant that takes every write
}

func (h *held) get(k session.Key) *entry { return h.apps[k.App][k.ID] }

func (h *held) set(k session.Key, e *entry) {
	if h.apps[k.App] == nil {
		if h.apps == nil {
			h.apps = map[string]map[string]*entry{}
		}
		h.apps[k.App] = map[string]*entry{}
	}
	h.apps[k.App][k.ID] = e
}

func (h *held) remove(k session.Key) { delete(h.apps[k.App], k.ID) }

// own returns a session that this member may write, nil where another is or becomes its owner.
func (h *held) own(k session.Key) *entry {
	if e := h.get(k); e != nil && e.state == live && e.mine {
		return e
	}
	return nil
}

// anyApp reports whether an application has a session of the ID.
func (h *held) anyApp(id string) bool {
	for _, sessions := range h.apps {
		if e := sessions[id]; e != nil && e.state == live {
			return true
		}
	}
	return false
}

// put takes a write, or the claim of a member that takes a session over. The order of the cases is the order of what
// must hold: nothing that is too late gets in, whatever it is; an end counts for every copy; then a write that is here
// already, a whole one, and last a delta, which builds on what is here.
func (h *held) put(m *message) verdict {
	e := h.get(m.key())
	switch {
	case e != nil && !h.unfenced && e.refuses(&m.stamp):
		return newer
	case m.Gone:
		h.set(m.key(), &entry{stamp: m.shared(), access: m.LastAccess, maxInactive: int32(m.MaxInactive), state: gone})
		return taken
	case e != nil && e.state == live && e.No == m.No && e.Owner == m.Owner:
		// sent twice, or only what stands beside the attributes is new
		e.stamp, e.access = m.shared(), max(e.access, m.LastAccess)
		return taken
	case m.Whole:
		h.set(m.key(), entryOf(m, m.Attributes))
		return taken
	case e == nil || e.state != live || e.No != m.Base || e.owner() != m.Owner:
		return wantAll
	}
	h.set(m.key(), entryOf(m, merged(e.attributes, m.Attributes, m.Removed)))
	return taken
}

func entryOf(m *message, attributes []byte) *entry {
	return &entry{stamp: m.shared(), created: m.Created, access: m.LastAccess, user: same(m.User),
		attributes: slices.Clip(attributes), maxInactive: int32(m.MaxInactive), cacheID: int32(m.CacheID)}
}

// shared is a stamp to be kept.
func (s stamp) shared() stamp {
	s.Owner, s.To = same(s.Owner), same(s.To)
	return s
}

// same gives out one string for all that read alike: thousands of sessions have the same few owners and users.
func same(s string) string { return unique.Make(s).Value() }

// merged applies a delta.
func merged(old, set []byte, removed []string) []byte {
	if all, ok := spliced(old, set, removed); ok {
		return all
	}
	all := attributesOf(old)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, attributesOf(set))
	for _, name := range removed {
		delete(all, name)
	}
	return packed(all)
}

// attributesOf reads what packed wrote.
func attributesOf(text []byte) (all map[string]json.RawMessage) {
	if len(text) > 0 && json.Unmarshal(text, &all) != nil {
		return nil // only packed writes it
	}
	return all
}

func packed(all map[string]json.RawMessage) []byte {
	if len(all) == 0 {
		return nil
	}
	return encode(all)
}

// message is a whole session as it goes to a holder.
func (e *entry) message(k session.Key) *message {
	return &message{App: k.App, ID: k.ID, stamp: e.stamp, CacheID: int(e.cacheID), Created: e.created,
		LastAccess: e.access, MaxInactive: int(e.maxInactive), User: e.user, Whole: true, Attributes: e.attributes,
		Refused: e.refused, Gone: e.state == gone}
}

// record is a session as the manager gets it.
func (e *entry) record(k session.Key) *session.Record {
	attributes := attributesOf(e.attributes)
	if attributes == nil {
		attributes = map[string]json.RawMessage{}
	}
	return &session.Record{Key: k, WriteNo: e.No, CacheID: int(e.cacheID), Owner: e.Owner, Created: e.created,
		LastAccess: e.access, MaxInactive: int(e.maxInactive), User: e.user, Attributes: attributes}
}

// ask answers a question (L7). Who takes a session over gets the next write number reserved: from then on its former
// owner is refused here, even if it has only been hung and has not heard of it. A copy that has moved gives no
// session, but its number all the same: what is reserved must be above every number that anybody knows.
func (h *held) ask(q question) (a answer) {
	if q.App == "" {
		if h.anyApp(q.ID) {
			a.Session = &message{ID: q.ID}
		}
		return a
	}
	k := session.Key{App: q.App, ID: q.ID}
	e := h.get(k)
	if e == nil {
		return a
	}
	if e.state != moved {
		a.Session, a.Mine = e.message(k), e.mine
	}
	top, _ := e.top()
	a.Fence = top + 1
	if q.By != "" && !h.unfenced {
		e.Fence, e.To, e.mine = a.Fence, same(q.By), false
	}
	return a
}

// drop forgets a copy that others hold now, unless a later write than the one that was told has come since.
func (h *held) drop(m *message) {
	if e := h.get(m.key()); e != nil && !e.refuses(&m.stamp) {
		h.leave(m.key(), m.stamp)
	}
}

// leave keeps nothing of a session but who may write it. Without that note a late put of a former owner would be
// taken for a new session.
func (h *held) leave(k session.Key, s stamp) {
	if e := h.get(k); e != nil {
		h.set(k, &entry{stamp: s.shared(), access: e.access, maxInactive: e.maxInactive, state: moved})
	}
}

// all goes through everything.
func (h *held) all() iter.Seq2[session.Key, *entry] {
	return func(yield func(session.Key, *entry) bool) {
		for app, sessions := range h.apps {
			for id, e := range sessions {
				if !yield(session.Key{App: app, ID: id}, e) {
					return
				}
			}
		}
	}
}

// keys lists the sessions for which a condition holds.
func (h *held) keys(is func(*entry) bool) (keys []session.Key) {
	for k, e := range h.all() {
		if is(e) {
			keys = append(keys, k)
		}
	}
	return keys
}

// grace is how many milliseconds longer a copy is kept than its session, for the owner is who says when that is over,
// and holders hear of the last access up to a second late.
const grace = 60_000

// over reports whether a session has not been used for its time, and some more.
func (e *entry) over(now, more session.Millis) bool {
	seconds := e.maxInactive
	if seconds < 0 {
		if e.state == live {
			return false
		}
		seconds = 30 * 60 // a note about a session that is elsewhere, or gone
	}
	return e.access+session.Millis(seconds)*1000+more < now
}
