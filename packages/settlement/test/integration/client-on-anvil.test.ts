import { Ctx, isCanceled, scope, Watch } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { createL1Client, defaultTransactionPolicy, keySigner } from '@zkstack/l1'
import { anvilKey, startAnvil, type Anvil } from '@zkstack/l1/testing'
import {
  address,
  globalIndexToBigint,
  nativeProver,
  type BridgeExit,
} from '@zkstack/pessimistic-proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bridgeAbi,
  committeeSigner,
  createSettlement,
  createSettlementNode,
  memoryDatabase,
  type BlockExits,
  type ClaimedExit,
  type SettlementClient,
  type SettlementNode,
} from '../../src/index.js'
import { Devnet, devnetSelector, devnetVKey } from '../../testing/contracts/devnet.js'
import { etherExit } from '../helpers/client-world.js'
import { valueOf } from '../helpers/value-of.js'

const ether = 10n ** 18n
const networkId = 1
const latest = { tag: 'latest', confirmations: 1 } as const
const soon = { initialMs: 200, factor: 1.5, maxMs: 1_000, jitterMs: 10 }
const recipient = address(new Uint8Array(20).fill(0xcd))
const hex = (bytes: Uint8Array): `0x${string}` => `0x${toHex(bytes)}`

/** A chain that only ever has the blocks that a test gives it. */
class ScriptedChain {
  readonly #blocks = new Watch<readonly BlockExits[]>([])

  add(block: Partial<BlockExits>): void {
    this.#blocks.update((blocks) => [...blocks, { bridgeExits: [], claims: [], ...block }])
  }

  async *blocks({ from, signal }: { readonly from: bigint; readonly signal: AbortSignal }) {
    for (let number = from; ; number += 1n) {
      await this.#blocks.waitFor(({ length }) => BigInt(length) > number, { signal })
      yield { number }
    }
  }

  exits({ number }: { readonly number: bigint }): BlockExits {
    const exits = this.#blocks.value[Number(number)]
    if (exits === undefined) throw new RangeError(`there is no block ${number}`)
    return exits
  }
}

