//go:build unix

package lint

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// least returns the least processor time of f, which neighbours on the machine disturb less than the clock.
func least(f func()) time.Duration {
	var times []time.Duration
	for range 7 {
		runtime.GC()
		start := processor()
		f()
		times = append(times, processor()-start)
	}
	slices.Sort(times)
	return times[0]
}

func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timeRules returns how long parsing takes, and how long all rules take on what was parsed.
func timeRules(src []byte) (parse, rules time.Duration) {
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", src)
	parse = least(func() { parser.Parse(id, src) })
	inputs := Read(files, id)
	rules = least(func() { Run(files, inputs, Options{Profile: "pedantic"}) })
	return parse, rules
}

// TestFigures holds all rules on a file of 4 MB to eight times its parsing, and 8 MB to little more than twice of that.
func TestFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	parse, four := timeRules(sharedtest.Large(t))
	_, eight := timeRules(sharedtest.Large(t, "--clusters", "400", "--routes", "4000", "--uris", "40000"))
	t.Logf("parse %v, rules %v (%.1fx), 8 MB %v (%.2fx)", parse, four, float64(four)/float64(parse), eight, float64(eight)/float64(four))
	if four > 8*parse {
		t.Errorf("all rules take %.1f times the parsing", float64(four)/float64(parse))
	}
	if float64(eight) > 2.6*float64(four) { // 2.2 on a quiet machine
		t.Errorf("8 MB takes %.2f times of 4 MB", float64(eight)/float64(four))
	}
}

func BenchmarkRules(b *testing.B) {
	src := sharedtest.Large(b)
	files := diag.NewFiles()
	inputs := Read(files, files.Add("plugin-cfg.xml", src))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Run(files, inputs, Options{Profile: "pedantic"})
	}
}
