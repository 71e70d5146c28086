import type { Ctx } from '@zkstack/concurrency'
import type { Hash32 } from '@zkstack/crypto'
import { createTestNetwork, type TestNetwork } from '@zkstack/executor/testing'
import { keySigner, type L1Client, type L1Signer } from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import {
  committeeSigner,
  createSettlement,
  memoryDatabase,
  type BridgeAddresses,
  type ClaimedExit,
  type SettlementClient,
  type SettlementEndpoint,
} from '@zkstack/settlement'
import { BridgeLedger } from '../src/bridge-ledger.js'
import { signTransaction, type Action } from '../src/transaction.js'
import type { DemoLog } from './demo-log.js'

/** When blocks of L1 count for the demo's clients: at once; what a reorg takes back is rolled back. */
export const atOnce = { tag: 'latest', confirmations: 1 } as const

/** What a {@link DemoChain} needs. */
export interface DemoChainOptions {
  readonly name: string
  readonly networkId: number
  /** Of anvil's account that vouches for the chain. */
  readonly sequencer: number
  readonly l1: L1Client
  readonly addresses: BridgeAddresses
  readonly endpoint: SettlementEndpoint
  readonly log: DemoLog
}

/** A ledger chain of six validators, and the client that settles it. */
export class DemoChain implements AsyncDisposable {
  readonly name: string
  readonly networkId: number
  readonly ledger: BridgeLedger
  readonly client: SettlementClient
  readonly #network: TestNetwork
  readonly #ledgers: readonly BridgeLedger[]

  private constructor(
    o: DemoChainOptions,
    parts: {
      readonly network: TestNetwork
      readonly ledgers: readonly [BridgeLedger, ...BridgeLedger[]]
      readonly client: SettlementClient
    },
  ) {
    this.name = o.name
    this.networkId = o.networkId
    this.#network = parts.network
    this.ledger = parts.ledgers[0]
    this.#ledgers = parts.ledgers
    this.client = parts.client
  }

  static async start(o: DemoChainOptions): Promise<DemoChain> {
    const made: { client?: SettlementClient } = {}
    const known = (claim: ClaimedExit): boolean => made.client?.isKnownExitRoot(claim) ?? false
    const make = (): BridgeLedger =>
      new BridgeLedger({ networkId: o.networkId, patienceMs: 700, isKnownExitRoot: known })
    const ledgers = [make(), make(), make(), make(), make(), make()] as const
    const ledgerOf = (index: number): BridgeLedger => {
      const ledger = ledgers[index]
      if (ledger === undefined) throw new RangeError(`there is no validator ${index}`)
      return ledger
    }
    const network = await createTestNetwork(ledgers.length, {
      execution: ledgerOf,
      mempool: ledgerOf,
      seed: o.name,
      viewTimeoutMs: 5_000,
    })
    const client = await createSettlement({
      node: network.at(0).node,
      execution: ledgers[0],
      networkId: o.networkId,
      l1: o.l1,
      addresses: o.addresses,
      endpoint: o.endpoint,
      signer: committeeSigner([keySigner(anvilKey(o.sequencer))]),
      database: memoryDatabase(),
      finality: atOnce,
      submitAt: 0.2,
      pollIntervalMs: 400,
    })
    made.client = client
    return new DemoChain(o, { network, ledgers: [...ledgers], client })
  }

  /** Settles until cancelled. */
  run(ctx: Ctx): Promise<never> {
    return this.client.run(ctx)
  }

  /** Has an account do something, and waits for the block that has it. */
  async act(account: L1Signer, action: Action, signal: AbortSignal): Promise<void> {
    const nonce = this.ledger.state.value.nonce(account.address)
    const tx = await signTransaction(account, { chainId: this.networkId, nonce, action }, signal)
    const admitted = await this.#network.at(0).node.submit(tx)
    if (admitted === 'rejected') throw new Error(`${this.name} rejects a transaction`)
    await this.ledger.state.waitFor((state) => state.nonce(account.address) > nonce, { signal })
  }

  /** The newest block. */
  get height(): bigint {
    return this.#network.at(0).node.status.committed ?? 0n
  }

  /** The local exit roots that the validators have, once all have committed the block that is the newest now. */
  async localExitRoots(): Promise<readonly Hash32[]> {
    await this.#network.waitForHeight(this.height)
    return this.#ledgers.map(({ state }) => state.value.localExitRoot)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network[Symbol.asyncDispose]()
  }
}
