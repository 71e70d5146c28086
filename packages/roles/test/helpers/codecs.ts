import type { Random } from '@zkstack/concurrency'
import { signatureScheme } from '@zkstack/crypto'
import * as roles from '../../src/index.js'
import * as random from '../../testing/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'

/** A codec with values to try it on. */
export interface TestedCodec<T = unknown> {
  readonly name: string
  /** Full name of the wire type. */
  readonly wireType: string
  readonly generate: (random: Random) => T
  readonly encode: (value: T) => Uint8Array
  readonly decode: (bytes: Uint8Array) => T
}

function codec<T>(
  name: string,
  wireType: string,
  generate: (random: Random) => T,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
): TestedCodec {
  return {
    name,
    wireType: `zkstack.${wireType}`,
    generate,
    encode: (value) => encode(value as T),
    decode,
  }
}

const ed25519 = present(signatureScheme(2))
const bls = present(signatureScheme(0))
const schedules = [1, 2, 5].map((n) => testCommittee(n, { seed: `codec ${n}` }).schedule)

function randomSchedule(r: Random): roles.Schedule {
  const { validators } = random.randomOf(r, schedules)
  const weights = validators.map(() => 1n + BigInt.asUintN(60, random.randomUint64(r)))
  const list = validators.map(({ key }, i) => ({
    key,
    weight: weights[i] ?? 1n,
    leader: i === 0 || r.float() < 0.5,
  }))
  const mode = r.float() < 0.5 ? 'weighted' : 'roundRobin'
  const leaderSelection = { frequency: random.randomUint64(r), mode } as const
  return unwrap(roles.Schedule.create({ validators: list, leaderSelection, scheme: ed25519 }))
}

function randomGenesis(r: Random): roles.Genesis {
  const schedule = r.float() < 0.5 ? randomSchedule(r) : undefined
  return unwrap(
    roles.createGenesis({
      chainId: random.randomUint64(r),
      forkNumber: random.randomUint64(r),
      firstBlock: random.randomUint64(r),
      schedule,
      signatureScheme: schedule === undefined ? random.randomBelow(r, 3) : 2,
    }),
  )
}

/** Every codec of the package. */
export const codecs: readonly TestedCodec[] = [
  codec('View', 'roles.validator.ViewV2', random.randomView, roles.encodeView, roles.decodeView),
  codec(
    'BlockHeader',
    'roles.validator.BlockHeaderV2',
    random.randomBlockHeader,
    roles.encodeBlockHeader,
    roles.decodeBlockHeader,
  ),
  codec(
    'ReplicaCommit',
    'roles.validator.ReplicaCommitV2',
    random.randomReplicaCommit,
    roles.encodeReplicaCommit,
    roles.decodeReplicaCommit,
  ),
  codec(
    'ReplicaTimeout',
    'roles.validator.ReplicaTimeoutV2',
    (r) => random.randomReplicaTimeout(r),
    roles.encodeReplicaTimeout,
    roles.decodeReplicaTimeout,
  ),
  codec(
    'CommitQC',
    'roles.validator.CommitQCV2',
    (r) => random.randomCommitQC(r),
    roles.encodeCommitQC,
    roles.decodeCommitQC,
  ),
  codec(
    'TimeoutQC',
    'roles.validator.TimeoutQCV2',
    (r) => random.randomTimeoutQC(r),
    roles.encodeTimeoutQC,
    roles.decodeTimeoutQC,
  ),
  codec(
    'ProposalJustification',
    'roles.validator.ProposalJustificationV2',
    (r) => random.randomJustification(r),
    roles.encodeJustification,
    roles.decodeJustification,
  ),
  codec(
    'ConsensusMsg',
    'roles.validator.ConsensusMsg',
    (r) => random.randomConsensusMsg(r),
    roles.encodeConsensusMsg,
    roles.decodeConsensusMsg,
  ),
  codec('Msg', 'roles.validator.Msg', (r) => random.randomMsg(r), roles.encodeMsg, roles.decodeMsg),
  codec(
    'Signed',
    'roles.validator.Signed',
    (r) => random.randomSigned(r),
    roles.encodeSigned,
    (b) => roles.decodeSigned(b, bls),
  ),
  codec(
    'Evidence',
    'roles.validator.Evidence',
    (r) => random.randomEvidence(r),
    roles.encodeEvidence,
    (b) => roles.decodeEvidence(b, bls),
  ),
  codec(
    'FinalBlock',
    'roles.validator.FinalBlockV2',
    (r) => random.randomFinalBlock(r),
    roles.encodeFinalBlock,
    roles.decodeFinalBlock,
  ),
  codec(
    'Block',
    'roles.validator.Block',
    (r) => random.randomBlock(r),
    roles.encodeBlock,
    roles.decodeBlock,
  ),
  codec(
    'ReplicaState',
    'roles.validator.ReplicaState',
    (r) => random.randomReplicaState(r),
    roles.encodeReplicaState,
    roles.decodeReplicaState,
  ),
  codec(
    'NetAddress',
    'roles.validator.NetAddress',
    random.randomNetAddress,
    roles.encodeNetAddress,
    roles.decodeNetAddress,
  ),
  codec(
    'RateLimit',
    'std.RateLimit',
    random.randomRateLimit,
    roles.encodeRateLimit,
    roles.decodeRateLimit,
  ),
  codec(
    'Schedule',
    'roles.validator.ValidatorSchedule',
    randomSchedule,
    roles.encodeSchedule,
    (b) => roles.decodeSchedule(b, ed25519),
  ),
  codec(
    'EpochRecord',
    'roles.validator.EpochRecord',
    (r) => random.randomEpochRecord(r, randomSchedule(r)),
    roles.encodeEpochRecord,
    (b) => roles.decodeEpochRecord(b, ed25519),
  ),
  codec(
    'EpochVote',
    'roles.validator.EpochVote',
    (r) => ({ epoch: random.randomUint64(r), key: r.bytes(32), sig: r.bytes(64) }),
    roles.encodeEpochVote,
    (b) => roles.decodeEpochVote(b, ed25519),
  ),
  codec(
    'Genesis',
    'roles.validator.Genesis',
    randomGenesis,
    roles.encodeGenesis,
    roles.decodeGenesis,
  ),
  codec(
    'node.Msg',
    'roles.node.Msg',
    (r) => ({ type: 'sessionId', value: r.bytes(32) }) as const,
    roles.encodeNodeMsg,
    roles.decodeNodeMsg,
  ),
  codec(
    'node.Signed',
    'roles.node.Signed',
    (r) => ({
      msg: { type: 'sessionId', value: r.bytes(32) } as const,
      key: r.bytes(32),
      sig: r.bytes(64),
    }),
    roles.encodeNodeSigned,
    roles.decodeNodeSigned,
  ),
]

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('missing')
  return value
}
