import { join } from 'node:path'
import type { Ctx } from '@zkstack/concurrency'
import { ed25519, toHex } from '@zkstack/crypto'
import { createTestNetwork, type TestNetwork } from '@zkstack/executor/testing'
import { keySigner } from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import type { Address } from '@zkstack/pessimistic-proof'
import {
  committeeSigner,
  createSettlement,
  memoryDatabase,
  type ClaimedExit,
  type SettlementClient,
  type SettlementEndpoint,
} from '@zkstack/settlement'
import { bridgeAddress, openLedger, signClaim, signExit, type Ledger } from 'zkstack-example-ledger'
import { DemoError } from './demo-error.js'
import type { DemoL1 } from './demo-l1.js'
import { within } from './until.js'

/** When blocks of L1 count for the demo's clients: at once; what a reorg takes back is rolled back. */
export const atOnce = { tag: 'latest', confirmations: 1 } as const

/** What a transaction costs, in gwei. */
export const fee = 1_000_000n

/** A holder of an account on the chains, by Ed25519 key. */
export interface User {
  /** 32-byte secret. */
  readonly seed: Uint8Array
  readonly account: Uint8Array
  /** The same on other networks. */
  readonly address: Address
}

/** A user whose secret everybody knows. */
export function demoUser(n: number): User {
  const seed = new Uint8Array(32).fill(n)
  const account = ed25519.publicKey(seed)
  return { seed, account, address: bridgeAddress(account) }
}

/** What a {@link DemoChain} needs. */
export interface DemoChainOptions {
  readonly name: 'A' | 'B'
  readonly networkId: number
  readonly validators: number
  /** Of anvil's account that vouches for the chain. */
  readonly sequencer: number
  readonly l1: DemoL1
  readonly endpoint: SettlementEndpoint
  /** For the ledgers. */
  readonly folder: string
  /** How long a proposal waits for a transaction, and how often L1 and the settlement node are asked, in milliseconds. */
  readonly pollMs: number
}

/** A chain of example ledgers, and the client that settles it. */
export class DemoChain implements AsyncDisposable {
  readonly name: 'A' | 'B'
  readonly networkId: number
  readonly client: SettlementClient
  readonly #network: TestNetwork
  readonly #ledgers: readonly Ledger[]

  private constructor(
    o: DemoChainOptions,
    parts: {
      readonly network: TestNetwork
      readonly ledgers: readonly Ledger[]
      readonly client: SettlementClient
    },
  ) {
    this.name = o.name
    this.networkId = o.networkId
    this.#network = parts.network
    this.#ledgers = parts.ledgers
    this.client = parts.client
  }

  /** Starts all validators. */
  static async start(o: DemoChainOptions): Promise<DemoChain> {
    // The ledgers come before their chain, and the chain before the client that knows L1.
    const made: { client?: SettlementClient } = {}
    const bridge = {
      isKnownExitRoot: (claim: ClaimedExit) => made.client?.isKnownExitRoot(claim) ?? false,
    }
    const { networkId } = o
    const chainId = 1000n + BigInt(networkId)
    const ledgers = await Promise.all(
      Array.from({ length: o.validators }, (_, i) =>
        openLedger({
          path: join(o.folder, `${o.name}-${i}`),
          genesis: { chainId, firstBlock: 0n, networkId, balances: {} },
          patienceMs: o.pollMs,
          bridge,
        }),
      ),
    )
    const network = await createTestNetwork(o.validators, {
      execution: (index) => at(ledgers, index).execution,
      mempool: (index) => at(ledgers, index).mempool,
      seed: o.name,
      viewTimeoutMs: 5_000,
    })
    const client = await createSettlement({
      node: network.at(0).node,
      execution: at(ledgers, 0).execution,
      networkId,
      l1: o.l1.client,
      addresses: o.l1.addresses,
      endpoint: o.endpoint,
      signer: committeeSigner([keySigner(anvilKey(o.sequencer))]),
      database: memoryDatabase(),
      finality: atOnce,
      submitAt: 0.2,
      pollIntervalMs: o.pollMs,
      heads: o.l1.heads,
    })
    made.client = client
    return new DemoChain(o, { network, ledgers, client })
  }

  /** What the first validator has committed. */
  get ledger(): Ledger {
    return at(this.#ledgers, 0)
  }

  /** Number of blocks. */
  get blocks(): bigint {
    return (this.ledger.height ?? -1n) + 1n
  }

  /** Settles until cancelled. */
  run(ctx: Ctx): Promise<never> {
    return this.client.run(ctx)
  }

  /** Has the user take in what left another network for it. */
  async claim(ctx: Ctx, user: User, claimed: ClaimedExit): Promise<void> {
    await this.#act(ctx, user, (common) => signClaim({ ...common, claimed }, user.seed))
  }

  /** Has the user send gwei to an account of another network. */
  async exit(
    ctx: Ctx,
    user: User,
    to: { readonly destNetwork: number; readonly destAddress: Address; readonly amount: bigint },
  ): Promise<void> {
    await this.#act(ctx, user, (common) => signExit({ ...common, ...to }, user.seed))
  }

  /** The state roots of all validators, once each has the block that is the newest now. */
  async stateRoots(): Promise<readonly (string | undefined)[]> {
    const height = this.ledger.height ?? 0n
    await this.#network.waitForHeight(height)
    const roots = await Promise.all(this.#ledgers.map((ledger) => ledger.stateRootAt(height)))
    return roots.map((root) => root && toHex(root))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network[Symbol.asyncDispose]()
    for (const ledger of this.#ledgers) await ledger[Symbol.asyncDispose]()
  }

  /** Submits a transaction and waits for the block that has it. */
  async #act(
    ctx: Ctx,
    { account }: User,
    sign: (common: {
      readonly chainId: bigint
      readonly nonce: bigint
      readonly fee: bigint
    }) => Uint8Array,
  ): Promise<void> {
    const { nonce } = this.ledger.state.account(account)
    const chainId = 1000n + BigInt(this.networkId)
    const admitted = await this.#network.at(0).node.submit(sign({ chainId, nonce, fee }))
    if (admitted === 'rejected') throw new DemoError(`${this.name} rejects a transaction`)
    const { head } = this.ledger.execution
    await within(ctx, `${this.name} has the transaction in a block`, ({ signal }) =>
      head.waitFor(({ state }) => state.account(account).nonce > nonce, { signal }),
    )
  }
}

function at(ledgers: readonly Ledger[], index: number): Ledger {
  const ledger = ledgers[index]
  if (ledger === undefined) throw new RangeError(`there is no validator ${index}`)
  return ledger
}
