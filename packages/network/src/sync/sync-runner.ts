import { isCanceled, lazySignal, scope, type Ctx, type Scope } from '@zkstack/concurrency'
import type { Block } from '@zkstack/roles'
import type { BlocksAnswer } from '../blocks/block-client.js'
import type { AnnouncedRange } from '../codec.js'
import { PeerEpochs } from '../consensus/peer-epochs.js'
import { NetworkError } from '../errors.js'
import type { NetworkMetrics } from '../network-metrics.js'
import type { NetworkInit } from '../network.js'
import { Notifier } from '../notifier.js'
import { initialSyncState, nextSyncWake, planSync } from './planner.js'
import type { SyncSource } from './sync-source.js'
import type { PeerName, SyncEffect, SyncInput, SyncState } from './sync-state.js'

/** An announced block that is not there may be chance; this many in a row are a lie. */
const MAX_MISSING = 3

/** What a block takes in memory beside its payload, in bytes: a certificate and the objects around it. */
const BLOCK_OVERHEAD = 1_024

type FetchEffect = Extract<SyncEffect, { type: 'fetch' }>

/** A source, and what is known of it. */
interface Known {
  readonly source: SyncSource
  range: AnnouncedRange
  missing: number
}

/**
 * Fetches the blocks that peers announce and the queue lacks, from several peers at once; runs beside consensus
 * all the time. What is to be done is the planner's decision.
 */
export class SyncRunner {
  readonly #init: NetworkInit
  readonly #metrics: NetworkMetrics
  /** Those of whose committee we are. */
  readonly #epochs: PeerEpochs
  readonly #sources = new Map<PeerName, Known>()
  /** What verifies the blocks of an answer: cancelled when consensus has brought all of them, or their giver has given a wrong one. */
  readonly #verifying = new Map<Ctx, { readonly source: SyncSource; readonly last: bigint }>()
  /** Verified blocks that the queue does not have yet. */
  readonly #right = new Map<bigint, Block>()
  readonly #rightChanged = new Notifier()
  #state: SyncState
  #wakeAt: number | undefined
  #running: { readonly ctx: Ctx; readonly tasks: Scope } | undefined
  #cancelTimer: () => void = () => undefined

