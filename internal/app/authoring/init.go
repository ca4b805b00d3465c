package authoring

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// InitSuite writes a suite that covers all that is reachable in a configuration.
type InitSuite struct {
	Config app.Config
	Named  string // how the suite names the configuration
	Plugin app.Plugin
}

// SuiteAnswer is a suite.
type SuiteAnswer struct {
	Notes app.Notes
	YAML  []byte
}

// Run writes the suite.
func (i *InitSuite) Run(in app.Input) (*SuiteAnswer, error) {
	a := new(SuiteAnswer)
	l, sem, _, err := i.Plugin.Load(in, i.Config, diag.NewFiles(), &a.Notes)
	if err != nil {
		return a, err
	}
	text := string(suite.Init(l.Table, i.Named, &sem))
	// The tests expect what this level answers, so the suite must say it. Keys at the top need no order.
	if i.Plugin.Level != "" {
		text = "pluginLevel: \"" + i.Plugin.Level + "\"\n" + text
	}
	if i.Plugin.Platform != "" {
		text = "platform: " + i.Plugin.Platform + "\n" + text
	}
	if !strings.Contains(text, "name:") {
		return a, fmt.Errorf("%s: nothing is reachable, so there is nothing to test", app.DisplayName(i.Config.Path))
	}
	a.YAML = []byte(text)
	return a, nil
}
