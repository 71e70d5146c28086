import { bytesEqual } from '@zkstack/crypto'
import type { AttemptResult } from '../job.js'

/**
 * What becomes of a stored result when a new one arrives: `write` the new one, `keep` the old one because nothing is lost by it,
 * or keep it although the two contradict each other (`conflict`).
 *
 * What L1 did replaces every client error. Of the client errors, only `unknown` gives way, and only to one that says more. What
 * an operator said stands against all client errors; a note that the job succeeded elsewhere stands against nothing.
 */
export function upgradeResult(
  old: AttemptResult | undefined,
  fresh: AttemptResult,
): 'write' | 'keep' | 'conflict' {
  if (old === undefined) return 'write'
  if (isSameResult(old, fresh)) return 'keep'
  if (old.type === 'contractCall') return isElsewhere(fresh) ? 'keep' : 'conflict'
  if (fresh.type === 'contractCall') return 'write'
  const saysMore = isElsewhere(fresh) || fresh.kind === 'nonceAlreadyUsed'
  return old.kind === 'unknown' && saysMore ? 'write' : 'keep'
}

function isElsewhere(result: AttemptResult): boolean {
  return result.type === 'clientError' && result.kind === 'settlementSucceededElsewhere'
}

function isSameResult(a: AttemptResult, b: AttemptResult): boolean {
  if (a.type === 'clientError') {
    return b.type === 'clientError' && a.kind === b.kind && a.message === b.message
  }
  return (
    b.type === 'contractCall' &&
    a.call.outcome === b.call.outcome &&
    a.call.blockNumber === b.call.blockNumber &&
    bytesEqual(a.call.transactionHash, b.call.transactionHash) &&
    bytesEqual(a.call.blockHash, b.call.blockHash)
  )
}
