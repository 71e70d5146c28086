import { UsageError, type Command } from './command.js'

/** Shells that {@link completionScript} knows. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** One of {@link shells}. */
export type Shell = (typeof shells)[number]

/** A script that teaches a shell the commands and their options. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands)
    case 'zsh':
      return `#compdef zkstack\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
    case 'fish':
      return fish(commands)
  }
}

function optionsOf(command: Command): readonly string[] {
  return [...command.options.map(({ name }) => `--${name}`), '--help']
}

function bash(commands: readonly Command[]): string {
  const names = [...commands.map(({ name }) => name), 'help'].join(' ')
  const cases = commands.map(
    (command) =>
      `    ${command.name}) options='${optionsOf(command).join(' ')}' choices='${(command.choices ?? []).join(' ')}' ;;\n`,
  )
  return `_zkstack() {
  local word="\${COMP_WORDS[COMP_CWORD]}" options='' choices=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names}' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
    help) choices='${names}' ;;
${cases.join('')}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) if [ "$COMP_CWORD" -eq 2 ] && [ -n "$choices" ]; then COMPREPLY=($(compgen -W "$choices" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi ;;
  esac
}
complete -o filenames -F _zkstack zkstack
`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c zkstack -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
    ...(command.choices === undefined
      ? []
      : [
          `complete -c zkstack -n '__fish_seen_subcommand_from ${command.name}' -f -a '${command.choices.join(' ')}'`,
        ]),
    ...command.options.map(
      ({ name, value, help }) =>
        `complete -c zkstack -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${value === undefined ? '' : ' -r'} -d ${quote(help)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`
}

/** `zkstack completion`, which needs to know all commands. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Prints a script that completes commands and options in your shell.',
    positional: '<bash|zsh|fish>',
    choices: shells,
    options: [],
    examples: [
      { line: 'source <(zkstack completion bash)', does: 'in ~/.bashrc' },
      {
        line: 'zkstack completion fish > ~/.config/fish/completions/zkstack.fish',
        does: 'for fish',
      },
    ],
    run({ positionals }, io) {
      const shell = shells.find((known) => known === positionals[0])
      if (shell === undefined || positionals.length > 1)
        throw new UsageError(`name a shell: ${shells.join(', ')}`)
      io.out(completionScript(shell, commands()))
      return Promise.resolve(0)
    },
  }
}
