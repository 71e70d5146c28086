import {
  Ctx,
  realClock,
  systemRandom,
  type Clock,
  type Logger,
  type Random,
} from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import {
  generateNodeKey,
  verifyFinalBlock,
  type Block,
  type EpochScope,
  type NodePublicKey,
  type NodeSecretKey,
  type Signed,
} from '@zkstack/roles'
import type { TestCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore, type BlockStore } from '@zkstack/storage'
import { createNetwork } from '../src/create-network.js'
import { networkLimits, type NetworkLimitsInit } from '../src/limits.js'
import type {
  HelloSigner,
  Network,
  NetworkEvent,
  NetworkInit,
  PeersInit,
  StaticPeer,
  TransactionVerdict,
} from '../src/network.js'
import type { NetworkTransport } from '../src/transport/network-transport.js'

/** What a {@link TestPeer} is made of. */
export interface TestPeerOptions {
  readonly committee: TestCommittee
  readonly transport: NetworkTransport
  /** Index of the validator it is; absent: a full node. */
  readonly validator?: number | undefined
  readonly nodeKey?: NodeSecretKey
  readonly listen?: string
  readonly peers?: PeersInit
  readonly limits?: Partial<NetworkLimitsInit>
  /** Blocks that it has. */
  readonly blocks?: readonly Block[]
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly scope?: () => EpochScope | undefined
  /** Changes anything else. */
  readonly override?: Partial<NetworkInit>
}

/** A consensus message that a peer has received. */
export interface ReceivedMessage {
  readonly message: Signed
  readonly carrier: Uint8Array | undefined
  readonly from: NodePublicKey
}

/** A network with nothing behind it: it notes what comes. */
export class TestPeer implements AsyncDisposable {
  readonly events: NetworkEvent[] = []
  readonly messages: ReceivedMessage[] = []
  readonly transactions: Uint8Array[] = []
  /** What its mempool says; by default everything new is accepted. */
  judge: (tx: Uint8Array) => TransactionVerdict | Promise<TransactionVerdict> = () => 'accepted'
  /** Delays or stalls the handling of consensus messages. */
  handle: (received: ReceivedMessage) => Promise<void> = () => Promise.resolve()
  /** What `run` ended with. */
  failure: unknown
  readonly #watchers = new Set<() => void>()
  readonly #root: Ctx
  #run: Promise<void> = Promise.resolve()

  private constructor(
    readonly key: NodePublicKey,
    readonly store: BlockStore,
    readonly blocks: BlockQueue,
    o: TestPeerOptions,
  ) {
    this.#root = Ctx.root({ clock: o.clock ?? realClock, random: o.random ?? systemRandom })
  }

  #network: Network | undefined

