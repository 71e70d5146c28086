import { concatBytes, err, hash32, ok, type Hash32 } from '@zkstack/crypto'
import type { L1Block, L1Client, L1Log } from '@zkstack/l1'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import { describe, expect, test } from 'vitest'
import { L1InfoRoots } from '../../src/contracts/l1-info-roots.js'

const globalExitRootManager = address(new Uint8Array(20).fill(5))
const word = (n: number): Hash32 => hash32(new Uint8Array(32).fill(n))
const { signal } = new AbortController()

/** The event of the contract's deployment. */
function beginning(root: Hash32): L1Log {
  return {
    address: globalExitRootManager,
    topics: [word(9)],
    data: concatBytes(new Uint8Array(32), root),
    ...{ blockNumber: 0n, blockHash: word(8), transactionHash: word(7) },
    ...{ transactionIndex: 0, logIndex: 0 },
  }
}

function blockAt(number: bigint): L1Block {
  return { number, hash: word(8), parentHash: word(7), timestamp: 0n, baseFeePerGas: 0n }
}

/** Roots of a contract that began with the root 1, read over what gives these logs and roots, one after another. */
function rootsOver(o: { readonly logs: readonly number[]; readonly map: readonly number[] }) {
  const [logs, map] = [[...o.logs], [...o.map]]
  const client: L1Client = {
    ...simulatedClient(new SimulatedChain()),
    logs: async () => ok([beginning(word(logs.shift() ?? 1))]),
    call: async () => ok(word(map.shift() ?? 1)),
  }
  return new L1InfoRoots({ client, globalExitRootManager })
}

describe('the root that the L1 info tree began with', () => {
  const right = { ok: true, value: { root: word(1), leafCount: 0 } }

  test.each([
    ['event', { logs: [2], map: [] }],
    ['contract', { logs: [], map: [0] }],
  ])('the %s says another one once › it is not kept', async (_, answers) => {
    const roots = rootsOver(answers)
    expect(await roots.initial({ signal })).toMatchObject({
      ok: false,
      error: { code: 'INCONSISTENT', retry: true },
    })
    expect(await roots.initial({ signal })).toEqual(right)
  })

  test('the node gives no logs of so many blocks at once › it is asked for fewer', async () => {
    const client: L1Client = {
      ...simulatedClient(new SimulatedChain()),
      block: async () => ok(blockAt(100_000n)),
      async logs(_, place) {
        if ('fromBlock' in place && place.toBlock - place.fromBlock >= 100n)
          return err({ code: 'REFUSED', reason: 'TOO_LARGE', message: 'too many', retry: false })
        return ok([beginning(word(1))])
      },
      call: async () => ok(word(1)),
    }
    const roots = new L1InfoRoots({ client, globalExitRootManager })
    expect(await roots.initial({ signal })).toEqual(right)
  })

  test('event and contract agree › it is kept, and asked for no more', async () => {
    const roots = rootsOver({ logs: [1, 2], map: [1, 2] })
    expect(await roots.initial({ signal })).toEqual(right)
    expect(await roots.initial({ signal })).toEqual(right)
  })
})
