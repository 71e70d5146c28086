import { seededRandom } from '@zkstack/concurrency'
import { describe, expect, test } from 'vitest'
import { drawEpisode, type FaultSpace } from '../soak/fault-plan.js'
import { slopeOf, type Point } from '../soak/slope.js'
import { parseSoakOptions } from '../soak/soak-options.js'
import { soakPlot } from '../soak/soak-plot.js'
import type { SoakRecord } from '../soak/soak-record.js'
import { problemsOf, soakReport, type SoakFindings } from '../soak/soak-report.js'

const space: FaultSpace = { validators: 6, firstSpared: 4, canCut: true }

function series(valueAt: (minute: number) => number): readonly Point[] {
  return Array.from({ length: 600 }, (_, i) => ({ minute: i / 30, value: valueAt(i / 30) }))
}

/** A record of one node that is never killed, whose memory and open files are as given. */
function findings(
  memory: (minute: number) => number,
  openFiles: (minute: number) => number = () => 30,
): SoakFindings {
  const usage = series(memory).map(({ minute, value }) => ({
    node: 1,
    life: 1,
    minute,
    committed: 5,
    collected: false,
    usage: { residentBytes: value, anonymousBytes: value, openFiles: openFiles(minute) },
  }))
  const record: SoakRecord = {
    minutes: 20,
    heights: [5, 5],
    lives: [2, 1],
    episodes: [
      { fromMinute: 3, healedMinute: 4, recoveryMs: 800, kinds: ['kill'], what: ['v1 killed'] },
    ],
    usage,
    problems: [],
  }
  const comparison = { blocks: [6, 6], highest: 5n, verified: 6, problems: [] }
  const options = parseSoakOptions(['--validators', '2', '--minutes', '20'], '7')
  return { options, network: 'one network', record, comparison, log: [], spared: 1 }
}

describe('the slope of a series', () => {
  test('a line › is its slope, without doubt', () => {
    const slope = slopeOf(series((minute) => 100 + 3 * minute))
    expect(slope?.perMinute).toBeCloseTo(3, 9)
    expect(slope?.low).toBeCloseTo(3, 6)
    expect(slope?.high).toBeCloseTo(3, 6)
  })

  test('independent noise › has an interval that holds the truth 95 times of 100', () => {
    const random = seededRandom('noise')
    const hits = Array.from({ length: 400 }, () => {
      const slope = slopeOf(series((minute) => minute + 20 * (random.float() - 0.5)))
      return slope !== undefined && slope.low <= 1 && slope.high >= 1
    }).filter(Boolean).length
    expect(hits / 400).toBeGreaterThan(0.92)
  })

  test('noise whose neighbours resemble each other › has a wider interval', () => {
    const random = seededRandom('walk')
    let level = 0
    const walk = series(() => (level = 0.99 * level + random.float() - 0.5))
    const shuffled = walk.map(({ minute }, i) => ({
      minute,
      value: walk[(i * 253) % walk.length]?.value ?? 0,
    }))
    const [wide, narrow] = [slopeOf(walk), slopeOf(shuffled)]
    expect((wide?.high ?? 0) - (wide?.low ?? 0)).toBeGreaterThan(
      2 * ((narrow?.high ?? 0) - (narrow?.low ?? 0)),
    )
  })

  test('too few points › is none', () => {
    expect(slopeOf(series((minute) => minute).slice(0, 50))).toBeUndefined()
  })
})

