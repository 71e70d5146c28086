import { describe, expect, test } from 'vitest'
import { drawFrame } from '../../demo/frame.js'
import { percentile } from '../../demo/percentile.js'
import { PlainView } from '../../demo/plain-view.js'
import {
  formatElapsed,
  formatLatency,
  type DemoSnapshot,
  type ValidatorRow,
} from '../../demo/snapshot.js'

const row = (n: number, o: Partial<ValidatorRow> = {}): ValidatorRow => ({
  name: `v${n}`,
  state: 'validating',
  health: 'good',
  height: 20n,
  view: 22n,
  peers: 5,
  pool: 3,
  leads: n === 2,
  ...o,
})
const dead = {
  state: 'killed',
  health: 'dead',
  height: undefined,
  view: undefined,
  peers: undefined,
  pool: undefined,
} as const

const snapshot: DemoSnapshot = {
  title: 'zkstack · 6 validators',
  elapsedMs: 12_340,
  step: 'running without v4',
  height: 20n,
  view: 22n,
  leader: 'v2',
  blocks: 21,
  targetBlocks: 40,
  blocksPerSecond: 3.25,
  transfersFinal: 200,
  transfersSent: 210,
  p50Ms: 312.4,
  p95Ms: 1250,
  validators: [1, 2, 3, 4, 5, 6].map((n) => row(n, n === 4 ? dead : {})),
  events: Array.from({ length: 9 }, (_, i) => ({ atMs: i * 1000, text: `event ${i}` })),
}

const plain = (line: string): string => line.replace(/\x1b\[\d+m/g, '')

describe('demo view', () => {
  test('demo frame › any size of terminal › each line has exactly its width and none is too many', () => {
    for (const width of [4, 10, 40, 79, 80, 120]) {
      for (const height of [2, 5, 12, 24, 60]) {
        for (const colour of [true, false]) {
          const lines = drawFrame(snapshot, { width, height }, colour)
          expect(lines.length).toBeLessThan(height)
          for (const line of lines) expect([...plain(line)].length).toBe(Math.min(width, 92))
        }
      }
    }
  })

  test('demo frame › wide and high enough › shows height, view, leader, transfers, latency, validators and newest events', () => {
    const text = drawFrame(snapshot, { width: 92, height: 40 }, false).join('\n')
    for (const part of [
      '12.3 s',
      'height 20',
      'view 22',
      'leader v2',
      '21/40 blocks',
      '200 final of 210',
      'p50 312 ms',
      'p95 1.25 s',
      '3.3 blocks/s',
    ]) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/✖ v4 .*killed +– +– +– +–/)
    expect(text).toMatch(/● v2 +★ validating +20 +22 +5 +3/)
    expect(text).toContain('event 8')
    expect(text).not.toContain('event 2')
  })

  test('demo frame › colours › are left out when not wanted', () => {
    expect(drawFrame(snapshot, { width: 92, height: 40 }, false).join('')).not.toContain('\x1b')
    expect(drawFrame(snapshot, { width: 92, height: 40 }, true).join('')).toContain('\x1b[31m')
  })

  test('plain view › shown often › prints each event once, a state line every two seconds, no control characters', () => {
    let output = ''
    const view = new PlainView((text) => (output += text))
    for (let ms = 0; ms < 5000; ms += 100) view.show({ ...snapshot, elapsedMs: ms })
    view.close(snapshot, ['the end'])
    expect(output.match(/event 3/g)).toHaveLength(1)
    expect(output.match(/height 20, view 22, leader v2/g)).toHaveLength(3)
    expect(output).toContain('v4:dead')
    expect(output.endsWith('the end\n')).toBe(true)
    expect(output).not.toContain('\x1b')
  })

  test('percentile › of few, of many, of none › the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1)]).toEqual([
      50, 95, 100,
    ])
    expect([percentile([7], 0.5), percentile([7], 0), percentile([], 0.5)]).toEqual([
      7,
      7,
      undefined,
    ])
  })

  test('durations › short and long › are written for people', () => {
    expect([formatElapsed(0), formatElapsed(59_940), formatElapsed(62_500)]).toEqual([
      '0.0 s',
      '59.9 s',
      '1 min 02 s',
    ])
    expect([formatLatency(undefined), formatLatency(999.4), formatLatency(1000)]).toEqual([
      '–',
      '999 ms',
      '1.00 s',
    ])
  })
})
