import { seededRandom } from '@zkstack/concurrency'
import { compareBytes, keccak256 } from '@zkstack/crypto'
import type { Hash32, SignatureScheme } from '@zkstack/crypto'
import { hashMsg, hashPayload, Schedule, Signers, sortTimeoutQcEntries } from '@zkstack/roles'
import type {
  BlockHeader,
  CommitQC,
  ConsensusMsg,
  EpochScope,
  LeaderSelection,
  ProposalJustification,
  ReplicaCommit,
  ReplicaTimeout,
  Signed,
  TimeoutQC,
  View,
} from '@zkstack/roles'
import { standInScheme } from '@zkstack/crypto/testing'

/** Options of {@link createCommittee}. */
export interface CommitteeOptions {
  /** Number of validators, or their weights. */
  readonly validators: number | readonly bigint[]
  /** Default: the stand-in of `@zkstack/crypto/testing`, which is fast and sums like BLS. */
  readonly scheme?: SignatureScheme
  /** Default: a new leader each view, in turn. */
  readonly leaderSelection?: LeaderSelection
  /** Who leads a view, by index, whatever the leader selection says. */
  readonly leaderAt?: (view: bigint) => number
  /** Default 0. */
  readonly firstBlock?: bigint
  /** Hash of the genesis; default: that of no genesis. */
  readonly genesis?: Hash32
  /** Default 0. */
  readonly epoch?: bigint
  /** Seed of the keys; default `'committee'`. */
  readonly seed?: string
  /** Secrets to use instead of generated ones; sorted by their keys afterwards. */
  readonly secrets?: readonly Uint8Array[]
}

/** The high vote and high QC of a timeout; both absent unless given. */
export interface TimeoutContent {
  readonly highVote?: ReplicaCommit | undefined
  readonly highQc?: CommitQC | undefined
}

/** Makes a committee whose secrets the caller knows. */
export function createCommittee(o: CommitteeOptions): Committee {
  return new Committee(o)
}

/** Validators of one epoch with their secrets, and builders of everything that they can sign. Validators are given by index. */
export class Committee {
  readonly scope: EpochScope
  /** By validator index. */
  readonly secrets: readonly Uint8Array[]

  constructor(o: CommitteeOptions) {
    const scheme = o.scheme ?? standInScheme
    const random = seededRandom(o.seed ?? 'committee')
    const weights =
      typeof o.validators === 'number'
        ? Array.from({ length: o.validators }, () => 1n)
        : o.validators
    // Weights go to validators in the order of their keys, so that weights[i] is that of index i.
    const pairs = weights
      .map((_, i) => {
        const secret = o.secrets?.[i] ?? scheme.generateSecretKey((n) => random.bytes(n))
        return { secret, key: scheme.publicKey(secret) }
      })
      .sort((a, b) => compareBytes(a.key, b.key))
    const created = Schedule.create({
      validators: pairs.map(({ key }, i) => ({ key, weight: weights[i] ?? 1n, leader: true })),
      leaderSelection: o.leaderSelection ?? { frequency: 1n, mode: 'roundRobin' },
      scheme,
    })
    if (!created.ok) throw new RangeError(`validators: ${created.error.code}`)
    if (o.leaderAt !== undefined) created.value.leaderAt = o.leaderAt
    this.secrets = pairs.map((pair) => pair.secret)
    this.scope = {
      genesis: o.genesis ?? keccak256(new TextEncoder().encode('genesis of a test')),
      epoch: o.epoch ?? 0n,
      schedule: created.value,
      firstBlock: o.firstBlock ?? 0n,
    }
  }

  get schedule(): Schedule {
    return this.scope.schedule
  }

  get size(): number {
    return this.secrets.length
  }

  /** Public key of a validator. @throws RangeError for an index outside the schedule. */
  key(index: number): Uint8Array {
    return this.#validator(index).key
  }

  /** Index of the leader of a view. */
  leader(view: bigint): number {
    return this.schedule.leaderAt(view)
  }

  view(number: bigint): View {
    return { genesis: this.scope.genesis, number, epoch: this.scope.epoch }
  }

