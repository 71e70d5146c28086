import { bytesEqual, hash32 } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import {
  hashPayload,
  payloadPartBytes,
  verifyFinalBlock,
  verifyFinalBlockAsync,
  type FinalBlock,
} from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'

const committee = testCommittee(4)
const { scope } = committee

/** The verdict, and how many turns others got. */
async function verify(block: FinalBlock): Promise<{ verdict: unknown; turns: number }> {
  let turns = 0
  const verdict = await verifyFinalBlockAsync(block, scope, {
    verifyAggregate: (scheme, { claims, aggregate }) =>
      Promise.resolve(scheme.verifyAggregate(claims, aggregate)),
    yieldTurn: () => {
      turns += 1
      return Promise.resolve()
    },
  })
  return { verdict, turns }
}

describe('a final block', () => {
  it.each([
    ['number', { number: 99n }],
    ['epoch', { epoch: 1n }],
    ['view', { view: 99n }],
    ['payloadHash', { payloadHash: hash32(new Uint8Array(32)) }],
  ] as const)('that says another %s than its certificate › is refused', async (field, said) => {
    const block = { ...committee.block(3n, new Uint8Array(5)), ...said }
    const refusal = { ok: false, error: { code: 'FIELD_MISMATCH', field } }
    expect(verifyFinalBlock(block, scope)).toEqual(refusal)
    expect((await verify(block)).verdict).toEqual(refusal)
  })

  it.each([0, 100, payloadPartBytes, payloadPartBytes + 1, 5 * payloadPartBytes + 3])(
    'with %i bytes › has the same verdict by steps and in one go',
    async (length) => {
      const block = committee.block(3n, new Uint8Array(length).fill(7))
      expect((await verify(block)).verdict).toEqual({ ok: true, value: undefined })

      const other = { ...block, payload: new Uint8Array(length + 1).fill(7) }
      const refusal = verifyFinalBlock(other, scope)
      expect(refusal).toMatchObject({ ok: false, error: { code: 'HASH_MISMATCH' } })
      expect((await verify(other)).verdict).toEqual(refusal)
    },
  )

  it('whose hash is checked elsewhere › is asked for within the bounds, and what is wrong is named here', async () => {
    const asked: number[] = []
    const judge = (block: FinalBlock) =>
      verifyFinalBlockAsync(block, scope, {
        verifyAggregate: (scheme, { claims, aggregate, hashed }) => {
          if (hashed) asked.push(hashed.bytes.length)
          const isRight = !hashed || bytesEqual(hashPayload(hashed.bytes), hashed.hash)
          return Promise.resolve(isRight && scheme.verifyAggregate(claims, aggregate))
        },
        hashedElsewhere: { least: 10, most: 20 },
        yieldTurn: () => Promise.resolve(),
      })
    for (const length of [9, 10, 20, 21]) {
      const block = committee.block(3n, new Uint8Array(length))
      expect(await judge(block)).toEqual({ ok: true, value: undefined })
    }
    expect(asked).toEqual([10, 20])

    const right = committee.block(3n, new Uint8Array(15))
    const { signature } = committee.block(3n, new Uint8Array(16)).justification
    const unsigned = { ...right, justification: { ...right.justification, signature } }
    for (const wrong of [{ ...right, payload: new Uint8Array(16) }, unsigned]) {
      const refusal = verifyFinalBlock(wrong, scope)
      expect(refusal.ok).toBe(false)
      expect(await judge(wrong)).toEqual(refusal)
    }
  })

  it('with a large payload › gives others a turn for every 64 KiB at least, a small one gives none', async () => {
    const large = await verify(committee.block(3n, new Uint8Array(2 ** 20)))
    expect(large.turns).toBeGreaterThanOrEqual(16)
    expect((await verify(committee.block(3n, new Uint8Array(payloadPartBytes)))).turns).toBe(0)
  })
})
