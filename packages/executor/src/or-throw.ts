import { ZkStackError } from '@zkstack/concurrency'
import type { Result } from '@zkstack/crypto'

/**
 * The value of a result, for whoever rather catches than asks.
 * @throws ZkStackError with the code, and message if it has one, of the result's error.
 */
export function orThrow<T>(
  result: Result<T, { readonly code: string; readonly message?: string }>,
): T {
  if (result.ok) return result.value
  const { code, message } = result.error
  throw new ZkStackError(code, message ?? code, { cause: result.error })
}
