package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{"lab", "member"}) { // a lab in this process has started it
		main()
	}
	// Or each program of ours would sleep for a second under the race detector.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	testscript.Main(waiting{sharedtest.Waiting{M: m}},
		map[string]func(){"wasplug": main, "recording-member": recordingMember})
}

// waiting relaxes the collector in the tests alone: programs that they start do that by themselves, or not (relaxGC).
type waiting struct{ sharedtest.Waiting }

func (w waiting) Run() int {
	sharedtest.RelaxGC()
	return w.Waiting.Run()
}

// TestScript runs every script of testdata/script against the real program. $ROOT is the checkout, $FIGURE the first
// case.
func TestScript(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:         scripts(t),
		UpdateScripts: golden.Update(),
		Condition: func(name string) (bool, error) {
			switch name {
			case "long":
				return sharedtest.Long(), nil
			case "jmeter":
				return hasJMeter(), nil
			}
			return false, fmt.Errorf("no condition is named %q", name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("FIGURE", filepath.Join(root, "testdata", "figure-5-12"))
			env.Setenv("NO_COLOR", os.Getenv("NO_COLOR"))
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
	})
}

// hasJMeter: Debian's is two packages, and without the second one it cannot send a request.
func hasJMeter() bool {
	const home = "/usr/share/jmeter"
	if _, err := exec.LookPath("jmeter"); err != nil {
		return false
	}
	_, debian := os.Stat(home)
	_, http := os.Stat(home + "/lib/ext/ApacheJMeter_http.jar")
	return debian != nil || http == nil
}

// scripts are all that there are. The short form, which is the race detector's, has those of programs that serve, or
// spread work: each script runs a program of its own, so scripts do not race with each other.
func scripts(t *testing.T) (files []string) {
	patterns := []string{"*"}
	if testing.Short() {
		patterns = []string{"lab*", "proxy*", "verify*", "trace*", "simulate*", "why_urls"}
	}
	for _, p := range patterns {
		found, err := filepath.Glob("testdata/script/" + p + ".txtar")
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", p, err)
		}
		files = append(files, found...)
	}
	return files
}
