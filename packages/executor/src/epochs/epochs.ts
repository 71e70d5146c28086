import { Semaphore, Watch, type Ctx } from '@zkstack/concurrency'
import type { Block, EpochRecord, FinalBlock, Genesis } from '@zkstack/roles'
import type { BlockRange, EpochStore } from '@zkstack/storage'
import { NodeError } from '../errors.js'
import { EpochBook, type KnownEpoch } from './epoch-book.js'
import type { ScheduleAsker } from './schedule-asker.js'

/** What {@link Epochs} takes. */
export interface EpochsInit {
  readonly genesis: Genesis
  /** Absent for a genesis that fixes the committee for ever. */
  readonly asker: ScheduleAsker | undefined
  readonly store: EpochStore
  readonly maxValidators: number
  /** The next block to commit. */
  readonly applied: Watch<bigint>
  /** Lets everything run that can; awaited before a push is taken for absent. */
  yieldTurn(): Promise<void>
  /** The epoch of a stored block; undefined when the store lacks it or it is from before genesis. */
  epochOfBlock(number: bigint): Promise<bigint | undefined>
}

/** How far the chain is when a question is asked. */
interface Standing {
  /** The next block to commit. */
  readonly next: bigint
  /** Whether the current committee may vote for it already. */
  readonly isReleased: boolean
}

/**
 * Knows who rules when. With a fixed committee: epoch 0, for ever. Otherwise the execution layer is asked as of every block,
 * or as of those it pushes a change for, before the next block may be voted for: so that all agree where an epoch ends.
 */
export class Epochs {
  /** Counts what became known, current or pending. */
  readonly changed = new Watch(0)
  /** Counts that, and blocks committed: everything that may decide which epoch a block is of. */
  readonly progress = new Watch(0)
  readonly #o: EpochsInit
  readonly #book: EpochBook
  /** One question at a time. */
  readonly #turn = new Semaphore(1)
  #pushed = false
  #silent: boolean
  #current: KnownEpoch | undefined

