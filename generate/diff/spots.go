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
	other     = "other"         // stands for every part of a path that no pattern names
	maxPlaces = 1000            // hosts by ports that are combined; beyond, each alias is asked about by itself
	maxMixed  = 200_000         // prefixes by suffixes that are combined
)

// spots lists the requests at which the decision of either file can turn.
func spots(sides ...*side) iter.Seq[routecheck.Spot] {
	return func(yield func(routecheck.Spot) bool) {
		for _, p := range places(sides) {
			var patterns []string
			for _, s := range sides {
				patterns = append(patterns, s.table.UrisAt(p.host, p.port)...)
			}
			for _, path := range paths(distinct(patterns)) {
				if !yield(routecheck.Spot{Host: p.host, Port: p.port, Path: path}) {
					return
				}
			}
		}
	}
}

type place struct {
	host string
	port int
}

// places are hosts and ports that aliases tell apart: each that is named, combined with each, and one that is not.
func places(sides []*side) []place {
	hosts, ports := []string{otherHost}, []int{otherPort, 80, 443}
	own := []place{{otherHost, otherPort}, {otherHost, 80}, {otherHost, 443}}
	for _, s := range sides {
		for _, g := range s.cfg.VirtualHostGroups {
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
