// Command wasplug checks, explains, generates and serves plugin-cfg.xml, the file that steers IBM's web server plug-in.
package main

import (
	"context"
	"os"
)

func main() { os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }
