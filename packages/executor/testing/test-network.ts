import { realClock, type Clock } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { libp2pTransport, MemoryHub, memoryTransport } from '@zkstack/network'
import type { Genesis } from '@zkstack/roles'
import type { Block } from '@zkstack/roles'
import type { ExecutionLayer, ScheduledCommittee, ValidatorSource } from '@zkstack/storage'
import { CounterChain } from './counter-chain.js'
import { FrameRecorder } from './frame-recorder.js'
import { testCommittee, type TestCommittee } from './test-committee.js'
import type { TestNetworkOptions } from './test-network-options.js'
import { TestNode } from './test-node.js'
import { levelStores, memoryStores, type TestStores } from './test-stores.js'
import { PlannedCommittees } from './planned-committees.js'
import { groupsOf, TestWire } from './test-wire.js'

/**
 * Real nodes in one process: `n` validators that know each other. Dispose of it to end them all and to remove
 * what they kept.
 */
export async function createTestNetwork(
  n: number,
  o: TestNetworkOptions = {},
): Promise<TestNetwork> {
  await loadCryptoBackends()
  const stores = o.store === 'level' ? await levelStores(o.folder) : memoryStores()
  const network = new TestNetwork({ committee: testCommittee(n, o), options: o, stores })
  if (o.start === false) return network
  try {
    await network.startAll()
    return network
  } catch (e) {
    await network[Symbol.asyncDispose]()
    throw e
  }
}

/** How {@link TestNetwork.waitForHeight} waits. */
export interface WaitOptions {
  /** Default: all that run. */
  readonly nodes?: readonly TestNode[]
  /** Gives up when no block comes anywhere for so long, in milliseconds. Default 50 000. */
  readonly stallMs?: number
}

/** @see createTestNetwork */
export class TestNetwork implements AsyncDisposable {
  readonly genesis: Genesis
  /** The committees of `epochs`. */
  readonly planned: readonly ScheduledCommittee[] | undefined
  /** Validators first, then full nodes. */
  readonly nodes: readonly TestNode[]
  /** Sees every consensus frame of every node, across restarts. */
  readonly recorder: FrameRecorder
  /** Loses frames and cuts links. */
  readonly wire: TestWire
  readonly #nodes: TestNode[]
  readonly #committee: TestCommittee
  readonly #options: TestNetworkOptions
  readonly #stores: TestStores
  readonly #clock: Clock
  readonly #hub: MemoryHub

  constructor(o: {
    readonly committee: TestCommittee
    readonly options: TestNetworkOptions
    readonly stores: TestStores
  }) {
    this.#committee = o.committee
    this.#options = o.options
    this.#stores = o.stores
    this.#clock = o.options.clock ?? realClock
    this.#hub = new MemoryHub({ clock: this.#clock })
    this.genesis = o.committee.genesis
    this.planned = o.committee.planned
    this.recorder = new FrameRecorder(this.genesis.scheme)
    this.wire = new TestWire(({ protocol, frame }) => {
      this.recorder.observe(protocol, frame)
    })
    this.#nodes = o.committee.validatorKeys.map((_, index) => this.#make(index))
    this.nodes = this.#nodes
  }

  /** Node `index`. @throws RangeError */
  at(index: number): TestNode {
    const node = this.#nodes[index]
    if (node === undefined) throw new RangeError(`there is no node ${index}`)
    return node
  }

  /** Adds a node that follows and never votes; start it yourself. */
  addFullNode(): TestNode {
    const node = this.#make(this.#nodes.length)
    this.#nodes.push(node)
    return node
  }

