import { CodecFailure, fieldName, within } from '../codec-error.js'
import type { Bincode } from './bincode.js'
import { u32 } from './elements.js'

/** The fields of an object without its tag. */
export type Untagged<T extends { readonly type: string }, K extends T['type']> = Omit<
  Extract<T, { readonly type: K }>,
  'type'
>

/** The fields of an object, one after another in the order given. */
export function struct<T extends object>(fields: {
  readonly [K in keyof T]-?: Bincode<T[K]>
}): Bincode<T> {
  type Name = keyof T & string
  const entries = Object.entries(fields).map(
    ([name, layout]) => [name as Name, layout as Bincode<T[Name]>, fieldName(name)] as const,
  )
  return {
    minBytes: entries.reduce((sum, [, layout]) => sum + layout.minBytes, 0),
    write(writer, value) {
      for (const [name, layout] of entries) layout.write(writer, value[name])
    },
    read(reader) {
      const value: Partial<T> = {}
      for (const [name, layout, field] of entries) {
        value[name] = within(field, () => layout.read(reader))
      }
      return value as T
    },
  }
}

/** A list: its length, then its items. */
export function list<T>(item: Bincode<T>): Bincode<readonly T[]> {
  return {
    minBytes: 8,
    write(writer, values) {
      writer.u64(BigInt(values.length))
      for (const value of values) item.write(writer, value)
    },
    read(reader) {
      const length = reader.length(item.minBytes)
      return Array.from({ length }, (_, index) => within(index, () => item.read(reader)))
    },
  }
}

/** A fixed number of items, without length. */
export function array<T>(item: Bincode<T>, length: number): Bincode<readonly T[]> {
  return {
    minBytes: length * item.minBytes,
    write(writer, values) {
      if (values.length !== length) {
        throw new RangeError(`bincode: expected ${length} items, got ${values.length}`)
      }
      for (const value of values) item.write(writer, value)
    },
    read: (reader) => Array.from({ length }, (_, index) => within(index, () => item.read(reader))),
  }
}

/** A byte 0 for an absent value, or a byte 1 and the value. */
export function option<T>(some: Bincode<T>): Bincode<T | undefined> {
  return {
    minBytes: 1,
    write(writer, value) {
      writer.u8(value === undefined ? 0 : 1)
      if (value !== undefined) some.write(writer, value)
    },
    read(reader) {
      const tag = reader.u8()
      if (tag > 1) throw new CodecFailure('BAD_VARIANT', `${tag} is no tag of an optional value`)
      return tag === 1 ? some.read(reader) : undefined
    },
  }
}

/** One of several names, written as its position. */
export function names<T extends string>(...known: readonly T[]): Bincode<T> {
  return {
    minBytes: u32.minBytes,
    write: (writer, value) => u32.write(writer, known.indexOf(value)),
    read: (reader) => variantAt(known, u32.read(reader)),
  }
}

/** One of several objects, told apart by `type`: its position, then its fields. */
export function tagged<T extends { readonly type: string }>(variants: {
  readonly [K in T['type']]: Bincode<Untagged<T, K>>
}): Bincode<T> {
  const layouts = variants as Readonly<Record<string, Bincode<object>>>
  const types = names(...Object.keys(layouts))
  const layoutOf = (type: string) => layouts[type] as Bincode<object>
  const sizes = Object.values(layouts).map(({ minBytes }) => minBytes)
  return {
    minBytes: types.minBytes + Math.min(...sizes),
    write(writer, value) {
      types.write(writer, value.type)
      layoutOf(value.type).write(writer, value)
    },
    read(reader) {
      const type = types.read(reader)
      const body = within(fieldName(type), () => layoutOf(type).read(reader))
      return { type, ...body } as unknown as T
    },
  }
}

/** A type that is laid out as another one. */
export function mapped<T, U>(
  layout: Bincode<U>,
  to: (value: T) => U,
  from: (value: U) => T,
): Bincode<T> {
  return {
    minBytes: layout.minBytes,
    write: (writer, value) => layout.write(writer, to(value)),
    read: (reader) => from(layout.read(reader)),
  }
}

function variantAt<T extends string>(known: readonly T[], index: number): T {
  const name = known[index]
  if (name !== undefined) return name
  throw new CodecFailure('BAD_VARIANT', `${index} is none of ${known.map(fieldName).join(', ')}`)
}
