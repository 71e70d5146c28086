import type { Ctx } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { createL1Client, keySigner, newHeads, type HeadSource, type L1Client } from '@zkstack/l1'
import { anvilKey, startAnvil, type Anvil } from '@zkstack/l1/testing'
import { globalIndexToBigint, type Address } from '@zkstack/pessimistic-proof'
import {
  bridgeAbi,
  rollupManagerAbi,
  type BridgeAddresses,
  type ClaimedExit,
} from '@zkstack/settlement'
import { Devnet } from '@zkstack/settlement/testing'
import { within } from './until.js'

/** The chain id of the local L1. */
export const l1ChainId = 1337

/** Anvil's accounts: who owns the contracts, who settles, and who vouches for A, B and the chain that cheats. */
export const accounts = { owner: 0, settler: 1, a: 2, b: 3, cheat: 4 } as const

/** Blocks by which `safe` is behind: no reorg of the demo is deeper. */
const safeDepth = 3

/** What L1 holds of a network, in hexadecimal. */
export interface NetworkRoots {
  readonly localExitRoot: string
  readonly pessimisticRoot: string
}

/** A local L1 with the contracts, whose blocks come at a steady pace until it is told to wait. */
export class DemoL1 implements AsyncDisposable {
  readonly client: L1Client
  /** Says when there is a new block. */
  readonly heads: HeadSource
  readonly addresses: BridgeAddresses
  #isPaused = false

  private constructor(
    readonly anvil: Anvil,
    readonly devnet: Devnet,
  ) {
    const chainId = BigInt(l1ChainId)
    this.client = createL1Client({ chainId, endpoints: [anvil.url] })
    this.heads = newHeads({ chainId, url: anvil.wsUrl })
    this.addresses = { ...devnet.addresses, bridge: devnet.bridge }
  }

  /** Starts it and deploys the contracts; a block for each transaction until `mine` runs. */
  static async start(): Promise<DemoL1> {
    const anvil = await startAnvil({ chainId: l1ChainId, slotsInAnEpoch: safeDepth })
    try {
      const devnet = await Devnet.deploy({
        url: anvil.url,
        chainId: l1ChainId,
        deployerKey: anvilKey(accounts.owner),
        trustedAggregators: [keySigner(anvilKey(accounts.settler)).address],
        settableRoots: true,
      })
      return new DemoL1(anvil, devnet)
    } catch (e) {
      await anvil[Symbol.asyncDispose]()
      throw e
    }
  }

  /** Makes a block every `blockMs` until cancelled, and tells the height. */
  async mine(ctx: Ctx, blockMs: number, onBlock: (height: bigint) => void): Promise<never> {
    await this.anvil.request('evm_setAutomine', [false])
    for (;;) {
      if (!this.#isPaused) {
        await this.anvil.mine()
        onBlock(await this.anvil.blockNumber())
      }
      await ctx.sleep(blockMs)
    }
  }

  /** Takes the newest blocks back, with all that is in them, and makes no others until `seen` resolves. */
  async reorg(seen: () => Promise<unknown>): Promise<number> {
    this.#isPaused = true
    try {
      await this.anvil.reorg(safeDepth)
      await seen()
      return safeDepth
    } finally {
      this.#isPaused = false
    }
  }

  /** Puts wei into the bridge for an account of a network. */
  async deposit(
    ctx: Ctx,
    {
      networkId,
      to,
      wei,
    }: { readonly networkId: number; readonly to: Address; readonly wei: bigint },
  ): Promise<void> {
    const ether = hex(new Uint8Array(20))
    const args = [networkId, hex(to), wei, ether, true, '0x']
    const { bridge } = this.devnet
    await within(ctx, 'L1 has the deposit', () =>
      this.devnet.send(bridge, bridgeAbi, 'bridgeAsset', args, wei),
    )
  }

  /** Has the bridge pay out what left a network for L1. */
  async withdraw(ctx: Ctx, claim: ClaimedExit): Promise<void> {
    const { tokenInfo, destNetwork, destAddress, amount } = claim.bridgeExit
    const args = [
      claim.smtProofLocalExitRoot.map(hex),
      claim.smtProofRollupExitRoot.map(hex),
      globalIndexToBigint(claim.globalIndex),
      ...[hex(claim.mainnetExitRoot), hex(claim.rollupExitRoot)],
      ...[tokenInfo.originNetwork, hex(tokenInfo.originTokenAddress)],
      ...[destNetwork, hex(destAddress), amount, '0x'],
    ]
    await within(ctx, 'L1 pays out', () =>
      this.devnet.send(this.devnet.bridge, bridgeAbi, 'claimAsset', args),
    )
  }

  /** In wei. */
  balance(of: Address): Promise<bigint> {
    return this.devnet.client.getBalance({ address: hex(of) })
  }

  async roots(networkId: number): Promise<NetworkRoots> {
    const rollup = await this.devnet.client.readContract({
      address: hex(this.addresses.rollupManager),
      abi: rollupManagerAbi,
      functionName: 'rollupIDToRollupDataV2',
      args: [networkId],
    })
    const { lastLocalExitRoot: localExitRoot, lastPessimisticRoot: pessimisticRoot } = rollup
    return { localExitRoot, pessimisticRoot }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.anvil[Symbol.asyncDispose]()
  }
}

function hex(bytes: Uint8Array): `0x${string}` {
  return `0x${toHex(bytes)}`
}