describe('a chain on L1', () => {
  let anvil: Anvil
  let devnet: Devnet

  beforeAll(async () => {
    anvil = await startAnvil()
    devnet = await Devnet.deploy({
      url: anvil.url,
      chainId: 1337,
      deployerKey: anvilKey(0),
      trustedAggregators: [keySigner(anvilKey(1)).address],
    })
    const trustedSequencer = keySigner(anvilKey(2)).address
    await devnet.addChain({ networkId, trustedSequencer })
    await devnet.addChain({ networkId: 2, trustedSequencer })
    await anvil.request('evm_setIntervalMining', [1])
  }, 120_000)

  afterAll(async () => {
    await anvil[Symbol.asyncDispose]()
  })

  const l1 = () => createL1Client({ chainId: 1337n, endpoints: [anvil.url] })

  async function makeNode(): Promise<SettlementNode> {
    return valueOf(
      await createSettlementNode({
        l1: l1(),
        signers: [keySigner(anvilKey(1))],
        addresses: devnet.addresses,
        database: memoryDatabase(),
        prover: nativeProver(),
        accepts: { type: 'native' },
        gatewaySelector: devnetSelector,
        developmentVKey: devnetVKey,
        epochs: { type: 'block', genesisBlock: 0n, epochDuration: 5n },
        finality: { l1InfoRoots: latest, settlements: latest },
        transactions: {
          ...defaultTransactionPolicy,
          finality: latest,
          retryOnTransientFailure: soon,
          retryOnNotIncluded: soon,
        },
        pollIntervalMs: 200,
      }),
    )
  }

  async function withClient(
    chain: ScriptedChain,
    id: number,
    body: (client: SettlementClient, ctx: Ctx, node: SettlementNode) => Promise<void>,
  ): Promise<void> {
    using root = Ctx.root({ timeoutMs: 110_000 })
    const node = await makeNode()
    const client = await createSettlement({
      node: chain,
      execution: chain,
      networkId: id,
      l1: l1(),
      addresses: { ...devnet.addresses, bridge: devnet.bridge },
      endpoint: node.endpoint,
      signer: committeeSigner([keySigner(anvilKey(2))]),
      database: memoryDatabase(),
      finality: latest,
      submitAt: 0,
      pollIntervalMs: 200,
    })
    try {
      await scope(root, async (ctx, tasks) => {
        tasks.spawnBackground((own) => node.run(own))
        tasks.spawnBackground((own) => client.run(own))
        await body(client, ctx, node)
      })
    } catch (e) {
      if (!isCanceled(e) || root.deadline === undefined) throw e
      throw new Error(
        `too slow: ${JSON.stringify(client.status, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`,
        { cause: e },
      )
    }
  }

  async function deposit(to: number, amount: bigint): Promise<void> {
    const args = [to, hex(recipient), amount, hex(new Uint8Array(20)), true, '0x']
    await devnet.send(devnet.bridge, bridgeAbi, 'bridgeAsset', args, amount)
  }

  async function until<T>(
    ctx: Ctx,
    look: () => T | undefined | Promise<T | undefined>,
  ): Promise<T> {
    for (;;) {
      const seen = await look()
      if (seen !== undefined) return seen
      await ctx.sleep(50)
    }
  }

  async function withdraw({ bridgeExit, globalIndex, ...claim }: ClaimedExit): Promise<void> {
    await devnet.send(devnet.bridge, bridgeAbi, 'claimAsset', [
      claim.smtProofLocalExitRoot.map(hex),
      claim.smtProofRollupExitRoot.map(hex),
      globalIndexToBigint(globalIndex),
      hex(claim.mainnetExitRoot),
      hex(claim.rollupExitRoot),
      bridgeExit.tokenInfo.originNetwork,
      hex(bridgeExit.tokenInfo.originTokenAddress),
      bridgeExit.destNetwork,
      hex(bridgeExit.destAddress),
      bridgeExit.amount,
      '0x',
    ])
  }

  it('gets a deposit, lets it leave, and L1 pays it out', async () => {
    const chain = new ScriptedChain()
    await withClient(chain, networkId, async (client, ctx, node) => {
      await deposit(networkId, 3n * ether)
      const claim = await until(ctx, () => client.claimOfDeposit(0))
      chain.add({ claims: [claim] })
      const exit: BridgeExit = { ...etherExit(2n * ether), destAddress: recipient }
      chain.add({ bridgeExits: [exit] })
      const leaving = await until(ctx, () => client.claimOfExit(0))
      await withdraw(leaving)
      const balance = await l1().balance(recipient, 'latest', ctx)
      expect(valueOf(balance)).toBe(2n * ether)
      const settled = await until(ctx, async () => {
        const info = await node.networkInfo(networkId)
        return info?.settledLetLeafCount === 1n ? info : undefined
      })
      expect(settled.networkStatus).toBe('active')
      await expect(withdraw(leaving)).rejects.toThrow()
    })
  }, 120_000)

  it('that lets more leave than it got is refused, and stops there', async () => {
    const chain = new ScriptedChain()
    await withClient(chain, 2, async (client, ctx) => {
      await deposit(2, ether)
      const claim = await until(ctx, () => client.claimOfDeposit(1))
      chain.add({ claims: [claim], bridgeExits: [etherExit(ether + 1n)] })
      const halted = await until(ctx, () => client.status.halted)
      expect(halted.code).toBe('BalanceUnderflow')
      expect(client.status.certificate?.status.type).toBe('inError')
    })
  }, 120_000)

  it('forgets a deposit that L1 takes back', async () => {
    const chain = new ScriptedChain()
    await withClient(chain, networkId, async (client, ctx) => {
      const before = await until(ctx, () => client.claimOfDeposit(1))
      expect(client.isKnownExitRoot(before)).toBe(true)
      const block = await anvil.blockNumber()
      await deposit(2, ether)
      const taken = await until(ctx, () => client.claimOfDeposit(2))
      await anvil.reorg(Number((await anvil.blockNumber()) - block))
      await until(ctx, () => (client.claimOfDeposit(2) === undefined ? true : undefined))
      expect(client.isKnownExitRoot(taken)).toBe(false)
      expect(client.isKnownExitRoot(before)).toBe(true)
    })
  }, 120_000)
})
