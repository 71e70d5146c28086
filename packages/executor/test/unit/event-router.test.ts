import { ManualClock, MemoryMetrics, silentLogger } from '@zkstack/concurrency'
import { ed25519Scheme } from '@zkstack/crypto'
import type { GoodbyeCode } from '@zkstack/network'
import { describe, expect, it } from 'vitest'
import { EventRouter } from '../../src/event-router.js'
import { NodeMetrics } from '../../src/node-metrics.js'
import { Reporter } from '../../src/reporter.js'

/** What is warned of when hellos with one peer end so, one after the other. */
function warningsOf(...ends: readonly (readonly [GoodbyeCode, 'us' | 'peer'])[]): string[] {
  const metrics = new NodeMetrics(new MemoryMetrics())
  const clock = new ManualClock()
  const reporter = new Reporter({ logger: silentLogger, metrics, clock })
  const router = new EventRouter({
    ...{ reporter, metrics, clock, logger: silentLogger, scheme: ed25519Scheme.current },
    viewTimeoutMs: 1_000,
    peerCount: () => 0,
  })
  for (const [code, by] of ends) {
    const key = new Uint8Array(32).fill(7)
    router.onNetworkEvent({
      type: 'peerRefused',
      key,
      direction: 'outbound',
      code,
      by,
      text: 'why',
    })
  }
  return reporter.warnings.map(({ message }) => message.replace(/node:public:\S+(?=:)/, 'P'))
}

describe('a hello that fails', () => {
  it('is warned of with who refused whom, why, and what to do; again only when the reason is another', () => {
    expect(warningsOf(['LIMIT', 'peer'], ['LIMIT', 'peer'], ['GENESIS_MISMATCH', 'us'])).toEqual([
      'this node was refused by peer P: LIMIT, why. Ask for more room there (peers.maxDynamicInbound), or for a place in peers.inbound.',
      'this node refused peer P: GENESIS_MISMATCH, why. Compare the genesis files of both nodes: they run different chains.',
    ])
  })

  it('since the connection broke › is not called a refusal', () => {
    expect(warningsOf(['LOST', 'peer'])).toEqual(['no hello with peer P: LOST, why.'])
  })

  it('since both dialled › is no warning', () => {
    expect(warningsOf(['ALREADY_CONNECTED', 'us'])).toEqual([])
  })
})
