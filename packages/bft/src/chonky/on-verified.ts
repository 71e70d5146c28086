import { createEvidence } from '@zkstack/roles'
import { blameFor } from './blame.js'
import type { CheckResult, MessageCheckResult } from './check.js'
import { handleMessage } from './on-message.js'
import { releaseSlot } from './slots.js'
import type { PendingCheck } from './state.js'
import type { Turn } from './turn.js'
import { onVotesVerified } from './votes.js'

/** Applies the result of a check; one that was superseded meanwhile has no effect (rule 13). */
export function onVerified(turn: Turn, id: number, result: CheckResult): void {
  const pending = turn.state.checks.get(id)
  if (pending === undefined) return
  const checks = new Map(turn.state.checks)
  checks.delete(id)
  turn.update({ checks })
  switch (pending.of) {
    case 'votes':
      if (result.type === 'votes') onVotesVerified(turn, id, pending.kind, result)
      return
    case 'conflict':
      if (result.type === 'conflict' && result.valid) reportConflict(turn, pending)
      return
    case 'message':
      onMessageVerified(turn, pending.slot, result.type === 'message' ? result.outcome : 'moot')
  }
}

function onMessageVerified(
  turn: Turn,
  key: string,
  outcome: MessageCheckResult['outcome'] | 'moot',
): void {
  const slot = releaseSlot(turn, key)
  if (slot === undefined) return
  if (outcome === 'invalidSignature') {
    turn.reject(slot.checking, { code: 'INVALID_SIGNATURE' })
    blameFor(turn, slot.checking, 'INVALID_SIGNATURE')
  } else if (outcome === 'invalidJustification') {
    turn.reject(slot.checking, { code: 'INVALID_MESSAGE', reason: 'JUSTIFICATION' })
    blameFor(turn, slot.checking, 'INVALID_JUSTIFICATION')
  } else {
    handleMessage(turn, slot.checking, outcome === 'valid')
  }
  if (slot.waiting !== undefined) handleMessage(turn, slot.waiting, false)
}

function reportConflict(turn: Turn, pending: PendingCheck & { readonly of: 'conflict' }): void {
  if (pending.check.type !== 'conflict') return
  const evidence = createEvidence(pending.check.first, pending.check.second)
  if (evidence === undefined) return
  turn.emit({ type: 'evidence', validator: pending.author, ...evidence })
}
