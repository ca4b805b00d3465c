package session

import (
	"context"
	"errors"
	"net/http"
)

// ErrUnauthorized is WebSphere's UnauthorizedSessionRequestException (S19).
var ErrUnauthorized = errors.New("SESN0008E: the session belongs to another user")

// Exchange is a request with its session, from [Manager.Begin] to [Exchange.End]. One goroutine uses it. The session
// is in use from the moment it is found, so neither a full cache nor the reaper drops it under the request.
type Exchange struct {
	User string // who sends the request; "" for anonymous. Set before Get

	m      *Manager
	ctx    context.Context
	values []Value         // yet to be tried
	looked bool            // at what the request says; once is enough
	asked  Value           // the one that was tried last
	s      *Session        // in use; nil: none was found or made yet
	gone   <-chan struct{} // the client has left
	turn   bool            // it is this request's turn (S20)
	fresh  bool            // made by this request

	answer    Value // what the answer says of the session
	cookie    string
	committed bool // the head is out: a cookie comes too late (S8)
	ended     bool
}

// Begin reads the request's cookies or URL and, as every request touches its session whether or not the application
// asks for it (S16), finds and touches it.
func (m *Manager) Begin(r *http.Request) *Exchange {
	// A client that leaves ends no write, as a servlet runs to its end whoever waits for it. It only stops waiting for
	// its turn.
	x := &Exchange{m: m, ctx: context.WithoutCancel(r.Context()), gone: r.Context().Done(),
		values: m.form.asked(r, m.cfg.URLRewriting)}
	for _, v := range x.values {
		if len(m.form.text(v)) > 1024 { // S12
			m.tell(Warning, nil, "the session identifier is longer than 1024 characters")
		}
	}
	if !m.cfg.OnlyCheckInCache {
		x.look()
	}
	return x
}

// look tries what the request says until one gives a session (S7).
func (x *Exchange) look() {
	if x.looked {
		return
	}
	x.looked = true
	for _, v := range x.values {
		x.asked = v
		if s := x.m.find(x.ctx, v); s != nil {
			x.adopt(s)
			return
		}
	}
}

// adopt makes a session that is in use that of the request, and decides about the cookie (S8).
func (x *Exchange) adopt(s *Session) {
	x.s = s
	if x.m.cfg.SerialAccess {
		select {
		case s.turn <- struct{}{}:
			x.turn = true
		case <-x.gone:
		}
	}
	// asked is the value that gave the session; of a new one the last that was tried, whose ID it may have (S15)
	v, send := x.m.form.answer(x.asked, s.id, s.version())
	x.answer = v
	if !send || s.overflow {
		return
	}
	if x.committed {
		x.m.tell(Warning, s, "SESN0066E: the answer is committed, the session cookie is lost")
		return
	}
	x.cookie = x.m.form.setCookie(v)
}

// leave gives the session back. An overflow session is in no list, so nobody counts who uses it.
func (x *Exchange) leave() {
	if x.turn {
		<-x.s.turn
		x.turn = false
	}
	if !x.s.overflow {
		x.m.release(x.s)
	}
	x.s = nil
}

// Get gives the session of the request, or makes one when it has none. Nil without an error: it has none.
func (x *Exchange) Get(create bool) (*Session, error) {
	x.look()
	if x.s != nil && (x.s.valid() || x.s.overflow) {
		return x.admit(create)
	}
	if !create {
		return nil, nil
	}
	return x.begin()
}

// begin makes a new session for the request, in place of one that is of no use to it.
func (x *Exchange) begin() (*Session, error) {
	if x.s != nil {
		x.leave()
	}
	s, err := x.m.create(x.ctx, x.asked, x.User)
	if err != nil {
		return nil, err
	}
	x.fresh = true
	x.adopt(s)
	return s, nil
}

// admit gives a session to its user alone (S19). An anonymous one belongs to whoever logs in with it; another user's
// is refused, or ended where that is configured, and then the request may begin a new one.
func (x *Exchange) admit(create bool) (*Session, error) {
	owner := x.s.User()
	switch {
	case !x.m.cfg.SecurityIntegration || x.s.overflow || owner == known(x.User):
		return x.s, nil
	case owner == anonymous:
		x.s.rename(x.User)
		return x.s, nil
	case !x.m.cfg.InvalidateOnUnauthorized:
		return nil, ErrUnauthorized
	}
	x.s.Invalidate()
	if !create {
		return nil, nil
	}
	return x.begin()
}

// Commit is called when the head of the answer goes out. It gives the Set-Cookie header, "" for none; what Get decides
// later is lost (S8).
func (x *Exchange) Commit() string {
	x.committed = true
	return x.cookie
}

// Asked is what the request said of its session, as far as it was read.
func (x *Exchange) Asked() Value { return x.asked }

// EncodeURL puts the session into a URL (S13).
func (x *Exchange) EncodeURL(url string) string {
	if x.s == nil || !x.m.cfg.URLRewriting {
		return url
	}
	return x.m.form.encode(url, x.answer)
}

// End is the end of service: it writes what the write frequency says (D5, D6). It may be called again, for nothing.
func (x *Exchange) End() {
	if x.ended {
		return
	}
	x.ended = true
	if x.s == nil {
		return
	}
	x.m.endOfService(x.ctx, x.s, x.fresh)
	x.leave()
}
