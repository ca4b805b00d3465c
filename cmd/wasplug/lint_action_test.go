package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestAction runs the last step of action.yml with a program that prints its arguments in the place of wasplug.
func TestAction(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("the action runs in bash, which is not installed")
	}
	script := actionScript(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"wasplug/wasplug": "#!/bin/sh\nprintf '%s|' \"$@\"\n", "conf/a.xml": "", "conf/with blank/b.xml": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ env, want string }{
		{"ACROSS=folder FAIL_ON=error FILES=conf/a.xml",
			"lint|--format|github|--fail-on|error|--across|folder|--|conf/a.xml|"},
		{"ACROSS=folder FAIL_ON=never PROFILE=pedantic SETTINGS=s.yaml BASELINE=b.json SARIF=o.sarif FILES=conf",
			"lint|--format|github|--fail-on|never|--across|folder|--profile|pedantic|" +
				"--settings|s.yaml|--baseline|b.json|" +
				"--format|sarif=o.sarif|--|conf|"},
		{"ACROSS=folder FAIL_ON=error FILES=conf/a.xml\nconf/with\u00a0blank/b.xml\n",
			"lint|--format|github|--fail-on|error|--across|folder|--|conf/a.xml|conf/with blank/b.xml|"},
		{"ACROSS=folder FAIL_ON=error FILES=**/*.xml",
			"lint|--format|github|--fail-on|error|--across|folder|--|conf/a.xml|conf/with blank/b.xml|"},
		{"ACROSS=folder FAIL_ON=$(id);id FILES=-x;$(id)`id`",
			"lint|--format|github|--fail-on|$(id);id|--across|folder|--|-x;$(id)`id`|"},
	} {
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+dir)
		for _, v := range strings.Split(tt.env, " ") {
			cmd.Env = append(cmd.Env, strings.ReplaceAll(v, "\u00a0", " "))
		}
		if got, err := cmd.CombinedOutput(); err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.env, err, got, tt.want)
		}
	}
}

// actionScript returns the last script of action.yml, which takes inputs as variables only.
func actionScript(t *testing.T) string {
	src, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Runs struct {
			Steps []struct{ Run string }
		}
	}
	if err := yaml.Unmarshal(src, &action); err != nil {
		t.Fatal(err)
	}
	for _, s := range action.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an input is text of the script:\n%s", s.Run)
		}
	}
	return action.Runs.Steps[len(action.Runs.Steps)-1].Run
}
