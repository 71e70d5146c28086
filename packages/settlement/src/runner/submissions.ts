import type { Clock } from '@zkstack/concurrency'
import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { L1Error } from '@zkstack/l1'
import {
  certificateId as idOf,
  type CallOptions,
  type Certificate,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import type { NetworkRateLimits } from '../rate-limit/network-rate-limits.js'
import type { RateSlot } from '../rate-limit/sliding-window.js'
import type { SettlementStore } from '../storage/settlement-store.js'
import {
  decideReplacement,
  replacementAfterReceipt,
  type JobState,
  type KnownCertificate,
  type ReceiptState,
} from '../submission/replacement.js'
import { checkSubmission, replacementError } from '../submission/submission-rules.js'
import type { SubmissionError } from '../submission/submission-error.js'
import {
  verifyCertificateSignature,
  type SignerContext,
} from '../submission/verify-certificate-signature.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { SettlementJobs } from './ports.js'

/** What a submission asks L1. */
export interface SubmissionL1 {
  /** Who signs for a network that vouches so; `undefined` if L1 knows nobody. */
  signers(
    networkId: NetworkId,
    vouching: SignerContext['type'],
    o: CallOptions,
  ): Promise<Result<SignerContext | undefined, L1Error>>
  /** What became of a transaction. */
  receipt(txHash: Hash32, o: CallOptions): Promise<ReceiptState>
}

/** What {@link Submissions} are made of. */
export interface SubmissionsOptions {
  readonly store: SettlementStore
  readonly l1: SubmissionL1
  readonly jobs: Pick<SettlementJobs, 'result'>
  readonly rateLimits: NetworkRateLimits
  readonly clock: Clock
  /** How far ahead of the next height a certificate may wait; default 1000. */
  readonly maxHeightsAhead?: bigint | undefined
  /** Whether to keep a copy of every certificate for ever; default no. */
  readonly debug?: boolean | undefined
  /** Whether nothing is under way for the current certificate of a network, which is in error. */
  readonly isReplaceable: (networkId: NetworkId) => boolean
}

/** What came of a submission: a repeated one changes nothing. */
export interface AcceptedCertificate {
  readonly certificateId: Hash32
  readonly isNew: boolean
}

/** Decisions are made again when the store has changed in the meantime, so many times. */
const maxDecisions = 3

/** Accepts certificates, or says why not. Who did not sign causes no other question to L1 than who should have. */
export class Submissions {
  readonly #o: SubmissionsOptions

  constructor(o: SubmissionsOptions) {
    this.#o = o
  }

  /** Checks a certificate by all the rules, and stores it. Repeating it, after a crash or a lost answer, is harmless. */
  async submit(
    certificate: Certificate,
    o: CallOptions,
  ): Promise<Result<AcceptedCertificate, SubmissionError>> {
    const certificateId = idOf(certificate)
    const { networkId } = certificate
    const header = await this.#o.store.header(certificateId)
    if (header !== undefined && header.status.type !== 'inError')
      return ok({ certificateId, isNew: false })
    const checked = await this.#check(certificate)
    if (!checked.ok) return checked
    const free = this.#reserve(networkId)
    if (!free.ok) return free
    // While L1 says who should have signed, a stranger must not keep the place from those who did.
    free.value.release()
    const signed = await this.#verify(certificate, o)
    if (!signed.ok) return signed
    const slot = this.#reserve(networkId)
    if (!slot.ok) return slot
    try {
      const accepted = await this.#decide(certificate, certificateId, o)
      if (accepted.ok) slot.value.record(this.#o.clock.now())
      return accepted
    } finally {
      slot.value.release()
    }
  }

  async #check(certificate: Certificate): Promise<Result<void, SubmissionError>> {
    const { isDisabled, nextHeight } = await this.#o.store.settledNetwork(certificate.networkId)
    const { maxHeightsAhead = 1000n } = this.#o
    return checkSubmission(certificate, { isDisabled, nextHeight, maxHeightsAhead })
  }

  #reserve(networkId: NetworkId): Result<RateSlot, SubmissionError> {
    const slot = this.#o.rateLimits.reserve(networkId, this.#o.clock.now())
    if (slot.ok) return slot
    const message = `network ${networkId} has submitted as much as it may for now`
    return err({ kind: 'retry', code: 'RateLimited', message, ...slot.error })
  }

  async #verify(certificate: Certificate, o: CallOptions): Promise<Result<void, SubmissionError>> {
    const { networkId, aggchainData } = certificate
    const isOne = aggchainData.type === 'ecdsa' || aggchainData.type === 'generic'
    const vouching = isOne ? 'trustedSequencer' : 'committee'
    const signers = await this.#o.l1.signers(networkId, vouching, o)
    if (!signers.ok) {
      const { message, retry } = signers.error
      return err({ kind: retry ? 'retry' : 'fatal', code: 'L1Unavailable', message })
    }
    if (signers.value === undefined) {
      const message = `L1 knows nobody who signs for network ${networkId}`
      return err({ kind: 'fatal', code: 'SignerNotFound', networkId, message })
    }
    return verifyCertificateSignature(certificate, signers.value)
  }

  async #decide(
    certificate: Certificate,
    certificateId: Hash32,
    o: CallOptions,
  ): Promise<Result<AcceptedCertificate, SubmissionError>> {
    const { store, debug } = this.#o
    const { networkId, height } = certificate
    for (let left = maxDecisions; ; left--) {
      const header = await store.headerAt(networkId, height)
      const judged = await this.#judge(header, certificateId, o)
      if (judged !== 'allow') return judged
      const options = debug === undefined ? {} : { debug }
      const accepted = await store.accept(certificate, { judged: header, ...options })
      if (accepted.ok) return ok({ certificateId, isNew: true })
      if (left === 1 && header !== undefined)
        return err(replacementError('StillInFlight', { header, job: 'none' }, certificateId))
      const checked = await this.#check(certificate)
      if (!checked.ok) return checked
    }
  }

  /** Whether a certificate may take the place of what is known for its height. */
  async #judge(
    header: CertificateHeader | undefined,
    certificateId: Hash32,
    o: CallOptions,
  ): Promise<'allow' | Result<AcceptedCertificate, SubmissionError>> {
    if (header === undefined) return 'allow'
    const known: KnownCertificate = { header, job: await this.#jobState(header.certificateId) }
    const first = decideReplacement(known, certificateId)
    const decision =
      first.type === 'checkReceipt'
        ? replacementAfterReceipt(await this.#o.l1.receipt(first.txHash, o))
        : first
    if (decision.type === 'known') return ok({ certificateId, isNew: false })
    if (decision.type === 'refuse')
      return err(replacementError(decision.reason, known, certificateId))
    return this.#isUnderWay(header)
      ? err(replacementError('StillInFlight', known, certificateId))
      : 'allow'
  }

  /** Whether the network still finds out if L1 has settled the failed certificate all the same. */
  #isUnderWay({ networkId, status }: CertificateHeader): boolean {
    return status.type === 'inError' && !this.#o.isReplaceable(networkId)
  }

  async #jobState(certificateId: Hash32): Promise<JobState> {
    const jobId = await this.#o.store.jobOf(certificateId)
    if (jobId === undefined) return 'none'
    const result = await this.#o.jobs.result(jobId)
    if (!result.ok) return result.error.code === 'NOT_FOUND' ? 'none' : 'withoutResult'
    if (result.value === undefined) return 'withoutResult'
    return result.value.call.outcome === 'success' ? 'success' : 'revert'
  }
}
