package security

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.HostCheckOff, Name: "host-check-off", Category: lint.Security, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkHostVerification),
	Subjects: []string{"Config/SecureHostVerification"},
	Options: []lint.Option{{Name: "max-names", Default: []int{20},
		Doc: "names in GlobalHostAlias that are not reported"}},
	Doc: lint.Doc{
		Title: "Certificates of servers are not compared with their names",
		Why: "Any server with a certificate of the same authority can take a member's place: CVE-2022-39161. A " +
			"GlobalHostAlias with \"*\", a whole domain or a long list comes close to that. The documented form is " +
			"a list of host names: how a name with \"*\" or a leading dot is taken is undocumented, and what is " +
			"called wide here is a judgement.",
		Bad:      `<Config SecureHostVerification="false"/>`,
		Good:     `<Config SecureHostVerification="true-markdown"/>`,
		NearMiss: `<Config SecureHostVerification="true-nomarkdown"/>`,
		Source:   "APAR PH48747, https://ibm.com/support/pages/node/6982543",
	},
})

// checkHostVerification: without https nothing is verified. The alias list is judged whatever the switch says: it
// opens the check just as well.
func checkHostVerification(p *check.Pass) {
	https := false
	p.EachHTTPS(func(*parser.Server, *parser.Transport) { https = true })
	if a := configAttr(p, "SecureHostVerification", "false"); a != nil && https {
		p.Report(a.Span, "SecureHostVerification false: certificates of servers are not compared with their host "+
			"names, which opens CVE-2022-39161 again").
			Repair(false, "verify", check.ValueEdit(a, "true-nomarkdown"))
	}
	if prop := parser.Find(p.Config.Properties, "GlobalHostAlias"); prop != nil {
		checkHostAlias(p, prop.Value)
	}
}

// checkHostAlias judges the names that a certificate of any server may have instead of its host's.
func checkHostAlias(p *check.Pass, v parser.Val[string]) {
	names := strings.FieldsFunc(v.V, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	switch most := p.Option("max-names"); {
	case strings.Contains(v.V, "*"):
		p.Report(v.Span(), "GlobalHostAlias %q is very wide: a certificate of any such name is accepted for "+
			"every server", v.V)
	case slices.ContainsFunc(names, isDomain):
		p.Report(v.Span(), "GlobalHostAlias %q holds a whole domain: a certificate of any name in it may be "+
			"accepted for every server", v.V)
	case len(names) > most:
		p.Report(v.Span(), "GlobalHostAlias holds %d names, more than %d: a certificate of any of them is "+
			"accepted for every server", len(names), most)
	}
}

// isDomain: ".example.com", or a name without a machine such as "com".
func isDomain(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"com", "net", "org", "local", "localdomain"},
		strings.ToLower(name))
}
