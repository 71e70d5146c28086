import { threadMs } from './cpu-time.js'
import type { RecordedCall } from './call-recorder.js'

/** Parts of a run, by what they are for. */
export const partNames = ['step', 'codec', 'hash', 'signatures', 'invariants'] as const

/** Name of a part. */
export type PartName = (typeof partNames)[number]

/** What a part is called for in one view, and the CPU time that its calls take when they are made alone. */
export interface PartCost {
  readonly calls: number
  readonly ms: number
}

/** How long the calls of a part are repeated, in milliseconds of CPU time. */
const budgetMs = 600

/** Times the recorded calls of each part, one part after another, in the order in which they were made. */
export function partCosts(
  calls: readonly RecordedCall[],
  views: number,
): Readonly<Record<PartName, PartCost>> {
  const costs = partNames.map((part) => {
    const own = calls.filter(({ name }) => partOf(name) === part)
    return [part, { calls: own.length / views, ms: timeOf(own) / views }] as const
  })
  return Object.fromEntries(costs) as Record<PartName, PartCost>
}

function partOf(name: string): PartName {
  if (name === 'step') return 'step'
  if (name === 'checkInvariants') return 'invariants'
  if (/^(encode|decode|checked)/.test(name)) return 'codec'
  return /keccak|sha|hash|qcKey/.test(name) ? 'hash' : 'signatures'
}

/** The least over as many rounds as the budget allows. */
function timeOf(calls: readonly RecordedCall[]): number {
  const endsAt = threadMs() + budgetMs
  for (let least = Infinity; ;) {
    const startedAt = threadMs()
    for (const { again } of calls) again()
    const now = threadMs()
    least = Math.min(least, now - startedAt)
    if (now >= endsAt) return least
  }
}
