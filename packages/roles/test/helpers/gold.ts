import { readFileSync } from 'node:fs'
import { fromHex, hash32, type Hash32 } from '@zkstack/crypto'

interface GoldValidator {
  readonly input_index: number
  readonly secret: string
  readonly public: string
  readonly weight: number
}

interface GoldLists {
  readonly validators_in_schedule_order: readonly GoldValidator[]
  readonly weighted_leaders: readonly (readonly [view: number, draw: number, leader: number])[]
  readonly round_robin_leaders: readonly (readonly [view: number, leader: number])[]
  readonly chonky_state_full_len: number
}

const file = JSON.parse(
  readFileSync(new URL('../vectors/gold.json', import.meta.url), 'utf8'),
) as unknown

/** The lists of the vector file. */
export const gold = file as GoldLists

/** A hexadecimal value of the vector file. */
export function goldHex(name: string): string {
  const value = (file as Readonly<Record<string, unknown>>)[name]
  if (typeof value !== 'string') throw new TypeError(`gold.json has no text ${name}`)
  return value
}

/** The bytes of a value of the vector file. */
export function goldBytes(name: string): Uint8Array {
  return bytesOf(goldHex(name))
}

/** A digest of the vector file. */
export function goldHash(name: string): Hash32 {
  return hash32(goldBytes(name))
}

/** The bytes of a hexadecimal text. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${hex}`)
  return bytes
}
