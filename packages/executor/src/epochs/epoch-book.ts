import { Watch } from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import { epochScopeOf, type EpochRecord, type EpochScope, type Genesis } from '@zkstack/roles'
import { NodeError } from '../errors.js'
import { proveCommittee, readCommittee, type NamedCommittee } from './check-committee.js'

/** An epoch whose committee is known. */
export interface KnownEpoch {
  readonly scope: EpochScope
  /** Its last block, once the committee that follows is known. */
  readonly lastBlock: Watch<bigint | undefined>
}

/** What an answer is judged by, besides what is known. */
export interface AnswerContext {
  /** The block as of which the committees are named. */
  readonly asOf: bigint
  /** The lowest block with which a committee that is news may begin: what is below may have been voted for. */
  readonly released: bigint
  /** The epoch of block `asOf`, if its certificate tells; undefined before the first block, and when the store lacks it. */
  readonly epochOfBlock: bigint | undefined
}

/** Epochs that are kept behind the newest: one is current, one may be pending. */
const KEPT_EPOCHS = 3

/**
 * Who rules when: the epochs known, without a gap, and the judge of what the execution layer says about them. Knows no time
 * and no disk.
 */
export class EpochBook {
  readonly #genesis: Genesis
  readonly #maxValidators: number
  /** In the order of their numbers. */
  #epochs: readonly KnownEpoch[] = []
  /** The block as of which the newest epoch was announced in this process. */
  #announcedAsOf: bigint | undefined

  constructor(o: { readonly genesis: Genesis; readonly maxValidators: number }) {
    this.#genesis = o.genesis
    this.#maxValidators = o.maxValidators
  }

  /** Whether any epoch is known. */
  get isEmpty(): boolean {
    return this.#epochs.length === 0
  }

  /** The epoch of that number. */
  of(epoch: bigint): KnownEpoch | undefined {
    return this.#epochs.find(({ scope }) => scope.epoch === epoch)
  }

  /** The epoch that a block belongs to, as far as is known: a later announcement may end the newest one before it. */
  at(block: bigint): KnownEpoch | undefined {
    return this.#epochs.findLast(({ scope }) => scope.firstBlock <= block)
  }

  /** The epoch after the one that a block belongs to, once it is known. */
  after(block: bigint): KnownEpoch | undefined {
    return this.#epochs.find(({ scope }) => scope.firstBlock > block)
  }

  /** Adds the next epoch. @throws RangeError when it is not the next one. */
  add(record: EpochRecord): void {
    const newest = this.#epochs.at(-1)
    const { epoch, firstBlock } = record
    if (newest !== undefined) {
      const { scope } = newest
      if (epoch !== scope.epoch + 1n || firstBlock <= scope.firstBlock) {
        throw new RangeError(`epoch ${epoch} from block ${firstBlock} on does not follow`)
      }
      newest.lastBlock.set(firstBlock - 1n)
    }
    const scope = epochScopeOf(record, this.#genesis.hash)
    this.#epochs = [...this.#epochs, { scope, lastBlock: new Watch<bigint | undefined>(undefined) }]
  }

  /** Forgets epochs that ended long before a block. */
  forgetBefore(block: bigint): void {
    const current = this.#epochs.findLastIndex(({ scope }) => scope.firstBlock <= block)
    const excess = Math.min(current - 1, this.#epochs.length - KEPT_EPOCHS)
    if (excess > 0) this.#epochs = this.#epochs.slice(excess)
  }

  /**
   * Judges an answer of the execution layer: the epochs that are news, oldest first, each proven, to be kept and added.
   *
   * Errors: those of {@link readCommittee} and {@link proveCommittee}; `SCHEDULE_NUMBER` (another epoch number than the
   * next), `SCHEDULE_RANGE` (a first block that cannot be), `SCHEDULE_LATE` (announced after its first block may have been
   * voted for), `SCHEDULE_CHANGED` (contradicts an earlier answer), `EPOCH_UNKNOWN`.
   */
  judge(answer: unknown, context: AnswerContext): Result<readonly EpochRecord[], NodeError> {
    const { current, pending } = (answer ?? {}) as { current?: unknown; pending?: unknown }
    const named = readCommittee(current, 'current')
    if (!named.ok) return named
    const ruling = this.#judgeCurrent(named.value, context)
    if (!ruling.ok) return ruling
    const { epoch, firstBlock, news } = ruling.value
    if (pending === undefined) return this.#judgeAbsence(epoch, context, news)
    const next = readCommittee(pending, 'pending')
    if (!next.ok) return next
    const follower = this.#judgePending(next.value, { epoch, firstBlock }, context)
    if (!follower.ok) return follower
    if (follower.value.length > 0) this.#announcedAsOf = context.asOf
    return ok([...news, ...follower.value])
  }

  #judgeCurrent(named: NamedCommittee, context: AnswerContext): Result<Ruling, NodeError> {
    const { asOf } = context
    const known = this.at(asOf)
    if (known !== undefined) {
      const { epoch, firstBlock } = known.scope
      const fault =
        named.firstBlock > firstBlock && named.firstBlock <= asOf
          ? late(named, asOf + 1n)
          : (contradiction(named, known.scope) ?? wrongNumber(named, epoch))
      return fault === undefined ? ok({ epoch, firstBlock, news: [] }) : err(fault)
    }
    if (!this.isEmpty) return err(unknown(asOf))
    const epoch = this.#firstEpoch(named, context)
    if (!epoch.ok) return epoch
    const { firstBlock } = named
    const first = this.#genesis.firstBlock
    const fits = epoch.value === 0n ? firstBlock === first : firstBlock > first
    if (!fits || firstBlock > asOf) {
      return err(
        outOfRange(
          named,
          `the chain begins with block ${first}, and this is epoch ${epoch.value} as of block ${asOf}`,
        ),
      )
    }
    const record = this.#prove(named, epoch.value)
    return record.ok ? ok({ epoch: epoch.value, firstBlock, news: [record.value] }) : record
  }

  /** Number of the epoch in which a node begins that knows none. */
  #firstEpoch(named: NamedCommittee, o: AnswerContext): Result<bigint, NodeError> {
    const isStart = o.asOf === this.#genesis.firstBlock && o.released <= o.asOf
    const told = o.epochOfBlock ?? (isStart ? 0n : undefined)
    const epoch = told ?? named.epoch
    if (epoch === undefined) {
      return err(unknown(o.asOf))
    }
    const fault = wrongNumber(named, epoch)
    return fault === undefined ? ok(epoch) : err(fault)
  }

