import type { NodeSnapshot } from '@zkstack/executor'
import { describe, expect, test } from 'vitest'
import type { CommitteeView } from '../../src/status/committee.js'
import { readinessOf } from '../../src/status/readiness.js'

const committee: CommitteeView = {
  members: [],
  quorum: '5',
  totalWeight: '6',
  connectedWeight: '5',
}

/** As much of a snapshot as readiness looks at. */
function failing(
  status: Partial<NodeSnapshot['status']>,
  o: Partial<Pick<NodeSnapshot, 'commitBacklog' | 'warnings'>> & {
    connected?: string
    peers?: number
  } = {},
): string[] {
  const snapshot = {
    status: { phase: 'validating', role: 'validator', head: '7', ...status },
    peers: Array.from({ length: o.peers ?? 5 }),
    commitBacklog: o.commitBacklog ?? '0',
    warnings: o.warnings ?? [],
  } as unknown as NodeSnapshot
  const quorum = status.role === 'full' ? undefined : committee.quorum
  const view = { ...committee, quorum, connectedWeight: o.connected ?? '5' }
  const { ready, checks } = readinessOf({ snapshot, committee: view, nowUtcMs: 100_000 })
  const names = checks.filter(({ ok }) => !ok).map(({ name }) => name)
  expect(ready).toBe(names.length === 0)
  return names
}

describe('readiness', () => {
  test('a validator at the head with a quorum › is ready', () => {
    expect(failing({})).toEqual([])
  })

  test.each([
    ['recovering', ['synced']],
    ['syncing', ['synced']],
    ['stopping', ['running', 'synced']],
    ['failed', ['running', 'synced']],
  ] as const)('phase %s › fails %j', (phase, names) => {
    expect(failing({ phase })).toEqual(names)
  })

  test('a validator with less than a quorum › is not ready; a full node needs one peer', () => {
    expect(failing({}, { connected: '4' })).toEqual(['peers'])
    const full = { role: 'full', phase: 'following' } as const
    expect(failing(full, { connected: '0', peers: 1 })).toEqual([])
    expect(failing(full, { peers: 0 })).toEqual(['peers'])
  })

  test('an execution layer that lags or fails › is not ready until it has been well for a while', () => {
    const warning = { code: 'PROPOSE_FAILED', message: 'it threw' }
    expect(failing({}, { commitBacklog: '11' })).toEqual(['execution'])
    expect(failing({}, { warnings: [{ ...warning, atUtcMs: 90_000 }] })).toEqual(['execution'])
    expect(failing({}, { warnings: [{ ...warning, atUtcMs: 60_000 }] })).toEqual([])
    // the clock of the machine was set back since
    expect(failing({}, { warnings: [{ ...warning, atUtcMs: 3_600_000 }] })).toEqual([])
    const refused = { code: 'PEER_REFUSED', message: '', atUtcMs: 99_999 }
    expect(failing({}, { warnings: [refused] })).toEqual([])
  })
})
