// Package sharedtest finds the material that lies beside the checkout: files of strangers, log excerpts, the generator
// of large files. The project builds and passes its tests without it. Beside that it has what tests of many rooms
// write: small configurations, and diagnostics as text.
package sharedtest

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// Dir returns the path of a folder or file of the shared material, and skips the test when it is absent.
func Dir(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{Checkout(t), "..", "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared material is not beside this checkout: no %s",
			filepath.Join(append([]string{"shared"}, elem...)...))
	}
	return path
}

// Checkout finds the folder of go.mod above the package under test: a binary built with -trimpath knows no path.
func Checkout(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			t.Fatalf("no go.mod above %s", dir)
		}
	}
}

// Files returns the files of a shared folder whose base names match a pattern, sorted; none is a skip.
func Files(t testing.TB, pattern string, dir ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Dir(t, dir...), pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no %s in shared/%s", pattern, filepath.Join(dir...))
	}
	return files
}

// Large returns what the generator of large files writes for the given arguments ("--clusters", "20", ...); none gives
// the 4 MB file.
func Large(t testing.TB, args ...string) []byte {
	t.Helper()
	script := Dir(t, "bench", "gen_cfg.py")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3, which the generator of large files needs, is not installed")
	}
	out := new(bytes.Buffer)
	cmd := exec.Command(python, append([]string{script}, args...)...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Long reports whether the long form of a test is asked for, by WASPLUG_LONG: .ci/run does. What takes seconds on
// large inputs has a short form that every run goes through.
func Long() bool { return os.Getenv("WASPLUG_LONG") != "" }

// Everything reports whether all is asked for that takes minutes, by WASPLUG_LONG=all: before a release.
func Everything() bool { return os.Getenv("WASPLUG_LONG") == "all" }

// Computes skips what computes for a second or more in the short form, which is what the race detector asks for: it
// makes ten seconds of one, and nothing runs beside anything here.
func Computes(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs beside it, and it takes long under the race detector")
	}
}

// FewDraws lets properties be tried with so few draws, unless the long form or a number of them is asked for.
func FewDraws(n string) {
	if !Long() {
		unlessGiven("rapid.checks", n)
	}
}

// RelaxGC lets the tests of a package, which end after seconds, leave four times as much garbage lying as Go does by
// itself: a fifth of the time of those that read many files. Not for tests that measure what memory a process holds.
func RelaxGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// Waiting is the tests of a package that waits for other processes and for intervals more than it works: eight of
// those that are parallel run at once, or as many as -parallel says. By itself Go runs no more than there are
// processors.
type Waiting struct{ *testing.M }

// Run runs the tests.
func (w Waiting) Run() int {
	unlessGiven("test.parallel", "8")
	return w.M.Run()
}

// unlessGiven sets a flag that was not given.
func unlessGiven(name, value string) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		flag.Set(name, value)
	}
}

// Sample is one of so many of what there is to be tried; the long form tries all.
func Sample[T any](all []T, of int) (some []T) {
	for i := range all {
		if i%of == 0 || Long() {
			some = append(some, all[i])
		}
	}
	return some
}
