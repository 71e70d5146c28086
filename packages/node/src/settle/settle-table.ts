import { fromHex } from '@zkstack/crypto'
import { multiplier, type Multiplier } from '@zkstack/l1'
import { address, type Address } from '@zkstack/pessimistic-proof'
import { ConfigError } from '../config/config-error.js'
import { ConfigTable } from '../config/config-table.js'
import { parseAmount } from './parse-amount.js'
import { parseDuration } from './parse-duration.js'

/** A table of upstream's configuration: what {@link ConfigTable} reads, and durations, amounts, addresses. */
export class SettleTable {
  readonly #table: ConfigTable
  readonly #fields: Readonly<Record<string, unknown>>

  /** @throws ConfigError `CONFIG_INVALID`, `CONFIG_UNKNOWN`. */
  constructor(value: unknown, path: string, known: readonly string[]) {
    this.#table = new ConfigTable(value, path, known)
    this.#fields = value as Readonly<Record<string, unknown>>
  }

  get plain(): ConfigTable {
    return this.#table
  }

  /** The table of a key; an empty one when it is absent. */
  table(key: string, known: readonly string[]): SettleTable {
    return new SettleTable(this.#fields[key] ?? {}, this.#table.at(key), known)
  }

  /** What stands in a table whose keys are the operator's. */
  entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#fields)
  }

  integer(key: string, fallback: number, min: number, max: number): number {
    return this.#table.optionalInteger(key, min, max) ?? fallback
  }

  /** A whole number of any table key that upstream writes as such. */
  bigint(key: string, fallback: bigint): bigint {
    const value = this.#table.optionalInteger(key, 0, Number.MAX_SAFE_INTEGER)
    return value === undefined ? fallback : BigInt(value)
  }

  flag(key: string): boolean {
    const value = this.#fields[key]
    if (value === undefined || typeof value === 'boolean') return value ?? false
    throw this.#invalid(key, 'true or false')
  }

  /** A number that may have decimals. */
  number(key: string, fallback: number, min: number, max: number): number {
    const value = this.#fields[key]
    if (value === undefined) return fallback
    if (typeof value === 'number' && value >= min && value <= max) return value
    throw this.#invalid(key, `a number from ${min} to ${max}`)
  }

  /** Milliseconds. */
  duration(key: string, fallbackMs: number): number {
    const value = this.#fields[key]
    if (value === undefined) return fallbackMs
    const ms = parseDuration(value)
    if (ms !== undefined) return ms
    throw this.#invalid(key, 'a duration such as "5s", "10min" or a number of seconds')
  }

  /** Milliseconds; without any, what waits would never rest, and what is timed would always be late. */
  durationAboveZero(key: string, fallbackMs: number): number {
    const ms = this.duration(key, fallbackMs)
    if (ms > 0) return ms
    throw this.#invalid(key, 'a duration above zero')
  }

  /** A factor with at most three decimals. */
  multiplier(key: string, fallback: number, min: number, max: number): Multiplier {
    const value = this.number(key, fallback, min, max)
    if (Math.round(value * 1000) / 1000 === value) return multiplier(value)
    throw this.#invalid(key, 'at most three decimals')
  }

  /** Wei. */
  amount(key: string, fallback: bigint): bigint {
    const value = this.#fields[key]
    if (value === undefined) return fallback
    const wei = parseAmount(value)
    if (wei !== undefined) return wei
    throw this.#invalid(key, 'an amount such as "100gwei", "0.1eth" or a number of wei')
  }

  address(key: string): Address {
    return addressOf(this.#table.text(key), this.#table.at(key))
  }

  #invalid(key: string, expected: string): ConfigError {
    return new ConfigError('CONFIG_INVALID', this.#table.at(key), `expected ${expected}`)
  }
}

/** An address of L1. @throws ConfigError that names the key. */
export function addressOf(text: unknown, key: string): Address {
  const hex = typeof text === 'string' && /^0x[0-9a-fA-F]{40}$/.test(text) ? text.slice(2) : ''
  const bytes = fromHex(hex)
  if (hex !== '' && bytes !== undefined) return address(bytes)
  throw new ConfigError('CONFIG_INVALID', key, 'expected an address: 0x and 40 hexadecimal digits')
}
