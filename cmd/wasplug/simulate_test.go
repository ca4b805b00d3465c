package main

import (
	"bytes"
	"testing"
)

// TestSimulateFitsItsSchema holds real answers of simulate against the schema.
func TestSimulateFitsItsSchema(t *testing.T) {
	for _, args := range [][]string{
		{"-c", "../../testdata/shop/topology.yaml", "--rate", "10/s", "--requests", "1"},
		{"-c", "../../testdata/shop/topology.yaml", "--rate", "100/s", "--requests", "2000", "--affinity", "1",
			"--fault", "shop1:hang@1s..3s", "--fault", "api1:refused@5s", "--fault", "shop2:slow:3"},
		{"--compare", "../../testdata/simulate/shorter.yaml", "--duration", "1m",
			"../../testdata/simulate/outage.yaml"},
	} {
		var stdout, stderr bytes.Buffer
		line := append([]string{"wasplug", "simulate", "--format", "json"}, args...)
		if code := run(t.Context(), line, bytes.NewReader(nil), &stdout, &stderr); code > 1 {
			t.Errorf("%q: %d %s", args, code, stderr.String())
		}
		fitsSchema(t, "simulate", stdout.String())
	}
}
