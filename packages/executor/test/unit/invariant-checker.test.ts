import { signatureScheme } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { encodePartsHead } from '@zkstack/network/testing'
import {
  createFinalBlock,
  defaultReplicaState,
  encodeSigned,
  hashPayload,
  PayloadHasher,
  type ReplicaCommit,
  type ReplicaState,
} from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, it } from 'vitest'
import { InvariantChecker } from '../../testing/simulation/invariant-checker.js'

const scheme = signatureScheme(2) ?? fail()
const committee = testCommittee(6, { scheme })

function fail(): never {
  throw new TypeError('there is no Ed25519')
}

/** The head of a proposal in parts of a view. */
function headOf(payload: Uint8Array, view: bigint): Uint8Array {
  const hasher = new PayloadHasher(payload)
  while (!hasher.isDone) hasher.next()
  const qc = committee.commitQc(committee.commit(view - 1n, view - 1n))
  const justification = { type: 'commit', qc } as const
  const signed = committee.sign(0, { type: 'leaderProposal', value: { payload, justification } })
  const value = { payload: new Uint8Array(), justification }
  const message = encodeSigned({ ...signed, msg: { type: 'leaderProposal', value } })
  return encodePartsHead({ payloadBytes: payload.length, digests: hasher.digests, message })
}

it('the checker of a simulation › two large proposals of one view › are an equivocation', () => {
  const checker = new InvariantChecker({ scopes: [committee.scope], now: () => 7 })
  const payload = (fill: number): Uint8Array => new Uint8Array(300_000).fill(fill)
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(1), 5n))
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(1), 5n))
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(2), 6n))
  checker.sentElsewhere(3, protocols.blocks, headOf(payload(3), 5n))
  expect(checker.violations).toEqual([])
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(2), 5n))
  expect(checker.violations).toMatchObject([{ invariant: 'equivocation', at: 7, node: 3 }])
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A state of epoch 0 that voted in a view. */
function stateOf(highVote: ReplicaCommit): ReplicaState {
  return { ...defaultReplicaState(0n), view: highVote.view.number, phase: 'commit', highVote }
}

const vote = committee.commit(5n, 4n, bytes('a'))
const other = committee.commit(5n, 4n, bytes('b'))
const proposal = { number: 4n, payload: bytes('a'), hash: hashPayload(bytes('a')) }
const frameOf = (value: ReplicaCommit): Uint8Array =>
  encodeSigned(committee.sign(1, { type: 'replicaCommit', value }))
const fewSigners = createFinalBlock(
  bytes('a'),
  committee.commitQc(committee.commit(0n, 0n, bytes('a')), [0, 1, 2, 3]),
)

const forged: readonly (readonly [string, string, (checker: InvariantChecker) => void])[] = [
  [
    'a node stores another block of a height',
    'agreement',
    (checker) => {
      checker.blockDurable(0, committee.block(0n, bytes('a')))
      checker.blockDurable(1, committee.block(0n, bytes('b')))
    },
  ],
  [
    'four of six signed a block',
    'certificate',
    (checker) => {
      checker.blockDurable(0, fewSigners)
    },
  ],
  [
    'a block is of an earlier view than the one before',
    'certificate',
    (checker) => {
      checker.blockDurable(0, committee.block(0n, bytes('a'), 7n))
      checker.blockDurable(0, committee.block(1n, bytes('b'), 6n))
    },
  ],
  [
    'a node votes for two blocks of a view',
    'equivocation',
    (checker) => {
      checker.stateDurable(1, stateOf(vote))
      checker.sent(1, frameOf(vote))
      checker.stateDurable(1, stateOf(other))
      checker.sent(1, frameOf(other))
    },
  ],
  [
    'a vote is sent that is not on disk',
    'durability',
    (checker) => {
      checker.sent(1, frameOf(vote))
    },
  ],
  [
    'another vote is on disk than is sent',
    'durability',
    (checker) => {
      checker.stateDurable(1, stateOf(other))
      checker.sent(1, frameOf(vote))
    },
  ],
  [
    'a timeout names another vote than is on disk',
    'durability',
    (checker) => {
      checker.stateDurable(1, { ...stateOf(vote), phase: 'timeout' })
      const value = { view: vote.view, highVote: other, highQc: undefined }
      checker.sent(1, encodeSigned(committee.sign(1, { type: 'replicaTimeout', value })))
    },
  ],
  [
    'the payload of a final block is dropped before the block is on disk',
    'durability',
    (checker) => {
      checker.stateDurable(1, { ...stateOf(vote), proposals: [proposal] })
      checker.stateDurable(1, { ...stateOf(vote), highCommitQc: committee.commitQc(vote) })
    },
  ],
  [
    'a disk goes back',
    'durability',
    (checker) => {
      checker.stateDurable(1, stateOf(vote))
      checker.stateDurable(1, stateOf(committee.commit(4n, 3n)))
    },
  ],
  [
    'a node comes back without a block that it had',
    'durability',
    (checker) => {
      checker.blockDurable(1, committee.block(0n))
      checker.started(1, 0n)
    },
  ],
  [
    'nobody honest accepted a payload',
    'validity',
    (checker) => {
      checker.committed(1, committee.block(0n, bytes('a')))
    },
  ],
  [
    'a height is left out',
    'delivery',
    (checker) => {
      checker.accepted(bytes('b'))
      checker.committed(1, committee.block(1n, bytes('b')))
    },
  ],
  [
    'a height is committed again',
    'delivery',
    (checker) => {
      checker.accepted(bytes('a'))
      checker.committed(1, committee.block(0n, bytes('a')))
      checker.committed(1, committee.block(0n, bytes('a')))
    },
  ],
]

it.each(forged)('the checker of a simulation › %s › %s is broken', (_, invariant, happen) => {
  const checker = new InvariantChecker({ scopes: [committee.scope], now: () => 7 })
  happen(checker)
  expect(checker.violations.map((violation) => violation.invariant)).toEqual([invariant])
})

it('the checker of a simulation › a vote, its block, and its commit › break nothing', () => {
  const checker = new InvariantChecker({ scopes: [committee.scope], now: () => 7 })
  checker.stateDurable(2, { ...stateOf(vote), proposals: [proposal] })
  checker.blockDurable(2, committee.block(4n, bytes('a')))
  checker.stateDurable(2, { ...stateOf(vote), highCommitQc: committee.commitQc(vote) })
  checker.stateDurable(1, { ...stateOf(vote), phase: 'timeout' })
  const timeout = { view: vote.view, highVote: vote, highQc: undefined }
  checker.sent(1, encodeSigned(committee.sign(1, { type: 'replicaTimeout', value: timeout })))
  checker.sent(1, frameOf(vote))
  checker.sent(1, frameOf(vote))
  checker.accepted(bytes('a'))
  for (const node of [0, 1]) {
    checker.blockDurable(node, committee.block(0n, bytes('a')))
    checker.committed(node, committee.block(0n, bytes('a')))
  }
  expect(checker.violations).toEqual([])
})
