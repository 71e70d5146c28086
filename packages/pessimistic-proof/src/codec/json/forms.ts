/** What JSON forms are made of, for types around those of this package; numbers keep all their digits. */
import type { Result } from '@zkstack/crypto'
import { decoded, type CodecError } from '../codec-error.js'
import type { Json } from './json.js'
import { stringifyJson } from './json-value.js'
import { parseJson } from './parse-json.js'

export { CodecFailure, within } from '../codec-error.js'
export { list, mapped, names, nullable, struct, tagged, withDefault, type Json } from './json.js'
export { JsonNumber, type JsonObject, type JsonValue } from './json-value.js'
export { addressHex, bool, hash, text, u256, u32, u64 } from './scalars.js'

/** Reads a value from a JSON text. */
export function parse<T>(form: Json<T>, text: string): Result<T, CodecError> {
  return decoded(() => form.read(parseJson(text)))
}

/** Writes a value as JSON, without blanks. */
export function stringify<T>(form: Json<T>, value: T): string {
  return stringifyJson(form.write(value))
}
