package parser

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/wasplug/wasplug/parser/diag"
)

// Interval is a range of numbers, both ends included. Max is math.MaxInt32 where the range has no upper end.
type Interval struct{ Min, Max int }

// decodeRange reads "1..65535!", "-1,1..": intervals, open ones without an end, "!" when nothing else is right.
func decodeRange(text string) (ranges []Interval, hard bool) {
	text, hard = strings.CutSuffix(text, "!")
	if text == "" {
		return nil, hard
	}
	for _, r := range strings.Split(text, ",") {
		low, high, open := strings.Cut(r, "..")
		i := Interval{Max: math.MaxInt32}
		i.Min, _ = strconv.Atoi(low)
		if !open {
			i.Max = i.Min
		} else if high != "" {
			i.Max, _ = strconv.Atoi(high)
		}
		ranges = append(ranges, i)
	}
	return ranges, hard
}

// Verdict says what the plug-in can make of a value.
type Verdict uint8

const (
	Good         Verdict = iota
	Unreadable           // not a value of the type: what the plug-in does then is undocumented
	OutOfRange           // a number that cannot be right
	Undocumented         // a number whose meaning no source gives
)

// Check judges a value as it is written.
func (a *Attribute) Check(value string) Verdict {
	switch a.Type {
	case Boolean:
		if _, ok := readBool(value); !ok {
			return Unreadable
		}
	case Enum:
		if _, ok := a.readEnum(value); !ok {
			return Unreadable
		}
	case Int, Port:
		n, ok := readInt(value)
		switch {
		case !ok:
			return Unreadable
		case a.inRange(n):
			return Good
		case a.Hard:
			return OutOfRange
		}
		return Undocumented
	case HostPort:
		if _, err := ParseAlias(value); err != nil {
			return Unreadable
		}
	}
	return Good
}

// inRange reports whether a number is in one of the ranges. Without ranges every number is good.
func (a *Attribute) inRange(n int) bool {
	for _, r := range a.Range {
		if r.Min <= n && n <= r.Max {
			return true
		}
	}
	return len(a.Range) == 0
}

// Near returns the allowed value of a Boolean or Enum that differs from a written one only by letter case, blanks, "-"
// and "_".
func (a *Attribute) Near(value string) (string, bool) {
	values := a.Values
	if a.Type == Boolean {
		values = []string{"true", "false"}
	}
	for _, v := range values {
		if bare(v) == bare(value) {
			return v, true
		}
	}
	return "", false
}

// bare is what remains of a value when case, blanks, "-" and "_" do not count: "roundrobin" of Round Robin.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-_", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// foldsCase reports whether values compare without letter case: IBM's pages and its generators spell them differently.
func (a *Attribute) foldsCase() bool { return a.Name == "AppServerPortPreference" }

// readEnum returns the allowed value that a written one stands for.
func (a *Attribute) readEnum(value string) (string, bool) {
	for _, v := range a.Values {
		if v == value || a.foldsCase() && strings.EqualFold(v, value) {
			return v, true
		}
	}
	return "", false
}

// readBool takes these two alone: what the plug-in makes of True or 1 is not documented.
func readBool(value string) (v, ok bool) { return value == "true", value == "true" || value == "false" }

// readInt reads a decimal number with or without a sign that fits the 32 bits of the plug-in's own.
func readInt(value string) (int, bool) {
	n, err := strconv.ParseInt(value, 10, 32)
	return int(n), err == nil
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

// splitAlias divides a name before the port; written says that there is a ":".
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

// checkHost says what is wrong with a host by itself.
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
