import type { Ctx } from '@zkstack/concurrency'
import { decodeEpochCertificate } from '@zkstack/roles'
import {
  decodeGetEpochRequest,
  decodeGetEpochResponse,
  encodeGetEpochRequest,
  encodeGetEpochResponse,
} from '../codec.js'
import type { NetworkInit } from '../network.js'
import { Notifier } from '../notifier.js'
import type { Peer } from '../peers/peer.js'
import { receiveAnswer } from '../receive-answer.js'
import { sleepOrWake } from '../sleep-or-wake.js'
import { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

/** When a peer that had not got a certificate is asked again. */
interface Retry {
  readonly at: number
  readonly pauseMs: number
}

/** Times that the pause before a peer is asked again doubles. */
const DOUBLINGS = 6

/** Serves the certificates of epochs, and fetches those that this node missed: one peer at a time is asked for each. */
export class EpochCertificates {
  readonly #init: Pick<NetworkInit, 'epochCertificates' | 'limits'>
  /** Answers to all peers together: each may cost the decoding of a committee. */
  readonly #answers: Throttle
  readonly #wanted = new Set<bigint>()
  readonly #asking = new Set<bigint>()
  readonly #changed = new Notifier()

  constructor(init: Pick<NetworkInit, 'epochCertificates' | 'limits' | 'clock'>) {
    this.#init = init
    this.#answers = new Throttle(init.limits.epochAnswerRate, init.clock)
  }

  /** Asks peers for it, those who connect later too, until one has it. */
  want(epoch: bigint): void {
    this.#wanted.add(epoch)
    this.#changed.notify()
  }

  /** Waits until there is something to ask. */
  async wantsAny(ctx: Ctx): Promise<void> {
    while (this.#wanted.size === 0) await ctx.race(this.#changed.wait())
  }

  /** Asks a peer for what is wanted; for what it has not, again after a while. */
  async ask(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.outgoing('epochRequestRate')
    const retries = new Map<bigint, Retry>()
    for (;;) {
      const { epoch, at } = this.#next(retries, ctx.clock.now())
      if (epoch === undefined) {
        await sleepOrWake(ctx, at, this.#changed)
        continue
      }
      this.#asking.add(epoch)
      try {
        await throttle.pass(ctx)
        if (await this.#fetch(ctx, peer, stream, epoch)) this.#wanted.delete(epoch)
        else retries.set(epoch, this.#retryAfter(retries.get(epoch), ctx.clock.now()))
      } finally {
        this.#asking.delete(epoch)
        this.#changed.notify()
      }
    }
  }

  /** Answers a peer. @throws StorageError when the store fails. */
  async serve(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.incoming('epochRequestRate')
    for (;;) {
      const frame = await ctx.race(stream.receive())
      if (!frame) return
      await throttle.pass(ctx)
      const epoch = decodeGetEpochRequest(frame)
      await this.#answers.pass(ctx)
      const certificate = await ctx.race(this.#read(epoch))
      await ctx.race(stream.send(encodeGetEpochResponse(certificate)))
    }
  }

  async #fetch(ctx: Ctx, peer: Peer, stream: FrameStream, epoch: bigint): Promise<boolean> {
    await ctx.race(stream.send(encodeGetEpochRequest(epoch)))
    const timeoutMs = this.#init.limits.pingTimeoutMs
    const frame = await receiveAnswer(ctx, stream, { timeoutMs, topic: 'epochs' })
    const bytes = decodeGetEpochResponse(frame)
    if (bytes === undefined) return false
    const certificate = decodeEpochCertificate(bytes)
    const isRight = await this.#init.epochCertificates?.take(epoch, certificate)
    if (isRight === false) {
      peer.misbehaved('BAD_EPOCH', `the certificate of epoch ${epoch} does not verify`)
      ctx.throwIfCanceled()
    }
    return true
  }

  async #read(epoch: bigint): Promise<Uint8Array | undefined> {
    return this.#init.epochCertificates?.get(epoch)
  }

  #retryAfter(last: Retry | undefined, now: number): Retry {
    const { epochRetryMs } = this.#init.limits
    const longest = epochRetryMs * 2 ** DOUBLINGS
    const pauseMs = last ? Math.min(longest, last.pauseMs * 2) : epochRetryMs
    return { at: now + pauseMs, pauseMs }
  }

  #next(
    retries: ReadonlyMap<bigint, Retry>,
    now: number,
  ): { readonly epoch?: bigint; readonly at?: number } {
    let earliest: number | undefined
    for (const epoch of this.#wanted) {
      if (this.#asking.has(epoch)) continue
      const at = retries.get(epoch)?.at ?? now
      if (at <= now) return { epoch }
      earliest = Math.min(earliest ?? at, at)
    }
    return earliest === undefined ? {} : { at: earliest }
  }
}
