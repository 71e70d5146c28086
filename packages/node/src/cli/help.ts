import { exitCodes, type Command } from './command.js'

/** The text of `zkstack --help`. */
export function generalHelp(commands: readonly Command[]): string {
  return `Runs nodes of a BFT chain, and everything around them.

  zkstack <command> [options]

Commands
${columns(commands.map(({ name, summary }) => [name, summary]))}
  help        this text, or with a command's name, what that command does

Every command has --help with examples, and --json where it prints something.

Exit codes
${columns(Object.entries(exitMeanings).map(([code, text]) => [code, text]))}`
}

/** The text of `zkstack <command> --help`. */
export function commandHelp(command: Command): string {
  const { name, summary, options, examples, about, positional } = command
  const shown = options.map((option): readonly [string, string] => [
    `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.help + (option.fallback === undefined ? '' : ` (default ${option.fallback})`),
  ])
  return `${summary}

  zkstack ${name} [options]${positional === undefined ? '' : ` ${positional}`}
${about === undefined ? '' : `\n${about}\n`}
Options
${columns([...shown, ['--help', 'this text']])}
Examples
${examples.map(({ line, does }) => `  # ${does}\n  ${line}\n`).join('')}`
}

const exitMeanings: Readonly<Record<number, string>> = {
  [exitCodes.ok]: 'done; a running node stopped in order',
  [exitCodes.failed]: 'something failed; the message says what',
  [exitCodes.usage]: 'the command line is wrong',
  [exitCodes.config]:
    'the configuration, a key or the genesis is wrong: starting again will not help',
  [exitCodes.unreachable]:
    'inspect, evidence --url, settle status, settle certificate: nobody answers',
  [exitCodes.notReady]: 'inspect --ready, settle status: the node answers, and is not ready',
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(10, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}
