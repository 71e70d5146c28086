import type {
  ActorInit,
  ActorInput,
  ActorKind,
  ActorSend,
  ByzantineActor,
} from '@zkstack/bft/testing'
import { Ctx, type SeededRandom } from '@zkstack/concurrency'
import { bytesEqual, ok } from '@zkstack/crypto'
import {
  createNetwork,
  networkLimits,
  protocols,
  type FrameStream,
  type Network,
  type StaticPeer,
} from '@zkstack/network'
import { encodeSigned, type Genesis, type NodeSecretKey } from '@zkstack/roles'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import type { Participant } from './participant.js'
import { ProcessLife } from './process-life.js'
import type { Scheduler } from './scheduler.js'
import type { SimulatedConnection } from './simulated-connection.js'
import type { SimulatedTransport } from './simulated-transport.js'
import type { SimulatedWire } from './simulated-wire.js'

/** What an {@link ActorNode} is made of. */
export interface ActorNodeInit {
  readonly index: number
  readonly kind: ActorKind
  readonly actor: ActorInit
  readonly scheduler: Scheduler
  readonly wire: SimulatedWire
  readonly random: SeededRandom
  readonly genesis: Genesis
  readonly nodeKey: NodeSecretKey
  readonly peers: readonly StaticPeer[]
}

/**
 * A faulty member of the committee in the place of a node: it keeps connections with the network of production, so that it is
 * heard at all, sees every message that comes, and sends what its {@link ActorKind} wants, to whom it wants. It never dies.
 */
export class ActorNode implements Participant {
  readonly isUp = true
  readonly #init: ActorNodeInit
  readonly #actor: ByzantineActor
  readonly #streams = new WeakMap<SimulatedConnection, Promise<FrameStream>>()
  #transport: SimulatedTransport | undefined
  #network: Network | undefined

  constructor(init: ActorNodeInit) {
    this.#init = init
    this.#actor = init.kind.create(init.actor)
  }

  get index(): number {
    return this.#init.index
  }

  start(): void {
    const { scheduler, wire, index } = this.#init
    const life = new ProcessLife(scheduler)
    this.#transport = wire.attach(index, life)
    this.#run(life, this.#transport).catch(() => undefined)
    this.#act({ type: 'start', now: scheduler.now })
  }

  crash(): void {
    return undefined
  }

  stop(): boolean {
    return false
  }

  async #run(life: ProcessLife, transport: SimulatedTransport): Promise<void> {
    const { genesis, nodeKey, wire, index, peers, random, actor, scheduler } = this.#init
    const { committee } = actor
    const store = memoryStore()
    await store.open(genesis, { onGenesisChange: 'refuse' })
    const clock = life.clock(0)
    const network = await createNetwork({
      genesis,
      scope: () => committee.scope,
      nodeKey,
      validator: {
        publicKey: committee.key(index),
        sign: (hash) => Promise.resolve(committee.signature(index, hash)),
      },
      transport,
      listen: wire.addressOf(index),
      peers: { outbound: peers },
      blocks: new BlockQueue(store, { capacity: 20 }),
      store,
      limits: networkLimits({ genesis, redialMinMs: 50, redialMaxMs: 500 }),
      clock,
      random,
      verifyBlock: () => Promise.resolve(ok(undefined)),
      onConsensusMessage: (message, carrier) => {
        const from = carrier === undefined ? undefined : committee.schedule.indexOf(carrier)
        if (from !== undefined) {
          this.#act({ type: 'message', now: scheduler.now, message, carrier: from })
        }
        return Promise.resolve()
      },
      onEvent: () => undefined,
    })
    this.#network = network
    await network.run(Ctx.root({ clock, random }))
  }

  #act(input: ActorInput): void {
    const { scheduler } = this.#init
    for (const output of this.#actor.handle(input)) {
      scheduler.at(output.at, () => {
        if (output.type === 'send') this.#send(output)
        else this.#act({ type: 'tick', now: scheduler.now })
      })
    }
  }

  #send({ message, to }: ActorSend): void {
    const frame = encodeSigned(message)
    for (const receiver of to) {
      const connection = this.#connectionTo(receiver)
      if (connection === undefined) continue
      this.#streamOn(connection)
        .then((stream) => stream.send(frame))
        .catch(() => undefined)
    }
  }

  /** The connection to a node over which a hello was said. */
  #connectionTo(node: number): SimulatedConnection | undefined {
    const peers = this.#network?.peers() ?? []
    return [...(this.#transport?.connections ?? [])].find(
      ({ remoteNode, remote, direction }) =>
        remoteNode === node &&
        peers.some((peer) => bytesEqual(peer.key, remote) && peer.direction === direction),
    )
  }

  #streamOn(connection: SimulatedConnection): Promise<FrameStream> {
    const known = this.#streams.get(connection)
    if (known !== undefined) return known
    const { signal } = new AbortController()
    const stream = connection.openStream(protocols.consensus, { signal, maxFrameBytes: 0 })
    this.#streams.set(connection, stream)
    return stream
  }
}
