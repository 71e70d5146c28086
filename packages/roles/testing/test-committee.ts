import type { Result, SignatureScheme } from '@zkstack/crypto'
import { ed25519Scheme } from '@zkstack/crypto'
import { seededRandom } from '@zkstack/concurrency'
import type { FinalBlock } from '../src/messages/block.js'
import { createFinalBlock } from '../src/messages/block.js'
import type { CommitQC } from '../src/messages/commit-qc.js'
import type { ConsensusMsg } from '../src/messages/consensus-msg.js'
import type { EpochScope } from '../src/messages/epoch-scope.js'
import { hashMsg, hashPayload } from '../src/messages/msg.js'
import type { ReplicaCommit } from '../src/messages/replica-commit.js'
import type { ReplicaTimeout } from '../src/messages/replica-timeout.js'
import { sameReplicaTimeout } from '../src/messages/replica-timeout.js'
import type { Signed } from '../src/messages/signed.js'
import { Signers } from '../src/messages/signers.js'
import type { TimeoutQC, TimeoutQCEntry } from '../src/messages/timeout-qc.js'
import { sortTimeoutQcEntries } from '../src/messages/timeout-qc.js'
import type { View } from '../src/messages/view.js'
import { createGenesis, type Genesis } from '../src/genesis/genesis.js'
import { generateValidatorKey, type ValidatorSecretKey } from '../src/keys/validator-secret-key.js'
import { defaultLeaderSelection, type LeaderSelection } from '../src/schedule/leader-selection.js'
import type { Schedule } from '../src/schedule/schedule.js'

/** Options of {@link testCommittee}. */
export interface TestCommitteeOptions {
  /** Default: Ed25519, the cheapest real scheme. */
  readonly scheme?: SignatureScheme
  /** By the order of key generation, which is not that of indices; default: 1 each. */
  readonly weights?: readonly bigint[]
  /** The same seed gives the same keys. Default: 0. */
  readonly seed?: string | number
  readonly leaderSelection?: LeaderSelection
  readonly epoch?: bigint
  readonly firstBlock?: bigint
  readonly chainId?: bigint
  /** Whether the genesis carries proofs of possession; default: only if the scheme needs them. */
  readonly proofs?: boolean
}

/** A message of one validator of a committee. */
export interface TestVote<T> {
  readonly index: number
  readonly message: T
}

/** Validators with their secrets, and what they sign. */
export class TestCommittee {
  readonly genesis: Genesis
  readonly schedule: Schedule
  readonly scheme: SignatureScheme
  readonly scope: EpochScope
  /** By validator index. */
  readonly keys: readonly ValidatorSecretKey[]

  constructor(genesis: Genesis, keys: readonly ValidatorSecretKey[], epoch: bigint) {
    if (genesis.schedule === undefined) throw new TypeError('genesis: needs a schedule')
    const { schedule } = genesis
    this.genesis = genesis
    this.schedule = schedule
    this.scheme = genesis.scheme
    this.scope = { genesis: genesis.hash, epoch, schedule, firstBlock: genesis.firstBlock }
    this.keys = keys.toSorted(
      (a, b) => (schedule.indexOf(a.publicKey) ?? -1) - (schedule.indexOf(b.publicKey) ?? -1),
    )
  }

  /** A view of the committee's epoch. */
  view(number: bigint): View {
    return { genesis: this.scope.genesis, number, epoch: this.scope.epoch }
  }

  /** A vote for a block of that payload. */
  commit(view: bigint, number: bigint, payload: Uint8Array = new Uint8Array()): ReplicaCommit {
    return { view: this.view(view), proposal: { number, payload: hashPayload(payload) } }
  }

  /** A vote to end a view. */
  timeout(
    view: bigint,
    known: { highVote?: ReplicaCommit; highQc?: CommitQC } = {},
  ): ReplicaTimeout {
    return { view: this.view(view), highVote: known.highVote, highQc: known.highQc }
  }

