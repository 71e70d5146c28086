import type { Hash32 } from '@zkstack/crypto'
import type { JobId } from '@zkstack/l1'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificatesPerEpoch } from '../epochs/open-epoch.js'
import type { CertificateStatus } from '../types/certificate-header.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'
import type { RetryPolicy } from './retry-policy.js'

/** The certificate that settles next, as the store has it. */
export interface StoredCertificate {
  readonly certificateId: Hash32
  readonly status: Exclude<CertificateStatus['type'], 'settled'>
  /** Its settlement job, if it has one. */
  readonly jobId: JobId | undefined
  /** The pessimistic root that its stored proof leads to; `undefined` without a proof. */
  readonly newPessimisticRoot: Hash32 | undefined
}

/** What L1 was seen to hold for a network. */
export interface L1Observation {
  readonly pessimisticRoot: Hash32
  /** The transaction that brought it there, if it was found. */
  readonly txHash: Hash32 | undefined
}

/** A certificate on its way. */
export interface CurrentCertificate extends StoredCertificate {
  /** Whether the runner holds the state that the certificate leads to; never after a restart. */
  readonly hasPostState: boolean
  /** The transaction that settled it, once known. */
  readonly settlementTxHash: Hash32 | undefined
  /** The root on L1 for whose sake the state is computed: the certificate is settled if it leads there. */
  readonly adopting: L1Observation | undefined
  /** What is being stored as its error. */
  readonly error: CertificateStatusError | undefined
}

/** The effect whose answer is awaited, by its type; `idle` if there is none. */
export type Activity =
  | 'idle'
  | 'load'
  | 'reconcile'
  | 'certify'
  | 'storeProof'
  | 'submitJob'
  | 'storeCandidate'
  | 'waitForJob'
  | 'apply'
  | 'finalise'
  | 'storeError'
  | 'resetToPending'

/** How a network's certificates are treated. */
export interface NetworkMachineOptions {
  readonly certificatesPerEpoch: CertificatesPerEpoch
  readonly retry: RetryPolicy
}

/** What was settled of a network, and what is on its way: one certificate at a time. Immutable. */
export interface NetworkMachineState {
  readonly networkId: NetworkId
  readonly options: NetworkMachineOptions
  /** The height that settles next. */
  readonly nextHeight: bigint
  /** The root that L1 holds if nothing happened without us; `undefined` if nothing was settled here yet. */
  readonly settledRoot: Hash32 | undefined
  readonly isDisabled: boolean
  /** The epoch that takes certificates. */
  readonly epoch: bigint
  /** The epoch in which this network settled last, and how many certificates. */
  readonly settledIn: { readonly epoch: bigint; readonly count: bigint } | undefined
  readonly activity: Activity
  /** Whether a timer runs after whose end the activity is begun again. */
  readonly isWaiting: boolean
  /** Failures of the activity in a row. */
  readonly failures: number
  /** Whether this process has asked L1 what it holds since the start or since the error of the current certificate. */
  readonly isReconciled: boolean
  /** How often in a row L1 was seen to hold a root that nothing known here leads to. */
  readonly unknownRoots: number
  /** Another certificate came for the next height in the meantime. */
  readonly isStale: boolean
  readonly current: CurrentCertificate | undefined
}

/** A network's state at the start, from what the store has. */
export function initialNetworkState(
  settled: Pick<
    NetworkMachineState,
    'networkId' | 'nextHeight' | 'settledRoot' | 'isDisabled' | 'epoch' | 'settledIn'
  >,
  options: NetworkMachineOptions,
): NetworkMachineState {
  return {
    ...settled,
    options,
    activity: 'idle',
    isWaiting: false,
    failures: 0,
    isReconciled: false,
    unknownRoots: 0,
    isStale: false,
    current: undefined,
  }
}