  get network(): Network {
    if (!this.#network) throw new TypeError('the peer is not started')
    return this.#network
  }

  /** Its first address. */
  get address(): string {
    return this.network.addresses[0] ?? ''
  }

  /** How others name it among their static peers. */
  get asStaticPeer(): StaticPeer {
    return { key: this.key, addr: this.address }
  }

  /** Starts a peer and runs it. */
  static async start(o: TestPeerOptions): Promise<TestPeer> {
    const random = o.random ?? systemRandom
    const nodeKey = o.nodeKey ?? generateNodeKey(random)
    const store = memoryStore({
      firstBlock: o.blocks?.[0]?.number ?? o.committee.genesis.firstBlock,
    })
    for (const block of o.blocks ?? []) await store.append(block)
    const peer = new TestPeer(nodeKey.publicKey, store, new BlockQueue(store, { capacity: 100 }), o)
    const { genesis, scope } = o.committee
    peer.#network = await createNetwork({
      genesis,
      scope: o.scope ?? (() => scope),
      nodeKey,
      validator: o.validator === undefined ? undefined : signerOf(o.committee, o.validator),
      transport: o.transport,
      listen: o.listen ?? '127.0.0.1:0',
      peers: o.peers ?? {},
      blocks: peer.blocks,
      store,
      limits: networkLimits({ maxPayloadBytes: 1_000_000, redialMinMs: 50, ...o.limits, genesis }),
      clock: o.clock ?? realClock,
      random,
      logger: o.logger,
      verifyBlock: (block) => Promise.resolve(judgeBlock(block, scope)),
      onConsensusMessage: (message, carrier, from) => peer.#onMessage({ message, carrier, from }),
      onTransaction: (tx) => peer.#onTransaction(tx),
      onEvent: (e) => peer.#onEvent(e),
      ...o.override,
    })
    peer.#run = peer.network.run(peer.#root).catch((e: unknown) => {
      peer.failure = e
    })
    return peer
  }

  /** Waits until `condition` holds; looked at after everything that happens. Rejects after `timeoutMs` of real time. */
  async until(what: string, condition: () => boolean, timeoutMs = 45_000): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (!condition()) {
      if (performance.now() > deadline) {
        const seen = this.events.map((e) =>
          e.type === 'warning' ? `warning ${e.error.code}` : describe(e),
        )
        throw new Error(`${what}: did not happen; events: ${seen.join(', ')}`)
      }
      await this.#somethingHappens(10)
    }
  }

  /** Waits until the given peer, or any, is connected. */
  async connectedTo(other?: { readonly key: NodePublicKey }): Promise<void> {
    await this.until('connected', () =>
      other ? this.isConnectedTo(other) : this.network.peers().length > 0,
    )
  }

  isConnectedTo({ key }: { readonly key: NodePublicKey }): boolean {
    return this.network.peers().some((peer) => bytesEqual(peer.key, key))
  }

  /** Waits until block `number` is durable. */
  async hasBlock(number: bigint): Promise<void> {
    await this.until(`block ${number}`, () => this.blocks.range.value.next > number)
  }

  /** Takes over what the store has become by itself. */
  async follow(): Promise<void> {
    const { first } = this.store.range()
    using ctx = this.#root.child()
    const following = this.blocks.follow({ signal: ctx.signal })
    await this.until('the new range', () => this.blocks.range.value.first === first)
    ctx.cancel()
    await following
  }

  /** Events of one type. */
  eventsOf<T extends NetworkEvent['type']>(type: T): Extract<NetworkEvent, { type: T }>[] {
    return this.events.filter((e): e is Extract<NetworkEvent, { type: T }> => e.type === type)
  }

  /** Waits for an event of a type, `count` of them if given. */
  async sees(type: NetworkEvent['type'], count = 1): Promise<void> {
    await this.until(type, () => this.eventsOf(type).length >= count)
  }

  /** Codes with which hellos ended. */
  get refusals(): string[] {
    return this.eventsOf('peerRefused').map(({ code, by }) => `${code} by ${by}`)
  }

  /** Dies without a goodbye being waited for: `run` is cancelled. */
  async stop(): Promise<void> {
    await this.network.stop()
    await this.#run
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    this.#root[Symbol.dispose]()
  }

  async #onMessage(received: ReceivedMessage): Promise<void> {
    this.messages.push(received)
    this.#notify()
    await this.handle(received)
  }

  async #onTransaction(tx: Uint8Array): Promise<TransactionVerdict> {
    this.transactions.push(tx)
    this.#notify()
    return this.judge(tx)
  }

  #onEvent(e: NetworkEvent): void {
    this.events.push(e)
    this.#notify()
  }

  #notify(): void {
    for (const wake of [...this.#watchers]) wake()
  }

  #somethingHappens(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake)
        cancel()
        resolve()
      }
      const cancel = realClock.setTimer(realClock.now() + atMostMs, wake)
      this.#watchers.add(wake)
    })
  }
}

function describe(e: NetworkEvent): string {
  if (e.type === 'peerMisbehaved') return `${e.type} ${e.rule}`
  return 'code' in e ? `${e.type} ${e.code} by ${e.by}: ${e.text}` : e.type
}

/** The signer of one validator of a committee. */
export function signerOf(committee: TestCommittee, validator: number): HelloSigner {
  const key = committee.key(validator)
  return { publicKey: key.publicKey, sign: (hash) => Promise.resolve(key.sign(hash)) }
}

function judgeBlock(
  block: Block,
  scope: EpochScope,
): Result<void, { code: string; message: string }> {
  const message = 'the block is wrong'
  if (block.kind !== 'final') return err({ code: 'PRE_GENESIS', message })
  const verdict = verifyFinalBlock(block, scope)
  return verdict.ok ? ok(undefined) : err({ code: verdict.error.code, message })
}
