import { ConfigError } from './config-error.js'
import { suggestion } from './nearest.js'

/** What may stand in a configuration file. */
type Fields = Readonly<Record<string, unknown>>

/**
 * A table of a configuration file, read key by key. Each getter checks its value and names the key when it is wrong; a key that
 * nobody may ask for is an error when the table is made.
 */
export class ConfigTable {
  readonly #fields: Fields
  readonly #path: string

  /** @throws ConfigError `CONFIG_INVALID`, `CONFIG_UNKNOWN`. */
  constructor(value: unknown, path: string, known: readonly string[]) {
    this.#path = path
    if (
      typeof value !== 'object' ||
      value === null ||
      Array.isArray(value) ||
      value instanceof Date
    )
      throw new ConfigError('CONFIG_INVALID', path, `expected a table, not ${describe(value)}`)
    this.#fields = value as Fields
    for (const key of Object.keys(this.#fields)) {
      if (known.includes(key)) continue
      const hint = suggestion(key, known)
      const names = hint === '' ? `; known here: ${known.join(', ')}` : hint
      throw new ConfigError('CONFIG_UNKNOWN', this.at(key), `is not a key of this file${names}`)
    }
  }

  /** The full name of a key. */
  at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined
  }

  /** A text that is there. @throws ConfigError `CONFIG_MISSING`, `CONFIG_INVALID`. */
  text(key: string): string {
    const value = this.optionalText(key)
    if (value === undefined) throw new ConfigError('CONFIG_MISSING', this.at(key), 'is missing')
    return value
  }

  optionalText(key: string): string | undefined {
    const value = this.#fields[key]
    if (value === undefined || (typeof value === 'string' && value !== '')) return value
    throw this.#invalid(key, 'a text that is not empty')
  }

  /** A whole number within bounds, or nothing. */
  optionalInteger(key: string, min: number, max: number): number | undefined {
    const value = this.#fields[key]
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value
    throw this.#invalid(key, `a whole number from ${min} to ${max}`)
  }

  optionalOneOf<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.#fields[key]
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    const meant = typeof value === 'string' ? suggestion(value, choices) : ''
    throw this.#invalid(key, `one of ${choices.join(', ')}`, meant)
  }

  texts(key: string): readonly string[] {
    return this.#list(key).map((value, i) => {
      if (typeof value === 'string') return value
      throw new ConfigError(
        'CONFIG_INVALID',
        `${this.at(key)}[${i}]`,
        `expected a text, not ${describe(value)}`,
      )
    })
  }

  /** A table of its own; an empty one when it is absent. */
  table(key: string, known: readonly string[]): ConfigTable {
    return new ConfigTable(this.#fields[key] ?? {}, this.at(key), known)
  }

  tables(key: string, known: readonly string[]): readonly ConfigTable[] {
    return this.#list(key).map((value, i) => new ConfigTable(value, `${this.at(key)}[${i}]`, known))
  }

  /** A table that somebody else checks. */
  anything(key: string): Fields {
    const value = this.#fields[key] ?? {}
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
    throw this.#invalid(key, 'a table')
  }

  #list(key: string): readonly unknown[] {
    const value = this.#fields[key] ?? []
    if (Array.isArray(value)) return value
    throw this.#invalid(key, 'a list')
  }

  #invalid(key: string, expected: string, hint = ''): ConfigError {
    const problem = `expected ${expected}, not ${describe(this.#fields[key])}${hint}`
    return new ConfigError('CONFIG_INVALID', this.at(key), problem)
  }
}

/** What a wrong value is; a text that may be a secret is not quoted. */
function describe(value: unknown): string {
  if (typeof value === 'string')
    return value.length <= 40 && !/secret/i.test(value) ? `"${value}"` : 'another text'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return value instanceof Date ? 'a date' : 'a table'
}
