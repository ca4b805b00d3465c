package labreport_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
)

func TestSessionTable(t *testing.T) {
	looked := session.Millis(1_750_000_000_000)
	census := &database.Census{Table: "127.0.0.1:5432/was", Rows: 1299,
		Applications: []database.ApplicationCount{
			{Name: "default_host/shop", Sessions: 1204, Empty: 12, OverTime: 3, LastLook: &looked},
			{Name: "default_host/news", Sessions: 40, Attributes: 52, Orphans: 1, LastLook: &looked}},
		Ages: []database.AgeCount{{Under: 60, Sessions: 10}, {Under: 600, Sessions: 300}, {Under: 1800, Sessions: 900},
			{Under: 3600, Sessions: 33}, {Under: 86400}, {Sessions: 1}},
		Columns: []database.ColumnCount{{Name: "small", Rows: 1200, Bytes: 1834000, Largest: 3122},
			{Name: "medium", Rows: 30, Bytes: 512000, Largest: 32500}, {Name: "large"}}}
	for _, format := range labreport.SessionTable.Names() {
		var out bytes.Buffer
		if err := labreport.SessionTable.Write(&out, format, census); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, filepath.Join("testdata", "lab", "table."+format), out.Bytes())
	}
}
