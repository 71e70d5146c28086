/** Why a JSON text is not what it should be: what is wrong, and where, such as `schedule.validators[2].key`. */
export interface JsonFieldError {
  readonly code: 'BAD_JSON' | 'BAD_FIELD' | 'MISSING_FIELD' | 'UNKNOWN_FIELD'
  /** Empty for the whole. */
  readonly path: string
  readonly message: string
}

/** Carries a {@link JsonFieldError} out of nested readers; never leaves the package. */
export class JsonFieldFailure extends Error {
  readonly error: JsonFieldError

  constructor(code: JsonFieldError['code'], path: string, message: string) {
    super(message)
    this.error = { code, path, message }
  }
}

/** A value somewhere in a JSON text, read strictly. */
export class JsonField {
  readonly path: string
  readonly #value: unknown

  constructor(value: unknown, path = '') {
    this.#value = value
    this.path = path
  }

  get isPresent(): boolean {
    return this.#value !== undefined
  }

  get isNull(): boolean {
    return this.#value === null
  }

  /** The members of an object that has no others than those named. */
  object<K extends string>(...names: readonly K[]): Readonly<Record<K, JsonField>> {
    const value = this.#required()
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail('expected an object')
    }
    const members = value as Readonly<Record<string, unknown>>
    for (const name of Object.keys(members)) {
      if (!(names as readonly string[]).includes(name)) {
        throw new JsonFieldFailure('UNKNOWN_FIELD', this.#member(name), 'unknown field')
      }
    }
    const fields = names.map((name) => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      return [name, new JsonField(member, this.#member(name))] as const
    })
    return Object.fromEntries(fields) as Record<K, JsonField>
  }

  list(): JsonField[] {
    const value = this.#required()
    if (!Array.isArray(value)) this.fail('expected a list')
    return value.map((element, i) => new JsonField(element, `${this.path}[${i}]`))
  }

  string(): string {
    const value = this.#required()
    return typeof value === 'string' ? value : this.fail('expected a string')
  }

  boolean(): boolean {
    const value = this.#required()
    return typeof value === 'boolean' ? value : this.fail('expected true or false')
  }

  /** An unsigned 64-bit number: a decimal string, or a number if that is exact. */
  uint64(): bigint {
    const value = this.#required()
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
    if (typeof value === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(value)) {
      const number = BigInt(value)
      if (number < 2n ** 64n) return number
    }
    return this.fail('expected an unsigned 64-bit number, in decimal')
  }

  fail(message: string): never {
    throw new JsonFieldFailure('BAD_FIELD', this.path, message)
  }

  #required(): unknown {
    if (this.#value === undefined) {
      throw new JsonFieldFailure('MISSING_FIELD', this.path, 'the field is missing')
    }
    return this.#value
  }

  #member(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }
}
