package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hook is an entry of .pre-commit-hooks.yaml, as far as it says what is run.
var hook = regexp.MustCompile(`(?s)- id: (\S+)\n.*?  entry: wasplug ([^\n]+)\n(?:  args: \[([^\n]*)\]\n)?.*?  files: ([^\n]+)\n`)

// TestHooks runs what pre-commit would run, with files that pass and with files that do not.
func TestHooks(t *testing.T) {
	manifest, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	figure, err := filepath.Abs("../../testdata/figure-5-12")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(figure)); err != nil {
		t.Fatal(err)
	}
	spoil := map[string][3]string{ // by hook: the file that it gets, and what makes it a bad one
		"wasplug-lint":     {"plugin-cfg.xml", "v544d0o0", "v544d031"},
		"wasplug-fmt":      {"plugin-cfg.xml", "   <Log ", "<Log "},
		"wasplug-test":     {"suite.yaml", "member: PluginMember", "member: PluginMember2 # "},
		"wasplug-generate": {"topology.yaml", "retryInterval: 60", "retryInterval: 61"},
	}
	hooks := hook.FindAllStringSubmatch(string(manifest), -1)
	if len(hooks) != len(spoil) {
		t.Fatalf("%d hooks, want %d", len(hooks), len(spoil))
	}
	for _, h := range hooks {
		id, args, bad := h[1], strings.Fields(h[2]), spoil[h[1]]
		if !regexp.MustCompile(h[4]).MatchString("conf/" + bad[0]) {
			t.Errorf("%s does not look at %s", id, bad[0])
		}
		if h[3] != "" {
			args = append(args, strings.Split(h[3], ", ")...)
		} else {
			args = append(args, bad[0])
		}
		good, err := os.ReadFile(bad[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(good), strings.Replace(string(good), bad[1], bad[2], 1)} {
			if err := os.WriteFile(bad[0], []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			code := run(context.Background(), slices.Concat([]string{"wasplug"}, args), strings.NewReader(""), &out, &out)
			after, _ := os.ReadFile(bad[0])
			// pre-commit fails where a hook has changed a file
			if failed := code != 0 || string(after) != text; failed != (text != string(good)) {
				t.Errorf("%s: wasplug %s ends with %d:\n%s", id, strings.Join(args, " "), code, out.String())
			}
		}
		if err := os.WriteFile(bad[0], good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
