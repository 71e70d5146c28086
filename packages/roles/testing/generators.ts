import { hash32, type Hash32 } from '@zkstack/crypto'
import type { Random } from '@zkstack/concurrency'
import type { EpochRecord } from '../src/epoch/epoch-record.js'
import type { Evidence } from '../src/evidence/evidence.js'
import { createEvidence } from '../src/evidence/evidence.js'
import type { Block, FinalBlock } from '../src/messages/block.js'
import { createFinalBlock } from '../src/messages/block.js'
import type { BlockHeader } from '../src/messages/block-header.js'
import type { CommitQC } from '../src/messages/commit-qc.js'
import type { ConsensusMsg } from '../src/messages/consensus-msg.js'
import type { ProposalJustification } from '../src/messages/justification.js'
import type { Msg } from '../src/messages/msg.js'
import { hashPayload } from '../src/messages/msg.js'
import type { NetAddress } from '../src/messages/net-address.js'
import type { RateLimit } from '../src/messages/rate-limit.js'
import type { Proposal, ReplicaState } from '../src/messages/replica-state.js'
import type { ReplicaCommit } from '../src/messages/replica-commit.js'
import type { ReplicaTimeout } from '../src/messages/replica-timeout.js'
import type { Signed } from '../src/messages/signed.js'
import { Signers } from '../src/messages/signers.js'
import type { Duration } from '../src/messages/std.js'
import type { Schedule } from '../src/schedule/schedule.js'
import type { TimeoutQC } from '../src/messages/timeout-qc.js'
import { sortTimeoutQcEntries } from '../src/messages/timeout-qc.js'
import type { View } from '../src/messages/view.js'

/** Lengths of what a scheme makes; nothing else of it matters here. */
export interface RandomShape {
  /** Validators in every bitmap; default: 1 to 12. */
  readonly validators?: number
  readonly publicKeyBytes?: number
  readonly signatureBytes?: number
}

/** A uniform integer in [0, n). */
export function randomBelow(random: Random, n: number): number {
  return Math.floor(random.float() * n)
}

/** One of the values. @throws RangeError for none. */
export function randomOf<T>(random: Random, values: readonly T[]): T {
  if (values.length === 0) throw new RangeError('values: none')
  return values[randomBelow(random, values.length)] as T
}

/** A number below 2^64 − 1 of any magnitude. */
export function randomUint64(random: Random): bigint {
  const bits = BigInt(randomBelow(random, 65))
  const number = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32())
  const value = BigInt.asUintN(Number(bits), number)
  return value === 2n ** 64n - 1n ? value - 1n : value
}

/** 32 random bytes. */
export function randomHash(random: Random): Hash32 {
  return hash32(random.bytes(32))
}

/** Up to 100 random bytes. */
export function randomPayload(random: Random): Uint8Array {
  return random.bytes(randomBelow(random, 100))
}

/** A view of a random chain. */
export function randomView(random: Random): View {
  return {
    genesis: randomHash(random),
    number: randomUint64(random),
    epoch: randomUint64(random),
  }
}

/** A header of no block. */
export function randomBlockHeader(random: Random): BlockHeader {
  return { number: randomUint64(random), payload: randomHash(random) }
}

/** A commit vote. */
export function randomReplicaCommit(random: Random): ReplicaCommit {
  return { view: randomView(random), proposal: randomBlockHeader(random) }
}

/** A set of about half the validators. */
export function randomSigners(random: Random, shape: RandomShape = {}): Signers {
  const length = shape.validators ?? 1 + randomBelow(random, 12)
  const all = Array.from({ length }, (_, index) => index)
  return Signers.of(
    length,
    all.filter(() => random.float() < 0.5),
  )
}

/** A CommitQC whose signature is noise. */
export function randomCommitQC(random: Random, shape: RandomShape = {}): CommitQC {
  return {
    message: randomReplicaCommit(random),
    signers: randomSigners(random, shape),
    signature: random.bytes(shape.signatureBytes ?? 48),
  }
}

/** A timeout vote, with or without what its author knows. */
export function randomReplicaTimeout(random: Random, shape: RandomShape = {}): ReplicaTimeout {
  return {
    view: randomView(random),
    highVote: random.float() < 0.7 ? randomReplicaCommit(random) : undefined,
    highQc: random.float() < 0.7 ? randomCommitQC(random, shape) : undefined,
  }
}

/** A TimeoutQC of up to five distinct votes, whose signature is noise. */
export function randomTimeoutQC(random: Random, shape: RandomShape = {}): TimeoutQC {
  const entries = Array.from({ length: randomBelow(random, 6) }, () => ({
    message: randomReplicaTimeout(random, shape),
    signers: randomSigners(random, shape),
  }))
  return {
    view: randomView(random),
    entries: sortTimeoutQcEntries(entries),
    signature: random.bytes(shape.signatureBytes ?? 48),
  }
}

/** A justification of either sort. */
export function randomJustification(
  random: Random,
  shape: RandomShape = {},
): ProposalJustification {
  return random.float() < 0.5
    ? { type: 'commit', qc: randomCommitQC(random, shape) }
    : { type: 'timeout', qc: randomTimeoutQC(random, shape) }
}

