import {
  realClock,
  scope,
  silentLogger,
  Watch,
  ZkStackError,
  type Clock,
  type Ctx,
  type Logger,
} from '@zkstack/concurrency'
import type { Hash32 } from '@zkstack/crypto'
import { runEventReader } from '@zkstack/l1'
import { ZERO_HASH, type CallOptions } from '@zkstack/pessimistic-proof'
import { retryDelay } from '../certificates/retry-policy.js'
import { readRollup } from '../contracts/rollup-reader.js'
import { Broadcast } from '../node/broadcast.js'
import { SingleRun } from '../runner/single-run.js'
import { CertificateBuilder } from './certificate-builder.js'
import type { ClientEvent, ClientHalt, ExitEvent } from './client-event.js'
import { ClientStore } from './client-store.js'
import { EpochGate } from './epoch-gate.js'
import { ExitReporter } from './exit-reporter.js'
import { followExit } from './follow-exit.js'
import type { ClaimedExit } from './exit-source.js'
import { L1BridgeIndex } from './l1-bridge-index.js'
import { Outbox } from './outbox.js'
import type { ClientStatus, SettlementClient, SettlementOptions } from './settlement-client.js'

/**
 * Makes the client of a network: it watches final blocks, collects what left and entered, and carries it to the settlement node as
 * certificates. It does nothing until `run`.
 *
 * @throws SettlementStorageError
 */
export async function createSettlement<B extends { readonly number: bigint }>(
  o: SettlementOptions<B>,
): Promise<SettlementClient> {
  const store = await ClientStore.open(o.database, o.firstBlock ?? o.execution.firstBlock ?? 0n)
  return new Client(o, store)
}

/** From five seconds to ten minutes. */
const defaultRebuildPolicy = { initialMs: 5_000, factor: 2, maxMs: 600_000 }

class Client<B extends { readonly number: bigint }> implements SettlementClient {
  readonly #o: SettlementOptions<B>
  readonly #store: ClientStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #pollMs: number
  readonly #index = new L1BridgeIndex()
  readonly #events = new Broadcast<ClientEvent>()
  readonly #reporter: ExitReporter
  readonly #outbox: Outbox
  readonly #gate: EpochGate
  readonly #single: SingleRun
  readonly #halted = new Watch<ClientHalt | undefined>(undefined)

