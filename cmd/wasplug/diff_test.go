package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiff runs the command on files: exit code, streams, and that a topology may stand for its file.
func TestDiff(t *testing.T) {
	dir := t.TempDir()
	figure := filepath.Join("..", "..", "testdata", "figure-5-12")
	src, err := os.ReadFile(filepath.Join(figure, "plugin-cfg.xml"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	live := put("live.xml", string(src))
	changed := put("changed.xml", strings.Replace(string(src), `CloneID="v544d0o0"`, `CloneID="other"`, 1))
	broken := put("broken.xml", "<Config")
	dangling := put("dangling.xml", `<Config><Route ServerCluster="gone"/></Config>`)
	for name, c := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		"same":           {[]string{live, filepath.Join(figure, "topology.yaml")}, 0, "same in effect\n", ""},
		"standard input": {[]string{"-", live}, 0, "same in effect\n", ""},
		"different": {[]string{live, changed}, 1,
			"- PluginMember2 of PluginCluster: its clone ID changes from v544d0o0 to other; 50 % of the sessions", ""},
		"json": {[]string{"--format", "json", live, changed}, 1, `"cloneId": "v544d0o0"`, ""},
		"markdown": {[]string{live, changed, "--format=markdown"}, 1,
			"| `PluginMember2 of PluginCluster` | its clone ID changes from v544d0o0 to other;", ""},
		"one section": {[]string{"--only", "values,new-sessions", live, changed}, 1,
			"sessions of PluginMember2 lose their home\n", ""},
		"bad section": {[]string{"--only", "session", live, changed}, 2, "",
			`--only "session" (did you mean "sessions"?)`},
		"no old file": {[]string{"", live}, 2, "", "argument 1 of diff is empty"},
		"no new file": {[]string{live, ""}, 2, "", "argument 2 of diff is empty"},
		"bad format":  {[]string{"--format", "html", live, changed}, 2, "", "text, json, markdown"},
		"one file":    {[]string{live}, 2, "", "diff takes two files"},
		"twice stdin": {[]string{"-", "-"}, 2, "", "only one of the two"},
		"broken":      {[]string{live, broken}, 3, "", "WP101"},
		"rejected":    {[]string{dangling, live}, 3, "", "the plug-in would reject this file"},
		"missing":     {[]string{live, filepath.Join(dir, "none.xml")}, 3, "", "none.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), append([]string{"wasplug", "diff"}, c.args...), bytes.NewReader(src),
				&stdout, &stderr)
			if code != c.code || !strings.Contains(stdout.String(), c.stdout) ||
				!strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("code %d, want %d\n%s\n%s", code, c.code, stdout.String(), stderr.String())
			}
		})
	}
}
