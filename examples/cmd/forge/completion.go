package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

// scripts ask `forge completion words` what can follow the words before the cursor. Where it says
// nothing, the shell completes names of files.
var scripts = map[string]string{
	"bash": `_forge() {
  local words
  words=$(forge completion words "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _forge forge
`,
	"zsh": `#compdef forge
_forge() {
  local -a words_after
  words_after=(${(f)"$(forge completion words ${words[2,CURRENT-1]} 2>/dev/null)"})
  if (( $#words_after )); then compadd -- $words_after; else _files; fi
}
if [ "$funcstack[1]" = "_forge" ]; then _forge "$@"; else compdef _forge forge; fi
`,
	"fish": `function __forge_words
  set -l before (commandline -opc)
  forge completion words $before[2..] 2>/dev/null
end
complete -c forge -f -n 'test (count (__forge_words)) -gt 0' -a '(__forge_words)'
`,
}

const completionHelp = `Usage: forge completion bash|zsh|fish

Prints a script that completes commands and flags. To have it in every shell:

  bash  echo 'source <(forge completion bash)' >>~/.bashrc
  zsh   echo 'source <(forge completion zsh)' >>~/.zshrc, below compinit
  fish  forge completion fish >~/.config/fish/completions/forge.fish
`

// completion prints a script, or for the scripts the words that can follow others.
func completion(ctx context.Context, args []string, stdout, _ *os.File) error {
	if len(args) > 0 && args[0] == "words" {
		words := follow(ctx, args[1:])
		if len(words) == 0 {
			return nil
		}
		_, err := fmt.Fprintln(stdout, strings.Join(words, "\n"))
		return err
	}
	if len(args) == 1 && scripts[args[0]] != "" {
		_, err := stdout.WriteString(scripts[args[0]])
		return err
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-h") || args[0] == "--help" {
		_, err := stdout.WriteString(completionHelp)
		return err
	}
	return commandline.Usage("", errors.New("want bash, zsh or fish: forge completion -h says more"))
}

var (
	flagLine    = regexp.MustCompile(`(?m)^  (-[a-z-]+)( \S.*)?$`)
	commandLine = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`)
)

// follow returns what can follow words: commands, the commands of a command, or flags, as the
// command's own help names them. It returns nothing after a flag that wants a value.
func follow(ctx context.Context, words []string) []string {
	if len(words) == 0 {
		return matches(commandLine, help())
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == words[0] })
	if i < 0 {
		return nil
	}
	if words[0] == "completion" {
		return []string{"bash", "fish", "zsh"}
	}
	asked := []string{"-h"}
	if words[0] == "fleet" && len(words) > 1 {
		asked = []string{words[1], "-h"}
	}
	text := helpOf(ctx, all[i].run, asked)
	if words[0] == "fleet" && len(words) == 1 {
		return matches(commandLine, text)
	}
	last := words[len(words)-1]
	for _, f := range flagLine.FindAllStringSubmatch(text, -1) {
		if f[1] == last && f[2] != "" {
			return nil
		}
	}
	return matches(flagLine, text)
}

func matches(r *regexp.Regexp, text string) (found []string) {
	for _, m := range r.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// helpOf returns what a command prints for -h.
func helpOf(ctx context.Context, run commandline.Command, args []string) string {
	read, write, err := os.Pipe()
	if err != nil {
		return ""
	}
	text := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(read) // what was read is all that there is
		text <- string(all)
	}()
	_ = run(ctx, args, write, write) // says that only help was asked for
	_ = write.Close()
	defer func() { _ = read.Close() }()
	return <-text
}
