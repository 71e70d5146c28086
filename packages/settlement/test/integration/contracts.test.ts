import { setTimeout as sleep } from 'node:timers/promises'
import { hash32, keccak256, loadCryptoBackends, toHex, type Hash32 } from '@zkstack/crypto'
import {
  aggchainHash,
  encodePublicValues,
  globalExitRoot,
  hashBridgeExit,
  hashL1InfoTreeLeaf,
  L1_ETH,
  legacyConsensusHash,
  LocalExitTreeData,
  multisigHash,
  RollupExitTree,
  ZERO_HASH,
  type BridgeExit,
} from '@zkstack/pessimistic-proof'
import { SeededBytes } from '@zkstack/pessimistic-proof/testing'
import { concat, encodeAbiParameters, encodeFunctionData, parseAbiParameters, type Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bridgeAbi, chainAbi, globalExitRootManagerAbi, rollupManagerAbi } from '../../src/index.js'
import { bytesOf, hashOf, hexOf } from '../../src/contracts/bytes-of.js'
import { artifacts, devnetSelector, devnetVKey } from '../../testing/index.js'
import { settler } from '../helpers/engine-on-l1.js'
import { startL1World, type L1World } from '../helpers/l1-world.js'
import { valueOf } from '../helpers/value-of.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))
const random = new SeededBytes(seed)

let world: L1World

/** L1's trees, kept by this package's means. */
const exits = new LocalExitTreeData()
const info = new LocalExitTreeData()
let rollups = RollupExitTree.empty
const leavesSeen = new Set<string>()

