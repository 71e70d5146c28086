import type { Result } from '@zkstack/crypto'

/** The value of a result that must be a success. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value
  throw new Error(`unexpected failure ${JSON.stringify(result.error, bigintAsText)}`)
}

/** The error of a result that must be a failure. */
export function errorOf<E>(result: Result<unknown, E>): E {
  if (!result.ok) return result.error
  throw new Error('unexpected success')
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
