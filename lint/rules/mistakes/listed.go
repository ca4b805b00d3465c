package mistakes

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// checkAliasListedTwice reports an alias that stands in its group a second time.
func checkAliasListedTwice(p *check.Pass) {
	for _, g := range p.Config.VirtualHostGroups {
		first := map[string]*parser.VirtualHost{}
		for _, h := range g.Aliases {
			key := strings.ToLower(h.Name.V) // hosts compare without case (R5)
			f := first[key]
			switch {
			case !h.Name.Set():
				continue
			case f == nil:
				first[key] = h
				continue
			}
			p.Report(h.Name.Span(), "virtual host %q is listed in VirtualHostGroup %q a second time, first on "+
				"%s; it is assumed to count once, what the plug-in makes of it is undocumented", h.Name.V, g.Name.V,
				p.Where(f.Name.Span())).
				See(f.Name.Span(), "the first").
				About(h.Name.Span()).
				Repair(false, "drop the second", p.Drop(h.Node))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.ListedTwice, Name: "listed-twice", Category: lint.References, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkListedTwice),
	Subjects:   []string{"PrimaryServers", "BackupServers", "VirtualHost/Name"},
	Suppresses: []string{diag.CasePairs}, Topology: true,
	Doc: lint.Doc{
		Title: "A Server stands twice in one list, or an alias twice in one VirtualHostGroup",
		Why: "It is assumed to count once. What the plug-in makes of it is undocumented: a Server that counts " +
			"twice would get a double share.",
		Bad: example.Members("", "<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/><Server "+
			"Name=\"m1\"/></PrimaryServers>", "", ""),
		Good: example.Members("", "<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/></PrimaryServers>",
			"", ""),
		NearMiss: example.HostGroup("default_host", "*:80", "*:443", "www.example.com:80"),
		Source:   "assumed; hosts compare without case (R5)",
	},
})

// checkListedTwice reports a Server or an alias that a list holds twice.
func checkListedTwice(p *check.Pass) {
	checkAliasListedTwice(p)
	for _, c := range p.Config.Clusters {
		for _, l := range []*parser.ServerList{c.Primary, c.Backup} {
			first := map[string]*parser.ServerRef{}
			for _, ref := range check.Refs(l) {
				f := first[ref.Name.V]
				switch {
				case !ref.Name.Set():
					continue
				case f == nil:
					first[ref.Name.V] = ref
					continue
				}
				p.Report(ref.Name.Span(), "server %q is listed in %s of cluster %q a second time, first on %s; "+
					"it is assumed to count once, what the plug-in makes of it is undocumented", ref.Name.V,
					l.Node.Name, c.Name.V, p.Where(f.Name.Span())).
					See(f.Name.Span(), "the first").
					Repair(false, "drop the second", p.Drop(ref.Node))
			}
		}
	}
}
