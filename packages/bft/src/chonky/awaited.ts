import { bytesEqual } from '@zkstack/crypto'
import type { Hash32 } from '@zkstack/crypto'
import type { ChonkyState } from './state.js'

/** Whether the answer to the `propose` effect of a view would still change anything. */
export function isPayloadAwaited(state: ChonkyState, view: bigint): boolean {
  return state.view === view && state.proposer?.step === 'payload'
}

/** Whether the answer to the `verifyPayload` effect for that payload would still change anything. */
export function isVerdictAwaited(state: ChonkyState, view: bigint, hash: Hash32): boolean {
  const pending = state.pendingProposal
  if (pending?.waitsFor !== 'verdict') return false
  return state.view === view && bytesEqual(pending.hash, hash)
}
