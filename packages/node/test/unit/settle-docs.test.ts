import { readFileSync } from 'node:fs'
import { realClock } from '@zkstack/concurrency'
import { hash32 } from '@zkstack/crypto'
import { expect, test } from 'vitest'
import { prometheusMetrics } from '../../src/metrics/prometheus-metrics.js'
import { parseSettleConfig } from '../../src/settle/parse-settle-config.js'
import { SettleMetrics } from '../../src/settle/settle-metrics.js'

const text = readFileSync(new URL('../../../../docs/operation/settle.md', import.meta.url), 'utf8')
const metricsDoc = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
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

test('the metrics of a settlement node › have the labels that docs/metrics.md says', () => {
  const metrics = prometheusMetrics()
  const counted = new SettleMetrics(metrics, realClock)
  const certificateId = new Uint8Array(32)
  counted.accepted(certificateId)
  for (const type of ['proven', 'candidate', 'settled'] as const) {
    const about = { certificateId: hash32(certificateId), height: 0n, networkId: 1 }
    counted.happened({ type: 'statusChanged', status: { type }, ...about })
  }
  const scraped = metrics.expose(undefined).text
  for (const [, name = '', labels = ''] of scraped.matchAll(/^(agglayer_\w+)_count\{([^}]*)\}/gm)) {
    const row = metricsDoc.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? ''
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => `\`${label}\``)
    expect(row.split('|')[3]?.trim()).toBe(names.join(', '))
  }
  expect(metrics.names().length).toBe(6)
})
