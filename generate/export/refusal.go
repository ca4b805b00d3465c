package export

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Refusal is what no export can keep and nobody would want to lose.
type Refusal struct {
	At   diag.Span
	What string
}

func (r *Refusal) Error() string { return r.What }

// refusal looks for what is refused: tables of partitions, a clone ID twice in a cluster, and names that no proxy
// could look for. Hosts, clone IDs and affinity names are written as they are, so none may hold what a target reads as
// directives of its own.
// A clone ID twice in a cluster would be written as one key of a map with two values, and who wins differs by target.
func (p *Plan) refusal() error {
	for i := range p.table.Clusters {
		c := &p.table.Clusters[i]
		if c.GetTable {
			return &Refusal{c.At, fmt.Sprintf("cluster %s asks its members for a partition table (GetDWLMTable): "+
				"sessions are found by it, and no target knows such tables", diag.Quote(c.Name))}
		}
		owner := map[string]string{}
		for j := range c.Members {
			m := &c.Members[j]
			if first, known := owner[m.CloneID]; known && m.CloneID != "" {
				return &Refusal{m.CloneAt, fmt.Sprintf("servers %s and %s of cluster %s share the clone ID %s: "+
					"sessions of one reach the other already, so give each its own first", diag.Quote(first),
					diag.Quote(m.Name), diag.Quote(c.Name), diag.Quote(m.CloneID))}
			}
			owner[m.CloneID] = m.Name
			if !plain(m.CloneID) {
				return &Refusal{m.CloneAt, fmt.Sprintf("clone ID %s holds what no cookie can", diag.Quote(m.CloneID))}
			}
			for k := range m.Transports {
				if err := unreachable(m, &m.Transports[k]); err != nil {
					return err
				}
			}
		}
	}
	known := map[[3]string]bool{} // thousands of entries have the same names
	for i := range p.Entries {
		e := &p.Entries[i]
		names := [3]string{e.Cookie, e.Identifier, e.Host}
		if known[names] {
			continue
		}
		known[names] = true
		if !token(e.Cookie) || !token(e.Identifier) {
			return &Refusal{e.Span, fmt.Sprintf("affinity names %s and %s: one is no name of a cookie or parameter",
				diag.Quote(e.Cookie), diag.Quote(e.Identifier))}
		} else if e.Host != "*" && !hostName(e.Host) {
			return &Refusal{p.aliasAt(e.Alias), fmt.Sprintf("virtual host %s: %s is no name and no address of a host",
				diag.Quote(e.Alias), diag.Quote(e.Host))}
		}
	}
	return nil
}

// TooLong refuses a Uri of which a target would look up less than the whole: length is that of a text as it is
// written for the target.
func (p *Plan) TooLong(target string, most int, length func(string) int) error {
	for i := range p.Entries {
		if e := &p.Entries[i]; length(e.Pattern) > most {
			return &Refusal{e.Span, fmt.Sprintf("Uri of %d bytes: %s takes texts of %d bytes at most", len(e.Pattern),
				target, most)}
		}
	}
	return nil
}

// unreachable refuses a Transport that no target could have as a server.
func unreachable(m *match.Member, tr *match.Transport) error {
	if !hostName(tr.Host) {
		return &Refusal{tr.At, fmt.Sprintf("Transport of server %s: %s is no name and no address of a host",
			diag.Quote(m.Name), diag.Quote(tr.Host))}
	}
	if tr.Port < 1 || tr.Port > 65535 {
		return &Refusal{tr.At, fmt.Sprintf("Transport of server %s: Port %s is no port", diag.Quote(m.Name),
			diag.Quote(tr.Source.Port.Raw()))}
	}
	return nil
}

// aliasAt is where an alias is written.
// Entries have no place of it, as many share one; a Route without VirtualHostGroup has none, and no place.
func (p *Plan) aliasAt(alias string) diag.Span {
	for _, g := range p.config.VirtualHostGroups {
		for _, h := range g.Aliases {
			if h.Name.V == alias {
				return h.Name.Span()
			}
		}
	}
	return diag.Span{}
}

// hostName reports whether a text can be the host of a URL: a name, an IPv4 address, or an IPv6 address without zone,
// in brackets or not. Nothing else is trusted: blanks, ";", line ends and "${" would be directives or variables of a
// target.
func hostName(text string) bool {
	if address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")); err == nil {
		return address.Zone() == "" && strings.HasPrefix(text, "[") == strings.HasSuffix(text, "]")
	}
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("-._", r))
	})
}

// plain reports whether a text can stand in the value of a cookie. Braces could, but httpd reads ${NAME} as a
// variable.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`",;\'|{}`, r)
	})
}

// token reports whether a text can be the name of a cookie (RFC 9110, 5.6.2) that HAProxy reads as one word: without
// the quote and the # that the RFC allows.
func token(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"'#(),/:;<=>?@[\]{}`, r)
	})
}
