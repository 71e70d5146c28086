import type { Ctx } from '@zkstack/concurrency'
import type { Notifier } from './notifier.js'

/** Waits until the clock has reached `at`, if that is ever, or the notifier fires. @throws CanceledError on cancellation. */
export async function sleepOrWake(
  ctx: Ctx,
  at: number | undefined,
  notifier: Notifier,
): Promise<void> {
  using wait = ctx.child()
  const cancelTimer =
    at === undefined ? () => undefined : ctx.clock.setTimer(at, () => wait.cancel())
  try {
    await wait.race(notifier.wait())
  } catch {
    ctx.throwIfCanceled()
  } finally {
    cancelTimer()
  }
}
