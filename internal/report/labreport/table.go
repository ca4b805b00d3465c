package labreport

import (
	"fmt"
	"io"
	"strconv"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/store/database"
)

// SessionTable are the formats of a counted table SESSIONS.
var SessionTable = forms.List[*database.Census]{forms.AsText(sessionTableText),
	forms.AsJSON(sessionTableJSON)}

// sessionTableText counts a table SESSIONS as WebSphere keeps it, and says of what it found what it means.
func sessionTableText(w io.Writer, c *database.Census) error {
	fmt.Fprintf(w, "%s: %s\n", c.Table, forms.Count(c.Rows, "row"))
	applications := forms.Table{Head: []string{"application", "sessions", "empty", "over their time",
		"attribute rows", "orphans"}}
	applications.RightAlign(1, 2, 3, 4, 5)
	var empty, orphans int
	for _, a := range c.Applications {
		applications.Add(a.Name, strconv.Itoa(a.Sessions), strconv.Itoa(a.Empty), strconv.Itoa(a.OverTime),
			strconv.Itoa(a.Attributes), strconv.Itoa(a.Orphans))
		empty, orphans = empty+a.Empty, orphans+a.Orphans
	}
	applications.Section(w, "applications")
	ages := forms.Table{Head: []string{"last access", "sessions"}}
	ages.RightAlign(1)
	for _, a := range c.Ages {
		ages.Add(ageText(a.Under), strconv.Itoa(a.Sessions))
	}
	ages.Section(w, "ages")
	columns := forms.Table{Head: []string{"column", "rows", "bytes", "largest"}}
	columns.RightAlign(1, 2, 3)
	for _, u := range c.Columns {
		columns.Add(u.Name, strconv.Itoa(u.Rows), strconv.Itoa(u.Bytes), strconv.Itoa(u.Largest))
	}
	columns.Section(w, "attributes")
	if empty+orphans > 0 {
		fmt.Fprintln(w)
	}
	if empty > 0 {
		fmt.Fprintf(w, "%s without attributes: a member that takes one over finds it empty (W3)\n",
			forms.Count(empty, "session"))
	}
	if orphans > 0 {
		fmt.Fprintf(w, "%s of a session that has none itself: nothing deletes it (D9)\n",
			forms.Count(orphans, "attribute row"))
	}
	return nil
}

// ageText is an age by its upper bound in seconds; 0 is that of the last class, which has none.
func ageText(under int) string {
	switch {
	case under == 0:
		return "longer ago"
	case under < 3600:
		return fmt.Sprintf("under %d min", under/60)
	}
	return fmt.Sprintf("under %d h", under/3600)
}

// sessionTableJSON fits lab-table.schema.json.
func sessionTableJSON(w io.Writer, c *database.Census) error {
	return forms.JSON(w, struct {
		Version int `json:"version"`
		*database.Census
	}{1, c})
}
