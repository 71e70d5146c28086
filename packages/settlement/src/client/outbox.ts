import type { Clock, Logger } from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { ZERO_HASH, type CallOptions, type NetworkId } from '@zkstack/pessimistic-proof'
import type { EndpointError, SettlementEndpoint } from '../node/settlement-endpoint.js'
import { pendingHeader, type CertificateHeader } from '../types/certificate-header.js'
import { certificateStatusError } from '../types/certificate-status-error.js'
import type { CertificateBuilder, RangeStart } from './certificate-builder.js'
import { decodeCertificateMetadata } from './certificate-metadata.js'
import { nextPlace } from './certificate-place.js'
import type { CertificateSigner } from './certificate-signer.js'
import type { ClientHalt } from './client-event.js'
import type { ClientCertificate } from './client-records.js'
import type { ClientStore } from './client-store.js'
import type { ExitReporter } from './exit-reporter.js'
import { leafCountOf } from './l1-bridge-index.js'
import { reconcile } from './reconcile.js'

/** What an {@link Outbox} needs. */
export interface OutboxOptions {
  readonly networkId: NetworkId
  readonly store: ClientStore
  readonly endpoint: SettlementEndpoint
  readonly builder: CertificateBuilder
  readonly signer: CertificateSigner
  readonly reporter: ExitReporter
  readonly clock: Clock
  readonly logger: Logger
  /** The local exit root that L1 has for the network; zero for none. `undefined`: L1 does not say. */
  lastLocalExitRoot(o: CallOptions): Promise<Hash32 | undefined>
  /** How long to wait before another certificate of a height that failed so many times, in milliseconds. */
  pauseMs(failures: number): number
  /** Whether it is time for the next certificate. */
  isDue(o: CallOptions): Promise<boolean>
}

/** What a step came to: something `moved`, or there is nothing to do for now. */
export type OutboxStep = Result<'moved' | 'idle', ClientHalt>

/**
 * Carries certificates to the settlement node, one after another. Each is stored before it is sent, and sent again until the
 * settlement node is known to have it: its id makes that harmless. So no crash loses one or makes two.
 */
export class Outbox {
  readonly #o: OutboxOptions
  #isReconciled = false

  constructor(o: OutboxOptions) {
    this.#o = o
  }

  /** Does the next thing that is to be done. */
  async step(o: CallOptions): Promise<OutboxStep> {
    if (!this.#isReconciled) return this.#reconcile(o)
    const { latest } = this.#o.store
    if (latest !== undefined && !latest.isSent && isOpen(latest)) return this.#send(latest, o)
    if (latest !== undefined && isOpen(latest)) return this.#follow(latest, o)
    return this.#next(latest, o)
  }

  /** Goes on after a halt: sends the certificate again, or makes another one of its height. */
  async resume(): Promise<void> {
    const { latest } = this.#o.store
    if (latest === undefined) return
    if (isOpen(latest)) await this.#o.store.putCertificate({ ...latest, isSent: false })
    else if (latest.header.status.type === 'inError') await this.#forgive(latest)
    this.#isReconciled = true
  }

  async #reconcile(o: CallOptions): Promise<OutboxStep> {
    const { endpoint, networkId, store } = this.#o
    const { latest } = store
    const remote = await endpoint.latestHeaders(networkId, o)
    if (!remote.ok) return this.#unreachable(remote.error)
    const decision = reconcile(latest, remote.value)
    if (decision.type === 'error') return err(decision)
    if (decision.type === 'adopt') return this.#adopt(latest, decision.header, o)
    if (decision.type === 'update' && latest !== undefined)
      await this.#update(latest, decision.header)
    this.#isReconciled = true
    return ok('moved')
  }

