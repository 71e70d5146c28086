import type { Ctx, Watch, ZkStackError } from '@zkstack/concurrency'
import { NodeError } from './errors.js'

/** What {@link watchProgress} takes. */
export interface ProgressWatchInit {
  /** The next block to commit. */
  readonly applied: Watch<bigint>
  readonly viewTimeoutMs: number
  /** Why, in a sentence, as far as the node can tell. */
  explain(): string
  warn(error: ZkStackError): void
}

/** Views without a block before the user is told. */
const SILENT_VIEWS = 10

/** Warns when no block is committed for ten view timeouts, then after twice that time, and so on, until cancelled. */
export async function watchProgress(ctx: Ctx, o: ProgressWatchInit): Promise<never> {
  const patienceMs = SILENT_VIEWS * o.viewTimeoutMs
  let seen = o.applied.value
  let since = ctx.clock.now()
  let warnAfterMs = patienceMs
  for (;;) {
    await ctx.sleep(patienceMs)
    if (o.applied.value !== seen) {
      seen = o.applied.value
      since = ctx.clock.now()
      warnAfterMs = patienceMs
      continue
    }
    const silentMs = ctx.clock.now() - since
    if (silentMs < warnAfterMs) continue
    warnAfterMs = 2 * silentMs
    const seconds = Math.round(silentMs / 1000)
    o.warn(new NodeError('NO_PROGRESS', `no new block for ${seconds} s: ${o.explain()}`))
  }
}
