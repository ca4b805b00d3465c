package try

import "github.com/wasplug/wasplug/parser"

func serves(name, host string, port int) bool {
	a, err := parser.ParseAlias(name)
	if err != nil {
		return false
	}
	if a.Port != 0 && a.Port != port { // want alias
		return false
	}
	return a.Host == "*" || a.Host == host // want alias
}
