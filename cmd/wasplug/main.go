// Command wasplug checks, explains, generates and serves plugin-cfg.xml, the file that steers IBM's web server plug-in.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

func main() {
	relaxGC(os.Args)
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// relaxGC lets commands that end by themselves collect garbage rarely: a third of their time on a large file. The proxy runs for months and
// keeps Go's default, as does everybody who sets GOGC.
func relaxGC(args []string) {
	if os.Getenv("GOGC") == "" && (len(args) < 2 || args[1] != "proxy") {
		debug.SetGCPercent(800)
	}
}
