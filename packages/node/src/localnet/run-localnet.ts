import { Ctx, isCanceled } from '@zkstack/concurrency'
import { fetchReport } from '../http/fetch-report.js'
import type { NodeSight } from './localnet-view.js'
import { NodeProcess } from './node-process.js'
import type { LocalnetNode } from './write-localnet.js'

/** What {@link runLocalnet} takes. */
export interface RunLocalnetOptions {
  readonly nodes: readonly LocalnetNode[]
  readonly signal: AbortSignal
  /** Stop when every node has committed this block; undefined: when the signal aborts. */
  readonly untilBlock: bigint | undefined
  /** Called once a second. */
  onSight(sights: readonly NodeSight[]): void
}

/** How a localnet ended: on request, at the wanted block, or because no process was left, or one that the block was wanted of. */
export type LocalnetEnd = 'stopped' | 'reached' | 'died'

const INTERVAL_MS = 1_000

/** How long processes may take to stop before they are killed, in milliseconds: they promise five seconds. */
const STOP_MS = 6_000

/** Runs every node in a process of its own and looks at all of them, until it is time to stop; leaves no process behind. */
export async function runLocalnet(o: RunLocalnetOptions): Promise<LocalnetEnd> {
  const processes: NodeProcess[] = []
  try {
    for (const node of o.nodes) processes.push(await NodeProcess.start(node))
    using ctx = Ctx.root({ signal: o.signal })
    return await watch(ctx, processes, o)
  } finally {
    await stopAll(processes)
  }
}

async function watch(
  ctx: Ctx,
  processes: readonly NodeProcess[],
  o: RunLocalnetOptions,
): Promise<LocalnetEnd> {
  try {
    for (;;) {
      await ctx.sleep(INTERVAL_MS)
      const sights = await Promise.all(processes.map(look))
      o.onSight(sights)
      const { untilBlock } = o
      if (untilBlock !== undefined && sights.every((sight) => hasReached(sight, untilBlock)))
        return 'reached'
      const ended = sights.filter(({ state }) => state !== 'running')
      if (ended.length === sights.length || (untilBlock !== undefined && ended.length > 0))
        return 'died'
    }
  } catch (e) {
    if (isCanceled(e)) return 'stopped'
    throw e
  }
}

async function look(process: NodeProcess): Promise<NodeSight> {
  const { node } = process
  if (process.state !== 'running') return { node, state: process.state, report: undefined }
  const report = await fetchReport(node.url).catch(() => undefined)
  return { node, state: process.state, report }
}

function hasReached({ report }: NodeSight, block: bigint): boolean {
  const committed = report?.node.status.committed
  return committed !== undefined && BigInt(committed) >= block
}

async function stopAll(processes: readonly NodeProcess[]): Promise<void> {
  for (const process of processes) process.stop()
  const all = Promise.all(processes.map(({ exited }) => exited))
  using limit = Ctx.root({ timeoutMs: STOP_MS })
  try {
    await limit.race(all)
  } catch (e) {
    if (!isCanceled(e)) throw e
    for (const process of processes) process.kill()
    await all
  }
}