  /** Takes over a certificate of the settlement node, once the blocks that it covers are collected. */
  async #adopt(
    latest: ClientCertificate | undefined,
    header: CertificateHeader,
    o: CallOptions,
  ): Promise<OutboxStep> {
    const { store, endpoint } = this.#o
    if (latest !== undefined && isOpen(latest)) {
      const before = await endpoint.header(latest.header.certificateId, o)
      if (!before.ok) return this.#unreachable(before.error)
      if (before.value !== undefined) await this.#update(latest, before.value)
    }
    const metadata = decodeCertificateMetadata(header.metadata)
    const { collected, exitTree } = store
    if (metadata !== undefined && metadata.toBlock >= collected.nextBlock) return ok('idle')
    const start = startAfter(store.latest)
    const endExit = leafCountOf(exitTree, header.newLocalExitRoot, start.firstExit)
    if (metadata === undefined || endExit === undefined) {
      const message = `the settlement node has a certificate of height ${header.height} that the chain's exits do not lead to`
      return err({ code: 'RemoteDiffers', message })
    }
    const { toBlock, attempt } = metadata
    const claims = await store.claims(start.firstClaim, collected.claims)
    const endClaim = start.firstClaim + claims.filter(({ block }) => block <= toBlock).length
    await this.#put({
      header,
      range: { ...start, toBlock, endExit, endClaim },
      certificate: undefined,
      attempt,
      isSent: true,
      isClaimable: false,
    })
    this.#isReconciled = true
    return ok('moved')
  }

  async #send(record: ClientCertificate, o: CallOptions): Promise<OutboxStep> {
    const { endpoint, store } = this.#o
    const { certificate, header } = record
    const known = await endpoint.header(header.certificateId, o)
    if (!known.ok) return this.#unreachable(known.error)
    if (known.value !== undefined) {
      await this.#put({ ...record, isSent: true, header: known.value })
      return ok('moved')
    }
    if (certificate === undefined) {
      const message = `the settlement node no longer has the certificate of height ${header.height}, which was not made here`
      return err({ code: 'RemoteForgot', message })
    }
    const sent = await endpoint.submit(certificate, o)
    if (sent.ok) {
      await store.putCertificate({ ...record, isSent: true })
      return ok('moved')
    }
    const { kind, code, message } = sent.error
    if (kind === 'retry') return this.#unreachable(sent.error)
    const reason = certificateStatusError('PreCertificationError', message, { reason: code, kind })
    await this.#put({
      ...record,
      header: { ...header, status: { type: 'inError', error: reason } },
    })
    return kind === 'fatal' ? err({ code, message }) : ok('idle')
  }

  async #follow(record: ClientCertificate, o: CallOptions): Promise<OutboxStep> {
    const known = await this.#o.endpoint.header(record.header.certificateId, o)
    if (!known.ok) return this.#unreachable(known.error)
    if (known.value === undefined) {
      const message = `the settlement node forgot the certificate of height ${record.header.height}`
      return err({ code: 'RemoteForgot', message })
    }
    const isNew = known.value.status.type !== record.header.status.type
    if (isNew) await this.#put({ ...record, header: known.value })
    return ok(isNew ? 'moved' : 'idle')
  }

  /** Makes the next certificate, signs and stores it; sending is the next step. */
  async #next(latest: ClientCertificate | undefined, o: CallOptions): Promise<OutboxStep> {
    const { builder, signer, clock, logger, networkId } = this.#o
    const failed = latest?.header.status.type === 'inError' ? latest : undefined
    if (failed === undefined && !(await this.#o.isDue(o))) return ok('idle')
    const step = failed && (await this.#reconsider(failed, o))
    if (step !== undefined) return step
    const onL1 = latest === undefined ? await this.#firstRoot(o) : undefined
    const place = nextPlace(latest?.header, onL1 ?? ZERO_HASH)
    if (!place.ok || (latest === undefined && onL1 === undefined)) return ok('idle')
    const start = latest === undefined ? this.#first(place.value) : startAfter(latest)
    if (start === undefined) return ok('idle')
    const attempt = failed === undefined ? 0 : failed.attempt + 1
    const built = await builder.build(place.value, start, { attempt, nowMs: clock.nowUtc() })
    if (!built.ok) return built
    if (built.value === undefined) return ok('idle')
    const { certificate: unsigned, range } = built.value
    const signed = await signer.sign(unsigned, o)
    if (!signed.ok) {
      const { message, retry } = signed.error
      logger.warn('a certificate is not signed', { networkId, reason: message })
      return retry ? ok('idle') : err({ code: 'NotSigned', message })
    }
    const certificate = { ...unsigned, aggchainData: signed.value }
    await this.#put({
      header: pendingHeader(certificate),
      range,
      certificate,
      attempt,
      isSent: false,
      isClaimable: false,
    })
    return ok('moved')
  }

  /**
   * What a failed certificate asks for before another one is made: patience, or a person, or nothing, for L1 may have settled one of
   * its height after all. `undefined`: another one.
   */
  async #reconsider(failed: ClientCertificate, o: CallOptions): Promise<OutboxStep | undefined> {
    const { status, height, certificateId } = failed.header
    const isFatal = status.type === 'inError' && status.error.kind === 'fatal'
    if (!isFatal && !this.#isRested(failed)) return ok('idle')
    const remote = await this.#o.endpoint.latestHeaders(this.#o.networkId, o)
    if (!remote.ok) return this.#unreachable(remote.error)
    const { settled } = remote.value
    if (settled !== undefined && settled.height >= height) {
      if (!bytesEqual(settled.certificateId, certificateId)) return this.#adopt(failed, settled, o)
      await this.#put({ ...failed, isSent: true, header: settled })
      return ok('moved')
    }
    if (status.type !== 'inError' || !isFatal) return undefined
    const { code, reason, message } = status.error
    return err({ code: reason ?? code, message })
  }

  /**
   * Whether enough time has passed since a certificate failed: since it was made, as far as its metadata tell. One of the future was
   * made by a clock that was set back since, and tells nothing.
   */
  #isRested({ header, attempt }: ClientCertificate): boolean {
    const madeAtMs = 1000 * (decodeCertificateMetadata(header.metadata)?.createdAt ?? 0)
    const nowMs = this.#o.clock.nowUtc()
    return nowMs < madeAtMs || nowMs >= madeAtMs + this.#o.pauseMs(attempt + 1)
  }

  /**
   * The local exit root on which everything that is made here follows, also what replaces the first certificate when it fails: one
   * wrong answer must not decide it, so L1 says it twice. `undefined`: it does not, or says two things.
   */
  async #firstRoot(o: CallOptions): Promise<Hash32 | undefined> {
    const first = await this.#o.lastLocalExitRoot(o)
    const second = first && (await this.#o.lastLocalExitRoot(o))
    return first && second && bytesEqual(first, second) ? first : undefined
  }

  /** The first certificate begins after the exits that L1 has; `undefined`: they are not collected yet. */
  #first({ prevLocalExitRoot }: { readonly prevLocalExitRoot: Hash32 }): RangeStart | undefined {
    const firstExit = leafCountOf(this.#o.store.exitTree, prevLocalExitRoot)
    return firstExit === undefined ? undefined : { ...startAfter(undefined), firstExit }
  }

  /** The failed certificate counts as one that another may replace. */
  async #forgive(record: ClientCertificate): Promise<void> {
    const { header } = record
    if (header.status.type !== 'inError') return
    const error = { ...header.status.error, kind: 'rebuild' as const }
    await this.#put({ ...record, header: { ...header, status: { type: 'inError', error } } })
  }

  async #update(record: ClientCertificate, header: CertificateHeader): Promise<void> {
    const isSame = record.isSent && header.status.type === record.header.status.type
    if (!isSame) await this.#put({ ...record, isSent: true, header })
  }

  async #put(record: ClientCertificate): Promise<void> {
    await this.#o.store.putCertificate(record)
    await this.#o.reporter.certificate(record)
  }

  #unreachable({ kind, code, message }: EndpointError): OutboxStep {
    if (kind !== 'retry') return err({ code, message })
    this.#o.logger.warn('the settlement node does not do it now', { code, reason: message })
    return ok('idle')
  }
}

function isOpen({ header }: ClientCertificate): boolean {
  return header.status.type !== 'settled' && header.status.type !== 'inError'
}

/** Where the certificate after this one begins: a failed one is made anew from its start. */
function startAfter(latest: ClientCertificate | undefined): RangeStart {
  if (latest === undefined) return { fromBlock: 0n, firstExit: 0, firstClaim: 0 }
  const { range, header } = latest
  if (header.status.type === 'inError') {
    const { fromBlock, firstExit, firstClaim } = range
    return { fromBlock, firstExit, firstClaim }
  }
  const { toBlock, endExit, endClaim } = range
  return { fromBlock: toBlock + 1n, firstExit: endExit, firstClaim: endClaim }
}
