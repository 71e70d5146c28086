import { keccak256 } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import {
  HashedProposal,
  hashMsg,
  hashPayload,
  PayloadHasher,
  payloadHashOf,
  payloadPartBytes,
  payloadPartCount,
  type ConsensusMsg,
} from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'

const committee = testCommittee(6)
const justification = { type: 'commit', qc: committee.commitQc(committee.commit(1n, 1n)) } as const

function payloadOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 31) & 0xff)
}

function hash(payload: Uint8Array): HashedProposal {
  const hasher = HashedProposal.start({ payload, justification })
  while (hasher.result === undefined) hasher.next()
  return hasher.result
}

describe('a proposal hashed in small steps', () => {
  it.each([1_024, payloadPartBytes - 1, payloadPartBytes, payloadPartBytes + 1, 200_000])(
    'of %d bytes › has the hashes of the plain proposal',
    (bytes) => {
      const payload = payloadOf(bytes)
      const plain: ConsensusMsg = { type: 'leaderProposal', value: { payload, justification } }
      const value = hash(payload)
      expect(value.messageHash).toEqual(hashMsg(plain))
      expect(value.payloadHash).toEqual(hashPayload(payload))
      expect(value.partDigests).toHaveLength(payloadPartCount(bytes))
      for (const [i, digest] of value.partDigests.entries()) {
        expect(digest).toEqual(keccak256(payload.subarray(0, (i + 1) * payloadPartBytes)))
      }
      expect(hashMsg({ type: 'leaderProposal', value })).toEqual(value.messageHash)
      expect(payloadHashOf(value)).toBe(value.payloadHash)
    },
  )

  it('whose payload comes while it is hashed › has the hashes of the whole', () => {
    const source = payloadOf(200_000)
    const payload = new Uint8Array(source.length)
    const hasher = HashedProposal.start({ payload, justification })
    for (let part = 0; hasher.result === undefined; part++) {
      const at = part * payloadPartBytes
      payload.set(source.subarray(at, at + payloadPartBytes), at)
      while (hasher.digests.length === part) hasher.next()
    }
    expect(hasher.result.payloadHash).toEqual(hashPayload(source))
    expect(() => hasher.next()).toThrow(TypeError)
  })

  it('of 2 MiB › takes no more than a quarter of a part in one step', () => {
    const hasher = new PayloadHasher(new Uint8Array(2 << 20))
    let [most, all] = [0, 0]
    while (!hasher.isDone) {
      const { length } = hasher.next()
      most = Math.max(most, length)
      all += length
    }
    expect([most, all]).toEqual([payloadPartBytes / 4, 2 << 20])
  })

  it('changed by copying › is an ordinary proposal with hashes of its own', () => {
    const original = hash(payloadOf(50_000))
    const value = { ...original, payload: payloadOf(50_001) }
    expect(value).not.toBeInstanceOf(HashedProposal)
    expect(payloadHashOf(value)).toEqual(hashPayload(value.payload))
    expect(hashMsg({ type: 'leaderProposal', value })).not.toEqual(original.messageHash)
  })

  it('of a payload too small for parts › is refused', () => {
    expect(() => HashedProposal.start({ payload: payloadOf(1_023), justification })).toThrow(
      RangeError,
    )
  })
})

describe('a payload hasher', () => {
  it('of an empty payload › has one digest, that of nothing', () => {
    const hasher = new PayloadHasher(new Uint8Array())
    expect(hasher.isDone).toBe(false)
    hasher.next()
    expect(hasher.digests).toEqual([hashPayload(new Uint8Array())])
    expect(hasher.isDone).toBe(true)
    expect(payloadPartCount(0)).toBe(1)
  })
})
