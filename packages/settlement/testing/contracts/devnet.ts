import { hash32, type Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  getContractAddress,
  http,
  type Abi,
  type Hex,
  type PublicClient,
} from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { addressOf, bytesOf, hexOf } from '../../src/contracts/bytes-of.js'
import type { ContractAddresses } from '../../src/contracts/contract-addresses.js'
import { artifacts } from './artifacts.js'

/** What {@link deployDevnet} takes. */
export interface DevnetOptions {
  /** A JSON-RPC node that mines what it gets. */
  readonly url: string
  readonly chainId: number
  /** Pays for and owns the contracts. */
  readonly deployerKey: Uint8Array
  /** May settle. */
  readonly trustedAggregators: readonly Address[]
  /** With the setter of L1 info roots, which is for tests only. */
  readonly settableRoots?: boolean | undefined
}

/** Who vouches for a chain. */
export interface DevnetChain {
  readonly networkId: number
  readonly trustedSequencer: Address
  /** Default: the sequencer alone. */
  readonly signers?: readonly Address[] | undefined
  readonly threshold?: bigint | undefined
}

/** The verifying key under which the gateway's development route is. */
export const devnetVKey: Hash32 = hash32(new Uint8Array(32).fill(0x0e))

/** 4 bytes before each proof: the program of Agglayer v0.6. */
export const devnetSelector = Uint8Array.of(0, 0, 0, 14)

const gateway = 2

/** The contracts of a settlement layer on a local L1, and what their owner may do. */
export class Devnet {
  readonly addresses: ContractAddresses
  readonly bridge: Address
  readonly gateway: Address
  readonly client: PublicClient
  readonly #o: DevnetOptions
  readonly #account: PrivateKeyAccount

  private constructor(
    o: DevnetOptions,
    parts: {
      readonly client: PublicClient
      readonly account: PrivateKeyAccount
      readonly rollupManager: Hex
      readonly globalExitRootManager: Hex
      readonly bridge: Hex
      readonly gateway: Hex
      readonly deploymentBlock: bigint
    },
  ) {
    this.#o = o
    this.#account = parts.account
    this.client = parts.client
    this.addresses = {
      rollupManager: addressOf(parts.rollupManager),
      globalExitRootManager: addressOf(parts.globalExitRootManager),
      deploymentBlock: parts.deploymentBlock,
    }
    this.bridge = addressOf(parts.bridge)
    this.gateway = addressOf(parts.gateway)
  }

  /** Deploys everything. @throws Error when the node refuses. */
  static async deploy(o: DevnetOptions): Promise<Devnet> {
    const account = privateKeyToAccount(hexOf(o.deployerKey))
    const client = createPublicClient({ chain: chainOf(o), transport: http(o.url) })
    const deploymentBlock = await client.getBlockNumber()
    const nonce = await client.getTransactionCount({ address: account.address })
    const create = deployerOf(o, client, account)
    const globalExitRootManager = getContractAddress({
      from: account.address,
      nonce: BigInt(nonce + 2),
    })
    const rollupManager = await create('RollupManager', [])
    const bridge = await create('Bridge', [])
    const manager = o.settableRoots === true ? 'TestGlobalExitRootManager' : 'GlobalExitRootManager'
    const deployed = await create(manager, [rollupManager, bridge])
    if (BigInt(deployed) !== BigInt(globalExitRootManager)) throw new Error('deployed elsewhere')
    const gatewayAddress = await create('AggLayerGateway', [])
    const verifier = await create('DevelopmentVerifier', [])
    const parts = { client, account, rollupManager, globalExitRootManager, bridge, deploymentBlock }
    const devnet = new Devnet(o, { ...parts, gateway: gatewayAddress })
    await devnet.send(addressOf(rollupManager), artifacts.RollupManager.abi, 'initialize', [
      globalExitRootManager,
      gatewayAddress,
    ])
    await devnet.send(addressOf(bridge), artifacts.Bridge.abi, 'initialize', [
      globalExitRootManager,
    ])
    for (const aggregator of o.trustedAggregators) {
      const args = [hexOf(aggregator), true]
      await devnet.send(
        addressOf(rollupManager),
        artifacts.RollupManager.abi,
        'setTrustedAggregator',
        args,
      )
    }
    await devnet.addRoute(devnetSelector, addressOf(verifier), devnetVKey)
    return devnet
  }

  /** Adds a chain that settles by the gateway. Returns the address of its contract. */
  async addChain(o: DevnetChain): Promise<Address> {
    const { networkId, trustedSequencer, signers = [trustedSequencer], threshold = 1n } = o
    const create = deployerOf(this.#o, this.client, this.#account)
    const chain = await create('Chain', [hexOf(trustedSequencer), signers.map(hexOf), threshold])
    const { rollupManager } = this.addresses
    const none = `0x${'00'.repeat(20)}`
    const args = [networkId, chain, 1000n + BigInt(networkId), none, gateway, hexOf(noVKey)]
    await this.send(rollupManager, artifacts.RollupManager.abi, 'addChain', args)
    return addressOf(chain)
  }

  /** Routes the proofs of a program, by the selector before them, to a verifier. */
  async addRoute(selector: Uint8Array, verifier: Address, vkey: Hash32): Promise<void> {
    const args = [hexOf(selector), hexOf(verifier), hexOf(vkey)]
    const { abi } = artifacts.AggLayerGateway
    await this.send(this.gateway, abi, 'addPessimisticVKeyRoute', args)
  }

  /** FOR TESTS: sets a root of the L1 info tree. Needs `settableRoots`. */
  async setL1InfoRoot(leafCount: number, root: Hash32): Promise<void> {
    const { abi } = artifacts.TestGlobalExitRootManager
    const args = [leafCount, hexOf(root)]
    await this.send(this.addresses.globalExitRootManager, abi, 'setL1InfoRootForTests', args)
  }

  /** Deploys another of the contracts. */
  async create(name: keyof typeof artifacts, args: readonly unknown[]): Promise<Address> {
    return addressOf(await deployerOf(this.#o, this.client, this.#account)(name, args))
  }

  /** Sends a transaction of the owner and waits for it. @throws Error when it reverts. */
  async send(
    to: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
    value = 0n,
  ): Promise<Hash32> {
    const wallet = createWalletClient({
      account: this.#account,
      chain: chainOf(this.#o),
      transport: http(this.#o.url),
    })
    const hash = await wallet.writeContract({
      address: hexOf(to),
      ...{ abi, functionName, args, value },
    })
    const receipt = await this.client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
    if (receipt.status !== 'success') throw new Error(`${functionName} reverted`)
    return hash32(bytesOf(hash))
  }
}

const noVKey = new Uint8Array(32)

function chainOf({ chainId, url }: DevnetOptions) {
  return defineChain({
    id: chainId,
    name: 'devnet',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  })
}

/** Deploys contracts by name. */
function deployerOf(
  o: DevnetOptions,
  client: PublicClient,
  account: PrivateKeyAccount,
): (name: keyof typeof artifacts, args: readonly unknown[]) => Promise<Hex> {
  const wallet = createWalletClient({ account, chain: chainOf(o), transport: http(o.url) })
  return async (name, args) => {
    const { abi, bytecode }: { readonly abi: Abi; readonly bytecode: Hex } = artifacts[name]
    const hash = await wallet.deployContract({ abi, bytecode, args })
    const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
    if (receipt.status !== 'success' || typeof receipt.contractAddress !== 'string') {
      throw new Error(`${name} was not deployed`)
    }
    return receipt.contractAddress
  }
}
