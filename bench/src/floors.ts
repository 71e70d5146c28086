import type { BenchCase } from './bench-case.js'
import type { CaseCosts } from './case-costs.js'

/**
 * The least time, in milliseconds, that one block can take all validators of a case on the main thread and its workers, which share
 * the checks evenly.
 *
 * Signatures: each replica verifies a quorum of votes together, and all but the leader the proposal; each signs a vote and a NewView,
 * and the leader its proposal besides. Payload: each replica hashes it once inside the signed proposal and once as the block's
 * payload, which the leader cannot share with the others. Sockets, disk and the state machine are taken to be free.
 */
export function floorMs(c: BenchCase, costs: CaseCosts): number {
  const proposals = (c.validators - 1) * costs.verifyMs
  const checks = proposals + c.validators * costs.verifyAggregateMs
  const signatures = (2 * c.validators + 1) * costs.signMs
  const hashes = 2 * c.validators * (c.payloadBytes / (1 << 20)) * costs.hashMiBMs
  const here = signatures + hashes
  return Math.max(here, (checks + here) / (1 + c.workers))
}

/** Blocks per second that {@link floorMs} leaves possible. */
export function floorBlocksPerSecond(c: BenchCase, costs: CaseCosts): number {
  return 1_000 / floorMs(c, costs)
}
