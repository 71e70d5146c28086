import type { NodeStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import {
  describeFault,
  shrinkFaults,
  simulate,
  timelineHtml,
  timelineText,
  type Fault,
  type SimulationOptions,
} from '../../testing/index.js'
import { brokenStore } from './broken-store.js'

/** The crash lets node 2 forget its vote; the rest is noise. */
const culprit: Fault = { type: 'crash', node: 2, at: 300, downMs: 1, silently: false }
const noise: readonly Fault[] = [
  { type: 'skew', node: 1, speed: 1.01, utcOffsetMs: 500 },
  { type: 'trouble', at: 50, lastsMs: 90, loss: 0.1, duplicate: 0.1, reorder: 0.2, delayMs: 0 },
  { type: 'slowDisk', node: 0, at: 20, lastsMs: 200, writeMs: 5 },
  { type: 'partition', at: 100, lastsMs: 50, groups: [[0, 1, 2, 3, 4], [5]], how: 'cut' },
  { type: 'stop', node: 4, at: 150, downMs: 60 },
]
const options: SimulationOptions = {
  seed: 3,
  latency: 'lan',
  executionMs: 1,
  faults: [...noise.slice(0, 3), culprit, ...noise.slice(3)],
  wrapStore: (store: NodeStore, node) => (node === 2 ? brokenStore.forgetful(store) : store),
}

describe('a run that breaks an invariant', () => {
  it('is repeated with fewer faults › until only those are left that it takes', async () => {
    const report = await shrinkFaults(options)
    expect(report.ok).toBe(false)
    expect(report.faults.map(describeFault)).toEqual([describeFault(culprit)])
  })

  it('that is well › is returned as it is', async () => {
    const report = await shrinkFaults({ seed: 1, faults: noise, latency: 'lan' })
    expect(report.ok).toBe(true)
    expect(report.faults).toEqual(noise)
  })

  it('tells its story as text and as one page that needs nothing else', async () => {
    const report = await simulate({ ...options, trace: true })
    const text = timelineText(report)
    for (const fault of options.faults ?? []) expect(text).toContain(describeFault(fault))
    expect(text).toMatch(/2 ▼ CRASH/)
    expect(text).toMatch(/→ .*LeaderProposalV2 1\n/)
    expect(text).toContain('VIOLATION')
    expect(text).toContain(report.digest)
    expect(timelineText(report, { verbose: true }).length).toBeGreaterThan(2 * text.length)

    const page = timelineHtml(report)
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).not.toMatch(/(src|href)=/)
    const arrows = page.match(/<line [^>]*class="msg/g) ?? []
    expect(arrows.length).toBeGreaterThan(200)
    for (const tag of ['svg', 'g', 'text', 'line', 'title']) {
      const [opened, closed] = [`<${tag}[ >]`, `</${tag}>|<${tag} [^>]*/>`].map(
        (pattern) => page.match(new RegExp(pattern, 'g'))?.length,
      )
      expect(closed, tag).toBe(opened)
    }
  })
})