  constructor(o: SettlementOptions<B>, store: ClientStore) {
    const { networkId, endpoint, signer } = o
    this.#o = o
    this.#store = store
    this.#single = new SingleRun(`the client of network ${networkId}`)
    this.#clock = o.clock ?? realClock
    this.#logger = (o.logger ?? silentLogger).child({ networkId })
    this.#pollMs = o.pollIntervalMs ?? 5000
    const parts = { networkId, store, index: this.#index }
    this.#reporter = new ExitReporter({ ...parts, events: this.#events })
    const { l1, submitAt = 0.5 } = o
    this.#gate = new EpochGate({ l1, endpoint, submitAt, logger: this.#logger })
    this.#outbox = new Outbox({
      networkId,
      store,
      endpoint,
      signer,
      builder: new CertificateBuilder({
        ...parts,
        maxBytes: o.maxCertificateBytes,
        customChainData: o.customChainData,
      }),
      reporter: this.#reporter,
      clock: this.#clock,
      logger: this.#logger,
      lastLocalExitRoot: (call) => this.#lastLocalExitRoot(call),
      pauseMs: (failures) => retryDelay(o.retry ?? defaultRebuildPolicy, failures),
      isDue: (call) => this.#gate.isOpen(call),
    })
  }

  get status(): ClientStatus {
    const { collected, latest } = this.#store
    return {
      nextBlock: collected.nextBlock,
      exits: collected.exits,
      certifiedExits: latest?.range.endExit ?? 0,
      certificate: latest?.header,
      halted: this.#halted.value,
    }
  }

  run(ctx: Ctx): Promise<never> {
    return this.#single.run(async () => {
      using _ = this.#o.database.use?.('settlement client')
      return await this.#run(ctx)
    })
  }

  #run(ctx: Ctx): Promise<never> {
    return scope(ctx, async (inner, tasks) => {
      tasks.spawnBackground((own) => this.#readL1(own))
      tasks.spawnBackground((own) => this.#collect(own))
      for (;;) {
        await this.#reporter.claimable()
        const moved = await this.#step(inner)
        if (!moved) await inner.sleep(this.#pollMs)
      }
    })
  }

  events({ signal }: Partial<CallOptions> = {}): AsyncIterable<ClientEvent> {
    return this.#events.subscribe(signal)
  }

  exit(leafIndex: number, o: Partial<CallOptions> = {}): AsyncIterable<ExitEvent> {
    const present = (): Promise<ExitEvent | undefined> => this.#reporter.present(leafIndex)
    return followExit(leafIndex, { events: this.#events, present, signal: o.signal })
  }

  async claimOfExit(leafIndex: number): Promise<ClaimedExit | undefined> {
    const { exits } = this.#store.collected
    if (leafIndex >= exits) return undefined
    const [record] = await this.#store.exits(leafIndex, leafIndex + 1)
    if (record === undefined) return undefined
    const exit = { bridgeExit: record.exit, leafIndex }
    return this.#index.claimOfExit(this.#o.networkId, this.#store.exitTree, exit)
  }

  claimOfDeposit(index: number): ClaimedExit | undefined {
    return this.#index.claimOfDeposit(index)
  }

  isKnownExitRoot(claim: Pick<ClaimedExit, 'mainnetExitRoot' | 'rollupExitRoot'>): boolean {
    return this.#index.infoLeaf(claim.mainnetExitRoot, claim.rollupExitRoot) !== undefined
  }

  async resume(): Promise<void> {
    if (this.#halted.value === undefined) return
    await this.#outbox.resume()
    this.#halted.set(undefined)
  }

  async #step(ctx: Ctx): Promise<boolean> {
    if (this.#halted.value !== undefined) return false
    const stepped = await this.#outbox.step(ctx)
    if (stepped.ok) return stepped.value === 'moved'
    const { code, message } = stepped.error
    this.#logger.error('no more certificates are made', { code, message })
    this.#halted.set({ code, message })
    this.#events.send({ type: 'halted', code, message })
    return false
  }

  async #collect(ctx: Ctx): Promise<void> {
    const { node, execution } = this.#o
    const { signal } = ctx
    for await (const block of node.blocks({ from: this.#store.collected.nextBlock, signal })) {
      this.#checkNext(block.number)
      const added = await this.#store.addBlock(block.number, await execution.exits(block, ctx))
      await this.#reporter.collected(added)
    }
  }

  /** A block that is passed over would take its exits with it. */
  #checkNext(number: bigint): void {
    const { nextBlock } = this.#store.collected
    if (number <= nextBlock) return
    const message = `block ${nextBlock} is missing: ${number} comes in its place. A chain that begins later says so by firstBlock`
    throw new ZkStackError('BLOCK_MISSING', message)
  }

  async #readL1(ctx: Ctx): Promise<void> {
    const { l1, addresses, finality, heads } = this.#o
    const error = await runEventReader(ctx, {
      client: l1,
      filter: L1BridgeIndex.filter(addresses),
      startBlock: addresses.deploymentBlock ?? 0n,
      sink: this.#index,
      policy: finality ?? { tag: 'finalized', confirmations: 1 },
      pollMs: this.#pollMs,
      ...(heads === undefined ? {} : { heads }),
      logger: this.#logger,
    })
    throw new ZkStackError('L1_EVENTS', `L1's events cannot be read on: ${error.message}`)
  }

  /** Zero where L1 knows no exits of the network. */
  async #lastLocalExitRoot(call: CallOptions): Promise<Hash32 | undefined> {
    const { l1: client, addresses, networkId } = this.#o
    const { rollupManager } = addresses
    const rollup = await readRollup({ client, rollupManager }, networkId, 'latest', call)
    if (rollup.ok) return rollup.value?.lastLocalExitRoot ?? ZERO_HASH
    this.#logger.warn('L1 does not say what it has of the network', {
      reason: rollup.error.message,
    })
    return undefined
  }
}
