// Package arch holds the rules of the layout: who may import whom, and who may decide. They are tests over the module
// as the compiler sees it (load_test.go), so a rule is about types and objects, not about texts. Those about pieces of
// code have tries in testdata, breaches that must be found: a rule that finds nothing may have gone blind.
//
// Who looks for a place where a rule stands: imports_test.go has the table of imports, decide_test.go the signs of a
// decision, edges_test.go clocks, sockets and chance, exported_test.go names that serve nobody; the others are small.
package arch

import (
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
)

const module = "github.com/wasplug/wasplug/"

// everywhere is the one room that all may import: it knows nothing of ours.
const everywhere = "internal/lazy"

// may says what of ours each package may import; "..." stands for a package and those below it. Of several patterns
// that a package fits the longest counts. Imports of tests are not held: a test may look at what it likes.
var may = map[string][]string{
	"parser/diag":                {},
	"parser/chars":               {},
	"parser/sniff":               {"parser/chars"},
	"parser":                     {"parser/diag", "parser/chars", "parser/sniff"},
	"parser/pluginlog":           {"parser/pluginlog/catalogue", "parser/diag"},
	"parser/pluginlog/catalogue": {},
	"parser/accesslog":           {"parser/diag"},
	"parser/errorlog":            {"parser/pluginlog"}, // for how times are written
	"parser/pluginlog/words":     {"parser/pluginlog", "parser/pluginlog/catalogue"},
	"parser/pluginlog/requests":  {"parser/pluginlog", "parser/pluginlog/catalogue", "parser/pluginlog/words"},
	"parser/pluginlog/story":     {"parser/pluginlog", "parser/pluginlog/..."},
	"schemas/yamldoc":            {"parser/diag"},
	"schemas":                    {"schemas/yamldoc", "parser/diag"},
	"schemas/xsd":                {"parser"},
	"schemas/markdown":           {"schemas", "schemas/yamldoc", "parser", "parser/diag", "internal/wrap"},
	"routecheck/session":         {"parser/diag"},
	"routecheck/choices":         {"routecheck/session", "parser/diag"},
	"routecheck/match/texthash":  {},
	"routecheck/match": {"routecheck/choices", "routecheck/match/resolve", "routecheck/match/texthash", "parser",
		"parser/diag"},
	"routecheck/match/resolve": {"parser", "parser/diag"},
	"routecheck/match/names":   {"routecheck/match", "parser/diag"},
	"routecheck/match/written": {"routecheck/match", "parser/diag"},
	"routecheck/affinity":      {"routecheck/session", "routecheck/choices", "routecheck/match", "parser/diag"},
	"routecheck/streams":       {"routecheck/match"}, // for the unit of time alone
	"routecheck/failover":      {"routecheck/affinity", "routecheck/choices", "routecheck/match", "parser/diag"},
	"routecheck/space": {"routecheck/choices", "routecheck/match", "routecheck/match/written", "parser",
		"parser/diag"},
	"routecheck/explain": {"routecheck/session", "routecheck/choices", "routecheck/match", "routecheck/match/written",
		"routecheck/affinity", "routecheck/streams", "routecheck/failover", "routecheck/space",
		"routecheck/explain/words", "parser/diag"},
	"routecheck/explain/cause": {"routecheck/choices", "routecheck/match", "routecheck/match/written",
		"routecheck/affinity", "routecheck/failover", "routecheck/space", "routecheck/explain",
		"routecheck/explain/words", "parser", "parser/diag"},
	"routecheck/explain/words":     {"routecheck/match", "routecheck/affinity", "routecheck/failover"},
	"routecheck":                   {"routecheck/match", "routecheck/explain", "parser", "parser/diag"},
	"routecheck/internal/coretest": {"routecheck/choices", "routecheck/match", "parser", "parser/diag"}, // for tests
	// What people write of a scenario; the engine reads no text.
	"routecheck/simulate/written": {"routecheck/session", "routecheck/choices", "routecheck/match",
		"routecheck/match/...", "routecheck/explain", "routecheck/space", "routecheck/suite", "routecheck/simulate",
		"schemas", "schemas/yamldoc", "parser/diag"},
	"routecheck/batch": {"routecheck/choices", "routecheck/match", "routecheck/space", "routecheck/explain",
		"routecheck/explain/cause", "parser", "parser/accesslog", "parser/diag"},
	// It asks what lint has found, and all who know something of a log; who judges by that reads none.
	"routecheck/diagnose/facts": {"routecheck/session", "routecheck/choices", "routecheck/match",
		"routecheck/affinity", "routecheck/cookie", "parser", "parser/pluginlog", "parser/pluginlog/...",
		"parser/accesslog", "parser/errorlog", "parser/diag"},
	"routecheck/diagnose": {"routecheck/diagnose/facts", "routecheck/session", "routecheck/match", "parser/pluginlog",
		"parser/pluginlog/story", "parser/diag"},
	"routecheck/...": {"routecheck/session", "routecheck/choices", "routecheck/match", "routecheck/match/...",
		"routecheck/affinity", "routecheck/streams", "routecheck/failover", "routecheck/space", "routecheck/explain",
		"routecheck/explain/...", "parser", "parser/pluginlog", "parser/pluginlog/requests", "schemas/...",
		"parser/diag"},
	"lint":       {"parser", "routecheck/...", "parser/diag"},
	"lint/rules": {"lint", "lint/rules/..."},
	// A group of rules knows no other group.
	"lint/rules/...": {"lint", "lint/rules/check", "lint/rules/example", "parser", "routecheck/...", "parser/diag"},
	"lint/settings":  {"lint", "lint/rules", "schemas/...", "parser/diag"},
	"generate": {"generate/...", "parser", "routecheck/...", "lint", "lint/rules", "schemas/...",
		"parser/diag"},
	"generate/...": {"generate/...", "parser", "routecheck/...", "lint", "lint/rules", "schemas/...",
		"parser/diag"},
	// Edits of a file are written as the fixes of lint are.
	"generate/edit": {"parser", "routecheck", "routecheck/...", "lint/rules/check", "parser/diag"},
	"proxy":         {"proxy/...", "parser", "parser/pluginlog", "routecheck/...", "parser/diag"},
	"proxy/admin":   {"routecheck/...", "parser/diag"},
	"proxy/demo":    {"internal/port", "proxy/generation", "parser", "parser/diag"},
	"proxy/docroot": {},
	"proxy/history": {"proxy/admin", "routecheck/match", "routecheck/match/texthash"},
	"proxy/generation": {"proxy/admin", "proxy/history", "proxy/keystore", "proxy/logs", "proxy/upstream",
		"proxy/wspt", "parser", "routecheck", "routecheck/...", "parser/diag"},
	"proxy/http1":    {},
	"proxy/keystore": {"parser/diag"},
	"proxy/logs":     {"proxy/http1", "proxy/wire", "parser", "parser/pluginlog", "routecheck/...", "parser/diag"},
	"proxy/upstream": {"proxy/http1", "proxy/wire", "routecheck/..."},
	"proxy/wire":     {"routecheck/..."}, // for the unit of time alone
	"proxy/wspt":     {"parser/diag"},
	"lab": {"internal/port", "lab/...", "proxy", "proxy/generation", "proxy/logs", "proxy/wire", "proxy/admin",
		"parser", "routecheck", "routecheck/choices", "routecheck/match", "routecheck/failover", "routecheck/explain",
		"parser/diag"},
	"lab/session":               {},
	"lab/store/...":             {"lab/session", "lab/store/...", "parser/diag"},
	"lab/store/grid/redistest":  {"internal/port/porttest"},
	"lab/store/database/pgtest": {"internal/port", "lab/store/database"},
	"lab/listener":              {"internal/port"},
	"lab/system":                {},
	"lab/member":                {"lab/listener", "lab/session", "lab/store/..."},
	"lab/history":               {"parser/diag"},
	"lab/check":                 {"lab/history", "routecheck/session", "parser/diag"},
	// These two put what is predicted beside what happens; the rest of the lab never sees the predictor.
	"lab/scenario": {"lab", "lab/...", "proxy", "parser", "parser/pluginlog", "routecheck", "routecheck/...",
		"schemas/...", "generate/...", "parser/diag"},
	"lab/scenario/rows":   {"lab/scenario", "parser/diag"},
	"lab/scenario/weblog": {"parser/pluginlog", "parser/pluginlog/requests"},
	"testdata/lab":        {}, // scenarios, and nothing that runs
	"lab/page":            {"lab", "lab/...", "routecheck", "routecheck/...", "parser/diag"},
	"internal/...":        {"internal/..."},
	"internal/port":       {},
	everywhere:            {},
	"internal/live": {"internal/live/...", "lab/listener", "routecheck/choices", "routecheck/match",
		"routecheck/explain", "parser/diag"},
	// What is asked and learnt is plain values; only the room above has sockets.
	"internal/live/question": {"internal/live/probe", "routecheck/..."},
	"internal/live/probe":    {"parser", "parser/diag"},
	"internal/reference": {"internal/wrap", "parser", "parser/pluginlog/catalogue", "routecheck/choices",
		"routecheck/diagnose", "routecheck/explain/words", "routecheck/session", "lint", "lint/rules", "parser/diag"},
	// What it leaves alone it reads off the tables of the formats.
	"internal/anonymize": {"parser", "parser/...", "schemas"},
	"internal/watch":     {"parser/pluginlog", "parser/pluginlog/..."},
	"internal/manpage":   {"parser", "parser/diag", "schemas"},
	"internal/app":       {"parser/...", "routecheck/...", "generate", "schemas/..."},
	// The use cases of one room know nothing of those of another.
	"internal/app/...": {"internal/app", "internal/anonymize", "internal/reference", "parser/...", "routecheck/...",
		"lint", "lint/rules", "lint/settings", "generate/...", "schemas/..."},
	"internal/app/evidence": {"internal/app", "internal/app/evidence/timeindex", "internal/live/question",
		"internal/live/probe", "parser/...", "routecheck/...", "lint", "lint/rules", "generate", "schemas/yamldoc"},
	"internal/app/evidence/timeindex": {"parser/pluginlog"},
	// It speaks a protocol; what is found and what stands at a place it asks.
	"internal/lsp": {"internal/app", "internal/app/checks", "internal/app/editor", "lint", "lint/rules", "parser",
		"parser/diag"},
	"internal/apptest": {"internal/app", "internal/sharedtest"}, // files in memory for tests
	"internal/report": {"internal/app/...", "internal/reference", "internal/report/forms",
		"parser/...", "routecheck/...", "generate/..."},
	"internal/report/lintreport": {"internal/app/checks", "internal/report/forms", "lint", "lint/rules",
		"parser/diag"},
	"internal/report/tracereport": {"internal/app", "internal/app/evidence", "internal/report/forms", "internal/watch",
		"parser/...", "routecheck/..."},
	"internal/report/simulatereport": {"internal/app/answers", "internal/report/forms", "parser/diag",
		"routecheck/match", "routecheck/simulate"},
	"internal/report/verifyreport": {"internal/app/evidence", "internal/live/question", "internal/report/forms",
		"routecheck", "parser/diag"},
	"internal/report/whyreport": {"internal/app/answers", "internal/report/forms", "routecheck", "routecheck/...",
		"parser/diag"},
	"internal/report/forms": {"parser/diag"},
	"internal/reporttest":   {"internal/golden", "internal/report/forms", "schemas"}, // for tests
	// What it imports a browser loads.
	"internal/playground": {"internal/app", "internal/report/forms"},
	"internal/playground/decisions": {"internal/playground", "internal/app", "internal/app/answers", "generate/graph",
		"internal/report/forms", "internal/report/whyreport", "routecheck/choices", "routecheck/session"},
	"internal/playground/findings": {"internal/playground", "internal/app", "internal/app/checks",
		"internal/app/meaning", "internal/report/lintreport", "lint", "parser/diag"},
	"web/wasm/...": {"internal/playground", "internal/playground/..."},
	"internal/report/labreport": {"internal/report/forms", "lab/scenario", "lab/scenario/rows", "lab/history",
		"lab/check", "lab/store/database", "parser/...", "routecheck/..."},
	"internal/logtest":    {"parser/pluginlog"}, // logs for tests
	"internal/sharedtest": {"parser/diag"},
	// puts exports before real daemons, in tests
	"internal/exporttest": {"generate/export", "lab/listener", "parser", "parser/diag", "routecheck/...",
		"internal/sharedtest", "internal/certtest", "internal/port/porttest"},
}

