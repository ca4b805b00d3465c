package rules_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// least returns the least time of several calls, which neighbours on the machine disturb less than their mean.
func least(f func()) time.Duration {
	var best time.Duration
	for i := range 7 {
		runtime.GC()
		start := time.Now()
		f()
		if took := time.Since(start); i == 0 || took < best {
			best = took
		}
	}
	return best
}

// timeRules returns how long parsing takes, and how long all rules take on what was parsed.
func timeRules(src []byte) (parse, checked time.Duration) {
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", src)
	parse = least(func() { parser.Parse(id, src) })
	inputs := lint.Read(files, id)
	checked = least(func() { lint.Run(rules.All(), files, inputs, lint.Options{Profile: "pedantic"}) })
	return parse, checked
}

// BenchmarkFigures compares all rules on a file of 4 MB with its parsing (wanted: under 8) and with a file of 8 MB
// (wanted: at most 2.2).
func BenchmarkFigures(b *testing.B) {
	small := sharedtest.Large(b)
	large := sharedtest.Large(b, "--clusters", "400", "--routes", "4000", "--uris", "40000")
	for b.Loop() {
		parse, four := timeRules(small)
		_, eight := timeRules(large)
		b.ReportMetric(float64(four)/float64(parse), "rules/parse")
		b.ReportMetric(float64(eight)/float64(four), "8MB/4MB")
	}
}

func BenchmarkRules(b *testing.B) {
	src := sharedtest.Large(b)
	files := diag.NewFiles()
	inputs := lint.Read(files, files.Add("plugin-cfg.xml", src))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		lint.Run(rules.All(), files, inputs, lint.Options{Profile: "pedantic"})
	}
}
