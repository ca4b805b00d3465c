package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// hook is an entry of .pre-commit-hooks.yaml, as far as it says what is run.
var hook = regexp.MustCompile(`(?s)- id: (\S+)\n.*?  entry: wasplug ([^\n]+)\n` +
	`(?:  args: \[([^\n]*)\]\n)?.*?  files: ([^\n]+)\n`)

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
			code := run(context.Background(), slices.Concat([]string{"wasplug"}, args), strings.NewReader(""), &out,
				&out)
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

// exampleBehind is the next fenced block of docs/ci.md behind a text.
func exampleBehind(t *testing.T, text string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), text)
	block := regexp.MustCompile("(?s)```\\w+\n(.*?)```").FindStringSubmatch(rest)
	if !found || block == nil {
		t.Fatalf("docs/ci.md has no example behind %q", text)
	}
	return block[1]
}

// TestPreCommit runs the hooks of a machine without Go, as docs/ci.md shows them, by pre-commit itself.
func TestPreCommit(t *testing.T) {
	for _, program := range []string{"pre-commit", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	hooks := exampleBehind(t, "Where there is no Go, or no network")
	figure, err := os.ReadFile("../../testdata/figure-5-12/plugin-cfg.xml")
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(strings.Replace(string(figure), "v544d0o0", "v544d031", 1), "   <Log ", "<Log ", 1)
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".pre-commit-config.yaml"), hooks)
	put(t, filepath.Join(dir, "plugin-cfg.xml"), bad)
	command := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "PRE_COMMIT_HOME="+filepath.Join(dir, "cache"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "plugin-cfg.xml", ".pre-commit-config.yaml"}} {
		if out, err := command("git", args...); err != nil {
			t.Fatal(out, err)
		}
	}
	out, err := command("pre-commit", "run", "--all-files", "--color", "never")
	for _, want := range []string{"WP301", "id: wasplug-lint\n- exit code: 1", "files were modified by this hook"} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%v, want %q in\n%s", err, want, out)
		}
	}
}

// TestPipelines runs what the examples for GitLab and Jenkins in docs/ci.md run, and reads the reports that they name.
func TestPipelines(t *testing.T) {
	var gitlab struct {
		Wasplug struct {
			Script    []string
			Artifacts struct {
				Reports struct{ Codequality, Junit string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(exampleBehind(t, "## GitLab")), &gitlab); err != nil {
		t.Fatal(err)
	}
	job := gitlab.Wasplug
	jenkins := regexp.MustCompile(`(?s)sh '(.*?)'.*checkStyle\(pattern: '(.*?)'\).*junit '(.*?)'`).
		FindStringSubmatch(exampleBehind(t, "## Jenkins"))
	if jenkins == nil {
		t.Fatal("the example for Jenkins runs nothing, or names no report")
	}
	shop, err := os.ReadFile("../../testdata/shop/edited.xml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("conf", 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, "conf/plugin-cfg.xml", string(shop))
	runs := func(command string) {
		_, errOut, code := program(t, strings.Fields(strings.TrimPrefix(command, "wasplug "))...)
		if code != exitFindings {
			t.Errorf("%s ends with %d: %s", command, code, errOut)
		}
	}
	runs(job.Script[len(job.Script)-1])
	var quality []struct {
		Description, Fingerprint, Severity string
		Location                           struct{ Path string }
	}
	text, _ := os.ReadFile(job.Artifacts.Reports.Codequality)
	err = json.Unmarshal(text, &quality)
	if err != nil || len(quality) != 5 || quality[0].Location.Path != "conf/plugin-cfg.xml" {
		t.Errorf("%v: %s", err, text)
	}
	readJUnit(t, job.Artifacts.Reports.Junit)
	runs(jenkins[1])
	readJUnit(t, jenkins[3])
	var style struct {
		Files []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Source string `xml:"source,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	text, _ = os.ReadFile(jenkins[2])
	err = xml.Unmarshal(text, &style)
	if err != nil || len(style.Files) != 1 || style.Files[0].Errors[0].Source != "wasplug.WP106" {
		t.Errorf("%v: %s", err, text)
	}
}

// readJUnit reads a report with the three errors of the shop, and removes it.
func readJUnit(t *testing.T, path string) {
	t.Helper()
	var report struct {
		Failures int `xml:"failures,attr"`
	}
	text, _ := os.ReadFile(path)
	if err := xml.Unmarshal(text, &report); err != nil || report.Failures != 3 {
		t.Errorf("%v: %s", err, text)
	}
	os.Remove(path)
}
