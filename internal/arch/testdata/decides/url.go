package try

import "net/url"

func target(raw string) string {
	u, err := url.Parse(raw) // want url
	if err != nil {
		return ""
	}
	return u.Path
}

func splitHost(host string) (name, port string) { // want url
	for i := len(host) - 1; i >= 0; i-- {
		if host[i] == ':' {
			return host[:i], host[i+1:]
		}
	}
	return host, ""
}
