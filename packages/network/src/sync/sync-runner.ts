import { isCanceled, scope, type Ctx, type Scope } from '@zkstack/concurrency'
import type { Block } from '@zkstack/roles'
import type { BlockClient } from '../blocks/block-client.js'
import { NetworkError } from '../errors.js'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import { initialSyncState, nextSyncWake, planSync } from './planner.js'
import type { SyncEffect, SyncInput, SyncState } from './sync-state.js'

/** An announced block that is not there may have been pruned a moment ago; this many in a row are a lie. */
const MAX_MISSING = 3

/** How one peer is asked. */
export interface SyncSource {
  readonly peer: Peer
  readonly client: BlockClient
  /** Ends with the connection. */
  readonly ctx: Ctx
}

/** An input but for the time, which the runner adds. */
type Untimed<T> = T extends unknown ? Omit<T, 'now'> : never

/**
 * Fetches the blocks that peers announce and the queue lacks, from several peers at once; runs beside consensus
 * all the time. What is to be done is the planner's decision.
 */
export class SyncRunner {
  readonly #init: NetworkInit
  readonly #sources = new Map<string, SyncSource & { missing: number }>()
  /** What verifies the block of a height, to be cancelled when consensus has brought it. */
  readonly #verifying = new Map<bigint, Ctx>()
  #state: SyncState
  #running: { readonly ctx: Ctx; readonly tasks: Scope } | undefined
  #cancelTimer: () => void = () => undefined

  constructor(init: NetworkInit) {
    this.#init = init
    const { syncWindow, blockInflight, syncHedgeMs } = init.limits
    this.#state = initialSyncState(init.blocks.range.value.next, {
      window: syncWindow,
      perPeer: blockInflight,
      hedgeMs: syncHedgeMs,
    })
  }

  /** Makes a peer available, with what it may have announced already. */
  connected(source: SyncSource): void {
    const { peer } = source
    this.#sources.set(peer.name, { ...source, missing: 0 })
    if (peer.range) this.announced(peer, peer.range)
  }

  /** Takes what a peer announces. */
  announced(peer: Peer, range: { readonly first: bigint; readonly next: bigint }): void {
    if (!this.#sources.has(peer.name)) return
    const { limits } = this.#init
    const graceMs = this.#isMember() ? limits.syncGraceMs : 0
    this.#step({ type: 'announced', peer: peer.name, ...range, graceMs })
  }

  /** Takes a peer out. */
  gone(peer: Peer): void {
    this.#sources.delete(peer.name)
    this.#step({ type: 'gone', peer: peer.name })
  }

  /** Runs until cancelled. @throws StorageError when the store fails. */
  async run(ctx: Ctx): Promise<void> {
    const { range } = this.#init.blocks
    await scope(ctx, async (inner, tasks) => {
      this.#running = { ctx: inner, tasks }
      const unsubscribe = range.subscribe(({ next }) => this.#onPersisted(next))
      try {
        this.#onPersisted(range.value.next)
        await inner.race(new Promise<never>(() => undefined))
      } finally {
        unsubscribe()
        this.#cancelTimer()
        this.#running = undefined
      }
    })
  }

  #isMember(): boolean {
    const { validator, scope: committee } = this.#init
    return (
      validator !== undefined && committee()?.schedule.indexOf(validator.publicKey) !== undefined
    )
  }

  #onPersisted(next: bigint): void {
    for (const [height, verification] of this.#verifying) if (height < next) verification.cancel()
    this.#step({ type: 'persisted', next })
  }

  #step(input: Untimed<SyncInput>): SyncEffect[] {
    const { clock } = this.#init
    const { state, effects } = planSync(this.#state, { ...input, now: clock.now() })
    this.#state = state
    const running = this.#running
    if (!running) return effects
    for (const effect of effects) {
      if (effect.type === 'fetch') running.tasks.spawnBackground((ctx) => this.#fetch(ctx, effect))
    }
    this.#cancelTimer()
    const wake = nextSyncWake(state, clock.now())
    this.#cancelTimer =
      wake === undefined
        ? () => undefined
        : clock.setTimer(wake, () => this.#step({ type: 'tick' }))
    return effects
  }

  async #fetch(ctx: Ctx, { peer, height }: SyncEffect): Promise<void> {
    const source = this.#sources.get(peer)
    const block = source && (await this.#ask(source, height))
    if (!source || !block) {
      this.#step({ type: 'failed', peer, height })
      return
    }
    source.missing = 0
    const effects = this.#step({ type: 'received', peer, height })
    const wanted = effects.some(
      (e) => e.type === 'verify' && e.peer === peer && e.height === height,
    )
    if (wanted) await this.#take(ctx, source, block)
  }

  async #ask(source: SyncSource & { missing: number }, height: bigint): Promise<Block | undefined> {
    try {
      const block = await source.client.fetch(source.ctx, height)
      if (!block && ++source.missing >= MAX_MISSING) {
        source.peer.misbehaved('MISSING_BLOCK', `block ${height} was announced and is not there`)
      }
      return block
    } catch (e) {
      // the end of the connection is reported by whoever ended it
      if (isCanceled(e) || e instanceof NetworkError) return undefined
      throw e
    }
  }

  async #take(ctx: Ctx, { peer }: SyncSource, block: Block): Promise<void> {
    const height = block.number
    using verification = ctx.child()
    this.#verifying.set(height, verification)
    try {
      const { signal } = verification
      const verdict = await verification.race(this.#init.verifyBlock(block, { signal }))
      if (!verdict.ok) {
        peer.misbehaved('INVALID_BLOCK', `${verdict.error.code}: ${verdict.error.message}`)
        this.#step({ type: 'invalid', peer: peer.name, height })
        return
      }
    } catch (e) {
      ctx.throwIfCanceled()
      if (isCanceled(e)) return
      throw e
    } finally {
      if (this.#verifying.get(height) === verification) this.#verifying.delete(height)
    }
    this.#step({ type: 'verified', peer: peer.name, height })
    await this.#init.blocks.push(block, { signal: ctx.signal })
  }
}
