import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import type { L1Client } from '../../client/l1-client.js'
import type { HeadSigns } from '../../events/head-signs.js'
import type { LiveTasks } from './live-tasks.js'

/** What {@link watchHead} needs. */
interface WatchHeadOptions {
  readonly client: L1Client
  readonly tasks: LiveTasks
  readonly pollIntervalMs: number
  /** At which L1 is asked at once. */
  readonly signs: HeadSigns
}

/** Wakes all tasks when L1 has another newest block; asks nothing while there is no task. */
export async function watchHead(ctx: Ctx, o: WatchHeadOptions): Promise<never> {
  let newest: Hash32 | undefined
  let seen = o.signs.count
  for (;;) {
    await o.tasks.waitForOne(ctx.signal)
    await o.signs.next(ctx, seen, o.pollIntervalMs)
    seen = o.signs.count
    const block = await o.client.block('latest', { signal: ctx.signal })
    // The tasks find out by themselves, each in its time, that L1 cannot be asked.
    if (!block.ok || block.value === undefined) continue
    if (newest !== undefined && bytesEqual(newest, block.value.hash)) continue
    newest = block.value.hash
    o.tasks.wakeAll()
  }
}
