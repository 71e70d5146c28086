import { CodecFailure, decoded, fieldName, within, type CodecError } from '../codec-error.js'
import type { Result } from '@zkstack/crypto'
import { ProtoWriter, wireFields, type WireFields, type WireValue } from './wire.js'

/** A message type of protobuf. */
export interface Message<T> {
  /** @throws RangeError when the value does not fit its type. */
  encode(value: T): Uint8Array
  /** @throws CodecFailure */
  decode(bytes: Uint8Array): T
}

/** A member of a message: one field, or the several of a `oneof`. */
export interface Field<T> {
  readonly numbers: readonly number[]
  write(writer: ProtoWriter, value: T): void
  /** @throws CodecFailure */
  read(fields: WireFields): T
}

/** An object as a message, its fields written in the order given. */
export function message<T extends object>(fields: {
  readonly [K in keyof T]-?: Field<T[K]>
}): Message<T> {
  type Name = keyof T & string
  const entries = Object.entries(fields).map(
    ([name, field]) => [name as Name, field as Field<T[Name]>, fieldName(name)] as const,
  )
  const known = new Map(
    entries.flatMap(([, field, path]) => field.numbers.map((number) => [number, path] as const)),
  )
  return {
    encode(value) {
      const writer = new ProtoWriter()
      for (const [name, field] of entries) field.write(writer, value[name])
      return writer.finish()
    },
    decode(bytes) {
      const found = wireFields(bytes, known)
      const value: Partial<T> = {}
      for (const [name, field, path] of entries) {
        value[name] = within(path, () => field.read(found))
      }
      return value as T
    },
  }
}

/** A type that is sent as another one. */
export function mapped<T, U>(
  inner: Message<U>,
  to: (value: T) => U,
  from: (value: U) => T,
): Message<T> {
  return {
    encode: (value) => inner.encode(to(value)),
    decode: (bytes) => from(inner.decode(bytes)),
  }
}

/** A message that must be there. */
export function required<T>(number: number, type: Message<T>): Field<T> {
  return {
    numbers: [number],
    write: (writer, value) => writer.bytes(number, type.encode(value)),
    read(fields) {
      const bytes = single(fields, number)
      if (bytes === undefined) throw new CodecFailure('MISSING_FIELD', 'the field is missing')
      return type.decode(delimited(bytes))
    },
  }
}

/** A message that may be absent. */
export function optional<T>(number: number, type: Message<T>): Field<T | undefined> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value !== undefined) writer.bytes(number, type.encode(value))
    },
    read(fields) {
      const bytes = single(fields, number)
      return bytes === undefined ? undefined : type.decode(delimited(bytes))
    },
  }
}

/** Messages in order, of which there may be none. */
export function repeated<T>(number: number, type: Message<T>): Field<readonly T[]> {
  return {
    numbers: [number],
    write(writer, values) {
      for (const value of values) writer.bytes(number, type.encode(value))
    },
    read: (fields) =>
      (fields.get(number) ?? []).map((bytes, index) =>
        within(index, () => type.decode(delimited(bytes))),
      ),
  }
}

/** Exactly one of several messages, told apart by `type`. */
export function oneof<T extends { readonly type: string }>(variants: {
  readonly [K in T['type']]: Field<Extract<T, { readonly type: K }>>
}): Field<T> {
  const known = Object.entries<Field<T>>(variants as unknown as Readonly<Record<string, Field<T>>>)
  return {
    numbers: known.flatMap(([, field]) => field.numbers),
    write(writer, value) {
      for (const [type, field] of known) if (type === value.type) field.write(writer, value)
    },
    read(fields) {
      const present = known.filter(([, { numbers }]) =>
        numbers.some((number) => fields.has(number)),
      )
      const [first, ...others] = present
      if (first === undefined) throw new CodecFailure('MISSING_FIELD', 'no variant is set')
      if (others.length > 0) throw new CodecFailure('DUPLICATE_FIELD', 'two variants are set')
      const [type, field] = first
      return within(fieldName(type), () => field.read(fields))
    },
  }
}

/** Decodes a whole message. */
export function decodeMessage<T>(type: Message<T>, bytes: Uint8Array): Result<T, CodecError> {
  // A plain view, so that copies of a Buffer's parts are no Buffers.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return decoded(() => type.decode(view))
}

/** The value of a field that may stand once. @throws CodecFailure */
export function single(fields: WireFields, number: number): WireValue | undefined {
  const values = fields.get(number)
  if (values && values.length > 1)
    throw new CodecFailure('DUPLICATE_FIELD', 'the field is repeated')
  return values?.[0]
}

/** The bytes of a value that is no varint. @throws CodecFailure */
export function delimited(value: WireValue): Uint8Array {
  if (typeof value !== 'bigint') return value
  throw new CodecFailure('WRONG_TYPE', 'expected bytes, got a varint')
}
