package main

import (
	"context"
	"os"
)

func main() {
	relaxGC(os.Args)
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}
