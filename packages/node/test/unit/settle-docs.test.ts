import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { prometheusMetrics } from '../../src/metrics/prometheus-metrics.js'
import { parseSettleConfig } from '../../src/settle/parse-settle-config.js'
import { SettleMetrics } from '../../src/settle/settle-metrics.js'
import { realClock } from '@zkstack/concurrency'

const text = readFileSync(new URL('../../../../docs/operation/settle.md', import.meta.url), 'utf8')
const example = /```toml\n([^]*?)```/.exec(text)?.[1] ?? ''

test('settle.md › its example is taken, without a key that has no effect', () => {
  const config = parseSettleConfig(example, '/etc/zkstack')
  expect(config).toMatchObject({
    ignored: [],
    prover: { type: 'remote', timeoutMs: 300_000 },
    rateLimits: { default: { maxPerInterval: 60, intervalMs: 3_600_000 } },
    storage: { path: '/etc/zkstack/storage', backup: { keep: 100 } },
  })
})

test('settle.md › what it calls defaults are those', () => {
  const { l1, auth, prover } = {
    l1: /\[l1\][^]*?(?=\n\[)/.exec(example)?.[0] ?? '',
    auth: /\[auth[^]*?(?=\n\[)/.exec(example)?.[0] ?? '',
    prover: /\[prover[^]*?(?=\n\[)/.exec(example)?.[0] ?? '',
  }
  const least = parseSettleConfig(`${l1}\n${auth}\n${prover}`, '/etc/zkstack')
  const { proofSigners, rateLimits, storage, rpc, ...full } = parseSettleConfig(
    example,
    '/etc/zkstack',
  )
  expect(least).toMatchObject({
    ...full,
    l1InfoRootFinality: undefined,
    rpc: { ...rpc, adminToken: undefined },
    storage: { ...storage, backup: undefined },
    rateLimits: { default: 'unlimited' },
  })
  expect([proofSigners.size, rateLimits.networks.size]).toEqual([1, 1])
})

test('settle.md › has every metric of a settlement node', () => {
  const metrics = prometheusMetrics()
  expect(new SettleMetrics(metrics, realClock)).toBeDefined()
  expect(metrics.names().length).toBe(6)
  for (const name of metrics.names()) expect(text).toContain(`\`${name}\``)
})
