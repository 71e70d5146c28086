/** Drops fields at their defaults, which the canonical encoding leaves out. */
export function withoutUndefined<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as never
}

/** Bytes unless they are at their default. */
export const nonEmpty = (bytes: Uint8Array): Uint8Array | undefined =>
  bytes.length > 0 ? bytes : undefined

/** Copies: what the decoder and the writer hand out may be a view of a larger, pooled buffer. */
export const copy = (bytes: ArrayLike<number>): Uint8Array => Uint8Array.from(bytes)
