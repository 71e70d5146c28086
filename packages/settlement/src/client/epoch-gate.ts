import type { Logger } from '@zkstack/concurrency'
import type { L1Client } from '@zkstack/l1'
import type { CallOptions } from '@zkstack/pessimistic-proof'
import { blockClock, onBlock } from '../clock/block-clock.js'
import { epochProgress } from '../clock/epoch-clock.js'
import type { EndpointError, SettlementEndpoint } from '../node/settlement-endpoint.js'
import type { EpochConfiguration } from '../types/epoch-configuration.js'

/** What an {@link EpochGate} needs. */
export interface EpochGateOptions {
  readonly l1: L1Client
  readonly endpoint: Pick<SettlementEndpoint, 'epochConfiguration'>
  /** How much of an epoch must be over, from 0 to below 1. */
  readonly submitAt: number
  readonly logger: Logger
}

/** Opens once so much of an epoch is over. Without epochs of blocks it is always open. */
export class EpochGate {
  readonly #o: EpochGateOptions
  #configuration: { readonly value: EpochConfiguration | undefined } | undefined

  constructor(o: EpochGateOptions) {
    this.#o = o
  }

  /** Whether it is time; not, while nobody says what time it is. */
  async isOpen(o: CallOptions): Promise<boolean> {
    const { l1, endpoint, submitAt } = this.#o
    if (this.#configuration === undefined) {
      const asked = await endpoint.epochConfiguration(o)
      if (!asked.ok) return this.#unknown(asked.error)
      if (asked.value !== undefined && asked.value.epochDuration < 1n)
        return this.#unknown({ code: 'MalformedAnswer', message: 'epochs of no block' })
      this.#configuration = { value: asked.value }
    }
    const { value } = this.#configuration
    if (value === undefined || submitAt === 0) return true
    const head = await l1.block('latest', o)
    if (!head.ok || head.value === undefined) return false
    const told = onBlock(blockClock(value), value, head.value.number)
    return told.ok && epochProgress(told.value.clock) >= submitAt
  }

  #unknown({ code, message: reason }: Pick<EndpointError, 'code' | 'message'>): false {
    this.#o.logger.warn('the settlement node does not say how epochs are counted', { code, reason })
    return false
  }
}
