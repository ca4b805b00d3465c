// Package porttest keeps ports for tests.
package porttest

import (
	"testing"

	"github.com/wasplug/wasplug/internal/port"
)

// Keep returns an address of the loopback interface whose port is the test's until it ends: nobody listens there but
// who is told of it.
func Keep(t testing.TB) string {
	t.Helper()
	address, release, err := port.Reserve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return address
}
