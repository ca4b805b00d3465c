// Package arch holds the rules of the layout: who may import whom, and who may decide.
package arch

import (
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

const module = "github.com/wasplug/wasplug/"

// may says what of ours each package may import; "..." stands for a package and those below it.
var may = map[string][]string{
	"parser/diag":                {},
	"parser":                     {"parser/diag"},
	"parser/pluginlog":           {"parser/pluginlog/catalogue", "parser/diag"},
	"parser/pluginlog/catalogue": {},
	"parser/pluginlog/requests":  {"parser/pluginlog", "parser/pluginlog/catalogue"},
	"schemas/yamldoc":            {"parser/diag"},
	"schemas":                    {"schemas/yamldoc", "parser/diag"},
	"routecheck/session":         {"parser/diag"},
	"routecheck/choices":         {"routecheck/session", "parser/diag"},
	"routecheck/match":           {"routecheck/choices", "parser", "parser/diag"},
	"routecheck/failover":        {"routecheck/choices", "routecheck/match", "parser/diag"},
	"routecheck/space":           {"routecheck/choices", "routecheck/match", "parser", "parser/diag"},
	"routecheck/explain": {"routecheck/session", "routecheck/choices", "routecheck/match", "routecheck/failover",
		"routecheck/space", "parser/diag"},
	"routecheck": {"routecheck/match", "routecheck/explain", "parser", "parser/diag"},
	"routecheck/...": {"routecheck/session", "routecheck/choices", "routecheck/match", "routecheck/failover",
		"routecheck/space", "routecheck/explain", "parser", "parser/pluginlog", "parser/pluginlog/requests", "schemas/...",
		"parser/diag"},
	"lint":          {"parser", "routecheck/...", "parser/diag"},
	"lint/rules":    {"lint", "parser", "routecheck/...", "parser/diag"},
	"lint/settings": {"lint", "lint/rules", "schemas/...", "parser/diag"},
	"generate": {"generate/...", "parser", "routecheck/...", "lint", "lint/rules", "schemas/...",
		"parser/diag"},
	"generate/...": {"generate/...", "parser", "routecheck/...", "lint", "lint/rules", "schemas/...",
		"parser/diag"},
	"proxy":          {"proxy/...", "parser", "parser/pluginlog", "routecheck/...", "parser/diag"},
	"proxy/admin":    {"routecheck/...", "parser/diag"},
	"proxy/demo":     {"proxy", "parser", "parser/diag"},
	"proxy/http1":    {},
	"proxy/keystore": {"parser/diag"},
	"proxy/wire":     {"routecheck/..."}, // for the unit of time alone
	"internal/...":   {"internal/..."},
	"internal/app": {"internal/wrap", "parser/...", "routecheck/...", "lint", "lint/rules", "lint/settings",
		"generate/...",
		"schemas/..."},
	"internal/report": {"internal/app", "parser/...", "routecheck/...", "lint", "lint/rules", "generate/..."},
	"internal/loggen": {"parser/pluginlog"}, // logs for tests
}

// outside says who alone may import a package that is not ours.
var outside = map[string][]string{
	"github.com/urfave/cli/v2":        {"cmd/wasplug"},
	"gopkg.in/yaml.v3":                {"schemas/yamldoc"},
	"github.com/xeipuuv/gojsonschema": {"schemas"},
	// addresses; sockets only in proxy and cmd
	"net":      {"cmd/wasplug", "proxy", "proxy/...", "generate", "generate/..."},
	"net/http": {"cmd/wasplug", "proxy", "proxy/..."},
	"github.com/prometheus/client_golang/prometheus": {"cmd/wasplug", "proxy", "proxy/..."},
}

func matches(name, pattern string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == below || strings.HasPrefix(name, below+"/")
	}
	return name == pattern
}

// allowed returns the entry of a package: that of the longest pattern that matches.
func allowed(name string) ([]string, bool) {
	if list, ok := may[name]; ok {
		return list, true
	}
	longest := ""
	for pattern := range may {
		if matches(name, pattern) && len(pattern) > len(longest) {
			longest = pattern
		}
	}
	return may[longest], longest != ""
}

// TestImports holds the import table of the design.
func TestImports(t *testing.T) {
	for _, p := range loadProgram(t).packages {
		name, isOurs := p.ours()
		if !isOurs {
			continue
		}
		if _, known := allowed(name); !known && name != "cmd/wasplug" {
			t.Errorf("%s is not in the import table", name)
		}
		for _, path := range p.forbidden() {
			t.Errorf("%s must not import %s", name, path)
		}
	}
}

// forbidden lists what a package imports against the tables.
func (p *listed) forbidden() (out []string) {
	name, _ := p.ours()
	list, known := allowed(name)
	in := func(patterns []string, path string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(path, pattern) })
	}
	for _, i := range p.Imports {
		ours, isOurs := strings.CutPrefix(i, module)
		if isOurs && known && !in(list, ours) || outside[i] != nil && !in(outside[i], name) {
			out = append(out, i)
		}
	}
	return out
}

// portable are the rooms that run in a browser, too: nothing below them may speak HTTP or validate schemas.
var portable = []string{"parser", "routecheck", "lint", "lint/rules"}

// TestPortable looks through all that the portable rooms import, however far down.
func TestPortable(t *testing.T) {
	imports := map[string][]string{}
	for _, p := range loadProgram(t).packages {
		imports[p.ImportPath] = p.Imports
	}
	for _, room := range portable {
		if chain := reaches(imports, module+room, "net", "net/http", "github.com/xeipuuv/gojsonschema"); chain != nil {
			t.Errorf("%s must stay portable, but %s", room, strings.Join(chain, " imports "))
		}
	}
}

// reaches returns how a package comes to import one of others, nil where it does not.
func reaches(imports map[string][]string, from string, others ...string) []string {
	seen := map[string]bool{}
	var walk func(string) []string
	walk = func(name string) []string {
		if slices.Contains(others, name) {
			return []string{name}
		}
		if seen[name] {
			return nil
		}
		seen[name] = true
		for _, i := range imports[name] {
			if chain := walk(i); chain != nil {
				return append([]string{name}, chain...)
			}
		}
		return nil
	}
	return walk(from)
}

// TestUpdateEverywhere: "go test ./... -update" fails in a package whose tests do not know the flag.
func TestUpdateEverywhere(t *testing.T) {
	for _, p := range loadProgram(t).packages {
		name, isOurs := p.ours()
		if !isOurs || len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
			continue
		}
		if golden := module + "internal/golden"; !slices.Contains(p.TestImports, golden) &&
			!slices.Contains(p.XTestImports, golden) {
			t.Errorf("a test of %s must import internal/golden, for its flag -update", name)
		}
	}
}
