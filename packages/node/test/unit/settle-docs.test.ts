import { readFileSync } from 'node:fs'
import { realClock } from '@zkstack/concurrency'
import { hash32 } from '@zkstack/crypto'
import {
  byAdministrator,
  columns,
  memoryDatabase,
  SettlementStore,
  type SettlementEvent,
} from '@zkstack/settlement'
import { describe, expect, test } from 'vitest'
import { prometheusMetrics } from '../../src/metrics/prometheus-metrics.js'
import { parseSettleConfig } from '../../src/settle/parse-settle-config.js'
import { ClockMetrics } from '../../src/settle/clock-metrics.js'
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
  const { proofSigners, rateLimits, storage, rpc, grpc, ...full } = parseSettleConfig(
    example,
    '/etc/zkstack',
  )
  expect(least).toMatchObject({
    ...full,
    l1InfoRootFinality: undefined,
    rpc: { ...rpc, adminToken: undefined },
    grpc: { ...grpc, tls: undefined },
    storage: { ...storage, backup: undefined },
    rateLimits: { default: 'unlimited' },
  })
  expect([proofSigners.size, rateLimits.networks.size]).toEqual([1, 1])
})

test('settle.md › of the tables that must be there, what may be left out has the default that it says', () => {
  const required = /^(node-url|rollup-manager-contract|polygon-\S+|private-keys|endpoints|vkey) =/
  const lines = example.split('\n')
  const least = lines.filter(
    (line) => /^\[(l1|auth\.local|prover\.remote)\]/.test(line) || required.test(line),
  )
  const { l1, prover } = parseSettleConfig(least.join('\n'), '/etc/zkstack')
  const full = parseSettleConfig(example, '/etc/zkstack')
  expect(l1).toEqual({
    ...full.l1,
    nodeUrls: full.l1.nodeUrls.slice(0, 1),
    wsNodeUrl: undefined,
  })
  expect(example).toMatch(/^timeout = "5min" # a second more by default/m)
  expect(prover).toEqual({ ...full.prover, tls: undefined, timeoutMs: 301_000 })
  const subscribed = least.map((line) =>
    line === '[l1]' ? '[l1]\nws-node-url = "ws://127.0.0.1:8546"' : line,
  )
  expect(example).toMatch(/^poll-interval = "2s" # by default 12s with ws-node-url/m)
  expect(parseSettleConfig(subscribed.join('\n'), '/').l1.pollIntervalMs).toBe(12_000)
})

describe('the metrics of a settlement node', () => {
  const idOf = (n: number) => hash32(new Uint8Array(32).fill(n))
  const settled = (n: number): SettlementEvent => {
    const about = { certificateId: idOf(n), height: 0n, networkId: 1 }
    return { type: 'statusChanged', status: { type: 'settled' }, ...about }
  }
  const timed = (metrics: ReturnType<typeof prometheusMetrics>) =>
    /^agglayer_certificate_duration_seconds_count\S* (\d+)$/m.exec(
      metrics.expose(undefined).text,
    )?.[1] ?? '0'

  test('as many certificates as are timed at once never end › the next one is timed all the same', () => {
    const metrics = prometheusMetrics()
    const counted = new SettleMetrics(metrics, realClock, 2)
    for (const n of [1, 2, 3]) counted.accepted(idOf(n))
    counted.happened(settled(3))
    expect(timed(metrics)).toBe('1')
  })

  test('events were lost › what was on its way is timed no more', () => {
    const metrics = prometheusMetrics()
    const counted = new SettleMetrics(metrics, realClock)
    counted.accepted(idOf(1))
    counted.eventsLost()
    counted.happened(settled(1))
    counted.accepted(idOf(2))
    counted.happened(settled(2))
    expect(timed(metrics)).toBe('1')
  })
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

test('the only certificate of a network failed, and an operator takes it away › the network is in error no longer', async () => {
  const metrics = prometheusMetrics()
  const counted = new SettleMetrics(metrics, realClock)
  const store = await SettlementStore.open(memoryDatabase())
  const at = { networkId: 7, height: 0n }
  const root = hash32(new Uint8Array(32))
  const about = { epochNumber: undefined, certificateIndex: undefined, settlementTxHash: undefined }
  const roots = { prevLocalExitRoot: root, newLocalExitRoot: root, metadata: root }
  const header = { ...at, ...about, ...roots, certificateId: root, status: byAdministrator('x') }
  await store.database.write([
    columns.headers.put(root, header),
    columns.latestPending.put(7, { certificateId: root, height: 0n }),
  ])
  const isInError = async (): Promise<string | undefined> => {
    await counted.sample(store)
    const { text: scraped } = metrics.expose(undefined)
    return /_latest_certificate_in_error\{network_id="7"\} (\d)/.exec(scraped)?.[1]
  }
  expect(await isInError()).toBe('1')
  await store.database.write([columns.latestPending.del(7)])
  expect(await isInError()).toBe('0')
})

describe('the clock of a settlement node', () => {
  const value = (text: string, name: string): number | undefined => {
    const [, number] = new RegExp(`^agglayer_clock_${name} (\\S+)$`, 'm').exec(text) ?? []
    return number === undefined ? undefined : Number(number)
  }
  /** Connection, health, errors, attempts, late blocks. */
  const shown = (metrics: ReturnType<typeof prometheusMetrics>) => {
    const { text } = metrics.expose(undefined)
    return [
      ...['connection_status', 'health_status', 'connection_errors_total'],
      ...['reconnection_attempts_total', 'blocks_subscription_lag_total'],
    ].map((name) => value(text, name) ?? 0)
  }

  test('is asked › tells whether L1 answers', () => {
    const metrics = prometheusMetrics()
    const clock = new ClockMetrics(metrics, { isAsking: true, isSubscribed: false })
    expect(shown(metrics)).toEqual([0, 0.5, 0, 0, 0])
    clock.asked({ type: 'head', number: 5n, late: 0n })
    clock.asked({ type: 'head', number: 9n, late: 3n })
    expect(shown(metrics)).toEqual([1, 1, 0, 0, 3])
    clock.asked({ type: 'noHead', reason: 'silence' })
    clock.asked({ type: 'askedAgain' })
    expect(shown(metrics)).toEqual([0, 0, 1, 1, 3])
    clock.asked({ type: 'head', number: 10n, late: 0n })
    expect(shown(metrics)).toEqual([1, 1, 1, 1, 3])
  })

  test('has a subscription besides › tells whether it stands, and is degraded without it', () => {
    const metrics = prometheusMetrics()
    const clock = new ClockMetrics(metrics, { isAsking: true, isSubscribed: true })
    clock.asked({ type: 'head', number: 5n, late: 0n })
    expect(shown(metrics)).toEqual([0, 0.25, 0, 0, 0])
    clock.subscription('connected')
    expect(shown(metrics)).toEqual([1, 1, 0, 0, 0])
    clock.subscription('lost')
    clock.subscription('connecting')
    expect(shown(metrics)).toEqual([0, 0.25, 1, 1, 0])
    clock.asked({ type: 'noHead', reason: 'silence' })
    expect(shown(metrics)).toEqual([0, 0, 2, 1, 0])
  })

  test('counts seconds › is well, and says nothing of a connection that it has not', () => {
    const metrics = prometheusMetrics()
    const clock = new ClockMetrics(metrics, { isAsking: false, isSubscribed: true })
    expect(shown(metrics)).toEqual([0, 1, 0, 0, 0])
    clock.subscription('connected')
    expect(shown(metrics)).toEqual([1, 1, 0, 0, 0])
    const none = prometheusMetrics()
    expect(new ClockMetrics(none, { isAsking: false, isSubscribed: false })).toBeDefined()
    const { text } = none.expose(undefined)
    expect(value(text, 'health_status')).toBe(1)
    expect(value(text, 'connection_status')).toBeUndefined()
  })
})
