package ingress_test

import (
	"testing"

	"github.com/wasplug/wasplug/generate/export/ingress"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestGrades: every concept is graded.
func TestGrades(t *testing.T) {
	for name, write := range map[string]exporttest.Writer{"traefik": ingress.Traefik,
		"gateway-api": ingress.GatewayAPI} {
		t.Run(name, func(t *testing.T) {
			d := exporttest.Daemon{Name: name, Write: write}
			d.Grades(t)
		})
	}
}
