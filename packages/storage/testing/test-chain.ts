import { seededRandom } from '@zkstack/concurrency'
import { keccak256, type Hash32 } from '@zkstack/crypto'
import {
  createFinalBlock,
  createGenesis,
  defaultLeaderSelection,
  defaultReplicaState,
  generateValidatorKey,
  Schedule,
  Signers,
  type CommitQC,
  type EpochRecord,
  type FinalBlock,
  type Genesis,
  type PreGenesisBlock,
  type Proposal,
  type ReplicaState,
  type TimeoutQC,
  type View,
} from '@zkstack/roles'
import type { ReplicaStateKey } from '../src/store.js'

/** Numbers of a {@link TestChain}'s genesis. */
export interface TestChainOptions {
  /** Default 1. */
  readonly chainId?: bigint
  /** Default 0. */
  readonly forkNumber?: bigint
  /** Default 0. */
  readonly firstBlock?: bigint
}

const signatureBytes = 48

/** What a store is fed with in tests: well-formed blocks and states whose signatures are noise. The same calls give the same bytes. */
export class TestChain {
  readonly genesis: Genesis

  constructor(o: TestChainOptions = {}) {
    const genesis = createGenesis({
      chainId: o.chainId ?? 1n,
      forkNumber: o.forkNumber ?? 0n,
      firstBlock: o.firstBlock ?? 0n,
    })
    if (!genesis.ok) throw new RangeError(`no such genesis: ${genesis.error.code}`)
    this.genesis = genesis.value
  }

  /** The payload at a height; `variant` gives others of the same height. */
  payload(number: bigint, variant = 0, length = 200): Uint8Array {
    return noise(`payload ${number} ${variant}`, length)
  }

  /** A final block. */
  block(number: bigint, payload = this.payload(number)): FinalBlock {
    return createFinalBlock(payload, this.commitQc(number, keccak256(payload)))
  }

  /** A block from before the genesis. */
  preGenesis(number: bigint): PreGenesisBlock {
    const justification = noise(`justification ${number}`, 20)
    return { kind: 'preGenesis', number, payload: this.payload(number), justification }
  }

  /** A payload that waits to be finalized. */
  proposal(number: bigint, variant = 0, length = 200): Proposal {
    const payload = this.payload(number, variant, length)
    return { number, payload, hash: keccak256(payload) }
  }

  /** Names the state of a validator. */
  key(validator = 0, epoch = 0n): ReplicaStateKey {
    return { genesis: this.genesis.hash, validator: noise(`validator ${validator}`, 96), epoch }
  }

  /** A state that differs from that of every other view; every third view misses some fields. */
  state(view: bigint, o: { epoch?: bigint; proposals?: readonly Proposal[] } = {}): ReplicaState {
    const { epoch = 0n, proposals = [] } = o
    const empty = { ...defaultReplicaState(epoch), view, proposals }
    if (view % 3n === 0n) return empty
    const highCommitQc = this.commitQc(view, keccak256(this.payload(view)), epoch)
    return {
      ...empty,
      phase: view % 2n === 0n ? 'commit' : 'timeout',
      highVote: highCommitQc.message,
      highCommitQc,
      highTimeoutQc: view % 3n === 1n ? this.timeoutQc(view, epoch) : undefined,
    }
  }

  /** A certificate that nobody signed. */
  commitQc(number: bigint, payload: Hash32, epoch = 0n): CommitQC {
    return {
      message: { view: this.view(number, epoch), proposal: { number, payload } },
      signers: Signers.of(4, [0, 1, 3]),
      signature: noise(`commit ${number} ${epoch}`, signatureBytes),
    }
  }

  /** A view change that nobody signed. */
  timeoutQc(number: bigint, epoch = 0n): TimeoutQC {
    const view = this.view(number, epoch)
    const message = { view, highVote: undefined, highQc: undefined }
    return {
      view,
      entries: [{ message, signers: Signers.of(4, [0, 1, 2]) }],
      signature: noise(`timeout ${number} ${epoch}`, signatureBytes),
    }
  }

  /** An epoch of ten blocks and one validator; `variant` gives others of the same number. */
  epoch(epoch: bigint, variant = 0n): EpochRecord {
    const { scheme, firstBlock } = this.genesis
    const key = generateValidatorKey(scheme, seededRandom(`validator of epoch ${epoch}`)).publicKey
    const schedule = Schedule.create({
      validators: [{ key, weight: 1n + variant, leader: true }],
      leaderSelection: defaultLeaderSelection,
      scheme,
    })
    if (!schedule.ok) throw new RangeError(`no such schedule: ${schedule.error.code}`)
    return {
      epoch,
      firstBlock: firstBlock + 10n * epoch,
      schedule: schedule.value,
      proofsOfPossession: [noise(`proof ${epoch}`, signatureBytes)],
      certificate: undefined,
    }
  }

  /** A view of this chain. */
  view(number: bigint, epoch = 0n): View {
    return { genesis: this.genesis.hash, number, epoch }
  }
}

/** Bytes that depend on the label alone. */
function noise(label: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 32) {
    const part = keccak256(new TextEncoder().encode(`${label} ${at}`))
    bytes.set(part.subarray(0, Math.min(32, length - at)), at)
  }
  return bytes
}