beforeAll(async () => {
  await loadCryptoBackends()
  world = await startL1World()
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach((context) => {
  if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
})

/** Sends a call from an account that anvil signs for. */
async function send(to: Uint8Array, data: Hex, value = 0n): Promise<void> {
  const call = { from: hexOf(settler), to: hexOf(to), data, value: `0x${value.toString(16)}` }
  const hash = await world.anvil.request('eth_sendTransaction', [{ ...call, gas: '0x4c4b40' }])
  let receipt: unknown = null
  while (receipt === null) {
    await sleep(2)
    receipt = await world.anvil.request('eth_getTransactionReceipt', [hash])
  }
  expect(receipt, `SEED=${seed}`).toMatchObject({ status: '0x1' })
}

const bridge = () => ({ address: hexOf(world.devnet.bridge), abi: bridgeAbi })
const rollupManager = () =>
  ({ address: hexOf(world.devnet.addresses.rollupManager), abi: rollupManagerAbi }) as const
const exitRoots = () =>
  ({
    address: hexOf(world.devnet.addresses.globalExitRootManager),
    abi: globalExitRootManagerAbi,
  }) as const

/** The root of the L1 info tree after the newest block, beside that of its leaves as the blocks tell them. */
async function expectInfoRoot(): Promise<void> {
  const { client } = world.devnet
  const roots = { mer: exits.root, rer: rollupsRoot() }
  const exitRoot = globalExitRoot(roots.mer, roots.rer)
  if (!leavesSeen.has(toHex(exitRoot))) {
    leavesSeen.add(toHex(exitRoot))
    const block = await client.getBlock()
    const inner = {
      globalExitRoot: exitRoot,
      blockHash: hashOf(block.parentHash),
      timestamp: block.timestamp,
    }
    info.append(hashL1InfoTreeLeaf({ l1InfoTreeIndex: info.leafCount, ...roots, inner }))
  }
  const root = await client.readContract({
    ...exitRoots(),
    functionName: 'l1InfoRootMap',
    args: [info.leafCount],
  })
  expect(root, `SEED=${seed}`).toBe(hexOf(info.root))
}

/** L1 begins with a rollup exit root of zero, and never computed that of the empty tree. */
let hasRollups = false
function rollupsRoot(): Hash32 {
  return hasRollups ? rollups.root : ZERO_HASH
}

describe('the trees of the contracts', () => {
  test('exits from L1 at random › the bridge has our root after each, and the L1 info tree ours', async () => {
    for (let i = 0; i < 40; i++) {
      const isMessage = random.below(2) === 0
      const metadata = random.hash().slice(0, random.below(32))
      const amount = random.bigint(60)
      const destNetwork = 1 + random.below(2 ** 20)
      const destAddress = random.address()
      const isUpdated = random.below(2) === 0
      const exit: BridgeExit = {
        leafType: isMessage ? 'message' : 'transfer',
        tokenInfo: isMessage ? { originNetwork: 0, originTokenAddress: settler } : L1_ETH,
        destNetwork,
        destAddress,
        amount,
        metadata: isMessage ? keccak256(metadata) : undefined,
      }
      const to = [destNetwork, hexOf(destAddress)] as const
      const data = isMessage
        ? encodeFunctionData({
            abi: bridgeAbi,
            functionName: 'bridgeMessage',
            args: [...to, isUpdated, hexOf(metadata)],
          })
        : encodeFunctionData({
            abi: bridgeAbi,
            functionName: 'bridgeAsset',
            args: [...to, amount, hexOf(new Uint8Array(20)), isUpdated, '0x'],
          })
      await send(world.devnet.bridge, data, amount)
      valueOf(exits.append(hashBridgeExit(exit)))
      const root = await world.devnet.client.readContract({ ...bridge(), functionName: 'getRoot' })
      expect(root, `SEED=${seed}`).toBe(hexOf(exits.root))
      if (isUpdated) await expectInfoRoot()
    }
    await send(
      world.devnet.bridge,
      encodeFunctionData({ abi: bridgeAbi, functionName: 'updateGlobalExitRoot' }),
    )
    await expectInfoRoot()
  })

  test('settlements at random › the rollup exit root is ours after each, and so are the public values, byte for byte', async () => {
    const { client } = world.devnet
    const networks = [1, 2, 5, 37]
    const vouched = new Map<number, Hash32>()
    for (const networkId of networks) vouched.set(networkId, await addChain(networkId))
    const before = new Map<number, { readonly exit: Hash32; readonly pessimistic: Hash32 }>()
    for (let i = 0; i < 24; i++) {
      const networkId = random.pick(networks)
      const [newLocalExitRoot, newPessimisticRoot] = [random.hash(), random.hash()]
      const leafCount = random.below(info.leafCount + 1)
      const l1InfoRoot = valueOf(info.rootAt(leafCount))
      const last = before.get(networkId) ?? { exit: ZERO_HASH, pessimistic: ZERO_HASH }
      const publicValues = encodePublicValues({
        prevLocalExitRoot: last.exit,
        prevPessimisticRoot: last.pessimistic,
        l1InfoRoot,
        originNetwork: networkId,
        aggchainHash: vouched.get(networkId) ?? ZERO_HASH,
        newLocalExitRoot,
        newPessimisticRoot,
      })
      const given = await client.readContract({
        ...rollupManager(),
        functionName: 'getInputPessimisticBytes',
        args: [
          networkId,
          ...([l1InfoRoot, newLocalExitRoot, newPessimisticRoot].map(hexOf) as [Hex, Hex, Hex]),
          aggchainDataOf(networkId),
        ],
      })
      expect(given, `SEED=${seed}`).toBe(hexOf(publicValues))
      const proof = keccak256(devnetVKey, bytesOf(given))
      const data = encodeFunctionData({
        abi: rollupManagerAbi,
        functionName: 'verifyPessimisticTrustedAggregator',
        args: [
          networkId,
          leafCount,
          hexOf(newLocalExitRoot),
          hexOf(newPessimisticRoot),
          isPessimistic(networkId) ? hexOf(proof) : concat([hexOf(devnetSelector), hexOf(proof)]),
          aggchainDataOf(networkId),
        ],
      })
      await send(world.devnet.addresses.rollupManager, data)
      before.set(networkId, { exit: newLocalExitRoot, pessimistic: newPessimisticRoot })
      hasRollups = true
      rollups = rollups.update(networkId - 1, newLocalExitRoot)
      const root = await client.readContract({
        ...rollupManager(),
        functionName: 'getRollupExitRoot',
      })
      expect(root, `SEED=${seed}`).toBe(hexOf(rollups.root))
      await expectInfoRoot()
    }
  })
})

/** Network 2 settles without the gateway, network 5 has a program of its own; the others have a committee. */
const isPessimistic = (networkId: number): boolean => networkId === 2
const programSelector: Hex = '0x00020001'
const programKey = hash32(new Uint8Array(32).fill(0x77))
const programParams = hash32(new Uint8Array(32).fill(0x88))

function aggchainDataOf(networkId: number): Hex {
  if (networkId !== 5) return '0x'
  const form = parseAbiParameters('bytes4, bytes32')
  return encodeAbiParameters(form, [programSelector, hexOf(programParams)])
}

/** Adds a chain, and gives what must vouch for it in its public values. */
async function addChain(networkId: number): Promise<Hash32> {
  const { devnet } = world
  const trustedSequencer = random.address()
  const signers = Array.from({ length: 1 + random.below(5) }, () => random.address())
  const threshold = BigInt(1 + random.below(signers.length))
  const chain = await devnet.addChain({ networkId, trustedSequencer, signers, threshold })
  const zeros = { aggchainVkey: ZERO_HASH, aggchainParams: ZERO_HASH }
  const committee = { ...zeros, multisigHash: multisigHash(threshold, signers) }
  if (isPessimistic(networkId)) {
    const verifier = await devnet.create('DevelopmentVerifier', [])
    const args = [networkId, hexOf(chain), 1n, hexOf(verifier), 1, hexOf(devnetVKey)]
    const { abi } = artifacts.RollupManager
    await devnet.send(devnet.addresses.rollupManager, abi, 'addChain', args)
    return legacyConsensusHash(trustedSequencer)
  }
  if (networkId !== 5) return aggchainHash(committee)
  const args = [programSelector, hexOf(programKey)]
  await devnet.send(chain, artifacts.Chain.abi, 'setAggchainVKey', args)
  const found = await devnet.client.readContract({
    address: hexOf(chain),
    abi: chainAbi,
    functionName: 'getAggchainHash',
    args: [aggchainDataOf(networkId)],
  })
  const hash = aggchainHash({
    ...committee,
    aggchainVkey: programKey,
    aggchainParams: programParams,
  })
  expect(found).toBe(hexOf(hash))
  return hash
}
