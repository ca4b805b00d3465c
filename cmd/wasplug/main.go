package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

func main() {
	relaxGC(os.Args)
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// relaxGC lets commands that end by themselves work without collecting garbage as long as they need less than 64 MB: a
// third of their time on a large file. The proxy runs for months and keeps Go's default, as does everybody who sets
// GOGC, and what reads a log of any size (tightGC, logGC).
func relaxGC(args []string) {
	if os.Getenv("GOGC") != "" ||
		len(args) > 1 && slices.Contains([]string{"proxy", "lab", "trace", "diagnose"}, args[1]) ||
		slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--urls") }) {
		return
	}
	if len(args) > 1 && args[1] == "lsp" {
		// It runs for hours, and each keystroke throws away what the one before made.
		debug.SetGCPercent(300)
		debug.SetMemoryLimit(240 << 20)
		return
	}
	// 1600 % of the 4 MB that Go's collector takes for the least are those 64 MB. The first collection, which is where
	// they are full, frees what the cleanup hangs on, and Go's usual pace is back.
	usual := debug.SetGCPercent(1600)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, usual)
}
