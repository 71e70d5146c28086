/** A number of a JSON text, with all its digits. */
export class JsonNumber {
  /** As it stands in the text. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The members of a JSON object, in the order of the text. */
export type JsonObject = ReadonlyMap<string, JsonValue>

/** A JSON value whose numbers keep all their digits. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject

/** What a value is, for messages. */
export function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (value instanceof JsonNumber) return 'a number'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Writes a value as JSON, without blanks. */
export function stringifyJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof JsonNumber) return value.text
  if (isList(value)) return `[${value.map(stringifyJson).join(',')}]`
  const members = Array.from(
    value,
    ([name, member]) => `${JSON.stringify(name)}:${stringifyJson(member)}`,
  )
  return `{${members.join(',')}}`
}

/** Whether a value is a list; `Array.isArray` does not narrow read-only arrays. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
