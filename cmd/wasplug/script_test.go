package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wasplug/wasplug/internal/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wasplug": main, "recording-member": recordingMember})
}

// TestScript runs every script of testdata/script against the real program. $ROOT is the checkout, $FIGURE the first
// case.
func TestScript(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: golden.Update(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("FIGURE", filepath.Join(root, "testdata", "figure-5-12"))
			env.Setenv("NO_COLOR", os.Getenv("NO_COLOR"))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or each program would sleep for a second under the race detector
			return nil
		},
	})
}
