import { errorOf, isCanceled, Semaphore, type Ctx } from '@zkstack/concurrency'
import { createFinalBlock, decodeCommitQC, encodeCommitQC, type Block } from '@zkstack/roles'
import type { BlockSource } from '@zkstack/storage'
import type { BlocksAnswer } from '../blocks/block-client.js'
import { NetworkError } from '../errors.js'
import type { FallbackStatus, NetworkInit } from '../network.js'
import type { SyncRunner } from './sync-runner.js'
import type { SyncSource } from './sync-source.js'

/** Calls of `fetch` under way. */
const MAX_FETCHES = 30

/** What a {@link FallbackFeed} works with. */
export interface FallbackFeedInit {
  readonly source: BlockSource
  readonly init: Pick<NetworkInit, 'blocks' | 'limits'>
  readonly sync: Pick<SyncRunner, 'connected' | 'announced' | 'gone'>
  /** Told of the first failure of a row, and of each wrong block. */
  warn(error: NetworkError): void
}

/**
 * Makes a fallback source one of those that sync may ask, after all peers. What it says to have counts from the next look on,
 * so that peers are given the time to bring it first. Failures are reported and borne; a wrong block takes it out for a while.
 */
export class FallbackFeed {
  readonly #o: FallbackFeedInit
  readonly #fetches = new Semaphore(MAX_FETCHES)
  #status: FallbackStatus = { next: undefined, failure: undefined }
  /** Taken out until then, in monotonic milliseconds. */
  #outUntil = 0
  #serial = 0

  constructor(o: FallbackFeedInit) {
    this.#o = o
  }

  get status(): FallbackStatus {
    return this.#status
  }

  /** Asks the source again and again how far it is, until cancelled. */
  async run(ctx: Ctx): Promise<never> {
    const { fallbackPollMs } = this.#o.init.limits
    for (;;) {
      if (ctx.clock.now() >= this.#outUntil) await this.#feed(ctx)
      await ctx.sleep(fallbackPollMs)
    }
  }

  /** One life of the source in the eyes of sync: until it gives a wrong block. */
  async #feed(ctx: Ctx): Promise<void> {
    const { sync, init } = this.#o
    using life = ctx.child()
    const source = this.#sourceOf(life)
    sync.connected(source, undefined)
    try {
      for (let seen = 0n; ;) {
        if (seen > init.blocks.range.value.next)
          sync.announced(source.name, { first: 0n, next: seen })
        seen = (await this.#head(life)) ?? seen
        await life.sleep(init.limits.fallbackPollMs)
      }
    } catch (e) {
      ctx.throwIfCanceled()
      if (!isCanceled(e)) throw e
    } finally {
      sync.gone(source.name)
    }
  }

  #sourceOf(life: Ctx): SyncSource {
    return {
      name: `fallback#${this.#serial++}`,
      ctx: life,
      isLastResort: true,
      fetch: (ctx, first, count) => this.#fetch(ctx, first, count),
      accuse: (rule, text) => {
        this.#outUntil = life.clock.now() + this.#o.init.limits.banMs
        this.#fail(new NetworkError('NETWORK_FALLBACK', `the fallback source: ${rule}: ${text}`))
        life.cancel()
      },
    }
  }

  /** The first height that the source lacks; undefined when it cannot say. */
  async #head(ctx: Ctx): Promise<bigint | undefined> {
    try {
      const head = await this.#call(ctx, (signal) => this.#o.source.head({ signal }))
      if (typeof head !== 'bigint' || head < 0n) throw new TypeError('head must give a bigint')
      this.#status = { next: head + 1n, failure: undefined }
      return head + 1n
    } catch (e) {
      ctx.throwIfCanceled()
      this.#report('head', errorOf(e))
      return undefined
    }
  }

  async #fetch(ctx: Ctx, first: bigint, count: number): Promise<BlocksAnswer> {
    const numbers = Array.from({ length: count }, (_, i) => first + BigInt(i))
    const found = await Promise.all(numbers.map((n) => this.#fetchOne(ctx, n)))
    const gap = found.findIndex((block) => block === undefined)
    const blocks = found.slice(0, gap < 0 ? count : gap).filter((block) => block !== undefined)
    // not the same as not having it: it is asked again after the next look at its head
    if (blocks.length === 0) throw new NetworkError('NETWORK_FALLBACK', `no block ${first}`)
    return { blocks, range: { first: 0n, next: this.#status.next ?? 0n } }
  }

  /** A block; undefined when the source fails or does not have it. */
  async #fetchOne(ctx: Ctx, n: bigint): Promise<Block | undefined> {
    using _permit = await this.#fetches.acquire({ signal: ctx.signal })
    try {
      const given = await this.#call(ctx, (signal) => this.#o.source.fetch(n, { signal }))
      const block = given && remade(given)
      if (block?.number !== n) throw new TypeError(`it gave block ${block?.number ?? 'nothing'}`)
      return block
    } catch (e) {
      ctx.throwIfCanceled()
      this.#report(`fetch of block ${n}`, errorOf(e))
      return undefined
    }
  }

  /** A call with the patience that peers get. */
  async #call<T>(ctx: Ctx, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { blockTimeoutMs } = this.#o.init.limits
    using patience = ctx.child({ timeoutMs: blockTimeoutMs })
    try {
      return await patience.race(call(patience.signal))
    } catch (e) {
      if (ctx.canceled || !patience.canceled) throw e
      throw new NetworkError('NETWORK_TIMEOUT', `no answer in ${blockTimeoutMs} ms`)
    }
  }

  #report(what: string, cause: Error): void {
    const message = `the fallback source: ${what} failed: ${cause.message}`
    const isFirst = this.#status.failure === undefined
    const error = new NetworkError('NETWORK_FALLBACK', message, { cause })
    if (isFirst) this.#fail(error)
    else this.#status = { ...this.#status, failure: message }
  }

  #fail(error: NetworkError): void {
    this.#status = { ...this.#status, failure: error.message }
    this.#o.warn(error)
  }
}

/**
 * The block as the decoder of a peer's would make it: nobody downstream asks whether its fields are there, and say what its certificate
 * says. @throws an error when it is none.
 */
function remade(given: Block): Block {
  const { kind, number, payload, justification } = given
  if (!(payload instanceof Uint8Array)) throw new TypeError('a block needs bytes as its payload')
  if (kind === 'final') {
    const qc = decodeCommitQC(encodeCommitQC(justification))
    return createFinalBlock(payload, qc, qc.message.proposal.payload)
  }
  if (justification instanceof Uint8Array) return { kind, number, payload, justification }
  throw new TypeError('a block needs a certificate, or bytes as its justification')
}
