package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/reference"
)

// TestRecipes runs all commands of each recipe in their order, on the files of a shop. A command may find something,
// exit code 1; none may be misused, or unable to do its work.
func TestRecipes(t *testing.T) {
	out, _, _ := program(t, "explain", "--list", "--format", "json")
	var list reference.Listing
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Recipes) < 10 {
		t.Fatalf("%v: %d recipes", err, len(list.Recipes))
	}
	shop, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/start.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, recipe := range list.Recipes {
		if row := "| " + recipe.Name + " | " + recipe.Title + " |"; !strings.Contains(string(doc), row) {
			t.Errorf("docs/start.md has no row %s", row)
		}
		t.Run(recipe.Name, func(t *testing.T) {
			page, _, _ := program(t, "explain", recipe.Name)
			recipePage, _, _ := strings.Cut(page, "\n\n")
			if n := strings.Count(recipePage, "\n"); n > 40 {
				t.Errorf("%d lines are more than one reads at a glance", n)
			}
			t.Chdir(shopIn(t, shop))
			ran := 0
			for line := range strings.Lines(page) {
				if command, ok := strings.CutPrefix(line, "     wasplug "); ok {
					ran++
					runStep(t, strings.TrimSpace(command))
				}
			}
			if ran < 3 {
				t.Errorf("it has %d commands:\n%s", ran, page)
			}
		})
	}
}

// shopIn is a folder with all files that recipes name.
func shopIn(t *testing.T, testdata string) string {
	dir := t.TempDir()
	for _, name := range []string{"shop/topology.yaml", "shop/routes.yaml", "shop/access.log",
		"trace/http_plugin.log"} {
		data, err := os.ReadFile(filepath.Join(testdata, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, filepath.Base(name)), string(data))
	}
	program(t, "generate", "-o", filepath.Join(dir, "plugin-cfg.xml"), filepath.Join(dir, "topology.yaml"))
	return dir
}

func runStep(t *testing.T, command string) {
	if _, errOut, code := program(t, strings.Fields(strings.ReplaceAll(command, "'", ""))...); code > 1 {
		t.Errorf("wasplug %s: exit code %d\n%s", command, code, errOut)
	}
}
