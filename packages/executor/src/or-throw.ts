import { ZkStackError } from '@zkstack/concurrency'
import type { Result } from '@zkstack/crypto'

/** The error of a result, as the library's functions give it. */
interface ResultError {
  readonly code: string
  readonly message?: string
  /** Of a field in a file. */
  readonly path?: string
}

/**
 * The value of a result, for whoever rather catches than asks.
 * @throws ZkStackError with the code of the result's error, which is its `cause`; its message names the wrong field, if one is known.
 */
export function orThrow<T>(result: Result<T, ResultError>): T {
  if (result.ok) return result.value
  const { code, message = code, path = '' } = result.error
  const text = path === '' ? message : `${path}: ${message}`
  throw new ZkStackError(code, text, { cause: result.error })
}
