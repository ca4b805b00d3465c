package lint

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// profile is a choice of rules and severities.
type profile struct {
	name       string
	doc        string
	least      diag.Severity // what is below is not shown
	categories []string      // of the rules that are asked; nil: all
	lowered    []string      // codes of rules whose findings are info, unless the settings say otherwise
}

var profiles = []profile{
	{name: "default", doc: "errors and warnings", least: diag.Warning},
	{name: "pedantic", doc: "everything, advice included", least: diag.Info},
	{name: "liberty", doc: "as default, without what every file that Liberty writes has", least: diag.Warning,
		lowered: []string{diag.EncodingMismatch, diag.IOTimeoutZero, diag.LocalhostTransport}},
	{name: "security", doc: "only what concerns security, and files that cannot be read", least: diag.Info,
		categories: []string{Security, Structure, Suppression}},
}

// Profiles lists the names of the profiles; the first is the default.
func Profiles() []string {
	names := make([]string, len(profiles))
	for i := range profiles {
		names[i] = profiles[i].name
	}
	return names
}

// profile is the one of the options. An unknown name is the default: whoever reads names refuses unknown ones.
func (o *Options) profile() *profile {
	for i := range profiles {
		if profiles[i].name == o.Profile {
			return &profiles[i]
		}
	}
	return &profiles[0]
}

func (pr *profile) includes(r *Rule) bool {
	return len(pr.categories) == 0 || slices.Contains(pr.categories, r.Category)
}

func (pr *profile) shows(s diag.Severity) bool { return s >= pr.least }

// adjust says how severe a finding is in this profile.
func (pr *profile) adjust(r *Rule, s diag.Severity) diag.Severity {
	if slices.Contains(pr.lowered, r.Code) {
		return diag.Info
	}
	return s
}
