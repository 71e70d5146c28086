import { toHex } from '@zkstack/crypto'
import { labelOf, viewOf } from '@zkstack/roles'
import type { ConsensusMsg } from '@zkstack/roles'
import type { CheckResult } from '../chonky/check.js'
import type { Effect } from '../chonky/effect.js'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { diagnose } from '../chonky/diagnose.js'

/** A state in one line: where it is, what it holds, what it waits for. */
export function describeState(state: ChonkyState): string {
  const { view, phase, leader, highVote, highCommitQc, highTimeoutQc, awaits } = diagnose(state)
  const at = (of: { readonly view: bigint; readonly number?: bigint } | undefined): string =>
    of === undefined
      ? 'none'
      : `view ${of.view}${of.number === undefined ? '' : ` block ${of.number}`}`
  const waits = awaits.map((a) => (a.type === 'votes' ? `${a.kind} votes` : a.type)).join(', ')
  return [
    `view ${view} ${phase}, leader ${leader}`,
    `high vote ${at(highVote)}`,
    `CommitQC ${at(highCommitQc)}`,
    `TimeoutQC ${at(highTimeoutQc)}`,
    `blocks below ${state.nextBlock}`,
    `deadline ${state.deadline}`,
    `waits for ${waits === '' ? 'nothing' : waits}`,
  ].join(' · ')
}

/** An input in one line; validators by index. */
export function describeInput(input: Input, { config }: Pick<ChonkyState, 'config'>): string {
  switch (input.type) {
    case 'start':
      return 'start'
    case 'tick':
      return 'the timer fired'
    case 'message': {
      const author = config.scope.schedule.indexOf(input.message.key) ?? 'a stranger'
      const via = input.carrier === author ? '' : `, brought by ${carrierName(input.carrier)}`
      return `${describeMessage(input.message.msg)} of ${author}${via}`
    }
    case 'verified':
      return `check ${input.id}: ${describeResult(input.result)}`
    case 'blockPersisted': {
      const end = input.last === undefined ? '' : `; the epoch ends with block ${input.last}`
      return `blocks ${input.first} to below ${input.next} are on disk and applied${end}`
    }
    case 'payloadVerified':
      return input.verdict.ok
        ? `the execution layer accepts the payload of view ${input.view}`
        : `the execution layer refuses the payload of view ${input.view}: ${input.verdict.reason}`
    case 'payloadProposed': {
      const what = input.payload === undefined ? 'nothing' : `${input.payload.length} bytes`
      return `the execution layer proposes ${what} for view ${input.view}`
    }
  }
}

/** An effect in one line; validators by index. */
export function describeEffect(effect: Effect): string {
  switch (effect.type) {
    case 'persist':
      return `persist view ${effect.state.view} ${effect.state.phase}`
    case 'saveBlock':
      return `save block ${effect.block.number}${effect.wait ? ' and wait' : ''}`
    case 'broadcast':
      return `broadcast ${describeMessage(effect.message)}`
    case 'setTimer':
      return `set the timer to ${effect.at}`
    case 'propose':
      return `ask for a payload for block ${effect.number}`
    case 'verifyPayload':
      return `have the payload of block ${effect.number} judged, ${effect.payload.length} bytes`
    case 'verify':
      return `verify, check ${effect.id}: ${describeCheck(effect)}`
    case 'qcFormed':
      return 'message' in effect.qc
        ? `CommitQC of view ${effect.qc.message.view.number} formed`
        : `TimeoutQC of view ${effect.qc.view.number} formed`
    case 'rejected':
      return `reject ${effect.label} of view ${effect.view}: ${effect.rejection.code}`
    case 'blamed':
      return `blame ${effect.validator}: ${effect.rule}`
    case 'evidence':
      return `evidence against ${effect.validator}: ${effect.conflict}`
    case 'finalized':
      return `block ${effect.header.number} is final, payload ${toHex(effect.header.payload).slice(0, 8)}`
    case 'viewEntered':
      return `view ${effect.view} begins, leader ${effect.leader}`
    case 'viewTimedOut':
      return `view ${effect.view} timed out, leader ${effect.leader}`
    case 'halt':
      return `halt: ${effect.code}`
  }
}

function describeMessage(message: ConsensusMsg): string {
  const text = `${labelOf(message)} of view ${viewOf(message).number}`
  if (message.type !== 'replicaCommit') return text
  const { number, payload } = message.value.proposal
  return `${text} for block ${number} ${toHex(payload).slice(0, 8)}`
}

function carrierName(carrier: number | 'self' | undefined): string {
  if (carrier === 'self') return 'ourselves'
  return carrier === undefined ? 'a node without a key' : String(carrier)
}

function describeCheck({ check }: Extract<Effect, { type: 'verify' }>): string {
  switch (check.type) {
    case 'message':
      return `one ${labelOf(check.message.msg)}`
    case 'votes':
      return `${check.votes.length} votes, ${check.embedded.length} embedded QCs`
    case 'conflict':
      return 'two contradicting messages'
  }
}

function describeResult(result: CheckResult): string {
  switch (result.type) {
    case 'message':
      return result.outcome
    case 'votes': {
      const passed = result.passed.flatMap(({ signers }) => signers)
      const failed = [...result.failed, ...result.failedQc]
      return `votes of ${passed.join(', ')} are good${failed.length > 0 ? `, of ${failed.join(', ')} bad` : ''}`
    }
    case 'conflict':
      return result.valid ? 'both signatures are good' : 'a signature is bad'
    case 'moot':
      return 'no longer needed'
  }
}
