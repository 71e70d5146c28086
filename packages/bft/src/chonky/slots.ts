import { labelOf, viewOf } from '@zkstack/roles'
import type { ProposalJustification } from '@zkstack/roles'
import { answerableFor, isCoolingDown, isFirstHand } from './blame.js'
import { noteContradiction } from './conflict.js'
import type { Arrival, Slot } from './state.js'
import type { Turn } from './turn.js'

/** What of a message has to be verified before its handler may go on. */
export interface CheckRequest {
  readonly checkSignature: boolean
  readonly justification: ProposalJustification | undefined
}

/**
 * Sends a message away to be verified. At most one message a (carrier, relation, label) is being checked and at most one
 * waits behind it, the one with the highest view (rule 4); an equal view keeps the older.
 */
export function requestCheck(turn: Turn, arrival: Arrival, request: CheckRequest): void {
  if (isCoolingDown(turn, arrival)) {
    turn.reject(arrival, { code: 'COOLING_DOWN' })
    return
  }
  const key = slotKey(arrival)
  const slot = turn.state.slots.get(key)
  if (slot === undefined) {
    startCheck(turn, key, arrival, request)
    return
  }
  const newest = slot.waiting ?? slot.checking
  if (viewOf(arrival.message.msg).number <= viewOf(newest.message.msg).number) {
    noteContradiction(turn, arrival, newest.message)
    turn.reject(arrival, { code: 'SLOT_TAKEN' })
    return
  }
  if (slot.waiting !== undefined) turn.reject(slot.waiting, { code: 'SLOT_TAKEN' })
  turn.update({ slots: new Map(turn.state.slots).set(key, { ...slot, waiting: arrival }) })
}

function startCheck(turn: Turn, key: string, checking: Arrival, request: CheckRequest): void {
  const id = turn.state.nextCheckId
  const check = { type: 'message', message: checking.message, ...request } as const
  const slot: Slot = { checkId: id, checking, waiting: undefined }
  turn.update({
    nextCheckId: id + 1,
    slots: new Map(turn.state.slots).set(key, slot),
    checks: new Map(turn.state.checks).set(id, { id, check, of: 'message', slot: key }),
  })
  turn.emit({ type: 'verify', id, check })
}

/** Empties a slot and returns what it held. */
export function releaseSlot(turn: Turn, key: string): Slot | undefined {
  const slot = turn.state.slots.get(key)
  const slots = new Map(turn.state.slots)
  slots.delete(key)
  turn.update({ slots })
  return slot
}

function slotKey(arrival: Arrival): string {
  const relation = isFirstHand(arrival) ? 'first-hand' : 'relayed'
  return `${answerableFor(arrival) ?? 'nobody'}/${relation}/${labelOf(arrival.message.msg)}`
}
