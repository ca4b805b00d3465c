package diff

import (
	"iter"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
)

const (
	otherHost = "other.example" // stands for every host that no alias names
	otherPort = 9               // stands for every port that no alias names
	maxPlaces = 1000            // hosts by ports that are combined; beyond, each alias is asked about by itself
	maxMixed  = 200_000         // prefixes by suffixes that are combined
)

// spots lists the requests at which the decision of either file can turn.
func spots(files ...*parser.Config) iter.Seq[routecheck.Spot] {
	var routes []claim
	for _, cfg := range files {
		routes = append(routes, claims(cfg)...)
	}
	return func(yield func(routecheck.Spot) bool) {
		for _, p := range places(files) {
			var patterns []string
			for _, r := range routes {
				if r.at(p) {
					patterns = append(patterns, r.uris...)
				}
			}
			for _, path := range paths(distinct(patterns)) {
				if !yield(routecheck.Spot{Host: p.host, Port: p.port, Path: path}) {
					return
				}
			}
		}
	}
}

// claim is what a Route asks for, its references resolved.
type claim struct {
	everyHost bool
	aliases   []parser.Alias
	uris      []string
}

// claims resolves the Routes of a file; of two definitions of one name the first counts.
func claims(cfg *parser.Config) []claim {
	uris, aliases := map[string][]string{}, map[string][]parser.Alias{}
	for _, g := range slices.Backward(cfg.UriGroups) {
		names := make([]string, 0, len(g.Uris))
		for _, u := range g.Uris {
			names = append(names, u.Name.V)
		}
		uris[g.Name.V] = names
	}
	for _, g := range slices.Backward(cfg.VirtualHostGroups) {
		aliases[g.Name.V] = nil
		for _, a := range g.Aliases {
			if alias, err := parser.ParseAlias(a.Name.V); err == nil {
				aliases[g.Name.V] = append(aliases[g.Name.V], alias)
			}
		}
	}
	var all []claim
	for _, r := range cfg.Routes {
		c := claim{everyHost: !r.VirtualHostGroup.Set()}
		if !c.everyHost {
			c.aliases = aliases[r.VirtualHostGroup.V]
		}
		if r.UriGroup.Set() {
			c.uris = uris[r.UriGroup.V]
		}
		all = append(all, c)
	}
	return all
}

// at reports whether a Route can win at a place.
func (c *claim) at(p place) bool {
	return c.everyHost || slices.ContainsFunc(c.aliases, func(a parser.Alias) bool {
		return (a.Host == "*" || a.Host == p.host) && (a.Port == 0 || a.Port == p.port)
	})
}

type place struct {
	host string
	port int
}

// places are hosts and ports that aliases tell apart: each that is named, combined with each, and one that is not.
func places(files []*parser.Config) []place {
	hosts, ports := []string{otherHost}, []int{otherPort, 80, 443}
	own := []place{{otherHost, otherPort}, {otherHost, 80}, {otherHost, 443}}
	for _, cfg := range files {
		for _, g := range cfg.VirtualHostGroups {
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

// paths are the paths at which patterns tell requests apart: each exact path, the path and a path below of each prefix, and for suffixes one
// below each prefix; and a path that none of them names.
func paths(patterns []string) []string {
	all := []string{"/", "/other"}
	prefixes, suffixes := []string{"/"}, []string{}
	for _, p := range patterns {
		before, after, star := strings.Cut(p, "*")
		switch {
		case !star:
			all = append(all, p)
		case after == "":
			all = append(all, strings.TrimSuffix(before, "/"), before+"other")
			prefixes = append(prefixes, before)
		default:
			all = append(all, join(before, "other"+after))
			suffixes = append(suffixes, after)
		}
	}
	suffixes = distinct(suffixes)
	if len(prefixes)*len(suffixes) <= maxMixed {
		for _, p := range prefixes {
			for _, s := range suffixes {
				all = append(all, join(p, "other"+s))
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
