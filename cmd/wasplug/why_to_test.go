package main

import (
	"bytes"
	"testing"
)

// TestToSchema holds real answers of why --to against the schema.
func TestToSchema(t *testing.T) {
	for _, name := range []string{"shop1", "shopCluster"} {
		var stdout, stderr bytes.Buffer
		line := []string{"wasplug", "why", "--format", "json", "-c", "../../testdata/shop/topology.yaml", "--to", name}
		if code := run(t.Context(), line, bytes.NewReader(nil), &stdout, &stderr); code != 0 {
			t.Errorf("%s: %d %s", name, code, stderr.String())
		}
		fitsSchema(t, "why-to", stdout.String())
	}
}
