import { ItfError } from './itf-error.js'

/** Longest decimal number that is read, in characters; views and block numbers are below 2^64. */
const mostDigits = 20

/**
 * A place in the JSON of a trace. Each reader checks the shape of what is there and throws an {@link ItfError} that names
 * the place.
 *
 * @see https://apalache-mc.org/docs/adr/015adr-trace.html
 */
export class ItfCursor {
  constructor(
    readonly value: unknown,
    readonly name: string,
    readonly parent?: ItfCursor,
  ) {}

  /** Where this is, as `states[3].replica_state`. */
  get path(): string {
    return this.parent === undefined ? this.name : `${this.parent.path}${this.name}`
  }

  /** A member of a record. */
  field(name: string): ItfCursor {
    const found = this.optionalField(name)
    return found ?? this.fail(`has no field '${name}'`)
  }

  optionalField(name: string): ItfCursor | undefined {
    const record = this.record()
    return Object.hasOwn(record, name) ? new ItfCursor(record[name], `.${name}`, this) : undefined
  }

  record(): Readonly<Record<string, unknown>> {
    const { value } = this
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>
    }
    return this.fail('is not a record')
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('is not a string')
  }

  /** A natural number, written as `{"#bigint": "7"}` or as a JSON number. */
  natural(): bigint {
    const { value } = this
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
    const text = typeof value === 'object' ? this.field('#bigint').value : undefined
    if (typeof text !== 'string' || text.length > mostDigits || !/^\d+$/.test(text)) {
      return this.fail('is not a natural number')
    }
    return BigInt(text)
  }

  list(): readonly ItfCursor[] {
    const { value } = this
    if (!Array.isArray(value)) return this.fail('is not a list')
    return value.map((item, i) => new ItfCursor(item, `[${i}]`, this))
  }

  set(): readonly ItfCursor[] {
    return this.field('#set').list()
  }

  /** Keys and values of a map. */
  map(): readonly (readonly [ItfCursor, ItfCursor])[] {
    return this.field('#map')
      .list()
      .map((entry) => entry.pair())
  }

  pair(): readonly [ItfCursor, ItfCursor] {
    const [first, second, ...rest] = this.list()
    if (first === undefined || second === undefined || rest.length > 0) {
      return this.fail('is not a pair')
    }
    return [first, second]
  }

  tuple(): readonly ItfCursor[] {
    return this.field('#tup').list()
  }

  /** Tag and content of a sum type. */
  variant(): readonly [string, ItfCursor] {
    return [this.field('tag').string(), this.field('value')]
  }

  /** What `read` makes of the content of `Some`; `undefined` for `None`. */
  option<T>(read: (content: ItfCursor) => T): T | undefined {
    const [tag, content] = this.variant()
    if (tag === 'None') return undefined
    return tag === 'Some' ? read(content) : this.fail(`is ${tag}, neither Some nor None`)
  }

  fail(what: string): never {
    throw new ItfError('NOT_CHONKY', `${this.path} ${what}`)
  }
}
