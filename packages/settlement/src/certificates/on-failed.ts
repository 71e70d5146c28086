import {
  certificateStatusError,
  type CertificateStatusError,
} from '../types/certificate-status-error.js'
import type { NetworkEffect } from './network-effect.js'
import type { Activity, CurrentCertificate, NetworkMachineState } from './network-state.js'
import { load, proceed, storeError, type Step } from './proceed.js'
import { retryDelay } from './retry-policy.js'

/** Activities that end in the status InError when they fail too often; the others are tried for ever. */
const bounded: ReadonlySet<Activity> = new Set<Activity>(['certify', 'submitJob'])

/** Writes: one that the store refuses means that the certificate is no longer what it was. */
const writes: ReadonlySet<Activity> = new Set<Activity>([
  'storeProof',
  'storeCandidate',
  'storeError',
  'resetToPending',
])

/** How often in a row L1 must hold an unknown root: an endpoint that lags, or is wrong once, says so too. */
const maxUnknownRoots = 5

/** An effect could not be carried out. */
export function onFailed(state: NetworkMachineState, error: CertificateStatusError): Step {
  const { activity, current } = state
  if (writes.has(activity) || (activity === 'finalise' && error.kind !== 'retry'))
    return load(state)
  if (error.kind === 'retry' || current === undefined || activity === 'reconcile')
    return retry(state, error)
  if (activity === 'apply' && current.adopting !== undefined) return notAdopted(state, current)
  return storeError(state, current, error)
}

/**
 * The certificate does not lead to the root that L1 holds. A network of which nothing was settled here may have begun with a root
 * of its own; otherwise somebody settled what is not known here, and no certificate can be proven any more.
 */
export function notAdopted(state: NetworkMachineState, current: CurrentCertificate): Step {
  const { adopting } = current
  const next = { ...state, current: { ...current, adopting: undefined } }
  if (state.settledRoot === undefined || adopting === undefined) return proceed(next)
  const message = 'L1 holds a pessimistic root that no certificate known here leads to'
  const error = certificateStatusError('SettlementError', message, {
    reason: 'L1RootUnknown',
    kind: 'fatal',
  })
  const unknownRoots = state.unknownRoots + 1
  if (unknownRoots < maxUnknownRoots) return lookAgain({ ...next, unknownRoots }, error)
  const { pessimisticRoot } = adopting
  const event = { type: 'l1RootUnknown', pessimisticRoot, ...about(state, current) } as const
  const report: NetworkEffect = { type: 'report', event }
  if (current.status === 'inError') return proceed(next, [report])
  const step = storeError(next, next.current, error)
  return { state: step.state, effects: [report, ...step.effects] }
}

/** Which certificate an event is about. */
export function about(
  { nextHeight: height }: NetworkMachineState,
  { certificateId }: Pick<CurrentCertificate, 'certificateId'>,
): Pick<Extract<NetworkEffect, { type: 'report' }>['event'], 'certificateId' | 'height'> {
  return { certificateId, height }
}

/** Asks L1 once more what it holds, later each time. */
function lookAgain(state: NetworkMachineState, error: CertificateStatusError): Step {
  const failures = state.unknownRoots - 1
  return retry({ ...state, activity: 'reconcile', isReconciled: false, failures }, error)
}

function retry(state: NetworkMachineState, error: CertificateStatusError): Step {
  const { options, activity, current } = state
  const failures = state.failures + 1
  if (current !== undefined && bounded.has(activity) && failures >= options.retry.maxAttempts)
    return storeError(state, current, error)
  const delayMs = retryDelay(options.retry, failures)
  const timer: NetworkEffect = { type: 'startTimer', delayMs }
  if (current === undefined)
    return { state: { ...state, failures, isWaiting: true }, effects: [timer] }
  const event = { type: 'retrying', error, failures, delayMs, ...about(state, current) } as const
  return {
    state: { ...state, failures, isWaiting: true },
    effects: [{ type: 'report', event }, timer],
  }
}
