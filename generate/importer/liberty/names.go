package liberty

import (
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Against tells of each name by which the servers' sessions are found that a plugin-cfg.xml does not have: the plug-in
// goes by that file, and would not find them.
func (s *Sessions) Against(cfg *parser.Config) (told []diag.Diagnostic) {
	for _, f := range s.Names.Fields {
		if !slices.Contains(namesIn(cfg, f.Name), f.Value.Text) {
			told = append(told, diag.Diagnostic{Span: f.Value.Span, Severity: diag.Warning, Message: diag.Sprintf(
				"%s %q is not taken over: no %s of plugin-cfg.xml says so, by which the plug-in finds sessions",
				f.Name, f.Value.Text,
				attributeOf[f.Name])})
		}
	}
	return told
}

// attributeOf is the attribute of plugin-cfg.xml that stands for a key.
var attributeOf = map[string]string{"cookie": "AffinityCookie", "urlIdentifier": "AffinityURLIdentifier",
	"cloneSeparator": "CloneSeparatorChange"}

// namesIn are the values that a plugin-cfg.xml has for a key of session.
func namesIn(cfg *parser.Config, key string) (all []string) {
	if key == "cloneSeparator" {
		for _, c := range cfg.Clusters {
			all = append(all, map[bool]string{false: ":", true: "+"}[c.CloneSeparatorChange.V])
		}
		return all
	}
	for _, g := range cfg.UriGroups {
		for _, u := range g.Uris {
			if key == "cookie" {
				all = append(all, u.AffinityCookie.V)
			} else {
				all = append(all, u.AffinityURLIdentifier.V)
			}
		}
	}
	return all
}
