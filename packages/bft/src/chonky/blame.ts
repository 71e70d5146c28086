import { labelOf } from '@zkstack/roles'
import type { MessageLabel } from '@zkstack/roles'
import type { BlameRule } from './effect.js'
import type { Arrival, ChonkyState } from './state.js'
import type { Turn } from './turn.js'

/** Whether the author's own connection brought the message (rule 2). */
export function isFirstHand(arrival: Arrival): boolean {
  return arrival.carrier === arrival.author && arrival.author !== undefined
}

/** Whoever answers for the message: its author when first-hand, the relaying validator otherwise, if there is one. */
export function answerableFor(arrival: Arrival): number | undefined {
  return arrival.carrier === 'self' ? undefined : arrival.carrier
}

/**
 * Whether the signature must be verified alone before the message may change anything (rules 3 and 15).
 *
 * @see docs/spec/chonky.md V7, D2
 */
export function needsSoleCheck(state: ChonkyState, arrival: Arrival): boolean {
  if (arrival.carrier === 'self') return false
  return !isFirstHand(arrival) || state.blamed.has(arrival.author ?? -1)
}

/** Records that a check of a validator's message failed: blame (rule 14), and a pause for that label (rule 15). */
export function blame(turn: Turn, validator: number, label: MessageLabel, rule: BlameRule): void {
  const { state } = turn
  turn.update({ blamed: new Set(state.blamed).add(validator) })
  turn.emit({ type: 'blamed', validator, rule })
  coolDown(turn, cooldownKey(validator, label))
}

/** Blames whoever answers for a message that failed its check, or pauses unattributed ones. */
export function blameFor(turn: Turn, arrival: Arrival, rule: BlameRule): void {
  const label = labelOf(arrival.message.msg)
  const validator = answerableFor(arrival)
  if (validator === undefined) coolDown(turn, cooldownKey(undefined, label))
  else blame(turn, validator, label, isFirstHand(arrival) ? rule : 'RELAYED_INVALID')
}

/**
 * Whether messages of this label from whoever answers for the message are not checked at present (rule 15).
 *
 * @see docs/spec/chonky.md D9
 */
export function isCoolingDown(turn: Turn, arrival: Arrival): boolean {
  const key = cooldownKey(answerableFor(arrival), labelOf(arrival.message.msg))
  const until = turn.state.cooldowns.get(key)
  return until !== undefined && turn.now < until
}

function coolDown(turn: Turn, key: string): void {
  const cooldowns = new Map(turn.state.cooldowns)
  for (const [other, until] of cooldowns) if (until <= turn.now) cooldowns.delete(other)
  cooldowns.set(key, turn.now + turn.state.config.viewTimeoutMs)
  turn.update({ cooldowns })
}

function cooldownKey(validator: number | undefined, label: MessageLabel): string {
  return `${validator ?? 'nobody'}/${label}`
}
