// Package security holds the rules about TLS, trust in clients, and what is reachable from outside.
package security

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

// configAttr returns an attribute of Config with that value, nil when it is absent or another.
func configAttr(p *check.Pass, name, value string) *parser.Attr {
	if a := p.Config.Node.Attr(name); a != nil && a.Value == value {
		return a
	}
	return nil
}
