package main

import (
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program what may stand in place of a word and leave names of files to the shell, which quotes
// them and knows "~".
const bashCompletion = `# bash completion of wasplug: source <(wasplug completion bash)
_wasplug() {
  local mode word
  COMPREPLY=()
  {
    IFS= read -r mode || return
    while IFS= read -r word; do COMPREPLY+=("$word"); done
  } < <("${COMP_WORDS[0]/#\~/$HOME}" __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
  [[ $mode == files* ]] && return
  compopt +o default +o bashdefault 2>/dev/null
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:/] ]] && compopt -o nospace 2>/dev/null
}
complete -o bashdefault -o default -F _wasplug wasplug
`

const zshCompletion = `#compdef wasplug
# zsh completion of wasplug: wasplug completion zsh > "${fpath[1]}/_wasplug", or source <(wasplug completion zsh)
_wasplug() {
  local -a lines
  lines=("${(@f)$(${~${(Q)words[1]}} __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == files* ]]; then
    compset -P "${(l:${lines[1]#files }::?:)}"
    _files
    return
  fi
  shift lines
  local -a open=("${(@M)lines:#*[=:/]}") closed=("${(@)lines:#*[=:/]}")
  (( $#open )) && compadd -S '' -a open
  (( $#closed )) && compadd -a closed
}
if [[ $funcstack[1] == _wasplug ]]; then
  _wasplug "$@"
else
  compdef _wasplug wasplug
fi
`

const fishCompletion = `# fish completion of wasplug: wasplug completion fish > ~/.config/fish/completions/wasplug.fish
function __wasplug_ask
  set -l typed (commandline -opc)
  $typed[1] __complete fish $typed[2..-1] (string unescape -- (commandline -ct | string collect)) 2>/dev/null
end
function __wasplug_words
  set -l lines (__wasplug_ask)
  printf '%s\n' $lines[2..-1]
end
function __wasplug_files
  __wasplug_ask | string match -q 'files*'
end
complete -c wasplug -f
complete -c wasplug -n 'not __wasplug_files' -a '(__wasplug_words)'
complete -c wasplug -n __wasplug_files -F
`

// PowerShell drops an argument without text, so that the word being typed stands behind "=". A completer that returns
// nothing leaves the word to PowerShell, which offers files; an empty text keeps it from that.
const powershellCompletion = `# PowerShell completion of wasplug: wasplug completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName wasplug -ScriptBlock {
  param($word, $ast, $cursor)
  $typed = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } |
    ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
  $lines = @(& $ast.CommandElements[0].Value __complete powershell @typed "=$word" 2>$null)
  if ($lines.Count -eq 0 -or $lines[0] -like 'files*') { return }
  if ($lines.Count -eq 1) { return '' }
  foreach ($line in $lines[1..($lines.Count - 1)]) {
    $text = $line
    if ($text -match '[\s''"$(){};,|&@#<>\x60]') { $text = "'" + $text.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($text, $line, 'ParameterValue', $line)
  }
}
`

// completionScripts are the scripts by the names of their shells.
func completionScripts() map[string]string {
	return map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
		"powershell": powershellCompletion}
}

// completionShells lists the shells in the order in which help shows them.
func completionShells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script of a shell",
		ArgsUsage: strings.Join(completionShells(), "|"),
		Description: `The script offers commands, flags and their values, the members of the file of -c, rules,
choices, and files. It runs no command.

   source <(wasplug completion bash)
   source <(wasplug completion zsh)
   wasplug completion fish > ~/.config/fish/completions/wasplug.fish
   wasplug completion powershell | Out-String | Invoke-Expression

Exit codes: 0 fine; 2 no such shell.`,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usageError("completion takes one shell: %s", strings.Join(completionShells(), ", "))
			}
			script, ok := completionScripts()[c.Args().First()]
			if !ok {
				return usageError("completion %q: want one of %s", c.Args().First(),
					strings.Join(completionShells(), ", "))
			}
			_, err := io.WriteString(c.App.Writer, script)
			return err
		},
	}
}

// shellWords splits a line as a shell does, without expanding anything. The last word is the one being typed, ""
// behind a blank; quote is the quote that it leaves open, 0 for none.
func shellWords(line string) (words []string, quote byte) {
	var word strings.Builder
	begun := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line) &&
			(quote == 0 || strings.IndexByte("\"\\$`", line[i+1]) >= 0):
			i++
			begun = true
			word.WriteByte(line[i])
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			begun, quote = true, c
		case quote == 0 && (c == ' ' || c == '\t'):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	return append(words, word.String()), quote
}

// forBash cuts off what bash keeps: it ends words at "=" and ":" and replaces the last piece only. And it quotes,
// which bash leaves to the script, unless the word stands in a quote that is open.
func forBash(words []string, current, replaced string, quote byte) []string {
	if quote == 0 {
		pieces, _ := shellWords(replaced)
		replaced = pieces[len(pieces)-1]
	}
	kept, ok := strings.CutSuffix(current, replaced)
	if !ok {
		return nil
	}
	out := make([]string, len(words))
	for i, word := range words {
		word = strings.TrimPrefix(word, kept)
		if quote == 0 {
			word = quoted(word)
		}
		out[i] = word
	}
	return out
}

// quoted puts a backslash before what means something to a shell.
func quoted(word string) string {
	var b strings.Builder
	for i := range len(word) {
		if c := word[i]; c < 0x80 && strings.IndexByte(" \t!\"#$&'()*;<>?[\\]^`{|}~", c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(word[i])
	}
	return b.String()
}
