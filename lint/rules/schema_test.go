package rules_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/xsd"
)

// validated asks xmllint which of some files the schema of plugin-cfg.xml refuses, and with what words.
func validated(t *testing.T, files ...string) (refused map[string]string) {
	t.Helper()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint (libxml2-utils), which validates by an XML Schema, is not installed")
	}
	schema := filepath.Join(t.TempDir(), "plugin-cfg.xsd")
	if err := os.WriteFile(schema, xsd.Schema(), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(xmllint, append([]string{"--noout", "--schema", schema}, files...)...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	refused = map[string]string{}
	for _, file := range files {
		var about []string
		valid := false
		for line := range strings.Lines(string(said)) {
			if rest, ok := strings.CutPrefix(line, file); ok {
				valid = valid || strings.HasPrefix(rest, " validates")
				about = append(about, line)
			}
		}
		if !valid {
			refused[file] = strings.Join(about, "") + "."
		}
	}
	return refused
}

// TestSchemaOfCorpus: the schema refuses a file of a stranger exactly where lint has an error of structure or of
// references, or warns of a name that is misspelt or misplaced.
func TestSchemaOfCorpus(t *testing.T) {
	faults := map[string]string{}
	var paths []string
	corpus(t, lint.Options{}, func(name string, ds []diag.Diagnostic, _ *diag.Files) {
		path := sharedtest.Dir(t, strings.Split(name, "/")...)
		paths = append(paths, path)
		for _, d := range ds {
			r := lint.Lookup(rules.All(), d.Rule.Code)
			grammar := r != nil && (r.Category == lint.Structure || r.Category == lint.References)
			named := d.Rule.Code == "WP104" && !strings.Contains(d.Message, "<Config>") || d.Rule.Code == "WP105"
			if grammar && (d.Severity == diag.Error || named) {
				faults[path] += d.Rule.Code + " " + d.Message + "\n"
			}
		}
	})
	refused := validated(t, paths...)
	for _, path := range paths {
		if (faults[path] == "") != (refused[path] == "") {
			t.Errorf("%s: lint says %q, the schema %q", filepath.Base(path), faults[path], refused[path])
		}
	}
	t.Logf("%d files, %d validate", len(paths), len(paths)-len(refused))
}

// TestSchemaOfSeededFaults: what no grammar of this kind can say is listed.
func TestSchemaOfSeededFaults(t *testing.T) {
	beyond := map[string]string{
		"WP107": "names of Properties that differ in letter case",
		"WP111": "bytes that do not fit their encoding",
		"WP112": "no fault, advice",
		"WP114": "no Route, as Liberty writes it while nothing is deployed",
		"WP202": "what nothing uses",
		"WP204": "what is allowed and of no use",
		"WP205": "what is allowed and seldom meant",
		"WP207": "the order of elements, which the schema leaves free",
		"WP208": "what is allowed and of no use",
	}
	dir := t.TempDir()
	rule := map[string]string{}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	paths := []string{write("clean.xml", clean)}
	for _, r := range rules.All() {
		g := allSeeded()[r.Code]
		if g.seeded == nil || r.Category != lint.Structure && r.Category != lint.References {
			continue
		}
		for i := range g.cases {
			if g.cases[i].old == "" {
				continue
			}
			text, _, err := g.cases[i].plant()
			if err != nil {
				t.Fatal(err)
			}
			path := write(fmt.Sprintf("%s-%d.xml", r.Code, i), text)
			paths, rule[path] = append(paths, path), r.Code
		}
	}
	refused := validated(t, paths...)
	for _, path := range paths {
		if good := rule[path] == "" || beyond[rule[path]] != ""; good != (refused[path] == "") {
			t.Errorf("%s: the schema says %q", filepath.Base(path), refused[path])
		}
	}
}

func TestSchemaOfVariants(t *testing.T) {
	tests := []struct {
		name, old, new string
		good           bool
	}{
		{"support switch", `<Config `, `<Config SupportSwitch4711="on" `, true},
		{"place of a schema", `<Config `, `<Config xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
			`xsi:noNamespaceSchemaLocation="plugin-cfg.xsd" `, true},
		{"model", `<Config `, "<?xml-model href=\"plugin-cfg.xsd\"?>\n<Config ", true},
		{"letter case of a boolean", `GetDWLMTable="false"`, `GetDWLMTable="False"`, true},
		{"letter case of a port preference", `"HostHeader"`, `"hostHeader"`, true},
		{"change marker of Liberty", `   <Log `, `<ConfigHash>-42</ConfigHash><Log `, true},
		{"change marker as an attribute", `<Config `, `<Config ConfigHash="-42" `, true},
		{"Route first", `   <Log `, `<Route ServerCluster="shop" VirtualHostGroup="admin_host"/><Log `, true},
		{"empty group", `   <Log `, `<UriGroup Name="empty"/><Log `, true},
		{"V4", `Route ServerCluster="admin"`, `Route ServerGroup="admin"`, true},
		{"V4 definition", `   <Log `, `<ServerGroup Name="old"><Server Name="o1"><Transport Hostname="h" Port="1"/>` +
			`</Server></ServerGroup>` +
			`<Route ServerCluster="old" UriGroup="shop_uris" VirtualHostGroup="admin_host"/><Log `, true},
		{"two Logs", `   <Log `, `<Log Name="/x"/><Log `, false},
		{"two lists", `<BackupServers>`, `<PrimaryServers/><BackupServers>`, false},
		{"a Property twice", `   <Log `, `<Property Name="ESIEnable" Value="true"/><Log `, false},
		{"Server without Transport", `<PrimaryServers>`, `<Server Name="m9"/><PrimaryServers>`, false},
		{"Server without Transport that nothing uses", `   <Log `,
			`<ServerCluster Name="idle"><Server Name="i1"/></ServerCluster><Log `, false}, // an info of lint
		{"Server of another cluster", `<Server Name="m2"/>`, `<Server Name="a1"/>`, false},
		{"two clusters of one name", `Name="admin" PostSizeLimit`, `Name="shop" PostSizeLimit`, false},
		{"port", `Port="9043"`, `Port="0"`, false},
	}
	dir := t.TempDir()
	var paths []string
	for _, test := range tests {
		path := filepath.Join(dir, strings.ReplaceAll(test.name, " ", "-")+".xml")
		text := strings.Replace(clean, test.old, test.new, 1)
		if text == clean {
			t.Errorf("%s changes nothing", test.name)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	refused := validated(t, paths...)
	for i, test := range tests {
		if test.good != (refused[paths[i]] == "") {
			t.Errorf("%s: the schema says %q", test.name, refused[paths[i]])
		}
	}
}
