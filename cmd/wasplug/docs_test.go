package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
)

// TestIndex: docs/README.md leads from each command to a page, which shows three calls of it.
func TestIndex(t *testing.T) {
	pages := documents(t)
	index := pages["docs/README.md"]
	for _, cmd := range commands() {
		if cmd.Hidden {
			continue
		}
		row := regexp.MustCompile("\\| `" + cmd.Name + "` \\| \\[[^]]+\\]\\(([^)#]+)").FindStringSubmatch(index)
		if row == nil {
			t.Errorf("docs/README.md leads from %s to no page", cmd.Name)
			continue
		}
		calls := callsOf(cmd.Name, pages["docs/"+row[1]])
		if calls < 3 {
			t.Errorf("docs/%s shows %d calls of %s, want 3", row[1], calls, cmd.Name)
		}
	}
	for name := range pages {
		folder, file := path.Split(name)
		if folder == "docs/" && file != "README.md" && !strings.Contains(index, "]("+file) {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
	}
}

// callsOf counts the calls of a command that a page shows. "lab run" is none of lab.
func callsOf(name, page string) int {
	n := len(regexp.MustCompile(`\n\$ wasplug `+name+`[ \n]`).FindAllString(page, -1))
	for _, longer := range commands() {
		if strings.HasPrefix(longer.Name, name+" ") {
			n -= callsOf(longer.Name, page)
		}
	}
	return n
}

// documents are the texts of the checkout for people, by their paths.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	root := os.DirFS("../..")
	names, err := fs.Glob(root, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, "docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(text)
	}
	return pages
}

var (
	fenced  = regexp.MustCompile("(?ms)^```.*?^```$")
	linked  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks: what a document leads to is there, the section too.
func TestLinks(t *testing.T) {
	pages := documents(t)
	for name, text := range pages {
		for _, link := range linked.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			file, section, _ := strings.Cut(link[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join("../..", target)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, link[1])
			} else if section != "" && !slices.Contains(slugs(pages[target]), section) {
				t.Errorf("%s leads to %s, and there is no such section", name, link[1])
			}
		}
	}
}

// TestVersions: documents ask for no release of wasplug that there may not be.
func TestVersions(t *testing.T) {
	asked := regexp.MustCompile(`wasplug/(?:cmd/)?wasplug@([\w.-]+)|\n +rev: (\S+)`)
	for name, text := range documents(t) {
		for _, at := range asked.FindAllStringSubmatch(text, -1) {
			if v := at[1] + at[2]; v != "latest" && v != "main" {
				t.Errorf("%s names version %s", name, v)
			}
		}
	}
}

// slugs are the names by which links find the sections of a document.
func slugs(text string) (all []string) {
	times := map[string]int{}
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		slug := strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")
		if times[slug]++; times[slug] > 1 {
			slug = fmt.Sprintf("%s-%d", slug, times[slug]-1)
		}
		all = append(all, slug)
	}
	return all
}

// TestExplained: what documents ask explain for, it knows.
func TestExplained(t *testing.T) {
	asked := map[string]bool{}
	for _, text := range documents(t) {
		for _, call := range regexp.MustCompile("`wasplug explain ([^`]+)`").FindAllStringSubmatch(text, -1) {
			asked[strings.Join(strings.Fields(call[1]), " ")] = true
		}
	}
	for _, words := range slices.Sorted(maps.Keys(asked)) {
		if regexp.MustCompile(`\b(WORD|NAME|CODE|ELEMENT|ATTRIBUTE|SYMPTOM)\b`).MatchString(words) {
			continue
		}
		if _, errOut, code := program(t, append([]string{"explain"}, splitWords(t, words)...)...); code != exitFine {
			t.Errorf("wasplug explain %s: %s", words, errOut)
		}
	}
	if len(asked) < 30 {
		t.Errorf("documents ask for %d words only", len(asked))
	}
}

// TestExitCodes holds the table of docs/exit-codes.md against the help of the commands.
func TestExitCodes(t *testing.T) {
	var table strings.Builder
	table.WriteString("\n| command | 0 | 1 | 2 | 3 |\n|---|---|---|---|---|\n")
	for _, cmd := range commands() {
		if cmd.Hidden {
			continue
		}
		_, says, found := strings.Cut(strings.Join(strings.Fields(cmd.Description), " "), "Exit codes: ")
		if !found {
			t.Errorf("the help of %s says nothing of exit codes", cmd.Name)
		}
		fmt.Fprintf(&table, "| `%s` | %s |\n", cmd.Name, strings.Join(exitCodesIn(says), " | "))
	}
	const page = "../../docs/exit-codes.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`(?s)(<!-- of the help.*? -->\n).*(\n<!-- end -->)`)
	golden.Check(t, page, made.ReplaceAll(text, []byte("${1}"+strings.ReplaceAll(table.String(), "$", "$$")+"$2")))
}

// exitCodesIn takes "0 fine; 2 wrong usage." apart: what each code means, "" where it does not occur.
func exitCodesIn(says string) []string {
	meanings := make([]string, exitFailed+1)
	codes := regexp.MustCompile(`(?:^|[;,] )([0-3]) `).FindAllStringSubmatchIndex(says, -1)
	for i, at := range codes {
		end := len(says)
		if i+1 < len(codes) {
			end = codes[i+1][0]
		}
		meanings[says[at[2]]-'0'] = strings.TrimSuffix(says[at[1]:end], ".")
	}
	return meanings
}

// TestEnvironment: each variable that the program reads is in docs/environment.md, each that tests read in
// CONTRIBUTING.md, and neither has another.
func TestEnvironment(t *testing.T) {
	pages := documents(t)
	page, forTests := pages["docs/environment.md"], pages["CONTRIBUTING.md"]
	read := map[string]bool{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, "editors/") {
			return err
		}
		text, err := os.ReadFile(filepath.Join("../..", name))
		isTest := regexp.MustCompile(`_test\.go$|test/`).MatchString(name)
		for _, v := range regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\("(\w+)"\)`).FindAllSubmatch(text, -1) {
			variable := string(v[1])
			read[variable] = true
			if where := map[bool]string{false: page, true: forTests}[isTest]; !strings.Contains(where, variable) &&
				(!isTest || strings.HasPrefix(variable, "WASPLUG_")) {
				t.Errorf("%s reads %s, and no page says so", name, variable)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(page, -1) {
		if v := row[1]; !read[v] && v != "WASPLUG_CONFIG" && v != "WASPLUG_SETTINGS" {
			t.Errorf("docs/environment.md has %s, which nobody reads", v)
		}
	}
	flags := regexp.MustCompile("\\| `(\\w+)=\\S+` \\| `wasplug ([a-z ]+) --(\\S+) ")
	for _, row := range flags.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(variables(row[2], row[3]), row[1]) {
			t.Errorf("%s does not set --%s of %s", row[1], row[3], row[2])
		}
	}
}
