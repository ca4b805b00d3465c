package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// Shares of garbage, in percent of what is in use, that commands which read a log of any size let be: what its blocks
// leave behind is collected early, not when 64 MB are full (relaxGC). A configuration takes more memory while it is
// read than what is kept of it does.
const (
	whileLoading = 12
	whileReading = 20
)

// setGC sets the share of garbage and returns the one before. It does nothing unless main has taken the process for a
// command: in the process of tests, which call run, it would hold for all that comes after. Nor does it for somebody
// who sets GOGC.
var setGC = func(percent int) (usual int) { return percent }

// relaxGC lets commands that end by themselves work without collecting garbage as long as they need less than 64 MB: a
// third of their time on a large file. The proxy runs for months and keeps Go's default, as does what reads a log of
// any size, which bounds its memory by setGC.
func relaxGC(args []string) {
	if os.Getenv("GOGC") != "" {
		return
	}
	setGC = debug.SetGCPercent
	if len(args) > 1 && slices.Contains([]string{"proxy", "lab", "trace", "diagnose"}, args[1]) ||
		slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--urls") }) {
		return
	}
	if len(args) > 1 && args[1] == "lsp" {
		// It runs for hours, and each keystroke throws away what the one before made.
		setGC(300)
		debug.SetMemoryLimit(240 << 20)
		return
	}
	// 1600 % of the 4 MB that Go's collector takes for the least are those 64 MB. The first collection, which is where
	// they are full, frees what the cleanup hangs on, and Go's usual pace is back.
	usual := setGC(1600)
	runtime.AddCleanup(new([64]byte), func(percent int) { setGC(percent) }, usual)
}

// logGC bounds the memory while a log of the plug-in is read, until what it returns is called. Each block of the log
// is garbage soon, but collecting it more often than this costs a seventh of the time.
func logGC() (end func()) {
	usual := setGC(200)
	return func() { setGC(usual) }
}
