import { parseArgs } from 'node:util'
import { err, ok, type Result } from '@zkstack/crypto'

/** What the command line decides. */
export interface DemoOptions {
  /** Of each chain. */
  readonly validators: number
  /** Between two blocks of L1. */
  readonly blockMs: number
  /** The file of the picture. */
  readonly picture: string
}

/** The text of `--help`. */
export const usage = `Two chains settle on a local L1, through two reorgs and a killed settlement node.

  npm run demo:settlement -- [options]

  --validators <n>   of each chain, 1 to 12 (default 6)
  --block-ms <n>     time between two blocks of L1, 100 to 12000 (default 1000)
  --picture <file>   default .tmp/demo-settlement.svg
  --help             this text

Exit codes: 0 every check held, 1 one did not or something else went wrong, 2 wrong options, 130 interrupted.
`

const settings = {
  validators: { type: 'string', default: '6' },
  'block-ms': { type: 'string', default: '1000' },
  picture: { type: 'string', default: '.tmp/demo-settlement.svg' },
  help: { type: 'boolean', default: false },
} as const

/** Reads the command line; an error is one line that says what to write instead. */
export function parseOptions(args: readonly string[]): Result<DemoOptions | 'help', string> {
  let values
  try {
    values = parseArgs({ args: [...args], options: settings, strict: true }).values
  } catch (e) {
    const message = e instanceof Error ? e.message : String(e)
    return err(`${message.split(/[.\n]/)[0] ?? ''}; see --help`)
  }
  if (values.help) return ok('help')
  const within = (text: string, min: number, max: number): number | undefined =>
    /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined
  const validators = within(values.validators, 1, 12)
  if (validators === undefined)
    return err(`--validators takes an integer from 1 to 12, not '${values.validators}'`)
  const blockMs = within(values['block-ms'], 100, 12_000)
  if (blockMs === undefined)
    return err(`--block-ms takes an integer from 100 to 12000, not '${values['block-ms']}'`)
  return ok({ validators, blockMs, picture: values.picture })
}
