import { bytesEqual, type Hash32, type Result } from '@zkstack/crypto'
import { createJobId, type JobId } from '@zkstack/l1'
import type { CallOptions, Certificate, LocalNetworkState } from '@zkstack/pessimistic-proof'
import type { Clock, Random } from '@zkstack/concurrency'
import type { NetworkEffect } from '../certificates/network-effect.js'
import type { NetworkInput } from '../certificates/network-input.js'
import type { Activity } from '../certificates/network-state.js'
import { brokenInvariant } from '../storage/settlement-storage-error.js'
import type { SettlementStore } from '../storage/settlement-store.js'
import type { StoreRefusal } from '../storage/store-refusal.js'
import {
  certificateStatusError,
  type CertificateStatusError,
} from '../types/certificate-status-error.js'
import type { AppliedCertificate, CertifiedCertificate } from './ports.js'
import type { Certifier, L1Observer, SettlementCalls, SettlementJobs } from './ports.js'

/** What effects are carried out with. */
export interface EffectRunnerOptions {
  readonly networkId: number
  readonly store: SettlementStore
  readonly certifier: Certifier
  readonly calls: SettlementCalls
  readonly jobs: SettlementJobs
  readonly l1: L1Observer
  readonly clock: Clock
  readonly random: Random
}

/** An effect that waits for an answer. */
export type Question = Extract<NetworkEffect, { readonly type: Activity }>

/** The outcome of a certificate that is not stored yet. */
interface PostState extends AppliedCertificate {
  readonly certificateId: Hash32
  readonly before: LocalNetworkState
  readonly proof: CertifiedCertificate['proof'] | undefined
}

/** Carries out the questions of one network's machine, one at a time; keeps the state that a certificate leads to in memory. */
export class EffectRunner {
  readonly #o: EffectRunnerOptions
  #post: PostState | undefined

  constructor(o: EffectRunnerOptions) {
    this.#o = o
  }

  /** The answer to an effect. @throws SettlementStorageError; CanceledError */
  async answer(effect: Question, o: CallOptions): Promise<NetworkInput> {
    const { store, networkId } = this.#o
    switch (effect.type) {
      case 'load':
        return {
          type: 'loaded',
          certificate: await store.storedCertificate(networkId, effect.height),
        }
      case 'reconcile':
        return this.#reconcile(o)
      case 'certify':
        return this.#certify(effect.certificateId, o)
      case 'storeProof':
        return stored(
          await store.storeProof(effect.certificateId, this.#proofOf(effect.certificateId)),
          'proofStored',
        )
      case 'submitJob':
        return this.#submitJob(effect.certificateId, o)
      case 'storeCandidate':
        return stored(await store.storeCandidate(effect.certificateId), 'candidateStored')
      case 'waitForJob':
        return this.#waitForJob(effect.jobId, o)
      case 'apply':
        return this.#apply(effect.certificateId, effect.beforeTx, o)
      case 'finalise':
        return this.#finalise(effect.certificateId, effect.settlementTxHash)
      case 'storeError':
        return stored(
          await store.storeError(effect.certificateId, effect.error, effect.settlementTxHash),
          'errorStored',
        )
      case 'resetToPending':
        return stored(await store.resetToPending(effect.certificateId), 'resetStored')
    }
  }

  async #reconcile(o: CallOptions): Promise<NetworkInput> {
    const observed = await this.#o.l1.observe(this.#o.networkId, o)
    if (observed.ok) return { type: 'reconciled', observation: observed.value }
    const { code, message } = observed.error
    return failed(
      certificateStatusError('LastPessimisticRootNotFound', message, {
        reason: code,
        kind: 'retry',
      }),
    )
  }

