import type { Genesis, NodePublicKey, NodeSecretKey, ValidatorSecretKey } from '@zkstack/roles'
import type { NetworkTransport, StaticPeer } from '@zkstack/network'
import type { EpochStore, ExecutionLayer, NodeStore, ValidatorSource } from '@zkstack/storage'
import type { ConsensusNode } from '../src/consensus-node.js'
import { createNode } from '../src/create-node.js'
import type { NodeOptions } from '../src/options/node-options.js'
import { CrashableStore } from './crashable-store.js'
import type { TestNetworkOptions } from './test-network-options.js'
import type { TestWire, WireTransport } from './test-wire.js'

/** What {@link TestNode} takes. */
export interface TestNodeInit {
  readonly index: number
  readonly genesis: Genesis
  readonly nodeKey: NodeSecretKey
  readonly validatorKey: ValidatorSecretKey | undefined
  readonly options: TestNetworkOptions
  readonly execution: ExecutionLayer
  readonly validators: ValidatorSource | undefined
  readonly wire: TestWire
  newTransport(): NetworkTransport
  /** Opens what the last run left. */
  openStore(): Promise<NodeStore>
  /** Whom to dial at a start. */
  peers(self: TestNode): readonly StaticPeer[]
}

interface Run {
  readonly node: ConsensusNode
  readonly store: CrashableStore
  readonly below: NodeStore
  readonly transport: WireTransport
}

/** A node of a test network, through all its starts and ends. */
export class TestNode {
  readonly index: number
  readonly nodeKey: NodeSecretKey
  readonly validatorKey: ValidatorSecretKey | undefined
  /** Lives on across restarts, as an execution layer with a disk of its own does. */
  readonly execution: ExecutionLayer
  readonly #o: TestNodeInit
  #run: Run | undefined
  #address: string | undefined

  constructor(o: TestNodeInit) {
    this.index = o.index
    this.nodeKey = o.nodeKey
    this.validatorKey = o.validatorKey
    this.execution = o.execution
    this.#o = o
  }

  get key(): NodePublicKey {
    return this.nodeKey.publicKey
  }

  get running(): boolean {
    return this.#run !== undefined
  }

  /** Where it listened last; undefined before the first start. */
  get address(): string | undefined {
    return this.#address
  }

  /** The running node. @throws TypeError when it does not run. */
  get node(): ConsensusNode {
    if (this.#run === undefined) throw new TypeError(`node ${this.index} does not run`)
    return this.#run.node
  }

  /** The epochs on disk of the running node. @throws TypeError when it does not run. */
  get epochs(): EpochStore {
    if (this.#run === undefined) throw new TypeError(`node ${this.index} does not run`)
    return this.#run.store.epochs
  }

  /** Starts it, on its old address if it had one. @param changes replaces options of the node. */
  async start(changes: Partial<NodeOptions> = {}): Promise<ConsensusNode> {
    if (this.#run !== undefined) throw new TypeError(`node ${this.index} runs already`)
    const below = await this.#o.openStore()
    const { options, index } = this.#o
    const store = new CrashableStore(options.wrapStore?.(below, index) ?? below)
    const transport = this.#o.wire.attach(this.#o.newTransport())
    try {
      const node = await createNode({ ...this.#nodeOptions(), store, transport, ...changes })
      this.#address = node.addresses[0] ?? this.#address
      this.#run = { node, store, below, transport }
      return node
    } catch (e) {
      this.#o.wire.detach(transport)
      await below[Symbol.asyncDispose]()
      throw e
    }
  }

  /** Ends it in order. */
  async stop(o?: { readonly drainMs?: number }): Promise<void> {
    await this.#end((run) => run.node.stop(o))
  }

  /**
   * Ends it as a power cut would: at once nothing more is sent or written, nothing is drained. What was written
   * stays.
   */
  async kill(): Promise<void> {
    await this.#end(async (run) => {
      run.store.crash()
      run.transport.crash()
      await run.node.stop({ drainMs: 0 })
    })
  }

  async restart(): Promise<ConsensusNode> {
    return this.start()
  }

  async #end(how: (run: Run) => Promise<void>): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    await how(run)
    this.#o.wire.detach(run.transport)
    await run.store.settled()
    await run.below[Symbol.asyncDispose]()
  }

  #nodeOptions(): Omit<NodeOptions, 'store' | 'transport'> {
    const { options: o, index, genesis, nodeKey, validatorKey, validators } = this.#o
    return {
      genesis,
      nodeKey,
      ...(validatorKey && { validatorKey }),
      ...(validators && { validators }),
      execution: this.execution,
      listen: this.#address ?? '127.0.0.1:0',
      peers: { outbound: this.#o.peers(this) },
      ...(o.mempool && { mempool: o.mempool(index) }),
      ...(o.logger && { logger: o.logger(index) }),
      ...(o.metrics && { metrics: o.metrics(index) }),
      ...(o.tracer && { tracer: o.tracer(index) }),
      ...(o.clock && { clock: o.clock }),
      ...(o.signatureWorkers && { signatureWorkers: o.signatureWorkers }),
      limits: {
        ...(o.signatureWorkers === undefined && { workers: 0 }),
        ...o.limits,
        // A test does not wait for the long pauses of production.
        network: { redialMinMs: 50, redialMaxMs: 500, banStaticMs: 1_000, ...o.limits?.network },
      },
      timing: { viewTimeoutMs: o.viewTimeoutMs ?? 1_000 },
    }
  }
}
