/** Where a command writes and what it may read; tests give their own. */
export interface CommandIo {
  /** Results. */
  out(text: string): void
  /** Resolves once whoever reads `out` has room for more. Absent: there always is. */
  drained?(): Promise<void>
  /** Everything for people that is not the result: errors, progress. */
  err(text: string): void
  readonly env: NodeJS.ProcessEnv
  /** Whether `out` is a terminal that redraws. */
  readonly isTerminal: boolean
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly signal: AbortSignal
}

/** An option of a command. */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string
  /** What to write for the value; absent: a switch. */
  readonly value?: string
  readonly help: string
  /** Shown in the help, and used when the option is absent. */
  readonly fallback?: string
}

/** What was written after a command's name, checked against its options. */
export interface CommandArguments {
  /** The option's value, or its fallback. */
  value(name: string): string | undefined
  /** The option's value. @throws UsageError when it is absent. */
  required(name: string): string
  /** The option's value as a whole number. @throws UsageError when it is none, or out of bounds. */
  integer(name: string, min: number, max: number): number
  /** The option's value, one of some. @throws UsageError */
  oneOf<T extends string>(name: string, choices: readonly T[]): T
  has(name: string): boolean
  readonly positionals: readonly string[]
}

/** A command of `zkstack`. */
export interface Command {
  readonly name: string
  /** One line. */
  readonly summary: string
  /** What stands after the options, such as `<public.json>…`; absent: nothing may. */
  readonly positional?: string
  /** What the first of them may be; absent: any, such as a file. */
  readonly choices?: readonly string[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly { readonly line: string; readonly does: string }[]
  /** More about it, for `--help`. */
  readonly about?: string
  /** Does it; the result is the exit code, see {@link exitCodes}. */
  run(args: CommandArguments, io: CommandIo): Promise<number>
}

/** What the exit code of `zkstack` means. */
export const exitCodes = {
  /** Done; for `run`, stopped in order. */
  ok: 0,
  /** Something failed: the message says what. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration, a key or the genesis is wrong; starting again will not help. */
  config: 3,
  /** `inspect`, `evidence --url`, `settle status`, `settle certificate`: nobody answers. */
  unreachable: 4,
  /** `inspect --ready`, `settle status`: the node answers, and is not ready. */
  notReady: 5,
} as const

/** A wrong command line; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
