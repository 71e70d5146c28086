import { hash32, loadCryptoBackends, toHex, type Hash32 } from '@zkstack/crypto'
import type { EventChange } from '@zkstack/l1'
import {
  address,
  globalExitRoot,
  hashBridgeExit,
  hashL1InfoTreeLeaf,
  LocalExitTreeData,
  RollupExitTree,
} from '@zkstack/pessimistic-proof'
import { encodeAbiParameters, encodeEventTopics, parseAbi, type Hex } from 'viem'
import { beforeAll, expect, test } from 'vitest'
import { L1BridgeIndex } from '../../src/client/l1-bridge-index.js'
import { bytesOf, hashOf } from '../../src/contracts/bytes-of.js'
import { etherExit } from '../helpers/client-world.js'

beforeAll(() => loadCryptoBackends())

const abi = parseAbi([
  'event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot)',
  'event UpdateL1InfoTreeV2(bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp)',
  'event VerifyBatchesTrustedAggregator(uint32 indexed rollupID, uint64 numBatch, bytes32 stateRoot, bytes32 exitRoot, address indexed aggregator)',
])
const zero = hash32(new Uint8Array(32))
const contract = address(new Uint8Array(20).fill(3))
const hex = (bytes: Uint8Array): Hex => `0x${toHex(bytes)}`

function log(topics: readonly unknown[], data: Hex) {
  return {
    ...{ address: contract, topics: topics.map((topic) => hashOf(topic as Hex)) },
    ...{ data: bytesOf(data), blockNumber: 1n, blockHash: zero, transactionHash: zero },
    ...{ transactionIndex: 0, logIndex: 0, blockTimestamp: 0n },
  }
}

/** L1 after one network has settled this local exit root, and nobody else anything; or an L1 that lies about a root of its own. */
async function settledOn(
  index: L1BridgeIndex,
  networkId: number,
  root: Hash32,
  lie?: Hash32,
): Promise<void> {
  const mer = new LocalExitTreeData().root
  const rer = RollupExitTree.empty.update(networkId - 1, root).root
  const info = new LocalExitTreeData()
  const inner = { globalExitRoot: globalExitRoot(mer, rer), blockHash: zero, timestamp: 0n }
  info.append(hashL1InfoTreeLeaf({ l1InfoTreeIndex: 0, mer, rer, inner }))
  const events = [
    log(
      encodeEventTopics({
        ...{ abi, eventName: 'VerifyBatchesTrustedAggregator' },
        args: { rollupID: networkId, aggregator: hex(contract) },
      }),
      encodeAbiParameters(
        [{ type: 'uint64' }, { type: 'bytes32' }, { type: 'bytes32' }],
        [0n, hex(zero), hex(root)],
      ),
    ),
    log(
      encodeEventTopics({
        ...{ abi, eventName: 'UpdateL1InfoTree' },
        args: { mainnetExitRoot: hex(mer), rollupExitRoot: hex(rer) },
      }),
      '0x',
    ),
    log(
      encodeEventTopics({ abi, eventName: 'UpdateL1InfoTreeV2', args: { leafCount: 1 } }),
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'uint64' }],
        [hex(lie ?? info.root), 0n, 0n],
      ),
    ),
  ]
  const change: EventChange = { type: 'events', fromBlock: 1n, toBlock: 1n, events }
  await index.apply(change, new Uint8Array())
}

test('asked for the claims of many exits › looks once, and not for each, where L1 is in their tree', async () => {
  let looks = 0
  class Counted extends LocalExitTreeData {
    override rootAt(leafCount: number): ReturnType<LocalExitTreeData['rootAt']> {
      looks += 1
      return super.rootAt(leafCount)
    }
  }
  const exits = new Counted()
  const bridgeExits = Array.from({ length: 100 }, (_, i) => etherExit(BigInt(i)))
  for (const exit of bridgeExits.slice(0, 20)) exits.append(hashBridgeExit(exit))
  const settled = exits.root
  for (const exit of bridgeExits.slice(20)) exits.append(hashBridgeExit(exit))
  const index = new L1BridgeIndex()
  await settledOn(index, 7, settled)
  const claims = bridgeExits.map((bridgeExit, leafIndex) =>
    index.claimOfExit(7, exits, { bridgeExit, leafIndex }),
  )
  expect(claims.findIndex((claim) => claim === undefined)).toBe(20)
  expect(looks).toBeLessThan(200)
  const other = new L1BridgeIndex()
  await settledOn(other, 7, hash32(new Uint8Array(32).fill(9)))
  looks = 0
  for (const [leafIndex, bridgeExit] of bridgeExits.entries())
    expect(other.claimOfExit(7, exits, { bridgeExit, leafIndex })).toBeUndefined()
  exits.append(hashBridgeExit(etherExit(1000n)))
  expect(other.claimOfExit(7, exits, { bridgeExit: etherExit(0n), leafIndex: 0 })).toBeUndefined()
  expect(looks).toBeLessThan(200)
})

test('told events that contradict each other › takes none of them, and the right ones when they come', async () => {
  const exits = new LocalExitTreeData()
  const bridgeExit = etherExit(1n)
  exits.append(hashBridgeExit(bridgeExit))
  const index = new L1BridgeIndex()
  await expect(settledOn(index, 7, exits.root, zero)).rejects.toMatchObject({
    code: 'L1_INFO_TREE_MISMATCH',
  })
  expect([index.leafCount, await index.cursor()]).toEqual([0, undefined])
  await settledOn(index, 7, exits.root)
  expect(index.claimOfExit(7, exits, { bridgeExit, leafIndex: 0 })).toBeDefined()
})