describe('the verdict on a soak', () => {
  const mebibyte = 1024 * 1024

  test('memory that saws up and down › is flat', () => {
    const o = findings((minute) => (100 + 10 * (minute % 1.3)) * mebibyte)
    expect(problemsOf(o)).toEqual([])
    expect(soakReport(o)).toContain('Nothing went wrong.')
  })

  test('memory that grows by a fifth an hour › is a problem', () => {
    const o = findings((minute) => (100 + minute / 3 + (minute % 1.3)) * mebibyte)
    expect(problemsOf(o)).toEqual(['v2: resident memory grows', 'v2: heaps and stacks of it grows'])
    expect(soakReport(o)).toContain('**2 problems:**')
  })

  test('memory whose collections are far apart › is undecided, and the report says from which growth on it would be', () => {
    const slow = (minute: number): number => (100 + 3 * (minute % 6)) * mebibyte
    const report = soakReport(findings(slow))
    expect(report).toMatch(/Not decided is whether these grow slowly: resident memory \(v2\); /)
    const row = /resident memory, MiB +\|.*\| +([0-9.]+) +\| undecided/.exec(report)
    const [shown] = [Number(row?.[1]) / 60]
    expect(
      problemsOf(findings((minute) => slow(minute) + 0.7 * shown * minute * mebibyte)),
    ).toEqual([])
    expect(
      problemsOf(findings((minute) => slow(minute) + 1.3 * shown * minute * mebibyte)),
    ).toHaveLength(2)
  })

  test('open files that are fewer while peers are away › are flat, one more every two minutes is growth', () => {
    const away = (minute: number): number => 37 - (minute % 1.3 < 0.4 - minute / 60 ? 2 : 0)
    const report = soakReport(findings(() => 100 * mebibyte, away))
    expect(report).toMatch(
      /open files at most +\| 37\.0 +\| 0\.00 \(0\.00 to 0\.00\) +\| .*\| flat/,
    )
    const leak = findings(
      () => 100 * mebibyte,
      (minute) => away(minute) + Math.floor(minute / 2),
    )
    expect(problemsOf(leak)).toEqual(['v2: open files at most grows'])
  })

  test('a node whose garbage is collected › is judged by what it keeps', () => {
    const o = findings((minute) => (100 + 30 * (minute % 6)) * mebibyte)
    const usage = o.record.usage.map((sample, i) =>
      i % 5 !== 0 || sample.usage === undefined
        ? sample
        : { ...sample, collected: true, usage: { ...sample.usage, residentBytes: 90 * mebibyte } },
    )
    const report = soakReport({ ...o, record: { ...o.record, usage } })
    expect(report).toMatch(/resident memory, collected, MiB +\| 90\.0 +\| 0\.00 .*\| flat/)
  })

  test('an error in a log › is a problem', () => {
    const log = [{ level: 'error', subject: 'STORE_CONFLICT', count: 2 }] as const
    expect(problemsOf({ ...findings(() => mebibyte), log })).toEqual([
      '2 errors in the logs: STORE_CONFLICT',
    ])
  })

  test('the picture › has a line for each node and a band for each fault', () => {
    const svg = soakPlot(findings(() => mebibyte).record)
    expect(svg.match(/<polyline/g)).toHaveLength(3)
    expect(svg.match(/opacity="0.16"/g)).toHaveLength(3)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('the plan of faults', () => {
  const draw = (seed: string, count: number, o = space) => {
    const random = seededRandom(seed)
    return Array.from({ length: count }, () => drawEpisode(random, o))
  }

  test('the same seed › is the same plan, another one another', () => {
    expect(draw('a', 20)).toEqual(draw('a', 20))
    expect(draw('a', 20)).not.toEqual(draw('b', 20))
  })

  test('many episodes › have all kinds, spare who is never killed, and leave somebody connected', () => {
    const faults = draw('many', 500).flatMap((episode) => episode.faults)
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['kill', 'pause', 'cut']))
    for (const fault of faults) {
      if (fault.kind === 'kill') expect(fault.node).toBeLessThan(4)
      if (fault.kind === 'cut') {
        expect(fault.apart.length).toBeGreaterThan(0)
        expect(fault.apart.length).toBeLessThanOrEqual(3)
        expect(new Set(fault.apart).size).toBe(fault.apart.length)
      }
    }
  })

  test('where nothing can be cut › no cut is drawn', () => {
    const faults = draw('many', 200, { ...space, canCut: false }).flatMap(({ faults }) => faults)
    expect(faults.some(({ kind }) => kind === 'cut')).toBe(false)
  })
})
