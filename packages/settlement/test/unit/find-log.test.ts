import { err, hash32, ok } from '@zkstack/crypto'
import type { L1Client, L1Log, LogPlace } from '@zkstack/l1'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import { describe, expect, test } from 'vitest'
import { findLog } from '../../src/contracts/find-log.js'

const contract = address(new Uint8Array(20).fill(5))
const { signal } = new AbortController()

function logIn(blockNumber: bigint): L1Log {
  const word = hash32(new Uint8Array(32))
  return {
    ...{ address: contract, topics: [word], data: word, blockNumber, blockHash: word },
    ...{ transactionHash: word, transactionIndex: 0, logIndex: 0 },
  }
}

/** An L1 with a log in each of these blocks, which tells of so many blocks at once, and of which it was asked. */
function l1With(blocks: readonly bigint[], most: bigint) {
  const asked: (readonly [bigint, bigint])[] = []
  const logs: L1Client['logs'] = async (_, place: LogPlace) => {
    if ('block' in place) throw new TypeError('expected a range')
    const { fromBlock, toBlock } = place
    if (toBlock - fromBlock + 1n > most)
      return err({ code: 'REFUSED', reason: 'TOO_LARGE', message: 'too many', retry: false })
    asked.push([fromBlock, toBlock])
    return ok(blocks.filter((block) => fromBlock <= block && block <= toBlock).map(logIn))
  }
  const client: L1Client = { ...simulatedClient(new SimulatedChain()), logs }
  return { client, asked }
}

const range = { filter: { addresses: [contract] }, fromBlock: 5n, toBlock: 25_004n }

describe('a log that is looked for', () => {
  test.each([1_000_000n, 10_000n, 9_999n, 700n])(
    'where a node tells of %s blocks at once › is found from either end, and no block is left out',
    async (most) => {
      for (const first of ['oldest', 'newest'] as const) {
        const here = l1With([5n, 12_000n, 25_004n], most)
        const at = first === 'oldest' ? 0 : -1
        const search = { ...range, first, pick: (logs: readonly L1Log[]) => logs.at(at) }
        expect(await findLog(here.client, search, { signal })).toMatchObject({
          value: { blockNumber: first === 'oldest' ? 5n : 25_004n },
        })
        const nowhere = l1With([], most)
        expect(await findLog(nowhere.client, search, { signal })).toEqual(ok(undefined))
        const parts = nowhere.asked.toSorted(([a], [b]) => (a < b ? -1 : 1))
        expect([parts[0]?.[0], parts.at(-1)?.[1]]).toEqual([5n, 25_004n])
        parts.slice(1).forEach(([from], i) => {
          expect(from).toBe((parts[i]?.[1] ?? 0n) + 1n)
        })
      }
    },
  )

  test('where a node tells not even of one › is looked for no further', async () => {
    const search = { ...range, first: 'newest' as const, pick: ([log]: readonly L1Log[]) => log }
    expect(await findLog(l1With([7n], 0n).client, search, { signal })).toMatchObject({
      error: { reason: 'TOO_LARGE' },
    })
  })
})
