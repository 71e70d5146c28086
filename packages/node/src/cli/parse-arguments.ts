import { parseArgs } from 'node:util'
import { suggestion } from '../config/nearest.js'
import { UsageError, type Command, type CommandArguments } from './command.js'

/** Reads what stands after a command's name. @throws UsageError that names the option, and the nearest known one. */
export function parseArguments(
  command: Pick<Command, 'options' | 'positional'>,
  args: readonly string[],
): CommandArguments {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      command.options.map(({ name, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string' } as const,
      ]),
    ),
  })
  const given = new Map<string, string>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    else if (token.kind === 'option') given.set(token.name, valueOf(command, token))
  }
  const [first] = positionals
  if (first !== undefined && command.positional === undefined) {
    throw new UsageError(`'${first}' is too much: this command takes options only`)
  }
  return new Arguments(command, given, positionals)
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
}

function valueOf(command: Pick<Command, 'options'>, token: OptionToken): string {
  const spec = command.options.find(({ name }) => name === token.name)
  if (spec === undefined || !token.rawName.startsWith('--')) {
    const known = command.options.map(({ name }) => `--${name}`)
    throw new UsageError(`there is no option ${token.rawName}${suggestion(token.rawName, known)}`)
  }
  if (spec.value === undefined) {
    if (token.value === undefined) return 'true'
    throw new UsageError(`${token.rawName} takes no value`)
  }
  if (token.value !== undefined && token.value !== '') return token.value
  throw new UsageError(`${token.rawName} takes a value: ${token.rawName} ${spec.value}`)
}

class Arguments implements CommandArguments {
  readonly positionals: readonly string[]
  readonly #command: Pick<Command, 'options'>
  readonly #given: ReadonlyMap<string, string>

  constructor(
    command: Pick<Command, 'options'>,
    given: ReadonlyMap<string, string>,
    positionals: readonly string[],
  ) {
    this.#command = command
    this.#given = given
    this.positionals = positionals
  }

  value(name: string): string | undefined {
    const spec = this.#command.options.find((option) => option.name === name)
    if (spec === undefined) throw new TypeError(`the command declares no --${name}`)
    return this.#given.get(name) ?? spec.fallback
  }

  required(name: string): string {
    const value = this.value(name)
    if (value === undefined) throw new UsageError(`--${name} is missing`)
    return value
  }

  integer(name: string, min: number, max: number): number {
    const text = this.required(name)
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (value >= min && value <= max) return value
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not '${text}'`)
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.required(name)
    const found = choices.find((choice) => choice === text)
    if (found !== undefined) return found
    const hint = suggestion(text, choices)
    throw new UsageError(`--${name} takes ${choices.join(', ')}, not '${text}'${hint}`)
  }

  has(name: string): boolean {
    return this.#given.has(name)
  }
}
