package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

const completionFlag = "--generate-bash-completion" // what urfave/cli answers with the words that may follow

const bashCompletion = `# bash completion of wasplug: source <(wasplug completion bash)
_wasplug() {
  local cur="${COMP_WORDS[COMP_CWORD]}" words
  if [[ "$cur" == -* ]]; then
    words=$("${COMP_WORDS[@]:0:COMP_CWORD}" "$cur" --generate-bash-completion 2>/dev/null)
  else
    words=$("${COMP_WORDS[@]:0:COMP_CWORD}" --generate-bash-completion 2>/dev/null)
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o bashdefault -o default -F _wasplug wasplug
`

const zshCompletion = `#compdef wasplug
# zsh completion of wasplug: wasplug completion zsh > "${fpath[1]}/_wasplug"
_wasplug() {
  local -a words_now
  local cur=${words[-1]}
  if [[ "$cur" == -* ]]; then
    words_now=("${(@f)$(${words[@]:0:#words[@]-1} ${cur} --generate-bash-completion 2>/dev/null)}")
  else
    words_now=("${(@f)$(${words[@]:0:#words[@]-1} --generate-bash-completion 2>/dev/null)}")
  fi
  if [[ -n "${words_now[1]}" ]]; then
    _describe 'wasplug' words_now
  else
    _files
  fi
}
compdef _wasplug wasplug
`

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script of a shell",
		ArgsUsage: "bash|zsh|fish",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usageError("completion takes one shell: bash, zsh or fish")
			}
			var script string
			switch shell := c.Args().First(); shell {
			case "bash":
				script = bashCompletion
			case "zsh":
				script = zshCompletion
			case "fish":
				var err error
				if script, err = c.App.ToFishCompletion(); err != nil {
					return failure(err)
				}
			default:
				return usageError("completion %q: want bash, zsh or fish", shell)
			}
			_, err := fmt.Fprint(c.App.Writer, script)
			return err
		},
	}
}