  #judgePending(
    named: NamedCommittee,
    ruling: Pick<Ruling, 'epoch' | 'firstBlock'>,
    { released }: AnswerContext,
  ): Result<readonly EpochRecord[], NodeError> {
    const epoch = ruling.epoch + 1n
    const fault = wrongNumber(named, epoch)
    if (fault !== undefined) return err(fault)
    const known = this.of(epoch)
    if (known !== undefined) {
      const changed = contradiction(named, known.scope)
      return changed === undefined ? ok([]) : err(changed)
    }
    if (named.firstBlock <= ruling.firstBlock) {
      return err(
        outOfRange(named, `the committee before it rules from block ${ruling.firstBlock} on`),
      )
    }
    if (named.firstBlock < released) return err(late(named, released))
    const record = this.#prove(named, epoch)
    return record.ok ? ok([record.value]) : record
  }

  /** A committee that was announced may not disappear. */
  #judgeAbsence(
    epoch: bigint,
    { asOf }: AnswerContext,
    news: readonly EpochRecord[],
  ): Result<readonly EpochRecord[], NodeError> {
    const announced = this.of(epoch + 1n)
    const since = this.#announcedAsOf
    if (announced === undefined || since === undefined || asOf < since) return ok(news)
    const { firstBlock } = announced.scope
    return err(
      new NodeError(
        'SCHEDULE_CHANGED',
        `the committee of epoch ${epoch + 1n}, from block ${firstBlock} on, was announced as of block ${since} and is gone as of block ${asOf}. What is announced must not change.`,
      ),
    )
  }

  #prove(named: NamedCommittee, epoch: bigint): Result<EpochRecord, NodeError> {
    const rules = { scheme: this.#genesis.scheme, maxValidators: this.#maxValidators }
    const proven = proveCommittee(named, rules)
    if (!proven.ok) return proven
    const { firstBlock } = named
    return ok({ ...proven.value, epoch, firstBlock, certificate: undefined })
  }
}

interface Ruling {
  readonly epoch: bigint
  readonly firstBlock: bigint
  readonly news: readonly EpochRecord[]
}

function unknown(block: bigint): NodeError {
  return new NodeError(
    'EPOCH_UNKNOWN',
    `the store does not tell which epoch block ${block} is of. Let validators.scheduleAt name it, { current: { epoch, … } }, in an empty data directory.`,
  )
}

function wrongNumber(named: NamedCommittee, epoch: bigint): NodeError | undefined {
  if (named.epoch === undefined || named.epoch === epoch) return undefined
  return new NodeError(
    'SCHEDULE_NUMBER',
    `validators.scheduleAt calls the ${named.role} committee that of epoch ${named.epoch}, but it is that of epoch ${epoch}`,
  )
}

function contradiction(named: NamedCommittee, known: EpochScope): NodeError | undefined {
  const isSame =
    named.firstBlock === known.firstBlock && bytesEqual(named.schedule.hash, known.schedule.hash)
  if (isSame) return undefined
  const what =
    named.firstBlock === known.firstBlock
      ? 'other validators, weights or leaders'
      : `another first block, ${named.firstBlock} instead of ${known.firstBlock}`
  return new NodeError(
    'SCHEDULE_CHANGED',
    `validators.scheduleAt names ${what} for epoch ${known.epoch} than before. What is announced must not change: compare the execution layer with that of other nodes.`,
  )
}

function late(named: NamedCommittee, released: bigint): NodeError {
  return new NodeError(
    'SCHEDULE_LATE',
    `the committee that rules from block ${named.firstBlock} on is announced when the one before may have voted for block ${released - 1n} already. Name it as pending as of block ${named.firstBlock - 1n} at the latest, some blocks earlier if you can.`,
  )
}

function outOfRange(named: NamedCommittee, why: string): NodeError {
  return new NodeError(
    'SCHEDULE_RANGE',
    `the ${named.role} committee of validators.scheduleAt cannot rule from block ${named.firstBlock} on: ${why}`,
  )
}
