package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// consoleBlock is a fenced block of README.md and docs that begins with a command.
var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestDocuments runs every example of README.md and docs in the checkout's folder and compares what it prints. A line
// "..." stands for any number of lines, and "[...]" for characters of a line. With -update the outputs
// are rewritten, those with either excepted. The labs of docs/lab.md are started in the long form alone.
func TestDocuments(t *testing.T) {
	t.Chdir("../..") // until all documents are through
	names, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "README.md") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			if name == "docs/lab.md" && !sharedtest.Long() && !golden.Update() {
				t.Skip("WASPLUG_LONG=1 runs it: members of its labs are killed for ten seconds")
			}
			if ran := runExamples(t, name); name == "README.md" && ran == 0 {
				t.Error("README.md shows no example")
			}
		})
	}
}

// runExamples runs the examples of one document, and returns how many there are.
func runExamples(t *testing.T, name string) (ran int) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := consoleBlock.ReplaceAllFunc(text, func(block []byte) []byte {
		body := consoleBlock.FindSubmatch(block)[1]
		var out bytes.Buffer
		shell := newConsole(t, string(body))
		defer shell.close()
		for _, example := range splitExamples(string(body)) {
			command, want, _ := strings.Cut(example, "\n")
			got, ok := shell.run(strings.TrimPrefix(command, "$ "), want)
			if !ok {
				got = want
			}
			ran++
			if strings.Contains("\n"+want, "\n...\n") || strings.Contains(want, "[...]") {
				if !matchesElided(got, want) {
					t.Errorf("%s: %s\nprints\n%s", name, command, got)
				}
				got = want
			} else if got != want && !golden.Update() {
				t.Errorf("%s: %s\nprints\n%s", name, command, got)
			}
			fmt.Fprintf(&out, "%s\n%s", command, got)
		}
		return []byte("```console\n" + out.String() + "```")
	})
	if golden.Update() && !bytes.Equal(changed, text) {
		if err := os.WriteFile(name, changed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return ran
}

// TestPicture: the picture in the documents is what graph draws. With -update it is drawn anew.
func TestPicture(t *testing.T) {
	t.Chdir("../..")
	got, ok := newConsole(t, "").run("wasplug graph --format svg testdata/shop/topology.yaml", "")
	if !ok {
		t.Fatal("graph draws nothing")
	}
	golden.Check(t, "docs/graph-shop.svg", []byte(got))
}

// TestManifests: what docs and packages start the proxy with are flags that it has.
func TestManifests(t *testing.T) {
	text, err := os.ReadFile("../../docs/proxy-kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"wasplug"}
	for _, arg := range regexp.MustCompile(`(?m)^            - (--\S+|proxy)`).FindAllSubmatch(text, -1) {
		args = append(args, string(arg[1]))
	}
	var out bytes.Buffer // --alert-rules ends it before anything is opened
	if code := run(context.Background(), append(args, "--alert-rules"), nil, &out, &out); code != 0 || len(args) < 8 {
		t.Errorf("%v ends with %d: %s", args, code, out.String())
	}
	settings, err := os.ReadFile("../../.ci/packages/proxy.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`WASPLUG_PROXY_(\w+)=`).FindAllSubmatch(settings, -1) {
		flag := strings.ReplaceAll(strings.ToLower(string(name[1])), "_", "-")
		if !slices.ContainsFunc(proxyCommand().Flags, func(f cli.Flag) bool { return f.Names()[0] == flag }) {
			t.Errorf("proxy.env has %s, and the proxy no flag --%s", name[0], flag)
		}
	}
}

// splitExamples divides a block at its prompts.
func splitExamples(body string) (examples []string) {
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "$ ") {
			examples = append(examples, "")
		}
		if n := len(examples); n > 0 {
			examples[n-1] += line
		}
	}
	return examples
}

// splitWords splits as a shell does, as far as the examples need: blanks, quotes, no expansion.
func splitWords(t *testing.T, s string) (words []string) {
	var word strings.Builder
	inWord, quote := false, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, inWord = c, true
		case quote == 0 && c == ' ':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			inWord = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		t.Fatalf("open quote in %s", s)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// matchesElided compares line by line; "..." in want matches any lines, "[...]" any characters of one.
func matchesElided(got, want string) bool {
	var pattern strings.Builder
	pattern.WriteString(`(?s)\A`)
	for line := range strings.Lines(want) {
		if line == "...\n" {
			pattern.WriteString(`.*`)
		} else {
			pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), regexp.QuoteMeta("[...]"), "[^\n]+"))
		}
	}
	return regexp.MustCompile(pattern.String() + `\z`).MatchString(got)
}
