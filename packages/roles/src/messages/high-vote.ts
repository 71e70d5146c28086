import type { Schedule } from '../schedule/schedule.js'
import type { BlockHeader } from './block-header.js'
import { sameBlockHeader } from './block-header.js'
import type { CommitQC } from './commit-qc.js'
import type { TimeoutQC } from './timeout-qc.js'

/**
 * The block for which a subquorum of the signers says it voted last, unless there are two such blocks. Votes are grouped by block
 * header, whatever their view; entries without a high vote count for nothing.
 * @see docs/spec/messages.md Q1
 */
export function highVoteOf(qc: TimeoutQC, schedule: Schedule): BlockHeader | undefined {
  const groups: { readonly header: BlockHeader; weight: bigint }[] = []
  for (const { message, signers } of qc.entries) {
    const header = message.highVote?.proposal
    if (header === undefined) continue
    const weight = signers.weight(schedule)
    const group = groups.find((known) => sameBlockHeader(known.header, header))
    if (group === undefined) groups.push({ header, weight })
    else group.weight += weight
  }
  const candidates = groups.filter((group) => group.weight >= schedule.subquorum)
  return candidates.length === 1 ? candidates[0]?.header : undefined
}

/**
 * The embedded CommitQC of the highest view; of several, the last in canonical order.
 * @see docs/spec/messages.md Q2
 */
export function highQcOf(qc: TimeoutQC): CommitQC | undefined {
  let high: CommitQC | undefined
  for (const { message } of qc.entries) {
    const { highQc } = message
    if (highQc === undefined) continue
    if (high === undefined || highQc.message.view.number >= high.message.view.number) high = highQc
  }
  return high
}
