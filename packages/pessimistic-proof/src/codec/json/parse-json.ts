import { CodecFailure } from '../codec-error.js'
import { JsonNumber, type JsonValue } from './json-value.js'

/** How deep lists and objects may be nested. */
const MAX_DEPTH = 64

const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/**
 * Reads a JSON text without losing a digit of its numbers. Strict: one value, no name twice in an object, and at most
 * 64 levels.
 * @throws CodecFailure `BAD_JSON`
 * @see RFC 8259
 */
export function parseJson(text: string): JsonValue {
  const parser = new JsonParser(text)
  return parser.document()
}

class JsonParser {
  readonly #text: string
  readonly #number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonValue {
    this.#skipBlanks()
    const value = this.#value()
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#fail('text after the value')
    return value
  }

  #value(): JsonValue {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object())
      case '[':
        return this.#nested(() => this.#list())
      case '"':
        return this.#string()
      default:
        return this.#scalar()
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels`)
    this.#at++
    this.#skipBlanks()
    const value = read()
    this.#depth--
    return value
  }

  #object(): Map<string, JsonValue> {
    const members = new Map<string, JsonValue>()
    if (this.#skip('}')) return members
    do {
      this.#skipBlanks()
      if (this.#text[this.#at] !== '"') this.#fail('expected a name')
      const name = this.#string()
      if (members.has(name)) this.#fail(`the name ${JSON.stringify(name)} stands twice`)
      this.#skipBlanks()
      if (!this.#skip(':')) this.#fail('expected a colon')
      this.#skipBlanks()
      members.set(name, this.#value())
      this.#skipBlanks()
    } while (this.#skip(','))
    if (!this.#skip('}')) this.#fail('expected a comma or the end of the object')
    return members
  }

  #list(): JsonValue[] {
    const values: JsonValue[] = []
    if (this.#skip(']')) return values
    do {
      this.#skipBlanks()
      values.push(this.#value())
      this.#skipBlanks()
    } while (this.#skip(','))
    if (!this.#skip(']')) this.#fail('expected a comma or the end of the list')
    return values
  }

  #string(): string {
    const start = this.#at
    let end = start + 1
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length) this.#fail('the text ends within a string')
      if (this.#text[end] === '\\') end++
    }
    this.#at = end + 1
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string
    } catch {
      this.#at = start
      return this.#fail('no string')
    }
  }

  #scalar(): JsonValue {
    this.#number.lastIndex = this.#at
    const digits = this.#number.exec(this.#text)?.[0]
    if (digits !== undefined) {
      this.#at += digits.length
      return new JsonNumber(digits)
    }
    for (const [word, value] of literals) if (this.#skip(word)) return value
    return this.#fail('expected a value')
  }

  #skip(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false
    this.#at += expected.length
    return true
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #fail(reason: string): never {
    throw new CodecFailure('BAD_JSON', `${reason}, at character ${this.#at}`)
  }
}

/** Space, tab, line feed, carriage return. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
