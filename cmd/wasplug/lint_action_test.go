package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	scripts := actionScripts(t)
	script := scripts[len(scripts)-1]
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

// TestActionDownload runs the step of action.yml that fetches a release, from a server of releases.
func TestActionDownload(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "tar", "sha256sum"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the action fetches a release with %s, which is not installed", program)
		}
	}
	scripts := actionScripts(t)
	archive := fmt.Sprintf("wasplug_1.2.0_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	content := packed(t, strings.TrimSuffix(archive, ".tar.gz")+"/wasplug", "the program")
	good := fmt.Sprintf("%x  %s\n", sha256.Sum256(content), archive)
	for _, tt := range []struct{ version, sums, want string }{
		{"v1.2.0", good, ""},
		{"latest", strings.Repeat("0", 64) + "  wasplug_1.2.0_plan9_386.tar.gz\n" + good, ""},
		{"v1.2.0", strings.Repeat("0", 64) + "  " + archive + "\n",
			archive + " is not what SHA256SUMS of release v1.2.0 says"},
		{"v1.2.0", "", "release v1.2.0 has nothing for"},
		{"v9.9.9", good, "no release v9.9.9 of wasplug can be had"},
	} {
		mux := http.NewServeMux()
		for _, folder := range []string{"/download/v1.2.0/", "/latest/download/"} {
			mux.HandleFunc(folder+"SHA256SUMS", func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, tt.sums)
			})
			mux.HandleFunc(folder+archive, func(w http.ResponseWriter, _ *http.Request) { w.Write(content) })
		}
		server := httptest.NewServer(mux)
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts[len(scripts)-2])
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+cmd.Dir, "VERSION="+tt.version,
			"RELEASES="+server.URL, "no_proxy=*")
		out, err := cmd.CombinedOutput()
		server.Close()
		if (err != nil) != (tt.want != "") || !strings.Contains(string(out), tt.want) {
			t.Errorf("%s: %v, want %q\n%s", tt.version, err, tt.want, out)
		}
		installed, _ := os.ReadFile(filepath.Join(cmd.Dir, "wasplug", "wasplug"))
		if want := map[bool]string{true: "the program"}[tt.want == ""]; string(installed) != want {
			t.Errorf("%s: installed is %q, want %q", tt.version, installed, want)
		}
	}
}

// packed is an archive of one file.
func packed(t *testing.T, name, text string) []byte {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	io.WriteString(archive, text)
	archive.Close()
	zipped.Close()
	return out.Bytes()
}

// actionScripts returns the scripts of action.yml, which take inputs as variables only.
func actionScripts(t *testing.T) (scripts []string) {
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
		if s.Run != "" {
			scripts = append(scripts, s.Run)
		}
	}
	return scripts
}
