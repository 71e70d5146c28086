import { seededRandom } from '@zkstack/concurrency'
import { describe, expect, test } from 'vitest'
import { collectedMemoryOf, collectEveryMs } from '../soak/collected-memory.js'
import { drawEpisode, type FaultSpace } from '../soak/fault-plan.js'
import { serviceEnvironment } from '../soak/service-environment.js'
import { slopeOf, type Point } from '../soak/slope.js'
import { parseSoakOptions } from '../soak/soak-options.js'
import { soakPlot } from '../soak/soak-plot.js'
import type { SoakRecord } from '../soak/soak-record.js'
import { problemsOf, soakReport, WARM_UP, type SoakFindings } from '../soak/soak-report.js'

const MEBIBYTE = 1024 * 1024

const space: FaultSpace = { validators: 6, firstSpared: 4, canCut: true }

function series(valueAt: (minute: number) => number): readonly Point[] {
  return Array.from({ length: 600 }, (_, i) => ({ minute: i / 30, value: valueAt(i / 30) }))
}

/** A record of one node that is never killed: what it keeps, how much more is resident, and its open files; a MiB of files more is mapped each minute. */
function findings(
  alive: (minute: number) => number,
  openFiles: (minute: number) => number = () => 30,
  more: (minute: number) => number = () => 0,
): SoakFindings {
  const of = { node: 1, life: 1 }
  const usage = series(openFiles).map(({ minute, value }) => ({
    ...of,
    minute,
    committed: Math.floor(minute * 100),
    usage: { residentBytes: 7, openFiles: value },
  }))
  const memory = series(alive).map(({ minute, value }) => ({
    ...of,
    minute,
    memory: {
      objects: value / 2,
      code: 0,
      external: value / 2,
      own: value + more(minute),
      mapped: minute * MEBIBYTE,
    },
  }))
  const record: SoakRecord = {
    minutes: 20,
    heights: [5, 5],
    lives: [2, 1],
    episodes: [
      { fromMinute: 3, healedMinute: 4, recoveryMs: 800, kinds: ['kill'], what: ['v1 killed'] },
    ],
    usage,
    memory,
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
  test('memory that saws up and down › is flat', () => {
    const o = findings((minute) => (100 + 10 * (minute % 1.3)) * MEBIBYTE)
    expect(problemsOf(o)).toEqual([])
    expect(soakReport(o)).toContain('Nothing went wrong.')
  })

  test('the environment of the nodes › is told', () => {
    const report = soakReport(findings(() => 100 * MEBIBYTE))
    for (const [name, value] of Object.entries(serviceEnvironment))
      expect(report).toContain(`\`${name}=${value}\``)
  })

  test('memory that grows by a fifth an hour › is a problem', () => {
    const o = findings((minute) => (100 + minute / 3 + (minute % 1.3)) * MEBIBYTE)
    expect(problemsOf(o)).toEqual(['v2: memory alive grows', 'v2: resident memory grows'])
    expect(soakReport(o)).toContain('**2 problems:**')
  })

  test('memory that rises and falls slowly › is undecided, and the report says from which growth on it would be', () => {
    const slow = (minute: number): number => (100 + 3 * (minute % 6)) * MEBIBYTE
    const report = soakReport(findings(slow))
    expect(report).toMatch(
      /Not decided is whether these grow slowly: memory alive \(v2\); resident/,
    )
    const row = /resident memory, MiB +\|.*\| +([0-9.]+) +\| undecided/.exec(report)
    const [shown] = [Number(row?.[1]) / 60]
    expect(
      problemsOf(findings((minute) => slow(minute) + 0.7 * shown * minute * MEBIBYTE)),
    ).toEqual([])
    expect(
      problemsOf(findings((minute) => slow(minute) + 1.3 * shown * minute * MEBIBYTE)),
    ).toHaveLength(2)
  })

  test('open files that are fewer while peers are away › are flat, one more every two minutes is growth', () => {
    const away = (minute: number): number => 37 - (minute % 1.3 < 0.4 - minute / 60 ? 2 : 0)
    const report = soakReport(findings(() => 100 * MEBIBYTE, away))
    expect(report).toMatch(
      /open files at most +\| 37\.0 +\| 0\.00 \(0\.00 to 0\.00\) +\| .*\| flat/,
    )
    const leak = findings(
      () => 100 * MEBIBYTE,
      (minute) => away(minute) + Math.floor(minute / 2),
    )
    expect(problemsOf(leak)).toEqual(['v2: open files at most grows'])
  })

  test('resident memory that grows above what is alive › is a problem of its own', () => {
    const o = findings(
      () => 30 * MEBIBYTE,
      () => 30,
      (minute) => (70 + minute / 3) * MEBIBYTE,
    )
    expect(problemsOf(o)).toEqual(['v2: resident memory grows'])
    expect(soakReport(o)).toMatch(/memory alive, MiB +\| 30\.0 +\| 0\.00 .*\| flat/)
  })

  test('files that are mapped as the database grows › are told, and no problem', () => {
    const report = soakReport(findings(() => 30 * MEBIBYTE))
    expect(report).toMatch(/resident files, MiB +\| .* \| 60\.00 .*\| not judged/)
    expect(report).toContain('Nothing went wrong.\n')
  })

  test('growth that ends with the warm-up, as caches become full › is flat', () => {
    const o = findings((minute) => (30 + Math.min(minute, 6)) * MEBIBYTE)
    expect(soakReport(o)).toMatch(/memory alive, MiB +\| 36\.0 +\| 0\.00 .*\| flat/)
  })

  test('memory of a run too short to have all recent blocks at hand › is undecided', () => {
    const o = findings((minute) => (30 + minute) * MEBIBYTE)
    const usage = o.record.usage.map((sample) => ({ ...sample, committed: 500 }))
    const short = { ...o, record: { ...o.record, usage } }
    expect(problemsOf(short)).toEqual([])
    expect(soakReport(short)).toContain('memory alive (v2)')
  })

  test('a node that was killed › is not judged', () => {
    const o = findings((minute) => (30 + minute) * MEBIBYTE)
    const record = {
      ...o.record,
      memory: o.record.memory.map((sample) => ({ ...sample, node: 0 })),
    }
    expect(problemsOf({ ...o, record })).toEqual([])
  })

  test('memory that was read too seldom for a trend › is undecided, not passed over', () => {
    const o = findings(() => 30 * MEBIBYTE)
    const record = { ...o.record, memory: o.record.memory.filter((_, i) => i % 60 === 0) }
    const report = soakReport({ ...o, record })
    expect(report).toContain('Not decided is whether these grow slowly: memory alive (v2);')
    expect(report).toMatch(/memory alive, MiB +\| – .*\| undecided: too few readings/)
  })

  test('an error in a log › is a problem', () => {
    const log = [{ level: 'error', subject: 'STORE_CONFLICT', count: 2 }] as const
    expect(problemsOf({ ...findings(() => MEBIBYTE), log })).toEqual([
      '2 errors in the logs: STORE_CONFLICT',
    ])
  })

  test('the picture › has a line for each node and a band for each fault', () => {
    const svg = soakPlot(findings(() => MEBIBYTE).record)
    expect(svg.match(/<polyline/g)).toHaveLength(4)
    expect(svg.match(/opacity="0.16"/g)).toHaveLength(4)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('what a node keeps', () => {
  test('the answer of a process › is told from all else that it may send', () => {
    const memory = { objects: 3, code: 1, external: 2, own: 9, mapped: 4 }
    expect(collectedMemoryOf({ ...memory, arrayBuffers: 1 })).toEqual(memory)
    for (const other of [undefined, null, 'collect', {}, { ...memory, own: '9' }])
      expect(collectedMemoryOf(other)).toBeUndefined()
  })

  test('a run of any length › is read often enough for a trend after its warm-up', () => {
    for (const minutes of [4, 30, 600]) {
      const every = collectEveryMs(minutes) / 60_000
      const count = Math.floor((minutes * (1 - WARM_UP)) / every)
      const points = Array.from({ length: count }, (_, i) => ({ minute: i * every, value: 1 }))
      expect(slopeOf(points)).toBeDefined()
    }
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