// outside says who alone may import a package that is not ours.
var outside = map[string][]string{
	"github.com/urfave/cli/v2":        {"cmd/wasplug"},
	"gopkg.in/yaml.v3":                {"schemas/yamldoc"},
	"github.com/xeipuuv/gojsonschema": {"schemas", "internal/reporttest"},
	// addresses; sockets only in proxy and cmd
	"net": {"cmd/wasplug", "proxy", "proxy/...", "lab", "lab/...", "generate", "generate/...", "internal/exporttest",
		"internal/live", "internal/port"},
	"net/http": {"cmd/wasplug", "proxy", "proxy/...", "lab", "lab/...", "internal/exporttest", "internal/live",
		"internal/watch"},
	"github.com/nats-io/nats-server/v2/server":       {"lab/store/replication", "lab/store/grid"},
	"github.com/nats-io/nats.go":                     {"lab/store/replication", "lab/store/grid"},
	"github.com/nats-io/nats.go/jetstream":           {"lab/store/grid"},
	"github.com/gomodule/redigo/redis":               {"lab/store/grid"},
	"github.com/creachadair/jrpc2":                   {"internal/lsp"},
	"modernc.org/sqlite":                             {"lab/store/database"},
	"github.com/jackc/pgx/v5/pgconn":                 {"lab/store/database"},
	"github.com/anishathalye/porcupine":              {"lab/history"},
	"github.com/prometheus/client_golang/prometheus": {"cmd/wasplug", "proxy", "proxy/...", "internal/watch"},
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
		if isOurs && known && ours != everywhere && !in(list, ours) || outside[i] != nil && !in(outside[i], name) {
			out = append(out, i)
		}
	}
	return out
}

