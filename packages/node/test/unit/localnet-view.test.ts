import { describe, expect, test } from 'vitest'
import { sightLine, sightTable, type NodeSight } from '../../src/localnet/localnet-view.js'
import type { StatusReport } from '../../src/status/status-report.js'

const node = (name: string): NodeSight['node'] => ({
  name,
  configFile: `${name}/config.toml`,
  logFile: `${name}/log.jsonl`,
  url: 'http://127.0.0.1:3106',
})

/** As much of a report as the view looks at. */
const report = {
  node: { status: { phase: 'validating', committed: '17', view: '20', peers: 2 } },
  readiness: { ready: true, checks: [] },
  latencies: { finality: [10, 20, 30] },
} as unknown as StatusReport

const sights: readonly NodeSight[] = [
  { node: node('v1'), state: 'running', report },
  { node: node('v2'), state: 'running', report: undefined },
  { node: node('v3'), state: 'exited with 3', report: undefined },
]

describe('the view of a localnet', () => {
  test('in a line › how many are ready, and of each its height, or how it ended', () => {
    expect(sightLine(sights)).toBe('1/3 ready   v1 17  v2 –  v3 exited with 3\n')
  })

  test('in a table › where to look: the page of a node that runs, the log of one that does not', () => {
    const rows = sightTable(sights)
      .trimEnd()
      .split('\n')
      .map((row) => row.trimEnd().split(/ {2,}/))
    expect(rows).toEqual([
      ['node', 'state', 'ready', 'committed', 'view', 'peers', 'finality', 'status page'],
      ['v1', 'validating', '✓', '17', '20', '2', '20 ms', 'http://127.0.0.1:3106'],
      ['v2', 'starting', '✗', '–', '–', '–', '–', 'http://127.0.0.1:3106'],
      ['v3', 'exited with 3', '✗', '–', '–', '–', '–', 'v3/log.jsonl'],
    ])
  })
})
