import { createReplicaRunner, type ReplicaRunner, type ReplicaRunnerInit } from '@zkstack/bft'
import { isCanceled, type Ctx } from '@zkstack/concurrency'
import { viewOf, type Signed } from '@zkstack/roles'
import type { KnownEpoch } from './epoch-book.js'
import type { Epochs } from './epochs.js'

/** What {@link ReplicaRotation} takes. */
export interface ReplicaRotationInit {
  readonly epochs: Pick<Epochs, 'current' | 'pending' | 'changed'>
  /** What every replica of this node is made of, whatever its epoch; absent on a node that never votes. */
  readonly parts: Omit<ReplicaRunnerInit, 'scope' | 'lastBlock'> | undefined
}

interface EpochReplica {
  readonly epoch: KnownEpoch
  /** Undefined when we are not of the committee. */
  readonly runner: ReplicaRunner | undefined
}

/** The replicas of one validator, one for each epoch of which it is a member, one after another. */
export class ReplicaRotation {
  readonly #o: ReplicaRotationInit
  #current: EpochReplica | undefined
  /** Takes messages already, so that none of those who are faster is lost; runs when its epoch has come. */
  #pending: EpochReplica | undefined
  /** The one that runs; when it ends, it lets the messages pass that it has. */
  #running: ReplicaRunner | undefined

  constructor(o: ReplicaRotationInit) {
    this.#o = o
    this.#follow()
    o.epochs.changed.subscribe(() => {
      this.#follow()
    })
  }

  /** The replica of the current epoch; undefined when we are not of its committee. */
  get replica(): ReplicaRunner | undefined {
    return this.#current?.runner
  }

  /** Hands a message to the replica of its epoch; what it returns, if anything, resolves when it was handled or dropped. */
  deliver(message: Signed, carrier: Uint8Array | undefined): Promise<void> | undefined {
    const runner = this.#runnerOf(viewOf(message.msg).epoch)
    const handled = runner?.deliver(message, carrier)
    // One that does not run keeps it in a bounded inbox, and nobody waits for it: the epoch may end before the replica begins.
    return runner === this.#running ? handled : undefined
  }

  /** Runs the replica of each epoch in its turn, until cancelled. @throws what a replica throws. */
  async run(ctx: Ctx): Promise<never> {
    for (let done: EpochReplica | undefined; ;) {
      await this.#o.epochs.changed.waitFor(
        () => this.#current !== undefined && this.#current !== done,
        { signal: ctx.signal },
      )
      done = this.#current
      if (done !== undefined) await this.#runOne(ctx, done)
    }
  }

  async #runOne(ctx: Ctx, { epoch, runner }: EpochReplica): Promise<void> {
    if (runner === undefined) return
    if (await this.#isOver(epoch)) {
      // Nobody takes its messages: let them pass.
      if (this.#current?.epoch === epoch) this.#current = { epoch, runner: undefined }
      return
    }
    using life = ctx.child()
    const end = this.#o.epochs.changed.subscribe(() => {
      if (this.#o.epochs.current !== epoch) life.cancel()
    })
    try {
      if (this.#o.epochs.current !== epoch) return
      this.#running = runner
      await runner.run(life)
    } catch (e) {
      ctx.throwIfCanceled()
      if (!isCanceled(e)) throw e
    } finally {
      this.#running = undefined
      end()
    }
  }

  /** Whether nothing is left to be voted for, or a later epoch was begun before a restart: it is only replayed. */
  async #isOver({ scope, lastBlock }: KnownEpoch): Promise<boolean> {
    const { parts } = this.#o
    if (parts === undefined) return true
    const last = lastBlock.value
    if (last !== undefined && parts.blocks.range.value.next > last) return true
    const highest = await parts.store.highestEpoch(scope.genesis, parts.signer.publicKey)
    return highest !== undefined && highest > scope.epoch
  }

  #runnerOf(epoch: bigint): ReplicaRunner | undefined {
    if (epoch === this.#current?.epoch.scope.epoch) return this.#current.runner
    if (epoch === this.#pending?.epoch.scope.epoch) return this.#pending.runner
    return undefined
  }

  #follow(): void {
    const { current, pending } = this.#o.epochs
    const known = [this.#current, this.#pending]
    const replicaOf = (epoch: KnownEpoch | undefined): EpochReplica | undefined =>
      epoch && (known.find((replica) => replica?.epoch === epoch) ?? this.#make(epoch))
    this.#current = replicaOf(current)
    this.#pending = replicaOf(pending)
  }

  #make(epoch: KnownEpoch): EpochReplica {
    const { parts } = this.#o
    const isMember =
      parts !== undefined && epoch.scope.schedule.indexOf(parts.signer.publicKey) !== undefined
    if (!isMember) return { epoch, runner: undefined }
    const { scope, lastBlock } = epoch
    return { epoch, runner: createReplicaRunner({ ...parts, scope, lastBlock }) }
  }
}
