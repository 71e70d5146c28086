import { bytesEqual } from '@zkstack/crypto'
import { createFinalBlock } from '@zkstack/roles'
import type { CommitQC, Proposal } from '@zkstack/roles'
import type { ChonkyState } from './state.js'
import type { Turn } from './turn.js'

/**
 * How far above the next block a final one may lie for us to keep its payload until its turn comes. It bounds what a
 * replica that is far behind the chain holds and persists; whatever lies higher, sync brings.
 */
const mostAhead = 8n

/**
 * Saves the block that a verified CommitQC finalizes, if its payload is here: accepted, or of a proposal still being
 * judged (a quorum has judged it). Otherwise sync brings it. We wait for the disk whenever the block before is there.
 *
 * @see docs/spec/chonky.md T1, D10
 */
export function saveFinalBlock(turn: Turn, qc: CommitQC): void {
  const { number, payload: hash } = qc.message.proposal
  const { nextBlock } = turn.state
  if (number < nextBlock || number > nextBlock + mostAhead) return
  const proposal = findProposal(turn.state, number, hash)
  if (proposal === undefined) return
  keepProposal(turn, proposal)
  const block = createFinalBlock(proposal.payload, qc, proposal.hash)
  const wait = number === nextBlock
  if (wait) turn.update({ savedBelow: number + 1n })
  turn.emit({ type: 'saveBlock', block, wait })
}

/** Keeps a payload; one that is proposed again, in a later view, is here already. */
export function keepProposal(turn: Turn, proposal: Proposal): void {
  const { proposals } = turn.state
  if (findKept(turn.state, proposal.number, proposal.hash) !== undefined) return
  turn.update({ proposals: [...proposals, proposal] })
}

function findKept(state: ChonkyState, number: bigint, hash: Uint8Array): Proposal | undefined {
  return state.proposals.find(
    (proposal) => proposal.number === number && bytesEqual(proposal.hash, hash),
  )
}

function findProposal(state: ChonkyState, number: bigint, hash: Uint8Array): Proposal | undefined {
  const kept = findKept(state, number, hash)
  if (kept !== undefined) return kept
  const pending = state.pendingProposal
  if (pending === undefined || pending.number !== number) return undefined
  const { payload } = pending.message
  if (payload === undefined || !bytesEqual(pending.hash, hash)) return undefined
  return { number, payload, hash: pending.hash }
}

/**
 * The payloads worth keeping: of blocks not yet final, and of final blocks that are not on disk yet, or are being
 * written without us waiting for that (rule 22).
 */
export function livingProposals(state: ChonkyState): readonly Proposal[] {
  const final = state.highCommitQc?.message.proposal.number
  if (final === undefined) return state.proposals
  const alive = state.proposals.filter(
    (proposal) => proposal.number > final || proposal.number >= state.savedBelow,
  )
  return alive.length === state.proposals.length ? state.proposals : alive
}
