import { CanceledError, isCanceled } from '@zkstack/concurrency'
import type { CallOptions } from './execution-layer.js'

/** Throws an `AbortError` when the signal, if there is one, has aborted: its reason if that is one, else with it as cause. */
export function throwIfAborted(o: Partial<CallOptions> | undefined): void {
  if (o?.signal?.aborted !== true) return
  const reason: unknown = o.signal.reason
  if (reason instanceof Error && isCanceled(reason)) throw reason
  throw new CanceledError('the operation was canceled', { cause: reason })
}
