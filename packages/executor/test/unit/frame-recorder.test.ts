import { signatureScheme } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { encodePartsHead } from '@zkstack/network/testing'
import {
  encodeSigned,
  hashPayload,
  payloadPartBytes,
  PayloadHasher,
  type ProposalJustification,
} from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestNetwork, CounterChain, FrameRecorder } from '../../testing/index.js'

const scheme = signatureScheme(2) ?? fail()
const committee = testCommittee(6, { scheme })
let recorder: FrameRecorder

beforeEach(() => {
  recorder = new FrameRecorder(scheme)
})

function fail(): never {
  throw new TypeError('there is no Ed25519')
}

function justificationOf(view: bigint): ProposalJustification {
  return { type: 'commit', qc: committee.commitQc(committee.commit(view - 1n, view - 1n)) }
}

/** Every frame of a proposal in parts, the head first. */
function framesOf(payload: Uint8Array, justification = justificationOf(5n)): Uint8Array[] {
  const hasher = new PayloadHasher(payload)
  while (!hasher.isDone) hasher.next()
  const value = { payload: new Uint8Array(), justification }
  const signed = committee.sign(0, { type: 'leaderProposal', value: { payload, justification } })
  const message = encodeSigned({ ...signed, msg: { type: 'leaderProposal', value } })
  const head = encodePartsHead({ payloadBytes: payload.length, digests: hasher.digests, message })
  const parts = Array.from(hasher.digests, (_, i) =>
    payload.subarray(i * payloadPartBytes, (i + 1) * payloadPartBytes),
  )
  return [head, ...parts]
}

function observe(frames: readonly Uint8Array[]): void {
  for (const frame of frames) recorder.observe(protocols.proposals, frame)
}

describe('proposals in parts', () => {
  const payload = (fill: number): Uint8Array => new Uint8Array(300_000).fill(fill)

  it('another payload in the same view › is found', () => {
    observe(framesOf(payload(1)))
    observe(framesOf(payload(2)))
    expect(recorder.doubleVotes).toMatchObject([{ kind: 'proposal', view: 5n }])
    expect(recorder.count('LeaderProposalV2')).toBe(2)
  })

  it('one in parts and one in a frame of its own › is found', () => {
    observe(framesOf(payload(1)))
    const value = { payload: new Uint8Array(10), justification: justificationOf(5n) }
    const small = encodeSigned(committee.sign(0, { type: 'leaderProposal', value }))
    recorder.observe(protocols.consensus, small)
    expect(recorder.doubleVotes).toMatchObject([{ kind: 'proposal', view: 5n }])
  })

  it('the same once more, and others in other views › are no contradiction', () => {
    observe(framesOf(payload(1)))
    observe(framesOf(payload(1)))
    observe(framesOf(payload(2), justificationOf(6n)))
    expect(recorder.doubleVotes).toEqual([])
    expect(recorder.count('LeaderProposalV2')).toBe(3)
  })

  it('parts, and the words between them › are no proposals', () => {
    const [, ...parts] = framesOf(payload(0))
    observe([new Uint8Array(), ...parts, hashPayload(payload(1))])
    expect(recorder.count('LeaderProposalV2')).toBe(0)
  })
})

it('a network with large blocks › every proposal is seen', async () => {
  const execution = (): CounterChain => new CounterChain({ payloadBytes: 3 * payloadPartBytes + 1 })
  await using network = await createTestNetwork(4, { execution })
  await network.waitForHeight(5n)
  expect(network.recorder.count('LeaderProposalV2')).toBeGreaterThanOrEqual(5)
  expect(network.recorder.doubleVotes).toEqual([])
})
