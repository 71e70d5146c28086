import { inspect } from 'node:util'
import { jsonLogger, MemoryMetrics, seededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { generateNodeKey } from '@zkstack/roles'
import { describe, expect, it } from 'vitest'
import { CounterChain, createTestNetwork } from '../../testing/index.js'

/** The digits of a secret, as they would show in a text. */
function digitsOf(text: string): string {
  return text.slice(text.lastIndexOf(':') + 1)
}

describe('secrets', { timeout: 120_000 }, () => {
  it('of a whole life with faults › are in no log, event, error, snapshot or metric', async () => {
    const output: string[] = []
    const show = (value: unknown): void => {
      output.push(inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null }))
      output.push(
        JSON.stringify(value, (_, v: unknown) =>
          typeof v === 'bigint' ? String(v) : v instanceof Uint8Array ? toHex(v) : v,
        ),
      )
    }
    const metrics = new MemoryMetrics()
    const secrets: string[] = []
    {
      await using network = await createTestNetwork(6, {
        transport: 'tcp',
        store: 'level',
        viewTimeoutMs: 300,
        start: false,
        logger: () => jsonLogger((line) => output.push(line), { level: 'debug' }),
        metrics: () => metrics,
        execution: (i) =>
          i === 1
            ? Object.assign(new CounterChain(), { propose: () => Promise.reject(new Error('no')) })
            : new CounterChain(),
      })
      for (const { nodeKey, validatorKey } of network.nodes) {
        secrets.push(digitsOf(nodeKey.exposeText()), digitsOf(validatorKey?.exposeText() ?? ''))
      }
      const events = [
        'warning',
        'peer:connected',
        'peer:disconnected',
        'peer:misbehaved',
        'view:timeout',
        'epoch:changed',
        'evidence',
      ] as const
      await network.startAll()
      for (const { node } of network.nodes) for (const event of events) node.on(event, show)
      await network.waitForHeight(5n)
      await network.at(3).kill()
      await network
        .at(3)
        .start({ nodeKey: generateNodeKey(seededRandom('another')) })
        .catch(show)
      await network.waitForHeight(12n)
      for (const { node } of network.nodes) {
        show(node.inspect())
        show(node.status)
        show(node)
      }
      show(network.at(0).validatorKey)
      show(network.at(0).nodeKey)
      await network.at(0).start().catch(show)
      output.push(metrics.openMetrics())
    }
    const all = output.join('\n').toLowerCase()
    expect(output.length).toBeGreaterThan(100)
    for (const secret of secrets) expect(all.includes(secret.toLowerCase())).toBe(false)
    // The search itself works: what is not secret is found.
    expect(all).toContain('node:public:ed25519:')
  })
})
