package match

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// large returns the table of a generated file and requests to be decided over it.
func large(b *testing.B, args ...string) (*Table, []Request) {
	src := sharedtest.Large(b, args...)
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("large.xml", src), src)
	table, missing := New(cfg)
	if len(missing) > 0 {
		b.Fatal(files.Line(missing[0]))
	}
	var requests []Request
	for line := range strings.Lines(string(sharedtest.Large(b, append(args, "--requests", "1000")...))) {
		host, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		requests = append(requests, Request{Host: host, Target: target, Port: 80})
	}
	return table, requests
}

var (
	sized = map[string][]string{"uris=20000": nil,
		"uris=200": {"--clusters", "20", "--routes", "20", "--uris", "200", "--vhosts", "5"}}
	sizes = []string{"uris=200", "uris=20000"}
)

func BenchmarkMatch(b *testing.B) {
	for _, size := range sizes {
		table, requests := large(b, sized[size]...)
		sem := choices.Latest()
		b.Run(size, func(b *testing.B) {
			b.ReportAllocs()
			matched := 0
			for i := range b.N {
				if _, ok := table.Match(&requests[i%len(requests)], &sem); ok {
					matched++
				}
			}
			if b.N > 1000 && matched*10 < b.N*9 {
				b.Fatalf("only %d of %d match", matched, b.N)
			}
		})
	}
}

// BenchmarkNaive is the walk of R1 beside the index.
func BenchmarkNaive(b *testing.B) {
	for _, size := range sizes {
		table, requests := large(b, sized[size]...)
		sem := choices.Latest()
		b.Run(size, func(b *testing.B) {
			for i := range b.N {
				table.matchLinear(&requests[i%len(requests)], &sem)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	src := sharedtest.Large(b)
	cfg, _ := parser.Parse(diag.NewFiles().Add("large.xml", src), src)
	for b.Loop() {
		New(cfg)
	}
}
