import { errorOf } from '@zkstack/concurrency'

/** What to say of a failed request: fetch hides the reason in the cause. */
export function reasonOf(e: unknown): string {
  const error = errorOf(e)
  return error.cause instanceof Error ? error.cause.message : error.message
}
