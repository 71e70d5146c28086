import { parseArgs } from 'node:util'
import { err, ok, type Result } from '@zkstack/crypto'

/** Signature schemes by the name that the command line takes: the genesis field's number and a name for people. */
export const schemes = {
  bls12_381: { id: 0, title: 'BLS12-381 min-sig' },
  bls12_381_min_pk: { id: 1, title: 'BLS12-381 min-pk' },
  ed25519: { id: 2, title: 'Ed25519' },
} as const

/** A name of {@link schemes}. */
export type SchemeName = keyof typeof schemes

/** What the command line decides. */
export interface DemoOptions {
  readonly scheme: SchemeName
  readonly validators: number
  /** Blocks to make before the ledgers are compared. */
  readonly blocks: number
  /** Extra bytes in each block's payload. */
  readonly payload: number
  /** Decides keys, amounts and which validator is killed. */
  readonly seed: string
}

/** Fewer tolerate no fault: n validators tolerate ⌊(n − 1) / 5⌋. */
const fewestValidators = 6
const mostValidators = 20
const fewestBlocks = 10
const mostBlocks = 100_000
const mostPayloadBytes = 8 * 1024 * 1024

/** The text of `--help`. */
export const usage = `Runs a chain of validators, each a process with its own disk, over TCP on 127.0.0.1; kills one and brings it back.

  npm run demo -- [options]

  --scheme <name>      ${Object.keys(schemes).join(', ')} (default bls12_381)
  --validators <n>     ${fewestValidators} to ${mostValidators} (default 6)
  --blocks <n>         blocks to make, ${fewestBlocks} to ${mostBlocks} (default 40)
  --payload <bytes>    extra payload in each block, 0 to ${mostPayloadBytes} (default 0)
  --seed <text>        decides keys, amounts and the victim (default: random)
  --help               this text
`

const settings = {
  scheme: { type: 'string', default: 'bls12_381' },
  validators: { type: 'string', default: '6' },
  blocks: { type: 'string', default: '40' },
  payload: { type: 'string', default: '0' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

function isScheme(name: string): name is SchemeName {
  return Object.hasOwn(schemes, name)
}

function integer(name: string, text: string, min: number, max: number): Result<number, string> {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max) return ok(value)
  return err(`--${name} takes an integer from ${min} to ${max}, not '${text}'`)
}

/** Reads the command line; an error is one line that says what to write instead. */
export function parseOptions(
  args: readonly string[],
  randomSeed: () => string,
): Result<DemoOptions | 'help', string> {
  let values
  try {
    values = parseArgs({ args: [...args], options: settings, strict: true }).values
  } catch (e) {
    // The platform's message goes on for several sentences about positional arguments.
    return err(
      `${(e instanceof Error ? e.message : String(e)).split(/[.\n]/)[0] ?? ''}; see --help`,
    )
  }
  if (values.help) return ok('help')
  const { scheme } = values
  if (!isScheme(scheme))
    return err(`--scheme takes ${Object.keys(schemes).join(', ')}, not '${scheme}'`)
  const validators = integer('validators', values.validators, fewestValidators, mostValidators)
  if (!validators.ok) return validators
  const blocks = integer('blocks', values.blocks, fewestBlocks, mostBlocks)
  if (!blocks.ok) return blocks
  const payload = integer('payload', values.payload, 0, mostPayloadBytes)
  if (!payload.ok) return payload
  const seed = values.seed ?? randomSeed()
  if (seed === '') return err('--seed takes a text, not an empty one')
  return ok({
    scheme,
    validators: validators.value,
    blocks: blocks.value,
    payload: payload.value,
    seed,
  })
}
