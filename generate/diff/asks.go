package diff

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Names that stand for all others must be such that no file has them: example is reserved (RFC 2606), and 9 is the
// port of discard.
const (
	otherHost = "other.example" // stands for every host that no alias names
	otherPort = 9               // stands for every port that no alias names
	other     = "other"         // stands for every part of a path that no pattern names
	maxPlaces = 1000            // hosts by ports that are combined; beyond, each alias is asked about by itself
	maxMixed  = 200_000         // prefixes by suffixes that are combined
)

// ask is a request at which a decision can turn, without what it carries.
type ask struct {
	place
	target string // the path as a client sends it
	odd    bool   // as nobody who uses an application does
}

// URL returns the URL that the client asked for.
func (a ask) URL() string {
	return space.MatchKey{Host: a.host, Port: a.port, Path: "/"}.URL() + a.target[1:]
}

// request is one over TLS where the port is 443: no file says which other ports speak it.
func (a ask) request() routecheck.Request {
	return routecheck.Request{TLS: a.port == 443, Host: parser.Address(a.host, strconv.Itoa(a.port)), Port: a.port,
		Target: a.target}
}

// asks lists the requests at which the decision of either side can turn. Where the sides are for different web
// servers, each of them is sent in the ways, too, that only one of the two may clean up (R16).
func asks(old, new *side) iter.Seq[ask] {
	return func(yield func(ask) bool) {
		had, has := old.table.UrisAt(), new.table.UrisAt()
		for _, p := range places(old, new) {
			patterns := distinct(append(had(p.host, p.port), has(p.host, p.port)...))
			for _, path := range paths(patterns) {
				plain, odd := targets(space.MatchKey{Host: p.host, Port: p.port, Path: path}, old, new)
				for i, target := range append(plain, odd...) {
					if !yield(ask{p, target, i >= len(plain)}) {
						return
					}
				}
			}
		}
	}
}

// targets are the ways in which a path is sent.
// Where both web servers clean paths alike one way is enough. Else two more: a path with %2e%2e, and one that begins
// with //, which only a web server that decodes and cleans leads to the path.
func targets(s space.MatchKey, old, new *side) (plain, odd []string) {
	was := s.TargetIn(&old.sem)
	if old.sem == new.sem {
		return []string{was}, nil
	}
	return distinct([]string{was, s.TargetIn(&new.sem)}), []string{"/" + other + "/%2e%2e" + was, "/" + was}
}

type place struct {
	host string
	port int
}

// places are hosts and ports that aliases tell apart: each that is named, combined with each, and one that is not.
// Combined means that a host of one alias is asked for on the port of another: there *:PORT and HOST:* meet.
func places(sides ...*side) []place {
	hosts, ports := []string{otherHost}, []int{otherPort, 80, 443}
	own := []place{{otherHost, otherPort}, {otherHost, 80}, {otherHost, 443}}
	for _, s := range sides {
		for _, g := range s.Config.VirtualHostGroups {
			for _, a := range g.Aliases {
				alias, err := parser.ParseAlias(a.Name.V)
				if err != nil {
					continue
				}
				p := place{alias.Host, alias.Port}
				if p.host == "*" {
					p.host = otherHost
				}
				if p.port == 0 {
					p.port = otherPort
				}
				hosts, ports, own = append(hosts, p.host), append(ports, p.port), append(own, p)
			}
		}
	}
	hosts, ports = distinct(hosts), distinct(ports)
	if len(hosts)*len(ports) > maxPlaces {
		return distinct(own)
	}
	own = own[:0]
	for _, h := range hosts {
		for _, p := range ports {
			own = append(own, place{h, p})
		}
	}
	return own
}

// distinct drops repeated items and keeps the order.
func distinct[T comparable](items []T) []T {
	seen := map[T]bool{}
	return slices.DeleteFunc(items, func(i T) bool {
		again := seen[i]
		seen[i] = true
		return again
	})
}

// paths are the paths at which patterns tell requests apart: each exact path, the path and a path below of each
// prefix, and for suffixes one below each prefix; and a path that none of them names.
// The suffix below each prefix is where a pattern such as *.jsp meets /app/*. A Uri without a leading slash takes no
// request, so none is asked.
func paths(patterns []string) []string {
	all := []string{"/", "/" + other}
	prefixes, suffixes := []string{"/"}, []string{}
	for _, p := range patterns {
		before, after, star := strings.Cut(p, "*")
		switch {
		case !star:
			all = append(all, p)
		case after == "":
			all = append(all, strings.TrimSuffix(before, "/"), before+other)
			prefixes = append(prefixes, before)
		default:
			all = append(all, join(before, other+after))
			suffixes = append(suffixes, after)
		}
	}
	suffixes = distinct(suffixes)
	if len(prefixes)*len(suffixes) <= maxMixed {
		for _, p := range prefixes {
			for _, s := range suffixes {
				all = append(all, join(p, other+s))
			}
		}
	}
	all = slices.DeleteFunc(all, func(p string) bool { return !strings.HasPrefix(p, "/") })
	return distinct(all)
}

func join(prefix, rest string) string {
	if prefix == "" {
		return "/" + rest
	}
	return prefix + rest
}
