import { errorOf, Watch, type Ctx } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import {
  certifyEpoch,
  hashEpoch,
  verifyEpochVote,
  type EpochRecord,
  type EpochScope,
  type EpochVote,
} from '@zkstack/roles'
import type { EpochStore } from '@zkstack/storage'
import { NodeError } from '../errors.js'
import type { Signer } from '../signer.js'
import type { Epochs } from './epochs.js'

/** What {@link EpochHandover} takes. */
export interface EpochHandoverInit {
  readonly epochs: Pick<Epochs, 'of' | 'current' | 'pending' | 'changed'>
  readonly store: EpochStore
  /** Absent on a node that never votes; it gathers the votes of others. */
  readonly signer: Signer | undefined
  /** Lets other work run; awaited between two signature checks. */
  yieldTurn(): Promise<void>
  /** Tells our vote to all peers. */
  announce(vote: EpochVote): void
  warn(error: NodeError): void
}

/** How long the signer may take, in milliseconds. */
const SIGNING_MS = 10_000
/** How long after a failure the signer is asked again, in milliseconds. */
const RETRY_MS = 60_000

/**
 * Gathers the certificate by which the committee of an epoch hands over to the next: its members vote as soon as they know the next
 * committee, and have verified its keys; every node that hears of a quorum of votes keeps the certificate. Nothing waits for it.
 */
export class EpochHandover {
  readonly #o: EpochHandoverInit
  /** The newest vote of each validator, in hex; one a member of the committees known. */
  readonly #votes = new Map<string, EpochVote>()
  readonly #news = new Watch(0)
  readonly #verified = new Set<EpochVote>()
  /** The one that was looked at last: reading it means to decode all its keys. */
  #record: EpochRecord | undefined
  /** The highest epoch whose certificate is kept. */
  #certified = 0n
  /** The highest epoch that we have voted for in this process. */
  #voted = 0n
  /** Until then the signer, which has failed, is left alone; in monotonic milliseconds. */
  #retryAt = 0

  constructor(o: EpochHandoverInit) {
    this.#o = o
    o.epochs.changed.subscribe(() => {
      this.#tell()
    })
  }

  /** Takes a vote that its validator told itself. */
  onVote(vote: EpochVote): void {
    const { epochs } = this.#o
    const known = [epochs.of(vote.epoch - 1n), epochs.current, epochs.pending]
    const isMember = known.some((epoch) => epoch?.scope.schedule.indexOf(vote.key) !== undefined)
    const id = toHex(vote.key)
    const older = this.#votes.get(id)
    if (!isMember || vote.epoch <= this.#certified || (older && older.epoch >= vote.epoch)) return
    if (older) this.#verified.delete(older)
    this.#votes.set(id, vote)
    this.#tell()
  }

  /** Votes and gathers until cancelled. @throws StorageError when the store fails. */
  async run(ctx: Ctx): Promise<never> {
    for await (const _ of this.#news.changes({ signal: ctx.signal })) {
      const { current, pending } = this.#o.epochs
      for (const epoch of [current, pending]) {
        if (epoch !== undefined) await this.#handOver(ctx, epoch.scope)
      }
    }
    throw new TypeError('a watch never ends')
  }

  async #handOver(ctx: Ctx, epoch: EpochScope): Promise<void> {
    const before = this.#o.epochs.of(epoch.epoch - 1n)?.scope
    if (before === undefined || epoch.epoch <= this.#certified) return
    const record = await this.#recordOf(epoch.epoch)
    if (record === undefined) return
    const certified =
      record.certificate === undefined ? await this.#gather(ctx, record, epoch, before) : record
    if (certified === undefined) return
    if (certified !== record) await this.#o.store.save(certified)
    this.#forgetUpTo(epoch.epoch)
  }

  async #recordOf(epoch: bigint): Promise<EpochRecord | undefined> {
    if (this.#record?.epoch !== epoch) this.#record = await this.#o.store.get(epoch)
    return this.#record
  }

  async #gather(
    ctx: Ctx,
    record: EpochRecord,
    epoch: EpochScope,
    before: EpochScope,
  ): Promise<EpochRecord | undefined> {
    await this.#vote(ctx, epoch, before)
    for (const [id, vote] of this.#votes) {
      if (vote.epoch !== epoch.epoch || this.#verified.has(vote)) continue
      if (verifyEpochVote(vote, epoch, before)) this.#verified.add(vote)
      else this.#votes.delete(id)
      await ctx.race(this.#o.yieldTurn())
    }
    const votes = [...this.#verified].filter((vote) => vote.epoch === epoch.epoch)
    return certifyEpoch(record, votes, before)
  }

  async #vote(ctx: Ctx, epoch: EpochScope, before: EpochScope): Promise<void> {
    const { signer, announce, warn } = this.#o
    const isMember = signer && before.schedule.indexOf(signer.publicKey) !== undefined
    if (signer === undefined || isMember !== true || epoch.epoch <= this.#voted) return
    if (ctx.clock.now() < this.#retryAt) return
    using patience = ctx.child({ timeoutMs: SIGNING_MS })
    try {
      const signing = signer.sign(hashEpoch(epoch), { signal: patience.signal })
      const vote = { epoch: epoch.epoch, key: signer.publicKey, sig: await patience.race(signing) }
      // Peers take a wrong one for misbehaviour.
      if (!verifyEpochVote(vote, epoch, before)) throw new Error('its signature is wrong')
      this.#voted = epoch.epoch
      announce(vote)
      this.onVote(vote)
    } catch (e) {
      ctx.throwIfCanceled()
      const { message } = errorOf(e)
      warn(
        new NodeError(
          'EPOCH_VOTE_FAILED',
          `the signer did not sign for the committee of epoch ${epoch.epoch}: ${message}. It is asked again; light clients may lack the certificate until then, and voting for blocks goes on.`,
        ),
      )
      this.#retryAt = ctx.clock.now() + RETRY_MS
      ctx.sleep(RETRY_MS).then(
        () => {
          this.#tell()
        },
        () => undefined,
      )
    }
  }

  #forgetUpTo(epoch: bigint): void {
    this.#certified = epoch
    for (const [id, vote] of this.#votes) {
      if (vote.epoch > epoch) continue
      this.#votes.delete(id)
      this.#verified.delete(vote)
    }
  }

  #tell(): void {
    this.#news.update((n) => n + 1)
  }
}
