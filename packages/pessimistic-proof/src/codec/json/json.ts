import { CodecFailure, fieldName, within } from '../codec-error.js'
import { isList, JsonNumber, kindOf, type JsonObject, type JsonValue } from './json-value.js'

/** How a type is written in JSON. */
export interface Json<T> {
  write(value: T): JsonValue
  /** @throws CodecFailure */
  read(value: JsonValue): T
  /** What stands for a member that is not there; without it the member is required. */
  readonly whenAbsent?: () => T
}

function mismatch(expected: string, value: JsonValue): never {
  throw new CodecFailure('WRONG_TYPE', `expected ${expected}, got ${kindOf(value)}`)
}

/** The members of an object. @throws CodecFailure */
export function membersOf(value: JsonValue): JsonObject {
  return value instanceof Map ? (value as JsonObject) : mismatch('an object', value)
}

/** The items of a list. @throws CodecFailure */
export function itemsOf(value: JsonValue): readonly JsonValue[] {
  return isList(value) ? value : mismatch('a list', value)
}

/** The text of a string. @throws CodecFailure */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : mismatch('a string', value)
}

/** An object with a member in snake case for each property; others are ignored, as upstream ignores them. */
export function struct<T extends object>(fields: {
  readonly [K in keyof T]-?: Json<T[K]>
}): Json<T> {
  type Name = keyof T & string
  const entries = Object.entries(fields).map(
    ([name, json]) => [name as Name, json as Json<T[Name]>, fieldName(name)] as const,
  )
  return {
    write: (value) =>
      new Map(entries.map(([name, json, member]) => [member, json.write(value[name])])),
    read(value) {
      const members = membersOf(value)
      const result: Partial<T> = {}
      for (const [name, json, member] of entries) {
        result[name] = within(member, () => readMember(members.get(member), json))
      }
      return result as T
    },
  }
}

function readMember<T>(member: JsonValue | undefined, json: Json<T>): T {
  if (member !== undefined) return json.read(member)
  if (json.whenAbsent) return json.whenAbsent()
  throw new CodecFailure('MISSING_FIELD', 'the field is missing')
}

/** A list, of exactly `length` items if that is given. */
export function list<T>(item: Json<T>, length?: number): Json<readonly T[]> {
  return {
    write: (values) => values.map((value) => item.write(value)),
    read(value) {
      const items = itemsOf(value)
      if (length !== undefined && items.length !== length) {
        throw new CodecFailure('BAD_LENGTH', `expected ${length} items, got ${items.length}`)
      }
      return items.map((element, index) => within(index, () => item.read(element)))
    },
  }
}

/** A value or `null`; an absent member is the same as `null`. */
export function nullable<T>(some: Json<T>): Json<T | undefined> {
  return {
    write: (value) => (value === undefined ? null : some.write(value)),
    read: (value) => (value === null ? undefined : some.read(value)),
    whenAbsent: () => undefined,
  }
}

/** One of several names, written with a capital. */
export function names<T extends string>(...known: readonly T[]): Json<T> {
  return {
    write: capitalised,
    read(value) {
      const text = textOf(value)
      const found = known.find((name) => capitalised(name) === text)
      if (found !== undefined) return found
      const expected = known.map(capitalised).join(', ')
      throw new CodecFailure('BAD_VARIANT', `expected one of ${expected}`)
    },
  }
}

/** An object with one member, whose name with a capital says which variant its value is. */
export function tagged<T extends { readonly type: string }>(variants: {
  readonly [K in T['type']]: Json<Omit<Extract<T, { readonly type: K }>, 'type'>>
}): Json<T> {
  const known = variants as Readonly<Record<string, Json<object>>>
  const types = names(...Object.keys(known))
  const variant = (type: string) => known[type] as Json<object>
  return {
    write: (value) => new Map([[capitalised(value.type), variant(value.type).write(value)]]),
    read(value) {
      const [member, ...others] = membersOf(value)
      if (member === undefined || others.length > 0) {
        throw new CodecFailure('BAD_VARIANT', 'expected one member that names the variant')
      }
      const type = types.read(member[0])
      const body = within(member[0], () => variant(type).read(member[1]))
      return { type, ...body } as unknown as T
    },
  }
}

/** A type that is written as another one. */
export function mapped<T, U>(json: Json<U>, to: (value: T) => U, from: (value: U) => T): Json<T> {
  return { write: (value) => json.write(to(value)), read: (value) => from(json.read(value)) }
}

/** A type whose absent member stands for a value. */
export function withDefault<T>(json: Json<T>, whenAbsent: () => T): Json<T> {
  return { ...json, whenAbsent }
}

/** An unsigned number, with all its digits. */
export function digitsOf(value: JsonValue): bigint {
  if (!(value instanceof JsonNumber)) return mismatch('a number', value)
  if (/^(0|[1-9][0-9]*)$/.test(value.text) && value.text.length <= MAX_DIGITS) {
    return BigInt(value.text)
  }
  throw new CodecFailure('OUT_OF_RANGE', 'expected an unsigned whole number')
}

/** Digits of 2^256−1: what is longer need not be turned into a number. */
const MAX_DIGITS = 78

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
