import { affineClock, errorOf, type Clock, type SeededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { ExecutionLayer, NodeStore } from '@zkstack/storage'
import type { ConsensusNode } from '../../src/consensus-node.js'
import { createNode } from '../../src/create-node.js'
import type { NodeOptions } from '../../src/options/node-options.js'
import { ObservedExecution, type ExecutionObserver } from './observed-execution.js'
import { ObservedStore, type StoreObserver } from './observed-store.js'
import type { Participant } from './participant.js'
import { ProcessLife } from './process-life.js'
import type { Scheduler } from './scheduler.js'
import type { SimulatedMachine } from './simulated-machine.js'
import type { SimulatedTransport } from './simulated-transport.js'
import type { SimulatedWire } from './simulated-wire.js'

/** What a {@link SimulatedNode} tells. */
export interface NodeObserver extends StoreObserver, ExecutionObserver {
  /** A process begins, and its store ends before height `next`. */
  started(next: bigint): void
  /** The node stopped by itself, or did not start. */
  failed(error: Error): void
  warned(code: string, text: string): void
  /** The node itself says that an invariant is broken. */
  broken(code: string, text: string): void
}

/** What a {@link SimulatedNode} is made of. */
export interface SimulatedNodeInit {
  readonly index: number
  readonly scheduler: Scheduler
  readonly wire: SimulatedWire
  readonly machine: SimulatedMachine
  readonly random: SeededRandom
  readonly speed: number
  readonly utcOffsetMs: number
  /** Lives outside of the processes. */
  readonly execution: ExecutionLayer
  readonly executionMs: number
  readonly wrapStore: (store: NodeStore) => NodeStore
  /** Keys of the peers that count, in hex. */
  readonly counted: ReadonlySet<string>
  readonly observer: NodeObserver
  readonly options: Pick<
    NodeOptions,
    'genesis' | 'nodeKey' | 'validatorKey' | 'validators' | 'listen' | 'peers' | 'limits' | 'timing'
  >
}

interface Running {
  readonly life: ProcessLife
  readonly transport: SimulatedTransport
  node: ConsensusNode | undefined
  /** Connections by the key of the peer, in hex: a new one may begin before the old one has ended. */
  readonly connections: Map<string, number>
  /** Set while it stops in order. */
  stopped?: () => void
}

/** One node of a simulation, through all its processes. */
export class SimulatedNode implements Participant {
  readonly #init: SimulatedNodeInit
  #running: Running | undefined
  #reveal: () => void = () => undefined
  #starts = 0

  constructor(init: SimulatedNodeInit) {
    this.#init = init
  }

  get index(): number {
    return this.#init.index
  }

  /** Whether there is a process. */
  get isUp(): boolean {
    return this.#running !== undefined
  }

  /** How many processes there have been. */
  get starts(): number {
    return this.#starts
  }

  /** To how many of the peers that count it is connected; 0 while it starts. */
  get peers(): number {
    return this.#running?.connections.size ?? 0
  }

  /** What the node says about itself, in a line. */
  describe(): string {
    const node = this.#running?.node
    if (node === undefined) return this.isUp ? 'starts' : 'is down'
    const { phase, view, committed, peers } = node.status
    return `${phase} in view ${view ?? '–'}, committed ${committed ?? 'nothing'}, ${peers} peers`
  }

  /** Begins a process. */
  start(): void {
    if (this.#running !== undefined) return
    const { scheduler, wire, index, observer } = this.#init
    this.#starts += 1
    this.#reveal()
    this.#reveal = () => undefined
    const life = new ProcessLife(scheduler)
    const running: Running = {
      life,
      transport: wire.attach(index, life),
      node: undefined,
      connections: new Map(),
    }
    this.#running = running
    this.#boot(running).catch((e: unknown) => {
      if (life.isAlive) observer.failed(errorOf(e))
    })
  }

  /** Ends the process as a power cut does. */
  crash(o: { readonly silently: boolean }): void {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.life.end()
    this.#reveal = this.#init.wire.detach(running.transport, o)
    running.stopped?.()
  }

  /** Ends the process in order, then calls back, also when it dies before; false when it does so already. */
  stop(stopped: () => void): boolean {
    const running = this.#running
    if (running === undefined || running.stopped !== undefined) return false
    running.stopped = stopped
    const end = (): void => {
      if (this.#running === running) this.crash({ silently: false })
    }
    if (running.node === undefined) end()
    else running.node.stop().then(end, end)
    return true
  }

  async #boot(running: Running): Promise<void> {
    const { machine, observer, wrapStore, options, execution, executionMs } = this.#init
    const { life, transport } = running
    const inner = await life.run(() => machine.openStore(life))
    observer.started(inner.range().next)
    const node = await createNode({
      ...options,
      store: wrapStore(new ObservedStore(inner, life, observer)),
      execution: new ObservedExecution({
        inner: execution,
        life,
        observer,
        takesMs: () => executionMs,
      }),
      transport,
      clock: this.#clock(life),
      random: this.#init.random.split(`start ${this.#starts}`),
    })
    running.node = node
    const count = (key: Uint8Array, change: 1 | -1): void => {
      const id = toHex(key)
      if (!this.#init.counted.has(id)) return
      const connections = (running.connections.get(id) ?? 0) + change
      if (connections > 0) running.connections.set(id, connections)
      else running.connections.delete(id)
    }
    node.on('peer:connected', ({ key }) => {
      count(key, 1)
    })
    node.on('peer:disconnected', ({ key }) => {
      count(key, -1)
    })
    node.on('warning', ({ code, message }) => {
      observer.warned(code, message)
    })
    node.on('invariant', ({ code, message }) => {
      observer.broken(code, message)
    })
    node.closed.catch((e: unknown) => {
      if (life.isAlive) observer.failed(errorOf(e))
    })
  }

  #clock(life: ProcessLife): Clock {
    const { speed, utcOffsetMs } = this.#init
    const clock = life.clock(utcOffsetMs)
    return speed === 1 ? clock : affineClock(clock, speed)
  }
}
