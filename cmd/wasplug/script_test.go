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

// TestScript runs every script of testdata/script against the real program. $ROOT is the checkout, $FIGURE the first case.
func TestScript(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:         scripts(t),
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

// scripts are all of testdata/script. A short run under the race detector has one of each command and those of the commands with goroutines in
// them: each of some 700 programs takes a second there, and starting them finds no more races.
func scripts(t *testing.T) (files []string) {
	patterns := []string{"*"}
	if raced && testing.Short() {
		patterns = []string{"*_basic", "proxy_*", "trace_replay_*", "lint_files", "why_ten_steps"}
	}
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join("testdata", "script", p+".txtar"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no script is called %s (%v)", p, err)
		}
		files = append(files, found...)
	}
	return files
}
