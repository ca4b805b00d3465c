//go:build js

// Command lint is the half of wasplug in a browser that finds what is wrong, and says what that means.
package main

import (
	"github.com/wasplug/wasplug/internal/playground"
	"github.com/wasplug/wasplug/internal/playground/findings"
)

func main() { playground.Serve(findings.Ask) }