/** A consensus message of any sort. */
export function randomConsensusMsg(random: Random, shape: RandomShape = {}): ConsensusMsg {
  const justification = randomJustification(random, shape)
  switch (randomBelow(random, 4)) {
    case 0: {
      const payload = random.float() < 0.7 ? randomPayload(random) : undefined
      return { type: 'leaderProposal', value: { payload, justification } }
    }
    case 1:
      return { type: 'replicaCommit', value: randomReplicaCommit(random) }
    case 2:
      return { type: 'replicaTimeout', value: randomReplicaTimeout(random, shape) }
    default:
      return { type: 'replicaNewView', value: { justification } }
  }
}

/** A net address, of IPv4 or IPv6. */
export function randomNetAddress(random: Random): NetAddress {
  return {
    addr: {
      ip: random.bytes(random.float() < 0.5 ? 4 : 16),
      port: randomBelow(random, 65_536),
    },
    version: randomUint64(random),
    timestamp: randomDuration(random),
  }
}

/** A token bucket. */
export function randomRateLimit(random: Random): RateLimit {
  return { burst: randomUint64(random), refresh: randomDuration(random) }
}

function randomDuration(random: Random): Duration {
  return {
    seconds: BigInt.asIntN(64, randomUint64(random)),
    nanos: randomBelow(random, 1_000_000_000),
  }
}

/** A message of the validator role of any sort. */
export function randomMsg(random: Random, shape: RandomShape = {}): Msg {
  switch (randomBelow(random, 3)) {
    case 0:
      return { type: 'sessionId', value: randomPayload(random) }
    case 1:
      return { type: 'netAddress', value: randomNetAddress(random) }
    default:
      return { type: 'consensus', value: randomConsensusMsg(random, shape) }
  }
}

/** A signed message whose key and signature are noise; 96 and 48 bytes unless the shape says otherwise. */
export function randomSigned(random: Random, shape: RandomShape = {}): Signed {
  return {
    msg: randomConsensusMsg(random, shape),
    key: random.bytes(shape.publicKeyBytes ?? 96),
    sig: random.bytes(shape.signatureBytes ?? 48),
  }
}

/** Evidence of any sort whose key and signatures are noise. */
export function randomEvidence(random: Random, shape: RandomShape = {}): Evidence {
  const view = randomView(random)
  const commit: ConsensusMsg = {
    type: 'replicaCommit',
    value: { view, proposal: randomBlockHeader(random) },
  }
  const timeout = (): ConsensusMsg => ({
    type: 'replicaTimeout',
    value: { ...randomReplicaTimeout(random, shape), view, highVote: undefined },
  })
  const highVote = randomReplicaCommit(random)
  const justification = randomJustification(random, shape)
  const proposal = (payload: Uint8Array): ConsensusMsg => ({
    type: 'leaderProposal',
    value: { payload, justification },
  })
  const pairs: readonly (readonly [ConsensusMsg, ConsensusMsg])[] = [
    [commit, { ...commit, value: { view, proposal: randomBlockHeader(random) } }],
    [commit, timeout()],
    [timeout(), { type: 'replicaTimeout', value: { view, highVote, highQc: undefined } }],
    [proposal(random.bytes(20)), proposal(random.bytes(30))],
  ]
  const key = random.bytes(shape.publicKeyBytes ?? 96)
  const [a, b] = randomOf(random, pairs).map((msg) => {
    return { msg, key, sig: random.bytes(shape.signatureBytes ?? 48) }
  })
  const evidence = a && b && createEvidence(a, b)
  if (evidence === undefined) throw new TypeError('random messages do not contradict each other')
  return evidence
}

/** A final block whose certificate names its payload, but is signed by noise. */
export function randomFinalBlock(random: Random, shape: RandomShape = {}): FinalBlock {
  const payload = randomPayload(random)
  const hash = hashPayload(payload)
  const qc = randomCommitQC(random, shape)
  const proposal = { number: qc.message.proposal.number, payload: hash }
  return createFinalBlock(payload, { ...qc, message: { view: qc.message.view, proposal } }, hash)
}

/** A block of either sort. */
export function randomBlock(random: Random, shape: RandomShape = {}): Block {
  if (random.float() < 0.5) return randomFinalBlock(random, shape)
  const payload = randomPayload(random)
  const justification = randomPayload(random)
  return { kind: 'preGenesis', number: randomUint64(random), payload, justification }
}

/** A payload with its number and hash. */
export function randomProposal(random: Random): Proposal {
  const payload = randomPayload(random)
  return { number: randomUint64(random), payload, hash: hashPayload(payload) }
}

/** A replica's state. */
export function randomReplicaState(random: Random, shape: RandomShape = {}): ReplicaState {
  return {
    epoch: randomUint64(random),
    view: randomUint64(random),
    phase: randomOf(random, ['prepare', 'commit', 'timeout']),
    highVote: random.float() < 0.7 ? randomReplicaCommit(random) : undefined,
    highCommitQc: random.float() < 0.7 ? randomCommitQC(random, shape) : undefined,
    highTimeoutQc: random.float() < 0.7 ? randomTimeoutQC(random, shape) : undefined,
    proposals: Array.from({ length: randomBelow(random, 4) }, () => randomProposal(random)),
  }
}

/** An epoch of random number and certificate, and of the validators of a given schedule. */
export function randomEpochRecord(random: Random, schedule: Schedule): EpochRecord {
  const { length } = schedule
  const certified = random.float() < 0.5
  return {
    epoch: randomUint64(random),
    firstBlock: randomUint64(random),
    schedule,
    proofsOfPossession:
      random.float() < 0.5 ? [] : Array.from({ length }, () => randomPayload(random)),
    certificate: certified
      ? { signers: randomSigners(random), signature: random.bytes(48) }
      : undefined,
  }
}