  constructor(o: EpochsInit) {
    this.#o = o
    this.#book = new EpochBook(o)
    this.#silent = o.asker?.pushes !== true
    const { schedule, firstBlock } = o.genesis
    if (schedule !== undefined) {
      this.#add({
        epoch: 0n,
        firstBlock,
        schedule,
        proofsOfPossession: o.genesis.proofsOfPossession,
        certificate: undefined,
      })
    }
    this.#move()
    o.applied.subscribe(() => {
      this.#move()
      this.progress.update((n) => n + 1)
    })
  }

  /** The epoch of the next block to commit; undefined before the execution layer has named a committee. */
  get current(): KnownEpoch | undefined {
    return this.#current
  }

  /** The epoch after the current one, once its committee is known. */
  get pending(): KnownEpoch | undefined {
    return this.#book.after(this.#o.applied.value)
  }

  /** The epoch of that number, if its committee is known. */
  of(epoch: bigint): KnownEpoch | undefined {
    return this.#book.of(epoch)
  }

  /** The epoch that a block belongs to, if that can be told: no later announcement can move the block into another. */
  decided(block: bigint): KnownEpoch | undefined {
    const epoch = this.#book.at(block)
    if (epoch === undefined) return undefined
    const last = epoch.lastBlock.value
    const isFixed = this.#o.asker === undefined || block <= this.#o.applied.value
    return isFixed || (last !== undefined && block <= last) ? epoch : undefined
  }

  /** Takes over what is on disk, then asks as of the last block committed. @throws NodeError, StorageError. */
  async begin(ctx: Ctx): Promise<void> {
    if (this.#o.asker === undefined) return
    await this.#restore()
    await this.#ask(ctx, () => ({ next: this.#o.applied.value, isReleased: false }))
  }

  /**
   * Learns, before `applied` moves to `next`, who rules from there on; a fixed committee does, for ever.
   * @throws NodeError, StorageError, CanceledError.
   */
  advance(ctx: Ctx, next: bigint): Promise<void> | undefined {
    return this.#o.asker && this.#learn(ctx, next)
  }

  async #learn(ctx: Ctx, next: bigint): Promise<void> {
    const isFirst = this.#book.at(next - 1n)?.scope.firstBlock === next - 1n
    if (!this.#silent && !isFirst) {
      await ctx.race(this.#o.yieldTurn())
      if (!this.#pushed) return
    }
    this.#pushed = false
    await this.#ask(ctx, () => ({ next, isReleased: false }))
  }

  /** Checks that a stored block is of the epoch that its number belongs to; asks when none is known. @throws NodeError. */
  expect(ctx: Ctx, block: Block): Promise<void> | undefined {
    if (block.kind !== 'final') return undefined
    if (this.#book.isEmpty) return this.begin(ctx).then(() => this.#expectFinal(block))
    this.#expectFinal(block)
    return undefined
  }

  #expectFinal(block: FinalBlock): void {
    const epoch = this.#book.at(block.number)?.scope.epoch
    if (epoch === block.epoch) return
    throw new NodeError(
      'BLOCK_OF_OTHER_EPOCH',
      `block ${block.number} on disk is of epoch ${block.epoch}, but the execution layer says that it belongs to epoch ${epoch ?? 'none'}. More validators are faulty than the protocol tolerates, or validators.scheduleAt differs from that of other nodes.`,
    )
  }

  /** Begins once all blocks from before genesis are there, then listens to pushes. @throws NodeError, StorageError. */
  async run(ctx: Ctx, range: Watch<BlockRange>): Promise<void> {
    const { asker, applied, genesis } = this.#o
    if (asker === undefined) return
    await range.waitFor(({ next }) => next >= genesis.firstBlock, { signal: ctx.signal })
    if (this.#book.isEmpty) await this.begin(ctx)
    if (this.#silent) return
    const ask = (): Promise<void> =>
      this.#ask(ctx, () => ({ next: applied.value, isReleased: true }))
    await asker.listen(ctx, async () => {
      // Asked again when the block under way is committed: the answer as of that one may be the one that changed.
      this.#pushed = true
      await ask()
    })
    this.#silent = true
    // What changed last may not have been told.
    await ask()
  }

  async #ask(ctx: Ctx, where: () => Standing): Promise<void> {
    const { asker, genesis, epochOfBlock } = this.#o
    if (asker === undefined) return
    using _ = await this.#turn.acquire({ signal: ctx.signal })
    const { next, isReleased } = where()
    const asOf = next > genesis.firstBlock ? next - 1n : genesis.firstBlock
    const answer = await asker.ask(ctx, asOf)
    const isStart = next <= genesis.firstBlock
    const known = isStart || !this.#book.isEmpty ? undefined : await epochOfBlock(asOf)
    const released = isReleased ? next + 1n : next
    const judged = this.#book.judge(answer, { asOf, released, epochOfBlock: known })
    if (!judged.ok) throw judged.error
    for (const record of judged.value) {
      await this.#o.store.save(record)
      this.#add(record)
    }
    if (judged.value.length > 0) this.#move()
  }

  /** The epochs on disk, from the one that rules now on. */
  async #restore(): Promise<void> {
    const { store, applied } = this.#o
    const records: EpochRecord[] = []
    const latest = await store.latest()
    for (let epoch = latest; epoch !== undefined && epoch >= 0n; epoch -= 1n) {
      const record = await store.get(epoch)
      if (record === undefined) break
      records.unshift(record)
      if (record.firstBlock < applied.value) break
    }
    if (!this.#book.isEmpty) return
    for (const record of records) this.#add(record)
    this.#move()
  }

  #add(record: EpochRecord): void {
    this.#book.add(record)
    this.#tell()
  }

  #move(): void {
    const next = this.#o.applied.value
    const current = this.#book.at(next)
    if (current === this.#current) return
    this.#current = current
    this.#book.forgetBefore(next)
    this.#tell()
  }

  #tell(): void {
    this.changed.update((n) => n + 1)
    this.progress.update((n) => n + 1)
  }
}