  /** Starts every node that does not run. */
  async startAll(): Promise<void> {
    // One after another, so that each knows the addresses of those before it.
    for (const node of this.#nodes) if (!node.running) await node.start()
  }

  /** Kills all nodes at the same moment. */
  async killAll(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()))
  }

  /** Throws away blocks and votes of a node that does not run; its execution layer stays. */
  async wipe(node: TestNode): Promise<void> {
    if (node.running) throw new TypeError(`node ${node.index} runs`)
    await this.#stores.wipe(node.index)
  }

  /** The folder of a node's store; undefined in memory. */
  storePath(node: TestNode): string | undefined {
    return this.#stores.path(node.index)
  }

  /** Lets only nodes of the same group talk, given by index; a node in no group is alone. */
  partition(...groups: readonly (readonly number[])[]): void {
    this.wire.partition(groupsOf(groups.map((indices) => indices.map((i) => this.at(i).key))))
  }

  /** Lets all nodes talk again; they connect again by themselves. */
  heal(): void {
    this.wire.heal()
  }

  /**
   * Waits until the nodes have committed block `height`.
   * @throws Error that tells what each node does, when no block comes for long.
   */
  async waitForHeight(height: bigint, o: WaitOptions = {}): Promise<void> {
    const nodes = (o.nodes ?? this.#nodes).filter(({ running }) => running)
    using patience = new Patience(this.#clock, o.stallMs ?? 50_000)
    const progress = nodes.map(({ node }) =>
      node.on('block:finalized', () => {
        patience.renew()
      }),
    )
    try {
      await Promise.all(
        nodes.map(({ node }) => node.waitForBlock(height, { signal: patience.signal })),
      )
    } catch (e) {
      if (!patience.signal.aborted) throw e
      throw new Error(`no block came before height ${height} was reached:\n${describeAll(nodes)}`, {
        cause: e,
      })
    } finally {
      for (const off of progress) off()
    }
  }

  /** Blocks [from, to] of a running node. */
  async blocks(node: TestNode, from: bigint, to: bigint): Promise<Block[]> {
    const blocks: Block[] = []
    for await (const block of node.node.blocks({ from })) {
      blocks.push(block)
      if (block.number >= to) break
    }
    return blocks
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop({ drainMs: 0 })))
    await this.#stores[Symbol.asyncDispose]()
  }

  #make(index: number): TestNode {
    const { firstBlock } = this.genesis
    const execution: ExecutionLayer =
      this.#options.execution?.(index) ?? new CounterChain({ firstBlock })
    return new TestNode({
      index,
      genesis: this.genesis,
      nodeKey: this.#committee.nodeKey(index),
      validatorKey: this.#committee.validatorKeys[index],
      options: this.#options,
      execution,
      validators: this.#validatorsOf(index),
      wire: this.wire,
      newTransport: () =>
        this.#options.transport === 'tcp' ? libp2pTransport() : memoryTransport(this.#hub),
      openStore: () => this.#stores.open(index),
      peers: (self) => this.#peersOf(self),
    })
  }

  #validatorsOf(index: number): ValidatorSource | undefined {
    const { planned } = this.#committee
    if (planned === undefined) return undefined
    const { announcedBlocks = 5n, wrapValidators } = this.#options
    const source = new PlannedCommittees(planned, announcedBlocks)
    return wrapValidators?.(source, index) ?? source
  }

  #peersOf(self: TestNode): { readonly key: Uint8Array; readonly addr: string }[] {
    return this.#nodes.flatMap((node) => {
      const { key, address } = node
      return node === self || address === undefined ? [] : [{ key, addr: address }]
    })
  }
}

/** Aborts its signal when it is not renewed in time. */
class Patience implements Disposable {
  readonly #controller = new AbortController()
  readonly #clock: Clock
  readonly #ms: number
  #cancel: () => void = () => undefined

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
    this.renew()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  renew(): void {
    this.#cancel()
    this.#cancel = this.#clock.setTimer(this.#clock.now() + this.#ms, () => {
      this.#controller.abort()
    })
  }

  [Symbol.dispose](): void {
    this.#cancel()
  }
}

function describeAll(nodes: readonly TestNode[]): string {
  return nodes
    .map(({ index, running, node }) => {
      if (!running) return `${index}: down`
      const { status, replica, peers, warnings } = node.inspect()
      const last = warnings.slice(-2).map(({ code, message }) => `${code} ${message}`)
      return `${index}: ${JSON.stringify({ status, awaits: replica?.awaits, peers: peers.length, last })}`
    })
    .join('\n')
}
