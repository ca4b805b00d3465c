package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

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
