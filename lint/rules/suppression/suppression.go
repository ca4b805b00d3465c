// Package suppression holds the rules about what takes findings away: ignore comments and baselines.
package suppression

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

var _ = group.Add(&lint.Rule{
	Code: diag.IgnoreUnused, Name: "ignore-unused", Category: lint.Suppression, Severity: diag.Warning,
	Doc: lint.Doc{
		Title: "An ignore comment takes no finding away",
		Why: "The finding it was written for is gone, or it stands in the wrong place. Left in the file it would " +
			"hide the next one of its kind.",
		Bad: `<!-- wasplug:ignore WP301 copied profile, known -->
<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		Good: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		NearMiss: `<!-- wasplug:ignore WP301 copied profile, known -->
<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c1" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		Source: "wasplug's own",
	},
	Check: func(*lint.Pass) {}, // reported when ignores are applied
})

var _ = group.Add(&lint.Rule{
	Code: diag.IgnoreInvalid, Name: "ignore-invalid", Category: lint.Suppression, Severity: diag.Warning,
	Doc: lint.Doc{
		Title: "An ignore comment cannot be understood, gives no reason, or has expired",
		Why: "An ignore without a reason tells the next administrator nothing; one whose date has passed was a " +
			"promise to repair something by then.",
		Bad: `<!-- wasplug:ignore WP301 -->
<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		Good: `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<!-- wasplug: ignore is a word of this comment -->
<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		Source: "wasplug's own",
	},
	Check: func(*lint.Pass) {},
})

var _ = group.Add(&lint.Rule{
	Code: diag.BaselineStale, Name: "baseline-stale", Category: lint.Suppression, Severity: diag.Warning,
	Doc: lint.Doc{
		Title: "A baseline entry matches no finding",
		Why: "What it names is repaired, or its element has another name now. An entry left behind would hide the " +
			"finding when it comes back.",
		Source: "wasplug's own",
	},
	// No Check: the baseline reports it, see Baseline.Filter.
})
