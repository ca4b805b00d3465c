package admin

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
)

// column is one of the table: its head, and what it says of a member. The heads are names for programs, and stay.
type column struct {
	head string
	of   func(cluster string, m *MemberStatus) any
}

// columns of status.csv. New ones stand at the end: scripts count.
var columns = append([]column{
	{"cluster", func(cluster string, _ *MemberStatus) any { return cell(cluster) }},
	{"member", func(_ string, m *MemberStatus) any { return cell(m.Member) }},
	{"role", func(_ string, m *MemberStatus) any { return m.Role }},
	{"state", func(_ string, m *MemberStatus) any { return m.state() }},
	{"weight", func(_ string, m *MemberStatus) any { return m.Weight }},
	{"start", func(_ string, m *MemberStatus) any { return m.Start }},
	{"pending", func(_ string, m *MemberStatus) any { return m.Pending }},
	{"most", func(_ string, m *MemberStatus) any { return m.Max }},
	{"affinity", func(_ string, m *MemberStatus) any { return m.Affinity }},
	{"new", func(_ string, m *MemberStatus) any { return m.New }},
	{"failed", func(_ string, m *MemberStatus) any { return m.Failed }},
	{"idle", func(_ string, m *MemberStatus) any { return m.Idle }},
	{"perSecond", func(_ string, m *MemberStatus) any { return fmt.Sprintf("%.2f", m.Recent.PerSecond) }},
	{"failedPerSecond", func(_ string, m *MemberStatus) any { return fmt.Sprintf("%.2f", m.Recent.FailedPerSecond) }},
	{"changed", func(_ string, m *MemberStatus) any { return m.Changed }},
	{"sick", func(_ string, m *MemberStatus) any { return m.Sick }},
	{"changedSecondsAgo", func(_ string, m *MemberStatus) any { return number("%.0f", m.Recent.ChangedAgo) }},
	{"waitSeconds", func(_ string, m *MemberStatus) any { return number("%.4f", m.Recent.Wait) }},
	{"errorsPerSecond", func(_ string, m *MemberStatus) any { return fmt.Sprintf("%.2f", m.Recent.ErrorsPerSecond) }},
	{"address", func(_ string, m *MemberStatus) any { return cell(strings.Join(m.Address, " ")) }},
}, counted()...)

// counted are the columns of answers by class, of failures by kind, and of sessions.
func counted() (out []column) {
	for class := 1; class <= 5; class++ {
		out = append(out, column{classOf(class), func(_ string, m *MemberStatus) any { return m.Answers[class] }})
	}
	for mode := explain.Refused; mode < explain.NumFailureModes; mode++ {
		out = append(out, column{mode.String(), func(_ string, m *MemberStatus) any { return m.Failures[mode] }})
	}
	return append(out,
		column{"sessions", func(_ string, m *MemberStatus) any { return m.Sessions.Recent }},
		column{"sessionsBegun", func(_ string, m *MemberStatus) any { return m.Sessions.Begun }},
		column{"sessionsTakenOver", func(_ string, m *MemberStatus) any { return m.Sessions.TakenOver }})
}

// number is what there may be none of: an empty cell then, since 0 would be a measurement.
func number(format string, n *float64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf(format, *n)
}

// csv is the members as a table for a spreadsheet, whose formulas no name can be.
func (a *Handler) csv(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	table := csv.NewWriter(diag.VisibleWriter{To: w, Form: diag.Text})
	line := make([]string, len(columns))
	for i := range columns {
		line[i] = columns[i].head
	}
	table.Write(line)
	for _, c := range a.snapshot().Clusters {
		for i := range c.Members {
			for j := range columns {
				line[j] = fmt.Sprint(columns[j].of(c.Cluster, &c.Members[i]))
			}
			table.Write(line)
		}
	}
	table.Flush()
}

// cell is a name as text where a spreadsheet would take it for a formula.
func cell(name string) string {
	if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return "'" + name
	}
	return name
}
