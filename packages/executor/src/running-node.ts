import { onAbort, type ZkStackError } from '@zkstack/concurrency'
import type { Block } from '@zkstack/roles'
import type { CallOptions } from '@zkstack/storage'
import { serve, type Assembly } from './assembly.js'
import { BlockReader } from './block-reader.js'
import type { ConsensusNode, NodeEvents, NodeSnapshot, NodeStatus, Role } from './consensus-node.js'
import { diagnose } from './diagnosis/diagnose.js'
import { announceEpochs } from './epochs/announce-epochs.js'
import { LifeCycle } from './life-cycle.js'
import { statusOf } from './node-status.js'
import { snapshotOf } from './snapshot.js'

/** Codes of failures that no fault of a disk, a peer or the execution layer explains. */
const BROKEN_INVARIANTS = ['STORE_CONFLICT', 'OWN_VOTE_INVALID', 'REPLICA_STATE_INVALID'] as const

/** A node in the hands of its user. */
export class RunningNode implements ConsensusNode {
  readonly #a: Assembly
  readonly #lifeCycle: LifeCycle
  readonly #reader: BlockReader
  readonly #atStart: ZkStackError[] = []
  #inspectedAt = Number.NaN
  #readings = 0

  constructor(a: Assembly) {
    this.#a = a
    const { life, options, queue, applied } = a
    this.#reader = new BlockReader({
      store: a.blocks,
      applied,
      life,
      failure: () => this.#lifeCycle.failure,
    })
    this.#lifeCycle = new LifeCycle({
      life,
      logger: options.logger,
      serve: (ctx) => this.#serve(ctx),
      commit: (ctx) => a.commits.run(ctx),
      recovered: async (ctx) => {
        await applied.waitFor((next) => next >= a.recoverTo, ctx)
      },
      onFailure: (failure) => {
        this.#reportInvariant(failure)
      },
      drained: async (ctx) => {
        await applied.waitFor((next) => next >= queue.range.value.next, ctx)
      },
    })
  }

  get ready(): Promise<void> {
    return this.#lifeCycle.ready
  }

  get closed(): Promise<void> {
    return this.#lifeCycle.closed
  }

  get addresses(): readonly string[] {
    return this.#a.network.addresses
  }

  get status(): NodeStatus {
    const { options, queue, applied, network, rotation, router, epochs, recoverTo } = this.#a
    return statusOf({
      life: this.#lifeCycle.phase,
      role: this.#role,
      epoch: epochs.current?.scope.epoch ?? 0n,
      view: router.view ?? rotation.replica?.snapshot().view,
      range: queue.range.value,
      applied: applied.value,
      recoverTo,
      firstBlock: options.genesis.firstBlock,
      peers: network.peers(),
    })
  }

  blocks(o: { readonly from?: bigint; readonly signal?: AbortSignal } = {}): AsyncIterable<Block> {
    const from = o.from ?? this.#a.applied.value
    if (typeof from !== 'bigint' || from < 0n)
      throw new RangeError('from must be a bigint of at least 0')
    return this.#reader.stream(from, o.signal)
  }

  async waitForBlock(number: bigint, o: Partial<CallOptions> = {}): Promise<Block> {
    if (typeof number !== 'bigint' || number < 0n) {
      throw new RangeError('number must be a bigint of at least 0')
    }
    return this.#reader.wait(number, o.signal)
  }

  submit(
    tx: Uint8Array,
    o: Partial<CallOptions> = {},
  ): Promise<'accepted' | 'duplicate' | 'rejected'> {
    return this.#a.transactions.submit(tx, o.signal)
  }

  on<K extends keyof NodeEvents>(
    event: K,
    listener: (e: NodeEvents[K]) => void,
    o: { readonly signal?: AbortSignal } = {},
  ): () => void {
    return this.#a.reporter.events.on(event, listener, o)
  }

  inspect(): NodeSnapshot {
    const now = this.#a.options.clock.now()
    this.#readings = now === this.#inspectedAt ? this.#readings + 1 : 1
    this.#inspectedAt = now
    return snapshotOf(this.#a, this.status, this.#readings)
  }

  stop(o: { readonly drainMs?: number } = {}): Promise<void> {
    return this.#lifeCycle.stop(o.drainMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Stops when the signal aborts. */
  stopWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const unlink = onAbort(signal, () => {
      this.stop().catch(() => undefined)
    })
    this.closed.then(unlink, unlink)
  }

  /** Reports a warning of the start, once its reader had the time to listen. */
  warnLater(error: ZkStackError): void {
    this.#atStart.push(error)
  }

  #reportInvariant(failure: Error): void {
    const code = BROKEN_INVARIANTS.find((name) => 'code' in failure && failure.code === name)
    if (code === undefined) return
    this.#a.reporter.events.emit('invariant', { code, message: failure.message, data: {} })
  }

  get #role(): Role {
    const { options, epochs } = this.#a
    const { signer, mayVote } = options
    const schedule = epochs.current?.scope.schedule
    const isMember = mayVote && signer && schedule?.indexOf(signer.publicKey) !== undefined
    return isMember === true ? 'validator' : 'full'
  }

  async #serve(ctx: Parameters<typeof serve>[0]): Promise<void> {
    const { reporter, epochs, applied, recoverTo, router } = this.#a
    for (const error of this.#atStart.splice(0)) reporter.warn(error)
    const end = announceEpochs({
      epochs,
      applied,
      recoverTo,
      roleNow: () => this.#role,
      onEpoch: (e) => {
        router.onEpoch(e)
      },
    })
    try {
      await serve(ctx, this.#a, () => diagnose(snapshotOf(this.#a, this.status, 1)).summary)
    } finally {
      end()
    }
  }
}
