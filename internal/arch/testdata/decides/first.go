package try

import "github.com/wasplug/wasplug/parser"

func byName(cfg *parser.Config) map[string]*parser.UriGroup {
	groups := map[string]*parser.UriGroup{}
	for _, g := range cfg.UriGroups {
		if groups[g.Name.V] == nil {
			groups[g.Name.V] = g // want first
		}
	}
	return groups
}
