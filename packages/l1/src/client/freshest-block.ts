import { err, type Result } from '@zkstack/crypto'
import type { CallOptions } from '@zkstack/storage'
import { unavailable, type L1Error } from '../l1-error.js'
import type { Attributed, EndpointPool } from './endpoint-pool.js'
import type { Question } from './endpoint.js'
import type { ResolvedClientOptions } from './l1-client-options.js'
import type { L1Block } from './l1-types.js'

type Answer = Attributed<L1Block | undefined>

/**
 * The latest block, of an endpoint that is not stuck: one that has stopped following the chain goes on answering. If the first
 * answer is old or far below what was seen before, the others are asked too, and those far behind are not preferred for a while.
 */
export class FreshestBlock {
  readonly #pool: EndpointPool
  readonly #o: ResolvedClientOptions
  #highest = 0n

  constructor(pool: EndpointPool, o: ResolvedClientOptions) {
    this.#pool = pool
    this.#o = o
  }

  async ask(
    question: Question<L1Block | undefined>,
    o: CallOptions,
  ): Promise<Result<L1Block | undefined, L1Error>> {
    let best: Answer | undefined
    const behind: Answer[] = []
    let failure: L1Error | undefined
    for await (const given of this.#pool.askEach(question, o)) {
      if (!given.answer.ok) {
        failure ??= given.answer.error
        continue
      }
      if (best === undefined || heightOf(given) > heightOf(best)) best = given
      behind.push(given)
      if (!this.#isSuspect(best)) break
    }
    if (best === undefined) return err(failure ?? unavailable('no endpoint can be asked now'))
    this.#distrust(behind, heightOf(best))
    // Not the maximum of all times: after a reset of the whole chain all are low, and rightly so.
    this.#highest = heightOf(best)
    return best.answer
  }

  #isSuspect({ answer }: Answer): boolean {
    if (!answer.ok || answer.value === undefined) return true
    const ageMs = this.#o.clock.nowUtc() - Number(answer.value.timestamp) * 1000
    const lag = this.#highest - answer.value.number
    return ageMs > this.#o.staleAfterMs || lag > BigInt(this.#o.maxLagBlocks)
  }

  #distrust(given: readonly Answer[], height: bigint): void {
    for (const one of given) {
      const lag = height - heightOf(one)
      if (lag > BigInt(this.#o.maxLagBlocks))
        one.endpoint.distrust(`${one.endpoint.name}: is ${lag} blocks behind another endpoint`)
    }
  }
}

function heightOf({ answer }: Answer): bigint {
  return answer.ok ? (answer.value?.number ?? -1n) : -1n
}
