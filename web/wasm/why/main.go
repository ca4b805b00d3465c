//go:build js

// Command why is the half of wasplug in a browser that decides requests and draws.
package main

import (
	"github.com/wasplug/wasplug/internal/playground"
	"github.com/wasplug/wasplug/internal/playground/decisions"
)

func main() { playground.Serve(decisions.Ask) }
