import { seededRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { checkedBody, checkedRecord } from '../../src/level/checked-record.js'
import { checkedLargeBody, checkedLargeRecord } from '../../src/level/large-record.js'
import { SimulatedDisk, TestChain } from '../../testing/index.js'

const random = seededRandom('large records')
const stepBytes = 64 * 1024
const key = random.bytes(40)

/** Counts the turns that others got. */
function turns() {
  const counter = {
    count: 0,
    take: () => {
      counter.count += 1
      return Promise.resolve()
    },
  }
  return counter
}

describe('a large record', () => {
  for (const length of [0, 1, stepBytes - 1, stepBytes, stepBytes + 1, 5 * stepBytes + 7]) {
    it(`of ${length} bytes › is stored as one that is hashed in one go`, async () => {
      const body = random.bytes(length)
      const { take } = turns()
      const bySteps = await checkedLargeRecord('payload', key, body, take)
      const atOnce = checkedRecord('payload', key, body)
      expect(bytesEqual(bySteps.value, atOnce.value)).toBe(true)
      expect(bySteps.checksum).toEqual(atOnce.checksum)
      const read = await checkedLargeBody('payload', key, atOnce.value, take)
      expect(bytesEqual(read, body)).toBe(true)
      expect(bytesEqual(checkedBody('payload', key, bySteps.value), body)).toBe(true)
    })
  }

  it('lets others have a turn after each 64 KiB', async () => {
    const { value } = checkedRecord('payload', key, random.bytes(16 * stepBytes))
    const [written, read] = [turns(), turns()]
    await checkedLargeRecord('payload', key, value.subarray(32), written.take)
    await checkedLargeBody('payload', key, value, read.take)
    expect([written.count, read.count]).toEqual([16, 16])
  })

  it.each([0, 31, 32, stepBytes + 40, 3 * stepBytes + 31])(
    'with another byte at %i › is corrupt',
    async (at) => {
      const { value } = checkedRecord('payload', key, random.bytes(3 * stepBytes))
      value[at] = 1 ^ (value[at] ?? 0)
      await expect(checkedLargeBody('payload', key, value, turns().take)).rejects.toMatchObject({
        code: 'STORE_CORRUPT',
      })
    },
  )

  it('under another key, or shorter than its checksum › is corrupt', async () => {
    const { value } = checkedRecord('payload', key, random.bytes(2 * stepBytes))
    const corrupt = { code: 'STORE_CORRUPT' }
    const read = (at: Uint8Array, bytes: Uint8Array) =>
      checkedLargeBody('payload', at, bytes, turns().take)
    await expect(read(random.bytes(40), value)).rejects.toMatchObject(corrupt)
    await expect(read(key, value.subarray(0, 20))).rejects.toMatchObject(corrupt)
  })
})

describe('a store on disk', () => {
  const chain = new TestChain()

  it('takes turns for a large payload, when it is written and when it is read, and none for small ones', async () => {
    const disk = new SimulatedDisk()
    const others = turns()
    const store = await disk.open({ random, yieldTurn: others.take })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    const small = chain.proposal(0n, 0, stepBytes)
    await store.save(chain.key(), chain.state(1n, { proposals: [small] }))
    await store.append(chain.block(0n, small.payload))
    expect(others.count).toBe(0)

    const large = chain.proposal(1n, 0, 10 * stepBytes)
    await store.save(chain.key(), chain.state(2n, { proposals: [large] }))
    expect(others.count).toBe(10)
    await store.append(chain.block(1n, large.payload))
    expect(others.count).toBe(10)
    const direct = chain.block(2n, random.bytes(4 * stepBytes))
    await Promise.all([store.append(direct), store.append(chain.block(3n))])
    expect(others.count).toBe(14)

    const isThere = async (n: bigint, payload: Uint8Array) =>
      bytesEqual((await store.get(n))?.payload ?? new Uint8Array(), payload)
    expect(await isThere(1n, large.payload)).toBe(true)
    expect(others.count).toBe(24)
    expect(await isThere(2n, direct.payload)).toBe(true)
    const [proposal] = (await store.load(chain.key()))?.proposals ?? []
    expect(bytesEqual(proposal?.payload ?? new Uint8Array(), large.payload)).toBe(true)
  })
})
