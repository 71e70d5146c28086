/** The value of a success. @throws Error for a failure. */
export function valueOf<T>(
  result:
    { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value
  throw new Error(`unexpected failure: ${JSON.stringify(result.error, withBigints)}`)
}

/** The error of a failure. @throws Error for a success. */
export function errorOf<E>(
  result: { readonly ok: true } | { readonly ok: false; readonly error: E },
): E {
  if (result.ok) throw new Error('unexpected success')
  return result.error
}

function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