  async #certify(certificateId: Hash32, o: CallOptions): Promise<NetworkInput> {
    const certificate = await this.#certificate(certificateId)
    const before = await this.#o.store.stateFor(certificate)
    const request = { certificate, certificateId, state: before }
    const certified = await this.#o.certifier.certify(request, o)
    if (!certified.ok) return failed(certified.error)
    this.#post = { certificateId, before, ...certified.value }
    return { type: 'certified', newPessimisticRoot: certified.value.newPessimisticRoot }
  }

  async #apply(
    certificateId: Hash32,
    beforeTx: Hash32 | undefined,
    o: CallOptions,
  ): Promise<NetworkInput> {
    const { store, networkId, certifier } = this.#o
    const certificate = await this.#certificate(certificateId)
    const before = await store.stateFor(certificate)
    const { settledRoot } = await store.settledNetwork(networkId)
    const request = { certificate, certificateId, state: before, beforeTx, settledRoot }
    const applied = await certifier.apply(request, o)
    if (!applied.ok) return failed(applied.error)
    this.#post = { certificateId, before, proof: undefined, ...applied.value }
    return { type: 'applied', newPessimisticRoot: applied.value.newPessimisticRoot }
  }

  async #submitJob(certificateId: Hash32, o: CallOptions): Promise<NetworkInput> {
    const { store, calls, jobs, clock, random } = this.#o
    const certificate = await this.#certificate(certificateId)
    const proof = this.#proofOf(certificateId)
    const call = await calls.build({ certificate, proof }, o)
    if (!call.ok) return failed(call.error)
    const id = createJobId(clock.nowUtc(), random)
    const link = await store.jobLink(certificateId, id)
    if (!link.ok) return failed(refused(link.error))
    const submitted = await jobs.submit({ id, ...call.value }, { ...o, commitWith: link.value })
    if (submitted.ok) return { type: 'jobStored', jobId: submitted.value }
    const { code, message, cause } = submitted.error
    if (code === 'ALREADY_PRESENT') return this.#presentJob(certificateId)
    const reason = cause?.code === 'REFUSED' ? cause.reason : code
    return failed(certificateStatusError('SettlementError', message, { reason }))
  }

  /** The job that the certificate has already. */
  async #presentJob(certificateId: Hash32): Promise<NetworkInput> {
    const jobId = await this.#o.store.jobOf(certificateId)
    if (jobId === undefined) throw brokenInvariant('a job id was used before, for no certificate')
    const candidate = await this.#o.store.storeCandidate(certificateId)
    return candidate.ok ? { type: 'jobStored', jobId } : failed(refused(candidate.error))
  }

  async #waitForJob(jobId: JobId, o: CallOptions): Promise<NetworkInput> {
    const ended = await this.#o.jobs.wait(jobId, o)
    if (ended.ok) {
      const { outcome, transactionHash: txHash } = ended.value.call
      return { type: 'jobEnded', outcome, txHash }
    }
    const { code, message } = ended.error
    return failed(certificateStatusError('SettlementError', message, { reason: code }))
  }

  async #finalise(
    certificateId: Hash32,
    settlementTxHash: Hash32 | undefined,
  ): Promise<NetworkInput> {
    const post = this.#post
    if (post === undefined || !bytesEqual(post.certificateId, certificateId))
      throw brokenInvariant('the state after the certificate is not computed')
    const { before, after, newPessimisticRoot } = post
    const request = { certificateId, settlementTxHash, before, after, newPessimisticRoot }
    const finalised = await this.#o.store.finalise(request)
    if (!finalised.ok) return failed(refused(finalised.error))
    this.#post = undefined
    return { type: 'finalised', epoch: finalised.value.epoch, newPessimisticRoot }
  }

  async #certificate(certificateId: Hash32): Promise<Certificate> {
    const header = await this.#o.store.header(certificateId)
    const certificate =
      header && (await this.#o.store.pendingCertificate(header.networkId, header.height))
    if (certificate !== undefined) return certificate
    throw brokenInvariant('a certificate that is not settled is not queued')
  }

  #proofOf(certificateId: Hash32): CertifiedCertificate['proof'] {
    const post = this.#post
    if (post?.proof !== undefined && bytesEqual(post.certificateId, certificateId))
      return post.proof
    throw brokenInvariant('the certificate is not proven')
  }
}

function failed(error: CertificateStatusError): NetworkInput {
  return { type: 'failed', error }
}

function refused({ code }: StoreRefusal): CertificateStatusError {
  const kind = code === 'NoOpenEpoch' || code === 'AtCapacity' ? 'retry' : 'fatal'
  return certificateStatusError('InternalError', `the store refuses: ${code}`, {
    reason: code,
    kind,
  })
}

function stored(
  result: Result<void, StoreRefusal>,
  type: 'proofStored' | 'candidateStored' | 'errorStored' | 'resetStored',
): NetworkInput {
  return result.ok ? { type } : failed(refused(result.error))
}