  constructor(init: NetworkInit, metrics: NetworkMetrics) {
    this.#init = init
    this.#metrics = metrics
    this.#epochs = new PeerEpochs({ carrier: init.validator?.publicKey }, init)
    const { limits } = init
    this.#state = initialSyncState(init.blocks.range.value.next, {
      window: limits.syncWindow,
      windowBytes: limits.syncWindowBytes,
      answerBytes: limits.maxAnswerBytes,
      perPeer: limits.blockInflight,
      perRequest: limits.blocksPerRequest,
      hedgeMs: limits.syncHedgeMs,
    })
  }

  /** Makes a source available, with what it has announced already. */
  connected(source: SyncSource, range: AnnouncedRange | undefined): void {
    this.#sources.set(source.name, { source, range: range ?? { first: 0n, next: 0n }, missing: 0 })
    if (range) this.announced(source.name, range)
  }

  /** Takes what a source announces. */
  announced(name: PeerName, { first, next }: AnnouncedRange): void {
    const known = this.#sources.get(name)
    if (!known) return
    known.range = { first, next }
    const { isLastResort } = known.source
    const graceMs = this.#epochs.list.length > 0 ? this.#init.limits.syncGraceMs : 0
    this.#step({
      type: 'announced',
      now: this.#now,
      peer: name,
      first,
      next,
      isLastResort,
      graceMs,
    })
  }

  /** Takes a source out. */
  gone(name: PeerName): void {
    this.#sources.delete(name)
    this.#step({ type: 'gone', now: this.#now, peer: name })
  }

  /** Runs until cancelled. @throws StorageError when the store fails. */
  async run(ctx: Ctx): Promise<void> {
    const { range } = this.#init.blocks
    await scope(ctx, async (inner, tasks) => {
      this.#running = { ctx: inner, tasks }
      const unsubscribe = range.subscribe(({ next }) => this.#onPersisted(next))
      try {
        this.#onPersisted(range.value.next)
        await this.#write(inner)
      } finally {
        unsubscribe()
        this.#wakeUp(undefined)
        this.#running = undefined
      }
    })
  }

  get #now(): number {
    return this.#init.clock.now()
  }

  #onPersisted(next: bigint): void {
    if (next <= this.#state.next) return
    for (const [verification, { last }] of this.#verifying) if (last < next) verification.cancel()
    for (const height of this.#right.keys()) if (height < next) this.#right.delete(height)
    if (this.#right.size > 0) this.#rightChanged.notify()
    this.#step({ type: 'persisted', now: this.#now, next })
  }

  #step(input: SyncInput): SyncEffect[] {
    const { state, effects } = planSync(this.#state, input)
    this.#state = state
    const running = this.#running
    if (!running) return effects
    for (const effect of effects) {
      if (effect.type === 'fetch') running.tasks.spawnBackground((ctx) => this.#fetch(ctx, effect))
    }
    this.#wakeUp(nextSyncWake(state, this.#now))
    return effects
  }

  /** Makes the planner tick at that time, if something is due then. */
  #wakeUp(at: number | undefined): void {
    if (at === this.#wakeAt) return
    this.#cancelTimer()
    this.#wakeAt = at
    if (at === undefined) return
    this.#cancelTimer = this.#init.clock.setTimer(at, () => {
      this.#wakeAt = undefined
      this.#step({ type: 'tick', now: this.#now })
    })
  }

  async #fetch(ctx: Ctx, { peer, first, count }: FetchEffect): Promise<void> {
    const known = this.#sources.get(peer)
    const answer = known && (await ask(known.source, first, count))
    if (known && answer) this.#learn(known, first, answer)
    const blocks = answer?.blocks ?? []
    const sizes = blocks.map(({ payload }) => payload.length + BLOCK_OVERHEAD)
    const effects = this.#step({ type: 'answered', now: this.#now, peer, first, count, sizes })
    this.#metrics.onAnswer(blocks.length > 0)
    const wanted = new Set(effects.find((effect) => effect.type === 'verify')?.heights)
    if (!known || wanted.size === 0) return
    const taken = blocks.filter(({ number }) => wanted.has(number))
    await this.#take(ctx, known.source, taken)
  }

  /** Learns from an answer what its giver has; that blocks were pruned is nothing to blame it for. */
  #learn(known: Known, first: bigint, { blocks, range }: BlocksAnswer): void {
    const { source } = known
    const isPruned = range.first > first
    if (range.first > known.range.first) {
      const next = range.next > known.range.next ? range.next : known.range.next
      this.announced(source.name, { first: range.first, next })
    }
    if (blocks.length > 0) known.missing = 0
    else if (!isPruned && ++known.missing >= MAX_MISSING) {
      source.accuse('MISSING_BLOCK', `block ${first} was announced and is not there`)
    }
  }

  /** Verifies blocks of one answer. What gets no verdict is fetched again, from others. */
  async #take(ctx: Ctx, source: SyncSource, blocks: readonly Block[]): Promise<void> {
    const heights: bigint[] = []
    const open = new Set(blocks.map(({ number }) => number))
    using verification = ctx.child()
    this.#verifying.set(verification, { source, last: blocks.at(-1)?.number ?? 0n })
    const call = lazySignal(verification)
    const verify = async (block: Block): Promise<void> => {
      const verdict = await unlessCanceled(this.#init.verifyBlock(block, call))
      if (verdict === undefined || verification.canceled) return
      if (!verdict.ok) {
        source.accuse('INVALID_BLOCK', `${verdict.error.code}: ${verdict.error.message}`)
        this.#giveUp(source)
        return
      }
      open.delete(block.number)
      this.#metrics.onFetched(source.isLastResort)
      heights.push(block.number)
      if (block.number < this.#init.blocks.range.value.next) return
      this.#right.set(block.number, block)
      this.#rightChanged.notify()
    }
    try {
      await verification.race(Promise.all(blocks.map(verify)))
    } catch (e) {
      ctx.throwIfCanceled()
      if (!isCanceled(e)) throw e
    } finally {
      this.#verifying.delete(verification)
    }
    this.#step({ type: 'verified', now: this.#now, peer: source.name, heights })
    for (const height of open)
      if (height >= this.#state.next)
        this.#step({ type: 'invalid', now: this.#now, peer: source.name, height })
  }

  /** Looks no further at what a source has given: its other blocks may be of those that nobody can judge for long. */
  #giveUp(source: SyncSource): void {
    for (const [verification, of] of this.#verifying)
      if (of.source === source) verification.cancel()
  }

  /** Hands verified blocks to the queue in their order, all that are there at once. */
  async #write(ctx: Ctx): Promise<never> {
    const { blocks } = this.#init
    const call = lazySignal(ctx)
    for (;;) {
      const run: Promise<void>[] = []
      for (let n = blocks.range.value.next; run.length < blocks.capacity; n++) {
        const block = this.#right.get(n)
        if (!block) break
        this.#right.delete(n)
        run.push(blocks.push(block, call))
      }
      if (run.length > 0) await Promise.all(run)
      else await ctx.race(this.#rightChanged.wait())
    }
  }
}

/** What a promise gives; undefined when it was canceled. */
async function unlessCanceled<T>(p: Promise<T>): Promise<T | undefined> {
  try {
    return await p
  } catch (e) {
    if (isCanceled(e)) return undefined
    throw e
  }
}

/** The answer of a source; undefined when none comes. Its end is reported by whoever ended it. */
async function ask(
  source: SyncSource,
  first: bigint,
  count: number,
): Promise<BlocksAnswer | undefined> {
  try {
    return await source.fetch(source.ctx, first, count)
  } catch (e) {
    if (isCanceled(e) || e instanceof NetworkError) return undefined
    throw e
  }
}
