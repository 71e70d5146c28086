import { toHex } from '@zkstack/crypto'

/** A JSON value. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The type of {@link plain} of a `T`: bigints and bytes become strings, functions vanish. */
export type Plain<T> = T extends bigint | Uint8Array
  ? string
  : T extends string | number | boolean | undefined | null
    ? T
    : T extends readonly (infer E)[]
      ? readonly Plain<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : never

/** What of a value can be shown as JSON: bigint → decimal, bytes → hex, the rest of exotic values → text. */
export function plain<T>(value: T): Plain<T> {
  return convert(value, 0) as Plain<T>
}

/** Deeper than any snapshot; what lies below is left out, so that a cycle ends. */
const MAX_DEPTH = 12

function convert(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'object':
      return value === null ? null : convertObject(value, depth)
    default:
      return undefined
  }
}

function convertObject(value: object, depth: number): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (depth >= MAX_DEPTH) return '…'
  if (value instanceof Map) return convertObject(Object.fromEntries(value) as object, depth)
  if (Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, (v) => convert(v, depth + 1))
  }
  const fields = Object.entries(value).map(([key, v]) => [key, convert(v, depth + 1)] as const)
  return Object.fromEntries(fields.filter(([, v]) => v !== undefined))
}
