package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
)

// The table of a lab is read while the lab has it open.
func TestLabTable(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "lab.db")
	s, err := database.Open(database.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	key := session.Key{App: "/shop", ID: "A2MBr0nzeYl-_8uJ3kQx7Vd"}
	if err := s.Create(t.Context(), &session.Record{Key: key, MaxInactive: -1}); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"wasplug", "lab", "table", "--dsn", dsn}, nil, &stdout, &stderr)
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, &stderr)
	}
	for _, want := range []string{dsn + ": 1 row\n", "/shop               1      1", "longer ago           1\n"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q in\n%s", want, &stdout)
		}
	}
	out, _, _ := program(t, "lab", "table", "--dsn", dsn, "--format", "json")
	fitsSchema(t, "lab-table", out)
}

// TestLabTableFormats: what is counted of a large table, in each format. It stands here, where the lab is linked
// anyhow.
func TestLabTableFormats(t *testing.T) {
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
