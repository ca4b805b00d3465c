package anonymize

import (
	"strconv"
	"strings"
)

// ipv4 replaces an address by one of the same length and of the same sort: what lint and routing ask of one is whether
// it is private, of the machine itself, or public. 0 and 255 stay, for masks and networks.
func (m *Mapping) ipv4(address string) string {
	parts := strings.Split(address, ".")
	var octets [4]int
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n > 255 || strconv.Itoa(n) != p {
			return address // a version, or no number of an address
		}
		octets[i] = n
	}
	for i := kept(octets); i < 4; i++ { // by the octets before, so that addresses of one network stay in one
		parts[i] = m.octet(strings.Join(strings.Split(address, ".")[:i], "."), octets[i], i == 0)
	}
	return strings.Join(parts, ".")
}

// kept is how many octets of an address say of what sort it is: all of 127.0.0.1 and 0.0.0.0, the first of 10.0.0.0/8,
// two of 192.168.0.0/16, 172.16.0.0/12 and their like; none of a public one.
func kept(o [4]int) int {
	switch {
	case o[0] == 127 || o == [4]int{}:
		return 4
	case o[0] == 10:
		return 1
	case special(o[0]):
		return 2
	}
	return 0
}

// special are the first octets of networks of which some are no public ones.
func special(octet int) bool {
	return octet == 0 || octet == 10 || octet == 100 || octet == 127 || octet == 169 || octet == 172 || octet == 192 ||
		octet == 198 || octet == 203 || octet >= 224
}

// octet goes to another one of as many digits; a first one to a public one. 256 and more are no octets, so of three
// digits there are 155 that move (100 to 254). Going on where a special one was met keeps the way one to one.
func (m *Mapping) octet(before string, octet int, public bool) string {
	first, size := 1, 9
	switch {
	case octet == 0 || octet == 255:
		return strconv.Itoa(octet)
	case octet > 99:
		first, size = 100, 155
	case octet > 9:
		first, size = 10, 90
	}
	next, sum := octet, m.mac("octet", before).Sum(nil)
	for {
		next = first + shuffled(sum, next-first, size)
		if !public || !special(next) {
			return strconv.Itoa(next)
		}
	}
}

// ipv6 replaces the groups behind the first, which says of what sort the address is.
func (m *Mapping) ipv6(address string) string {
	if m.ips || address == "::1" || address == "::" {
		return address
	}
	groups := strings.Split(address, ":")
	for i, g := range groups[1:] {
		if g != "" && g != "0" {
			groups[i+1] = m.once(g)
		}
	}
	return strings.Join(groups, ":")
}