// forTests are rooms that only tests import.
var forTests = []string{"internal/golden", "internal/sharedtest", "internal/certtest", "internal/logtest",
	"internal/configtest", "internal/exporttest", "internal/apptest", "internal/alerttest", "internal/reporttest",
	"routecheck/internal/coretest", "lab/store/grid/redistest", "internal/port/porttest"}

// TestForTestsAlone: what helps tests is in no program.
func TestForTestsAlone(t *testing.T) {
	for _, p := range loadProgram(t).packages {
		if name, _ := p.ours(); slices.Contains(forTests, name) {
			continue
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, module); ok && slices.Contains(forTests, ours) {
				t.Errorf("%s must not import %s, which is for tests", p.ImportPath, i)
			}
		}
	}
}

// portable are the rooms that run in a browser, too: nothing below them may speak HTTP or validate schemas. The list
// of imports of one room would not show it: what makes a program large comes by way of others.
var portable = []string{"parser", "routecheck", "lint", "lint/rules"}

// heavy is what a browser has no use for, and would load all the same.
var heavy = []string{"net", "net/http", "crypto/tls", "github.com/xeipuuv/gojsonschema"}

// TestPortable looks through all that the portable rooms import, however far down.
func TestPortable(t *testing.T) {
	imports := map[string][]string{}
	for _, p := range loadProgram(t).packages {
		imports[p.ImportPath] = p.Imports
	}
	for _, room := range portable {
		if chain := reaches(imports, module+room, heavy...); chain != nil {
			t.Errorf("%s must stay portable, but %s", room, strings.Join(chain, " imports "))
		}
	}
}

// TestBrowser: as they are built for a browser, the two programs have nothing of that, and keep the table.
func TestBrowser(t *testing.T) {
	sharedtest.Computes(t)
	packages, err := listForBrowser()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for i := range packages {
		p := &packages[i]
		imports[p.ImportPath] = p.Imports
		for _, path := range p.forbidden() {
			t.Errorf("in a browser %s must not import %s", p.ImportPath, path)
		}
	}
	for _, program := range []string{"web/wasm/why", "web/wasm/lint"} {
		if chain := reaches(imports, module+program, heavy...); chain != nil {
			t.Error(strings.Join(chain, " imports "))
		}
	}
	if chain := reaches(imports, module+"web/wasm/why", module+"lint/rules"); chain != nil {
		t.Errorf("why would load the rules of lint: %s", strings.Join(chain, " imports "))
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
