import {
  certificateStatusError,
  type CertificateStatusError,
} from '../types/certificate-status-error.js'
import type { NetworkEffect, NetworkStep } from './network-effect.js'
import type { Activity, CurrentCertificate, NetworkMachineState } from './network-state.js'

/** The outcome of a transition. */
export type Step = NetworkStep<NetworkMachineState>

/** A state that waits for nothing. */
export function idle(state: NetworkMachineState, effects: readonly NetworkEffect[] = []): Step {
  return { state: { ...state, activity: 'idle', isWaiting: false, failures: 0 }, effects }
}

/** A state that waits for the answer to `effect`, after `before` was done. */
export function ask(
  state: NetworkMachineState,
  effect: Extract<NetworkEffect, { readonly type: Activity }>,
  before: readonly NetworkEffect[] = [],
): Step {
  const failures = state.activity === effect.type ? state.failures : 0
  return {
    state: { ...state, activity: effect.type, isWaiting: false, failures },
    effects: [...before, effect],
  }
}

/** Reads what is stored for the next height. */
export function load(state: NetworkMachineState, before: readonly NetworkEffect[] = []): Step {
  const fresh = { ...state, isStale: false }
  return ask(fresh, { type: 'load', height: state.nextHeight }, before)
}

/** Begins whatever the status of the current certificate calls for. */
export function proceed(state: NetworkMachineState, before: readonly NetworkEffect[] = []): Step {
  const { current } = state
  if (current === undefined) return idle(state, before)
  const { certificateId, status, jobId } = current
  if (status === 'candidate')
    return jobId === undefined
      ? storeError(state, current, withoutJob, before)
      : ask(state, { type: 'waitForJob', jobId }, before)
  if (status === 'proven' && jobId !== undefined)
    return ask(state, { type: 'storeCandidate', certificateId }, before)
  if (!state.isReconciled) return ask(state, { type: 'reconcile' }, before)
  if (status === 'inError' || state.isDisabled) return idle(state, before)
  if (status === 'pending')
    return isAtCapacity(state)
      ? idle(state, before)
      : ask(state, { type: 'certify', certificateId }, before)
  // The state after a proof is not stored, and without it the proof is of no use.
  return current.hasPostState
    ? ask(state, { type: 'submitJob', certificateId }, before)
    : ask(state, { type: 'resetToPending', certificateId }, before)
}

/** Stores that the current certificate failed. */
export function storeError(
  state: NetworkMachineState,
  current: CurrentCertificate,
  error: CertificateStatusError,
  before: readonly NetworkEffect[] = [],
): Step {
  const { certificateId, settlementTxHash } = current
  const effect = { type: 'storeError', certificateId, error, settlementTxHash } as const
  return ask({ ...state, current: { ...current, error } }, effect, before)
}

const withoutJob = certificateStatusError(
  'SettlementError',
  'the candidate certificate has no settlement job',
  { reason: 'NoSettlementJob' },
)

/** Whether the network must wait for the next epoch. */
function isAtCapacity({ options, epoch, settledIn }: NetworkMachineState): boolean {
  const { certificatesPerEpoch: limit } = options
  return limit !== 'unlimited' && settledIn?.epoch === epoch && settledIn.count >= BigInt(limit)
}
