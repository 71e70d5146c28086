import { realClock, seededRandom, systemRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import {
  protocols,
  type NetworkTransport,
  type TransportConnection,
  type TransportStart,
} from '@zkstack/network'
import { transportCompliance } from '@zkstack/network/testing'
import { generateNodeKey, type NodePublicKey } from '@zkstack/roles'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { latencyOf } from '../../testing/simulation/latency.js'
import { ProcessLife } from '../../testing/simulation/process-life.js'
import { Scheduler } from '../../testing/simulation/scheduler.js'
import type { SimulatedTransport } from '../../testing/simulation/simulated-transport.js'
import { SimulatedWire } from '../../testing/simulation/simulated-wire.js'

const NODES = 6

const MiB = 1024 * 1024

/** Lines between a few nodes whose keys are those that are given to transports, in virtual time that goes on by itself. */
class World {
  readonly #scheduler = new Scheduler()
  readonly #keys = Array.from({ length: NODES }, () => generateNodeKey(systemRandom).publicKey)
  readonly #wire: SimulatedWire
  #taken = 0
  #isOver = false
  readonly #running: Promise<void>

  constructor() {
    this.#wire = new SimulatedWire({
      scheduler: this.#scheduler,
      random: seededRandom('compliance'),
      latency: latencyOf('lan'),
      keys: this.#keys,
      observer: { sent: () => '', delivered: () => undefined, lost: () => undefined },
    })
    this.#running = this.#run()
  }

  /** A transport that becomes the node of its address, or of its key, or one that is not there yet. */
  transport(): NetworkTransport {
    let inner: SimulatedTransport | undefined
    return {
      start: async (o) => {
        const node = this.#nodeOf(o)
        inner = this.#wire.attach(node, new ProcessLife(this.#scheduler))
        const listen = o.listen.length === 0 ? [] : [this.#wire.addressOf(node)]
        return inner.start({ ...o, listen })
      },
      dial: (address, expected, o) => {
        if (inner === undefined) throw new TypeError('not started')
        return inner.dial(address, expected, o)
      },
      stop: () => inner?.stop() ?? Promise.resolve(),
    }
  }

  addressOf(publicKey: NodePublicKey): string {
    return this.#wire.addressOf(this.#keys.findIndex((key) => bytesEqual(key, publicKey)))
  }

  /** From now on this part of all consensus messages is lost. */
  lose(loss: number): void {
    for (let from = 0; from < NODES; from++)
      for (let to = 0; to < NODES; to++)
        this.#wire.link(from, to).trouble = { loss, duplicate: 0, reorder: 0, delayMs: 0 }
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#running
  }

  #nodeOf({ identity: { publicKey }, listen }: TransportStart): number {
    const byAddress = this.#keys.findIndex((_, node) => this.#wire.addressOf(node) === listen[0])
    if (byAddress >= 0) return byAddress
    const byKey = this.#keys.findIndex((key) => bytesEqual(key, publicKey))
    if (byKey >= 0) return byKey
    const node = this.#taken++
    this.#keys[node] = publicKey
    return node
  }

  /** The requirements wait in real time for what happens in virtual time. */
  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#scheduler.run(() => this.#isOver)
      await new Promise<void>((resolve) => {
        realClock.setTimer(realClock.now() + 1, resolve)
      })
    }
  }
}

describe('the transport of the simulator', () => {
  let world: World

  beforeEach(() => {
    world = new World()
  })

  afterEach(async () => {
    await world.end()
  })

  for (const { name, run } of transportCompliance(() => world.transport())) test(name, run)

  test('many consensus messages were lost › those after them are sent all the same', async () => {
    const [alice, bob] = [world.transport(), world.transport()]
    const [keyOfAlice, keyOfBob] = [generateNodeKey(systemRandom), generateNodeKey(systemRandom)]
    const common = { protocols: [protocols.consensus], listen: ['127.0.0.1:0'] }
    const last = new Promise<Uint8Array | undefined>((resolve) => {
      const onConnection = (connection: TransportConnection): void => {
        connection.onStream(protocols.consensus, MiB, async (stream) => {
          resolve(await stream.receive())
        })
      }
      bob.start({ ...common, identity: keyOfBob, onConnection }).catch(() => undefined)
    })
    await alice.start({ ...common, identity: keyOfAlice, onConnection: () => undefined })
    const { signal } = new AbortController()
    const connection = await alice.dial(world.addressOf(keyOfBob.publicKey), keyOfBob.publicKey, {
      signal,
    })
    const stream = await connection.openStream(protocols.consensus, { signal, maxFrameBytes: MiB })
    world.lose(1)
    for (let i = 0; i < 64; i++) await stream.send(new Uint8Array(MiB / 16))
    world.lose(0)
    await stream.send(Uint8Array.of(7))
    expect(await last).toEqual(Uint8Array.of(7))
  })
})