  /** Header of a block with that payload. */
  header(number: bigint, payload: Uint8Array | string): BlockHeader {
    return {
      number,
      payload: hashPayload(typeof payload === 'string' ? bytesOf(payload) : payload),
    }
  }

  commit(view: bigint, proposal: BlockHeader): ReplicaCommit {
    return { view: this.view(view), proposal }
  }

  timeout(view: bigint, content: TimeoutContent = {}): ReplicaTimeout {
    return { view: this.view(view), highVote: content.highVote, highQc: content.highQc }
  }

  /** Signs any consensus message as a validator. */
  sign(index: number, msg: ConsensusMsg): Signed {
    return { msg, key: this.key(index), sig: this.signature(index, hashMsg(msg)) }
  }

  /** A validator's signature over any hash. */
  signature(index: number, hash: Uint8Array): Uint8Array {
    const secret = this.secrets[index]
    if (secret === undefined) throw new RangeError(`index: ${index} is not in the committee`)
    return this.schedule.scheme.sign(secret, hash)
  }

  /** The message with a signature of its author over another one: canonical, and wrong. */
  forge(signed: Signed): Signed {
    const author = this.schedule.indexOf(signed.key) ?? -1
    return { ...signed, sig: this.signature(author, hashPayload(bytesOf('another message'))) }
  }

  signCommit(index: number, value: ReplicaCommit): Signed {
    return this.sign(index, { type: 'replicaCommit', value })
  }

  signTimeout(index: number, value: ReplicaTimeout): Signed {
    return this.sign(index, { type: 'replicaTimeout', value })
  }

  signNewView(index: number, justification: ProposalJustification): Signed {
    return this.sign(index, { type: 'replicaNewView', value: { justification } })
  }

  signProposal(
    index: number,
    justification: ProposalJustification,
    payload: Uint8Array | undefined,
  ): Signed {
    return this.sign(index, { type: 'leaderProposal', value: { payload, justification } })
  }

  /** A CommitQC over a vote, by default of the whole committee; whether it has quorum weight is up to the caller. */
  commitQc(value: ReplicaCommit, signers: readonly number[] = this.everybody()): CommitQC {
    const hash = hashMsg({ type: 'replicaCommit', value })
    return {
      message: value,
      signers: Signers.of(this.size, signers),
      signature: this.#aggregate(signers.map((index) => ({ index, hash }))),
    }
  }

  /** A TimeoutQC of the given view; by default everybody signed an empty timeout. */
  timeoutQc(
    view: bigint,
    votes: readonly (readonly [ReplicaTimeout, readonly number[]])[] = [
      [this.timeout(view), this.everybody()],
    ],
  ): TimeoutQC {
    const parts = votes.flatMap(([value, signers]) => {
      const hash = hashMsg({ type: 'replicaTimeout', value })
      return signers.map((index) => ({ index, hash }))
    })
    const entries = votes.map(([message, signers]) => ({
      message,
      signers: Signers.of(this.size, signers),
    }))
    return {
      view: this.view(view),
      entries: sortTimeoutQcEntries(entries),
      signature: this.#aggregate(parts),
    }
  }

  /** All indices. */
  everybody(): readonly number[] {
    return this.secrets.map((_, index) => index)
  }

  #aggregate(parts: readonly { readonly index: number; readonly hash: Uint8Array }[]): Uint8Array {
    const signatures = parts
      .toSorted((a, b) => a.index - b.index)
      .map(({ index, hash }) => ({ index, signature: this.signature(index, hash) }))
    const aggregate = this.schedule.scheme.aggregate(signatures)
    if (aggregate === undefined) throw new TypeError('own signatures do not aggregate')
    return aggregate
  }

  #validator(index: number): Schedule['validators'][number] {
    const validator = this.schedule.validators[index]
    if (validator === undefined) throw new RangeError(`index: ${index} is not in the schedule`)
    return validator
  }
}

/** UTF-8 bytes, for readable payloads. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The justification that consists of a CommitQC. */
export function byCommit(qc: CommitQC): ProposalJustification {
  return { type: 'commit', qc }
}

/** The justification that consists of a TimeoutQC. */
export function byTimeout(qc: TimeoutQC): ProposalJustification {
  return { type: 'timeout', qc }
}
