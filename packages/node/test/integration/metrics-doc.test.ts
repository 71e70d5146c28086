import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTestNetwork } from '@zkstack/executor/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { prometheusMetrics, serveStatus } from '../../src/index.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

interface Documented {
  readonly kind: string
  readonly labels: readonly string[]
}

/** The tables of docs/metrics.md: of a validator, or of a settlement node. */
function documented(of: 'validator' | 'settlement node' = 'validator'): Map<string, Documented> {
  const [validator = '', settlement = ''] = read('docs/metrics.md').split('## A settlement node')
  const part = of === 'validator' ? validator : settlement
  const rows = part.matchAll(/^\| `(\w+)` *\| (\w+) *\| ([^|]*)\|/gm)
  return new Map(
    [...rows].map(([, name = '', kind = '', labels = '']) => [
      name,
      { kind, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) },
    ]),
  )
}

/** Packages that no validator runs. */
const apart: readonly string[] = ['l1', 'settlement']

/** Names that the sources of what a node runs ask a sink for, as a scrape shows them. */
function inSources(): Set<string> {
  const names = new Set<string>()
  for (const folder of readdirSync(`${root}packages`).filter((name) => !apart.includes(name))) {
    const src = `packages/${folder}/src`
    for (const file of readdirSync(`${root}${src}`, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.startsWith('settle/')) continue
      const calls = /\b(counter|gauge|histogram|latency)\(\s*(named\()?'(\w+)'/g
      for (const [, kind, named, name = ''] of read(`${src}/${file}`).matchAll(calls)) {
        const isReplica = named !== undefined || kind === 'latency'
        const full = `${isReplica ? 'zkstack_consensus_' : ''}${name}`
        names.add(kind === 'counter' ? `${full.replace(/_total$/, '')}_total` : full)
      }
    }
  }
  return names
}

/** Names and kinds that the sources of what a settlement node and its prover run ask a sink for. */
function inSettlementSources(): Map<string, string> {
  const names = new Map<string, string>()
  for (const src of ['packages/l1/src', 'packages/settlement/src', 'packages/node/src/settle'])
    for (const file of readdirSync(`${root}${src}`, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue
      const calls = /\b(counter|gauge|histogram)\(\s*(name\()?'(\w+)'/g
      for (const [, kind = '', isJob, name = ''] of read(`${src}/${file}`).matchAll(calls)) {
        const full = `${isJob === undefined ? '' : 'agglayer_node_settlement_'}${name}`
        names.set(kind === 'counter' ? `${full}_total` : full, kind)
      }
    }
  return names
}

/** Metrics in PromQL, each written with a selector, and the labels that it groups by. */
function metricsOf(expression: string): { names: string[]; labels: string[] } {
  const names = [...expression.matchAll(/(\w+)\{/g)].map(([, name = '']) => name)
  const groups = [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(', '),
  )
  return { names, labels: groups.filter((label) => label !== 'instance' && label !== 'le') }
}

/** What is wrong with an expression. */
function problemsOf(expression: string, known: ReadonlyMap<string, Documented>): string[] {
  const { names, labels } = metricsOf(expression)
  if (names.length === 0) return [`no metric with a selector in ${expression}`]
  return names.flatMap((name) => {
    const metric = known.get(name) ?? known.get(name.replace(/_(bucket|sum|count)$/, ''))
    if (metric === undefined) return [`there is no metric ${name}`]
    const isPart = !known.has(name)
    if (isPart !== (metric.kind === 'histogram'))
      return [`${name} is no series of a ${metric.kind}`]
    const unknown = labels.filter((label) => !metric.labels.includes(label))
    return unknown.map((label) => `${name} has no label ${label}`)
  })
}

/** Names and labels that a node with a status server shows. */
async function running(): Promise<{ readonly names: readonly string[]; readonly text: string }> {
  const metrics = prometheusMetrics()
  await using network = await createTestNetwork(1, { metrics: () => metrics })
  await network.waitForHeight(2n)
  const { node } = network.at(0)
  await using server = await serveStatus({ node, metrics, listen: '127.0.0.1:0' })
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return { names: metrics.names(), text }
}

describe('docs/metrics.md', () => {
  let docs: Map<string, Documented>
  beforeAll(() => {
    docs = documented()
  })

  test('the names in it › are those in the sources of what a node runs', () => {
    expect([...docs.keys()].sort()).toEqual([...inSources()].sort())
  })

  test('the names and kinds of a settlement node in it › are those in the sources; each has a known prefix', () => {
    const settlement = documented('settlement node')
    const kinds = new Map([...settlement].map(([name, { kind }]) => [name, kind]))
    expect([...kinds].sort()).toEqual([...inSettlementSources()].sort())
    for (const name of settlement.keys()) expect(name).toMatch(/^(agglayer|zkstack|proving)_/)
  })

  test('the names, kinds and labels in it › are those of a running validator', async () => {
    const { names, text } = await running()
    expect([...docs.keys()].sort()).toEqual([...names].sort())
    for (const [, name = '', kind] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm))
      expect([name, docs.get(name)?.kind]).toEqual([name, kind])
    for (const [, series = '', list = ''] of text.matchAll(/^(\w+)\{([^}]*)\} /gm)) {
      const metric = docs.get(series) ?? docs.get(series.replace(/_(bucket|sum|count)$/, ''))
      const labels = [...list.matchAll(/(\w+)="/g)].map(([, label = '']) => label)
      expect([series, metric?.labels]).toEqual([series, labels.filter((label) => label !== 'le')])
    }
  })

  test('the dashboard › asks only for metrics and labels that exist', () => {
    const dashboard = read('docs/operation/grafana-dashboard.json')
    const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] }
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    expect(expressions.flatMap((expression) => problemsOf(expression, docs))).toEqual([])
    expect(expressions.length).toBeGreaterThan(20)
  })

  test('the alerts › ask only for metrics that exist', () => {
    const rules = [...read('docs/operation/alerts.yaml').matchAll(/expr: (.*)$/gm)]
    const known = new Map(docs).set('up', { kind: 'gauge', labels: [] })
    expect(rules.flatMap(([, expression = '']) => problemsOf(expression, known))).toEqual([])
    expect(rules.length).toBeGreaterThan(5)
  })

  test('a wrong name, label or suffix › would be found', () => {
    expect(problemsOf('rate(zkstack_blocks_total{}[1m])', docs)).toEqual([
      'there is no metric zkstack_blocks_total',
    ])
    expect(problemsOf('sum by (kind) (zkstack_warnings_total{})', docs)).toEqual([
      'zkstack_warnings_total has no label kind',
    ])
    expect(problemsOf('zkstack_peers_sum{}', docs)).toEqual([
      'zkstack_peers_sum is no series of a gauge',
    ])
    expect(problemsOf('zkstack_commit_seconds{}', docs)).toEqual([
      'zkstack_commit_seconds is no series of a histogram',
    ])
    expect(problemsOf('zkstack_peers', docs)).toHaveLength(1)
  })
})
