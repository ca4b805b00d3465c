package batch

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Where is what the log does not say of its requests.
type Where struct {
	Host   string // HOST or HOST:PORT; "" every one that the file knows
	Scheme string // http or https; "" by the port
	Port   int    // on which requests arrived, 0 by the scheme
}

// places finds host, scheme and port of a request.
type places struct {
	t     *match.Table
	sem   *choices.Assumptions
	where Where
	every []match.Request // one for each host and port that the aliases tell apart
	paths map[string]int  // by path: the index into every at which it is to be asked, ambiguous for none
	hosts map[place]match.Request
}

type place struct {
	host, scheme string
	port         int
}

const (
	ambiguous = -1
	maxPaths  = 1 << 15 // distinct paths, and hosts, whose place is remembered
)

func newPlaces(t *match.Table, sem *choices.Assumptions, where Where) places {
	p := places{t: t, sem: sem, where: where, paths: map[string]int{}, hosts: map[place]match.Request{}}
	fresh := space.Unused(t)
	seen := map[string]bool{}
	add := func(host string, port int) {
		if host == "*" {
			host = fresh.Host
		}
		if port == 0 {
			port = fresh.Port
		}
		// Hosts and ports at which the same aliases compete get the same answers: one of them is asked.
		if key, _ := t.Competing(host, port); !seen[key] {
			seen[key] = true
			p.every = append(p.every, match.Request{TLS: port == 443, Host: parser.Address(host, strconv.Itoa(port)),
				Port: port})
		}
	}
	for _, host := range t.Hosts() {
		for port := range t.Ports(host) {
			add(host, port)
		}
	}
	if t.TakesAnyHost() {
		add("*", 80)
	}
	return p
}

// of completes a request; false where the log does not say the host and answers hang on it.
func (p *places) of(r *accesslog.Record, rq *match.Request) bool {
	host := r.Host
	if host == "" {
		host = p.where.Host
	}
	if host == "" {
		return p.everywhere(rq)
	}
	at := place{host, r.Scheme, r.Port}
	known, ok := p.hosts[at]
	if !ok {
		known = p.at(place{strings.Clone(host), r.Scheme, r.Port})
		if len(p.hosts) >= maxPaths {
			clear(p.hosts)
		}
		at.host, at.scheme = strings.Clone(at.host), strings.Clone(at.scheme) // not the text of a whole block
		p.hosts[at] = known
	}
	rq.TLS, rq.Host, rq.Port = known.TLS, known.Host, known.Port
	return true
}

// at is a request to a host: its port is that of the Host header, else the one that the log or the flags tell, else
// the usual one of the scheme.
func (p *places) at(at place) match.Request {
	rq := match.Request{Host: at.host, Port: at.port}
	if rq.Port == 0 {
		rq.Port = p.where.Port
	}
	_, written := match.SplitHost(at.host)
	if n, err := strconv.Atoi(written); err == nil && rq.Port == 0 && n > 0 && n < 1<<16 {
		rq.Port = n
	}
	scheme := at.scheme
	if scheme == "" {
		scheme = p.where.Scheme
	}
	// A log without a scheme: port 443 tells it, as far as anything does.
	rq.TLS = scheme == "https" || scheme == "" && rq.Port == 443
	usual := 80
	if rq.TLS {
		usual = 443
	}
	switch {
	case rq.Port == 0:
		rq.Port = usual
	case written == "" && rq.Port != usual:
		rq.Host = at.host + ":" + strconv.Itoa(rq.Port)
	}
	return rq
}

// everywhere asks at every host and port that the file tells apart: where all answers are one, the first stands for
// all.
func (p *places) everywhere(rq *match.Request) bool {
	path, _, _ := strings.Cut(rq.Target, "?")
	index, known := p.paths[path]
	if !known {
		index = p.agreed(*rq)
		if len(p.paths) >= maxPaths {
			clear(p.paths)
		}
		p.paths[strings.Clone(path)] = index
	}
	if index == ambiguous {
		return false
	}
	at := &p.every[index]
	rq.TLS, rq.Host, rq.Port = at.TLS, at.Host, at.Port
	return true
}

func (p *places) agreed(rq match.Request) int {
	var first match.Match
	var refused match.Refusal
	for i := range p.every {
		at := &p.every[i]
		rq.TLS, rq.Host, rq.Port = at.TLS, at.Host, at.Port
		m, why := p.t.Decide(&rq, p.sem, nil)
		switch {
		case i == 0:
			first, refused = m, why
		// The cookie counts as well: what becomes of a session hangs on it.
		case why != refused || why == match.Accepted && (m.Cluster != first.Cluster || m.Cookie() != first.Cookie()):
			return ambiguous
		}
	}
	if len(p.every) == 0 {
		return ambiguous
	}
	// All agree, so any of them will do.
	return 0
}
