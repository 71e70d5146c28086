import { bytesEqual } from '@zkstack/crypto'
import { ZERO_HASH } from '@zkstack/pessimistic-proof'
import { certificateStatusError } from '../types/certificate-status-error.js'
import type { CertificateStatus } from '../types/certificate-header.js'
import type { NetworkEffect } from './network-effect.js'
import type { NetworkInput } from './network-input.js'
import type {
  Activity,
  CurrentCertificate,
  L1Observation,
  NetworkMachineState,
  StoredCertificate,
} from './network-state.js'
import { about, notAdopted, onFailed } from './on-failed.js'
import { ask, load, proceed, storeError, type Step } from './proceed.js'

/** Which effect an answer belongs to. */
const asked = {
  loaded: 'load',
  reconciled: 'reconcile',
  certified: 'certify',
  proofStored: 'storeProof',
  jobStored: 'submitJob',
  candidateStored: 'storeCandidate',
  jobEnded: 'waitForJob',
  applied: 'apply',
  finalised: 'finalise',
  errorStored: 'storeError',
  resetStored: 'resetToPending',
} as const satisfies Partial<Record<NetworkInput['type'], Activity>>

type Answer = Extract<NetworkInput, { readonly type: keyof typeof asked }>

/**
 * Carries the certificates of one network from Pending to Settled, one at a time, in the order of their heights. Synchronous and
 * pure: all that happens is in the effects.
 * @throws RangeError for an answer that nobody asked for: a mistake of the runner.
 */
export function step(state: NetworkMachineState, input: NetworkInput): Step {
  switch (input.type) {
    case 'started':
      return load({ ...state, isReconciled: false })
    case 'submitted':
      return onSubmitted(state, input.height)
    case 'disabled':
      return { state: { ...state, isDisabled: true }, effects: [] }
    case 'enabled':
      return resume({ ...state, isDisabled: false })
    case 'epochStarted':
      return resume({ ...state, epoch: input.epoch })
    case 'retryDue':
      return state.isWaiting ? again(state) : { state, effects: [] }
    case 'failed':
      if (state.activity === 'idle' || state.isWaiting) throw unasked(state, input)
      return onFailed(state, input.error)
    default:
      if (asked[input.type] !== state.activity || state.isWaiting) throw unasked(state, input)
      return onAnswer({ ...state, failures: 0 }, input)
  }
}

function unasked({ activity }: NetworkMachineState, { type }: NetworkInput): RangeError {
  return new RangeError(`input: '${type}' came while the activity is '${activity}'`)
}

/** What was held back may go on. */
function resume(state: NetworkMachineState): Step {
  return state.activity === 'idle' ? load(state) : { state, effects: [] }
}

function onSubmitted(state: NetworkMachineState, height: bigint): Step {
  if (height !== state.nextHeight) return { state, effects: [] }
  if (state.activity === 'idle') return load(state)
  return { state: { ...state, isStale: true }, effects: [] }
}

/** Begins the activity again that failed. */
function again(state: NetworkMachineState): Step {
  const { activity, current } = state
  if (current === undefined || activity === 'load') return load(state)
  const { certificateId, settlementTxHash } = current
  if (activity === 'apply') {
    const beforeTx = current.adopting?.txHash ?? settlementTxHash
    return ask(state, { type: 'apply', certificateId, beforeTx })
  }
  if (activity === 'finalise')
    return ask(state, { type: 'finalise', certificateId, settlementTxHash })
  return proceed(state)
}

function onAnswer(state: NetworkMachineState, input: Answer): Step {
  if (input.type === 'loaded') return onLoaded(state, input.certificate)
  const { current } = state
  if (current === undefined) throw unasked(state, input)
  switch (input.type) {
    case 'reconciled':
      return onReconciled({ ...state, isReconciled: true }, current, input.observation)
    case 'certified': {
      const proven = { ...current, hasPostState: true }
      const { newPessimisticRoot } = input
      const next = { ...state, current: { ...proven, newPessimisticRoot } }
      return ask(next, { type: 'storeProof', certificateId: current.certificateId })
    }
    case 'proofStored':
      return advance(state, { ...current, status: 'proven' }, [
        { type: 'backup', reason: 'proven' },
      ])
    case 'jobStored':
      return advance(state, { ...current, status: 'candidate', jobId: input.jobId })
    case 'candidateStored':
      return advance(state, { ...current, status: 'candidate' })
    case 'jobEnded':
      return onJobEnded(state, { ...current, settlementTxHash: input.txHash }, input.outcome)
    case 'applied':
      return onApplied(state, current, input.newPessimisticRoot)
    case 'finalised':
      return onFinalised(state, current, input)
    case 'errorStored':
      return onErrorStored(state, current)
    case 'resetStored':
      return advance(state, { ...current, status: 'pending', newPessimisticRoot: undefined })
  }
}

