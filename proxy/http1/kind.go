package http1

// Kind tells fields apart that a proxy treats in its own way.
type Kind uint8

const (
	Other Kind = iota
	Host
	Connection
	ContentLength
	TransferEncoding
	Cookie
	Expect
	Upgrade
	MaxForwards
	// HopByHop is Keep-Alive, Proxy-Connection and TE. Proxy-Authenticate and Proxy-Authorization, which RFC 9110,
	// 11.7 lets a proxy pass on, are none.
	HopByHop
	Private // $WS... and _WS_...: between the plug-in and its servers
	Date
)

// kindOf classifies a name, which is not empty. The lengths are checked first: most fields are none of these.
func kindOf(name []byte) Kind {
	switch name[0] | 0x20 { // makes letters small, and of '_' 0x7f
	case 'c':
		switch {
		case len(name) == 6 && EqualFold(name, "cookie"):
			return Cookie
		case len(name) == 10 && EqualFold(name, "connection"):
			return Connection
		case len(name) == 14 && EqualFold(name, "content-length"):
			return ContentLength
		}
	case 'd':
		if len(name) == 4 && EqualFold(name, "date") {
			return Date
		}
	case 'h':
		if len(name) == 4 && EqualFold(name, "host") {
			return Host
		}
	case 't':
		switch {
		case len(name) == 17 && EqualFold(name, "transfer-encoding"):
			return TransferEncoding
		case len(name) == 2 && EqualFold(name, "te"):
			return HopByHop
		}
	case 'e':
		if len(name) == 6 && EqualFold(name, "expect") {
			return Expect
		}
	case 'u':
		if len(name) == 7 && EqualFold(name, "upgrade") {
			return Upgrade
		}
	case 'k':
		if EqualFold(name, "keep-alive") {
			return HopByHop
		}
	case 'm':
		if len(name) == 12 && EqualFold(name, "max-forwards") {
			return MaxForwards
		}
	case 'p':
		if EqualFold(name, "proxy-connection") {
			return HopByHop
		}
	case '$', '_', 0x7f:
		return private(name)
	}
	return Other
}

// private recognises the private headers, in any letter case: a server compares with case, but what stands behind it
// may not. An application that maps "-" and "_" to one another must not be reached that way either. A client that
// could send them would say for itself who it is ($WSRU) and where it comes from ($WSRA).
func private(name []byte) Kind {
	if len(name) >= 3 && EqualFold(name[:3], "$WS") ||
		len(name) >= 4 && (EqualFold(name[:4], "_WS_") || EqualFold(name[:4], "_WS-")) {
		return Private
	}
	return Other
}