  /** The secret key of a validator. @throws RangeError for an index that there is not. */
  key(index: number): ValidatorSecretKey {
    const key = this.keys[index]
    if (key === undefined) throw new RangeError(`index: ${index}`)
    return key
  }

  /** A message signed by a validator. */
  sign(index: number, msg: ConsensusMsg): Signed {
    const key = this.key(index)
    return { msg, key: key.publicKey, sig: key.sign(hashMsg(msg)) }
  }

  /** Indices of all validators. */
  get everybody(): number[] {
    return this.keys.map((_, index) => index)
  }

  /** A CommitQC of the given validators; default: all. */
  commitQc(message: ReplicaCommit, signers: readonly number[] = this.everybody): CommitQC {
    const hash = hashMsg({ type: 'replicaCommit', value: message })
    const signature = this.#aggregate(signers.map((index) => ({ index, message: hash })))
    return { message, signers: Signers.of(this.schedule.length, signers), signature }
  }

  /** A TimeoutQC of the given votes, all of one view. */
  timeoutQc(votes: readonly TestVote<ReplicaTimeout>[]): TimeoutQC {
    const first = votes[0]
    if (first === undefined) throw new RangeError('votes: none')
    const entries: TimeoutQCEntry[] = []
    for (const { index, message } of votes) {
      const at = entries.findIndex((entry) => sameReplicaTimeout(entry.message, message))
      const signers = entries[at]?.signers ?? Signers.empty(this.schedule.length)
      const entry = { message, signers: signers.with(index) }
      if (at < 0) entries.push(entry)
      else entries[at] = entry
    }
    const signature = this.#aggregate(
      votes.map(({ index, message }) => ({
        index,
        message: hashMsg({ type: 'replicaTimeout', value: message }),
      })),
    )
    return { view: first.message.view, entries: sortTimeoutQcEntries(entries), signature }
  }

  /** A TimeoutQC of one vote signed by the given validators; default: all. */
  uniformTimeoutQc(message: ReplicaTimeout, signers = this.everybody): TimeoutQC {
    return this.timeoutQc(signers.map((index) => ({ index, message })))
  }

  /** A final block with a certificate of everybody. */
  block(number: bigint, payload: Uint8Array = new Uint8Array(), view = number): FinalBlock {
    return createFinalBlock(payload, this.commitQc(this.commit(view, number, payload)))
  }

  #aggregate(claims: readonly TestVote<Uint8Array>[]): Uint8Array {
    const parts = claims
      .toSorted((a, b) => a.index - b.index)
      .map(({ index, message }) => ({ index, signature: this.key(index).sign(message) }))
    const signature = this.scheme.aggregate(parts)
    if (signature === undefined) throw new TypeError('scheme: refuses its own signatures')
    return signature
  }
}

/** A committee of `n` validators, each of whom may lead. */
export function testCommittee(n: number, o: TestCommitteeOptions = {}): TestCommittee {
  const scheme = o.scheme ?? ed25519Scheme.current
  const random = seededRandom(o.seed ?? 0)
  const keys = Array.from({ length: n }, () => generateValidatorKey(scheme, random))
  const validators = keys.map(({ publicKey }, i) => ({
    key: publicKey,
    weight: o.weights?.[i] ?? 1n,
    leader: true,
  }))
  const withProofs = o.proofs ?? scheme.needsProofOfPossession
  const genesis = unwrap(
    createGenesis({
      chainId: o.chainId ?? 1337n,
      forkNumber: 0n,
      firstBlock: o.firstBlock ?? 0n,
      scheme,
      schedule: { validators, leaderSelection: o.leaderSelection ?? defaultLeaderSelection },
      proofsOfPossession: withProofs ? keys.map((key) => key.provePossession()) : undefined,
    }),
  )
  return new TestCommittee(genesis, keys, o.epoch ?? 0n)
}

/** The value of a result that must be a success. @throws TypeError for an error. */
export function unwrap<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value
  throw new TypeError(`unexpected error: ${describe(result.error)}`)
}

function describe(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : String(error)
}