/** A new status is stored. */
function advance(
  state: NetworkMachineState,
  current: CurrentCertificate & { readonly status: 'pending' | 'proven' | 'candidate' },
  more: readonly NetworkEffect[] = [],
): Step {
  const report = statusReport(state, current, { type: current.status })
  return proceed({ ...state, current }, [report, ...more])
}

function onLoaded(state: NetworkMachineState, stored: StoredCertificate | undefined): Step {
  if (state.isStale) return load(state)
  if (stored === undefined) return proceed({ ...state, current: undefined })
  const { current } = state
  const isSame = current !== undefined && bytesEqual(current.certificateId, stored.certificateId)
  const hasPostState = isSame && current.hasPostState && stored.newPessimisticRoot !== undefined
  return proceed({
    ...state,
    current: {
      ...stored,
      hasPostState,
      settlementTxHash: undefined,
      adopting: undefined,
      error: undefined,
    },
  })
}

function onReconciled(
  state: NetworkMachineState,
  current: CurrentCertificate,
  observation: L1Observation,
): Step {
  if (state.isStale) return load(state)
  const { pessimisticRoot, txHash } = observation
  if (bytesEqual(pessimisticRoot, state.settledRoot ?? ZERO_HASH))
    return proceed({ ...state, unknownRoots: 0 })
  const { certificateId } = current
  const next = { ...state, current: { ...current, adopting: observation } }
  return ask(next, { type: 'apply', certificateId, beforeTx: txHash })
}

function onJobEnded(
  state: NetworkMachineState,
  current: CurrentCertificate,
  outcome: 'success' | 'reverted',
): Step {
  const next = { ...state, current }
  const { certificateId, settlementTxHash } = current
  if (outcome === 'reverted') {
    const message = 'the settlement transaction reverted'
    const error = certificateStatusError('SettlementError', message, { reason: 'Reverted' })
    return storeError(next, current, error)
  }
  return current.hasPostState
    ? ask(next, { type: 'finalise', certificateId, settlementTxHash })
    : ask(next, { type: 'apply', certificateId, beforeTx: settlementTxHash })
}

function onApplied(
  state: NetworkMachineState,
  current: CurrentCertificate,
  newPessimisticRoot: CurrentCertificate['newPessimisticRoot'] & Uint8Array,
): Step {
  const { adopting, certificateId } = current
  const expected = adopting?.pessimisticRoot ?? current.newPessimisticRoot
  const leadsThere = expected === undefined || bytesEqual(newPessimisticRoot, expected)
  if (adopting !== undefined) {
    if (state.isStale) return load(state)
    if (!leadsThere) return notAdopted(state, current)
    const { txHash: settlementTxHash } = adopting
    const event = { type: 'adopted', settlementTxHash, ...about(state, current) } as const
    const next = { ...state, current: { ...current, hasPostState: true, settlementTxHash } }
    const finalise = { type: 'finalise', certificateId, settlementTxHash } as const
    return ask(next, finalise, [{ type: 'report', event }])
  }
  if (!leadsThere) {
    const message = 'the certificate, settled on L1, does not lead to the root that was proven'
    const error = certificateStatusError('InternalError', message, {
      reason: 'PessimisticRootMismatch',
      kind: 'fatal',
    })
    return storeError(state, current, error)
  }
  const { settlementTxHash } = current
  const next = { ...state, current: { ...current, hasPostState: true } }
  return ask(next, { type: 'finalise', certificateId, settlementTxHash })
}

function onFinalised(
  state: NetworkMachineState,
  current: CurrentCertificate,
  { epoch, newPessimisticRoot }: Extract<NetworkInput, { type: 'finalised' }>,
): Step {
  const before = state.settledIn?.epoch === epoch ? state.settledIn.count : 0n
  const next = {
    ...state,
    nextHeight: state.nextHeight + 1n,
    settledRoot: newPessimisticRoot,
    settledIn: { epoch, count: before + 1n },
    unknownRoots: 0,
    current: undefined,
  }
  const report = statusReport(state, current, { type: 'settled' })
  return load(next, [report, { type: 'backup', reason: 'settled' }])
}

function onErrorStored(state: NetworkMachineState, current: CurrentCertificate): Step {
  const { error } = current
  const report = error && statusReport(state, current, { type: 'inError', error })
  const failed = { ...current, status: 'inError', hasPostState: false } as const
  // L1 may have settled it all the same.
  const next = { ...state, isReconciled: false, current: failed }
  const effects = report === undefined ? [] : [report]
  return state.isStale ? load(next, effects) : proceed(next, effects)
}

function statusReport(
  state: NetworkMachineState,
  current: CurrentCertificate,
  status: CertificateStatus,
): NetworkEffect {
  return { type: 'report', event: { type: 'statusChanged', status, ...about(state, current) } }
}
