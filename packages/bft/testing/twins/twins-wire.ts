import type { SeededRandom } from '@zkstack/concurrency'
import { labelOf, viewOf } from '@zkstack/roles'
import type { MessageLabel, Signed } from '@zkstack/roles'
import type { InFlight, StepNetwork } from '../step-network.js'
import type { TwinsRound } from './twins-scenario.js'

/**
 * The partitions of a scenario. What may not pass is kept, the newest of each label from one node to another, and goes
 * with the next message that may.
 */
export class TwinsWire {
  readonly #rounds: readonly TwinsRound[]
  readonly #network: StepNetwork
  readonly #random: SeededRandom
  readonly #kept = new Map<string, Map<MessageLabel, InFlight>>()
  #whole = false

  /** Puts itself between the nodes of a network. */
  constructor(rounds: readonly TwinsRound[], network: StepNetwork, random: SeededRandom) {
    this.#rounds = rounds
    this.#network = network
    this.#random = random
    network.link = (from, to, message) => this.#pass({ from, to, message })
  }

  /** Ends all partitions: what was kept goes on its way, and nothing is kept any more. */
  heal(): void {
    this.#whole = true
    for (const way of [...this.#kept.keys()]) this.#release(way)
  }

  #pass(item: InFlight): boolean {
    const { from, to, message } = item
    const way = `${from}/${to}`
    if (this.#connects(from, to, message)) {
      this.#release(way)
      return true
    }
    const byLabel = this.#kept.get(way) ?? new Map<MessageLabel, InFlight>()
    byLabel.set(labelOf(message.msg), item)
    this.#kept.set(way, byLabel)
    return false
  }

  #connects(from: number, to: number, { msg }: Signed): boolean {
    if (this.#whole) return true
    const round = this.#rounds[Number(viewOf(msg).number) - 1]
    const split = msg.type === 'leaderProposal' ? round?.proposals : round?.rest
    return split === undefined || split[from] === split[to]
  }

  #release(way: string): void {
    const items = [...(this.#kept.get(way)?.values() ?? [])]
    this.#kept.delete(way)
    while (items.length > 0) {
      this.#network.inFlight.push(...items.splice(this.#random.uint32() % items.length, 1))
    }
  }
}
