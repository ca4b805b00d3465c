package structure

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.BadEnumValue, Name: "bad-enum-value", Category: lint.Structure, Severity: diag.Error,
	Fix: lint.ConditionallySafe, Check: check.On(checkBadEnum),
	Subjects:        check.Typed(parser.Enum, parser.Boolean),
	Otherwise:       "warning for LoadBalance and for a value that differs only in letter case",
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "A value is none of those that the attribute knows",
		Why: "Either the default is used or the element becomes unusable; no text says which. LoadBalance " +
			"\"Round-Robin\", without the blank, is only a warning because its default is Round Robin.",
		Bad:      `<Log LogLevel="ERROR" Name="/opt/plugins/logs/http_plugin.log"/>`,
		Good:     `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<Config AppServerPortPreference="hostHeader"/>`,
		Source:   "allowed values documented for each attribute; effect of others unknown",
	},
})

// checkBadEnum is a warning where only the letter case is wrong, and for LoadBalance, whose odd values count as Round
// Robin (plugin.md, "Odd files"). A fix is offered only where one value can be meant.
func checkBadEnum(p *check.Pass) {
	p.Attributes(func(n *parser.Node, typ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
		if row == nil || row.Ignored || row.Type != parser.Enum && row.Type != parser.Boolean ||
			row.Check(a.Value) == parser.Good {
			return
		}
		values := row.Values
		if row.Type == parser.Boolean {
			values = []string{"true", "false"}
		}
		near, only := row.Near(a.Value)
		hint := ""
		if only {
			hint = diag.Hint(near)
		} else if near := diag.Suggest(a.Value, values); near != "" {
			hint = diag.Hint(near)
		}
		if only && strings.EqualFold(near, a.Value) {
			p.Report(a.Span, "%s %q of %s differs from %q in letter case; whether that counts here is undocumented",
				check.Label(row), a.Value, check.Title(n), near).
				As(diag.Warning).
				Repair(true, "write "+near, check.ValueEdit(a, near))
			return
		}
		f := p.Report(a.Span, "%s %q of %s is none of %s%s; whether the plug-in takes the default or drops the "+
			"element is undocumented", check.Label(row), a.Value, check.Title(n), check.List(values), hint)
		if row.Name == "LoadBalance" {
			f.As(diag.Warning)
		}
		if only {
			f.Repair(true, "write "+near, check.ValueEdit(a, near))
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.BadNumber, Name: "bad-number", Category: lint.Structure, Severity: diag.Error,
	Check:           check.On(checkBadNumber),
	Subjects:        check.Typed(parser.Int, parser.Port),
	Otherwise:       "warning for a value that no source documents",
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "A number cannot be read, is out of range, or means nothing that is documented",
		Why:   "The default, a refusal, or a wrap-around: no text says which.",
		Bad:   `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="90800"/></Server>`,
		Good:  `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		NearMiss: "<Server CloneID=\"c1\" MaxConnections=\"-1\" Name=\"m1\" ServerIOTimeout=\"-60\"><Transport " +
			"Hostname=\"h1\" Port=\"65535\"/></Server>",
		Source: "ranges documented for each attribute; effect of others unknown",
	},
})

// checkBadNumber follows the row of the table, which tells a number that cannot work from one that no source speaks
// of.
func checkBadNumber(p *check.Pass) {
	p.Attributes(func(n *parser.Node, typ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
		if row == nil || row.Ignored || row.Type != parser.Int && row.Type != parser.Port {
			return
		}
		switch row.Check(a.Value) {
		case parser.Unreadable:
			p.Report(a.Span, "%s %q of %s is not a whole number; whether the plug-in takes the default, refuses "+
				"the file or reads a part of it is undocumented", check.Label(row), a.Value, check.Title(n))
		case parser.OutOfRange:
			p.Report(a.Span, "%s %q of %s is out of range, want %s; the setting cannot work", check.Label(row),
				a.Value, check.Title(n), ranges(row))
		case parser.Undocumented:
			if own := ownRule[row.Name]; own {
				return
			}
			p.Report(a.Span, "%s %q of %s: no source says what this value means, documented are %s; the effect "+
				"is undocumented", check.Label(row), a.Value, check.Title(n), ranges(row)).
				As(diag.Warning)
		}
	})
}

// ownRule names the attributes whose odd numbers another rule reports.
var ownRule = map[string]bool{"RefreshInterval": true}

func ranges(row *parser.Attribute) string {
	var parts []string
	for _, r := range row.Range {
		switch {
		case r.Max == 1<<31-1:
			parts = append(parts, strconv.Itoa(r.Min)+" and more")
		case r.Min == r.Max:
			parts = append(parts, strconv.Itoa(r.Min))
		default:
			parts = append(parts, strconv.Itoa(r.Min)+" to "+strconv.Itoa(r.Max))
		}
	}
	return strings.Join(parts, " or ")
}
