//go:build linux

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/logtest"
)

// TestTraceSpeed holds trace to its figures on a log of 200 MB: at most three times the wall time of "grep -c Marking"
// on the same file in the same run (medians of seven, taken in turns), and less than 100 MB of memory. It wants a
// machine to itself: WASPLUG_SPEED=1.
func TestTraceSpeed(t *testing.T) {
	if os.Getenv("WASPLUG_SPEED") == "" {
		t.Skip("set WASPLUG_SPEED=1 to measure")
	}
	grep, err := exec.LookPath("grep")
	if err != nil {
		t.Skip("no grep to compare with")
	}
	log := filepath.Join(t.TempDir(), "http_plugin.log")
	writeLog(t, log, 200e6)
	program := filepath.Join(t.TempDir(), "wasplug")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Skipf("the program cannot be built here: %v\n%s", err, out)
	}
	const runs = 7
	var grepTook, traceTook []time.Duration
	var memory int64 // KB
	for range runs {
		took, _ := measure(t, exec.Command(grep, "-c", "Marking", log))
		grepTook = append(grepTook, took)
		took, rss := measure(t, exec.Command(program, "trace", log))
		traceTook = append(traceTook, took)
		memory = max(memory, rss)
	}
	slices.Sort(grepTook)
	slices.Sort(traceTook)
	ratio := float64(traceTook[runs/2]) / float64(grepTook[runs/2])
	t.Logf("grep %v, trace %v, ratio %.2f, memory %d MB", grepTook[runs/2], traceTook[runs/2], ratio, memory>>10)
	if ratio > 3 {
		t.Errorf("trace takes %.2f times as long as grep, want at most 3", ratio)
	}
	if memory > 100<<10 {
		t.Errorf("trace takes %d MB, want at most 100", memory>>10)
	}
}

func writeLog(t *testing.T, name string, size int64) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	if _, err := logtest.Write(w, logtest.Options{Size: size}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// measure returns the wall time of a command and its largest resident set in KB.
func measure(t *testing.T, cmd *exec.Cmd) (time.Duration, int64) {
	t.Helper()
	cmd.Stdout = new(bytes.Buffer) // grep stops at the first match when its output is /dev/null
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}
