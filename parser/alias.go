package parser

import (
	"net/netip"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Find returns the property of that name, without letter case; nil when there is none.
func Find(ps []*Property, name string) *Property {
	for _, p := range ps {
		if strings.EqualFold(p.Name.V, name) {
			return p
		}
	}
	return nil
}

// Alias is the meaning of a virtual host name (R6, R8).
type Alias struct {
	Host string // lower case, "*" for any
	Port int    // 1..65535, 0 for any
	// PortWritten is false when the port is left out: 80 then (R8).
	PortWritten bool
}

// ParseAlias reads a virtual host name: host, IPv4 address, [IPv6 address] or "*", then optionally ":" and a port or
// "*". The error says what is wrong: a partial wildcard, a bad port, an IPv6 address without brackets, nothing at all.
func ParseAlias(name string) (Alias, error) {
	host, port, written, err := splitAlias(name)
	if err != nil {
		return Alias{}, err
	}
	if err := checkHost(host, name); err != nil {
		return Alias{}, err
	}
	a := Alias{Host: strings.ToLower(host), Port: 80, PortWritten: written}
	switch {
	case !written:
	case port == "*":
		a.Port = 0
	default:
		n, ok := readInt(port)
		if !ok || n < 1 || n > 65535 || strings.ContainsAny(port, "+-") {
			return Alias{}, diag.Errorf("port %q of virtual host %q is neither a number from 1 to 65535 nor \"*\"",
				port, name)
		}
		a.Port = n
	}
	return a, nil
}

func splitAlias(name string) (host, port string, written bool, err error) {
	if rest, ok := strings.CutPrefix(name, "["); ok {
		inner, tail, closed := strings.Cut(rest, "]")
		addr, err := netip.ParseAddr(inner)
		port, written = strings.CutPrefix(tail, ":")
		if !closed || err != nil || !addr.Is6() || tail != "" && !written {
			return "", "", false, diag.Errorf("virtual host %q does not hold an IPv6 address in brackets, as in "+
				"[2001:db8::1]:443", name)
		}
		return "[" + inner + "]", port, written, nil
	}
	if strings.Count(name, ":") > 1 {
		return "", "", false, diag.Errorf("virtual host %q has more than one \":\": an IPv6 address stands in "+
			"brackets, as in [2001:db8::1]:443", name)
	}
	host, port, written = strings.Cut(name, ":")
	return host, port, written, nil
}

func checkHost(host, name string) error {
	switch {
	case host == "*" || strings.HasPrefix(host, "["):
		return nil
	case host == "":
		return diag.Errorf("virtual host %q names no host: a name, an address or \"*\" is expected", name)
	case strings.Contains(host, "*"):
		return diag.Errorf(
			"virtual host %q has a partial wildcard: \"*\" stands for a whole host or a whole port only", name)
	case strings.ContainsAny(host, " \t\r\n/\\@?#]"):
		return diag.Errorf("virtual host %q has a character that no host name has", name)
	}
	return nil
}

// Address writes a host and a port as one text; an IPv6 address stands in brackets, as a URL and an alias want it.
func Address(host, port string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
