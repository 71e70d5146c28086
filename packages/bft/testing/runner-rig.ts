import { Ctx, ManualClock, MemoryMetrics, Watch } from '@zkstack/concurrency'
import type { ConsensusMsg, Signed } from '@zkstack/roles'
import { BlockQueue } from '@zkstack/storage'
import type { ReplicaStateKey } from '@zkstack/storage'
import { createReplicaRunner } from '../src/runner/replica-runner.js'
import type { ReplicaEvent } from '../src/runner/replica-event.js'
import type { ReplicaRunner, ReplicaRunnerInit } from '../src/runner/replica-runner-init.js'
import { createCommittee } from './committee.js'
import type { Committee } from './committee.js'
import { FakeStore } from './fake-store.js'

/** Options of {@link RunnerRig}. */
export interface RunnerRigOptions extends Partial<Omit<ReplicaRunnerInit, 'store' | 'blocks'>> {
  /** Default: six validators on the stand-in scheme. */
  readonly committee?: Committee
  /** Which validator the replica is; default 0. */
  readonly index?: number
  readonly store?: FakeStore
  readonly clock?: ManualClock
}

/**
 * A replica runner among fakes: a clock that stands still, a store in memory, an execution layer that accepts everything,
 * and a network that keeps what was sent. Checks run without waiting for the event loop unless `yieldTurn` says else.
 */
export class RunnerRig {
  readonly committee: Committee
  readonly index: number
  readonly clock: ManualClock
  readonly store: FakeStore
  readonly blocks: BlockQueue
  readonly applied: Watch<bigint>
  readonly metrics = new MemoryMetrics()
  readonly sent: Signed[] = []
  readonly events: ReplicaEvent[] = []
  readonly runner: ReplicaRunner
  readonly ctx: Ctx
  #ended: Promise<unknown> = Promise.resolve()

  constructor(o: RunnerRigOptions = {}) {
    this.committee = o.committee ?? createCommittee({ validators: 6 })
    this.index = o.index ?? 0
    this.clock = o.clock ?? new ManualClock()
    this.store = o.store ?? new FakeStore(this.committee.scope.firstBlock)
    this.blocks = new BlockQueue(this.store, { capacity: 100 })
    this.applied = new Watch(this.store.range().next)
    // The execution layer keeps up with the disk.
    this.blocks.range.subscribe(({ next }) => {
      this.applied.set(next)
    })
    this.ctx = Ctx.root({ clock: this.clock })
    const { committee, index } = this
    this.runner = createReplicaRunner({
      scope: committee.scope,
      signer: {
        publicKey: committee.key(index),
        sign: async (hash) => committee.signature(index, hash),
      },
      applied: this.applied,
      execution: {
        propose: async ({ number }) => new TextEncoder().encode(`block ${number}`),
        verify: async () => ({ ok: true }),
      },
      clock: this.clock,
      maxPayloadBytes: 1000,
      viewTimeoutMs: 2000,
      send: (message) => {
        this.sent.push(message)
      },
      metrics: this.metrics,
      onEvent: (event) => {
        this.events.push(event)
      },
      yieldTurn: async () => undefined,
      ...o,
      store: this.store,
      blocks: this.blocks,
    })
  }

  get key(): ReplicaStateKey {
    const { genesis, epoch } = this.committee.scope
    return { genesis, validator: this.committee.key(this.index), epoch }
  }

  /** How the run ended: the error, or `undefined` when it ended without one. */
  get ended(): Promise<unknown> {
    return this.#ended
  }

  /** Starts the runner and lets it come to rest. */
  async start(): Promise<void> {
    this.#ended = this.runner.run(this.ctx).then(
      () => undefined,
      (e: unknown) => e,
    )
    await this.settle()
  }

  /** Lets everything that is ready run, at the same time of the clock. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await this.clock.run(0)
  }

  /** Delivers a message as from its author, without waiting until it is handled. */
  async deliver(message: Signed, carrier: Uint8Array | undefined = message.key): Promise<void> {
    const handled = this.runner.deliver(message, carrier)
    await this.settle()
    await handled
  }

  /** Lets the view time out. */
  async expire(): Promise<void> {
    await this.clock.run(2000)
    await this.settle()
  }

  /** Everybody else times out too: the replica ends in the next view. */
  async timeoutView(): Promise<void> {
    const view = this.runner.snapshot().view
    for (const index of this.committee.everybody()) {
      if (index === this.index || this.runner.snapshot().view !== view) continue
      await this.deliver(this.committee.signTimeout(index, this.committee.timeout(view)))
    }
  }

  /** Messages of one type that were sent. */
  sentOf<T extends ConsensusMsg['type']>(type: T): (Signed & { msg: { type: T } })[] {
    return this.sent.filter((signed): signed is Signed & { msg: { type: T } } => {
      return signed.msg.type === type
    })
  }

  /** Codes of the `warning` events. */
  get warnings(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'warning' ? [event.error.code] : []))
  }

  /** Cancels the replica and waits until it has ended. */
  async stop(): Promise<unknown> {
    this.ctx.cancel()
    return this.#ended
  }
}
