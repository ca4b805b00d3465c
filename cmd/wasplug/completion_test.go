package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// typed is what somebody types before a TAB, and the arguments that the program then gets.
var typed = []struct{ line, want string }{
	{`wasplug lint --prof`, `lint|--profile`},
	{`wasplug lint --format=sa`, `lint|--format=sarif`},
	{`wasplug lint --baseline=plugin-`, `lint|--baseline=plugin-cfg.xml`},
	{`wasplug lint --format sarif=plugin-`, `lint|--format|sarif=plugin-cfg.xml`},
	{`wasplug lint a\ dir/m`, `lint|a dir/my file.xml`},
	{`wasplug lint "a dir/m`, `lint|a dir/my file.xml`},
	{`wasplug lint ~/home`, `lint|HOME/home.xml`},
	{`wasplug lint --fix=all -- it`, `lint|--fix=all|--|it's.xml`},
	{`wasplug why --assume score-tie=f`, `why|--assume|score-tie=first`},
	{`wasplug why -c plugin-cfg.xml --down PluginMember2=ref`, `why|-c|plugin-cfg.xml|--down|PluginMember2=refused`},
	{`wasplug explain WP301`, `explain|WP301`},
}

// shells are the ways to press TAB. Each script gets the lines on its standard input and writes the arguments of each,
// "|" between them.
var shells = []struct{ name, script string }{
	{"bash", `
cat >rc <<'END'
source <(wasplug completion bash)
wasplug() { if [[ $1 == __complete ]]; then command wasplug "$@"; else local IFS='|'; printf 'got:%s\n' "$*"; fi; }
END
while IFS= read -r line; do printf '%s\t\n' "$line"; done | bash --noprofile --rcfile rc -i 2>bash.stderr | sed -n 's/.*got://p'`},
	{"zsh", `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1="ready""> "; unset zle_bracketed_paste; autoload -U compinit; compinit -u -D; source <(wasplug completion zsh)
wasplug() { if [[ $1 == __complete ]]; then command wasplug "$@"; else print -r -- "got:${(j:|:)@}:"; fi }
print begin'
zpty -r z out $'*\nbegin\r\n*'
while IFS= read -r line; do
  zpty -w -n z "$line"$'\t\n'
  zpty -r z out $'*\ngot:*:\r\n*'
  print -r -- "${${out##*got:}%%:$'\r'*}"
done`},
	{"fish", `
wasplug completion fish | source
while read -l line
  set -l words (string unescape -- (string match -ra '(?:[^ "\\\\]|\\\\.|"[^"]*"?)+' -- $line))
  string join '|' -- $words[2..-2] (string replace -r '\t.*' '' -- (complete -C $line)) | string replace '~' $HOME
end
true`},
	{"pwsh", `
$lines = @($input)
wasplug completion powershell | Out-String | Invoke-Expression
foreach ($line in $lines) {
  $found = TabExpansion2 $line $line.Length
  $done = $line.Substring(0, $found.ReplacementIndex) + $found.CompletionMatches[0].CompletionText
  $words = [System.Management.Automation.PSParser]::Tokenize($done, [ref]$null)
  ($words | Select-Object -Skip 1 | ForEach-Object { $_.Content }) -join '|'
}`},
}

// TestTab presses TAB in each shell that is here.
func TestTab(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	figure, err := os.ReadFile("../../testdata/figure-5-12/plugin-cfg.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell.name)
			if err != nil {
				t.Skipf("%s is not here: its script is not run", shell.name)
			}
			dir, home := t.TempDir(), t.TempDir()
			if err := os.Symlink(self, filepath.Join(dir, "wasplug")); err != nil {
				t.Skip("no links here:", err)
			}
			for _, name := range []string{dir + "/plugin-cfg.xml", dir + "/it's.xml", dir + "/a dir/my file.xml",
				home + "/home.xml"} {
				os.MkdirAll(filepath.Dir(name), 0o700)
				if err := os.WriteFile(name, figure, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var lines strings.Builder
			for _, c := range typed {
				lines.WriteString(c.line + "\n")
			}
			cmd := exec.Command(path, "-c", shell.script)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(lines.String())
			cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home,
				"TERM=dumb")
			out, err := cmd.CombinedOutput()
			got := strings.Split(strings.TrimSpace(string(out)), "\n")
			if err != nil || len(got) != len(typed) {
				t.Fatalf("%v, %d lines of %d\n%s", err, len(got), len(typed), out)
			}
			for i, c := range typed {
				if want := strings.Replace(c.want, "HOME", home, 1); got[i] != want {
					t.Errorf("%s TAB gives %s, want %s", c.line, got[i], want)
				}
			}
			if src, _ := os.ReadFile(filepath.Join(dir, "it's.xml")); string(src) != string(figure) {
				t.Error("a completion changed a file")
			}
		})
	}
}
