import { expect, it } from 'vitest'
import { crashPoints, simulate, type Fault, type SimulationOptions } from '../../testing/index.js'

const window = { at: 1, lastsMs: 10 }
const trouble = {
  type: 'trouble',
  ...window,
  ...{ loss: 0, duplicate: 0, reorder: 0, delayMs: 0 },
} as const

const nonsense: readonly (readonly [string, Partial<SimulationOptions>])[] = [
  ['validators', { validators: 0 }],
  ['validators', { validators: 2.5 }],
  ['fullNodes', { fullNodes: Number.NaN }],
  ['fullNodes', { fullNodes: -1 }],
  ['blocks', { blocks: -1 }],
  ['blocks', { blocks: Number.NaN }],
  ['minBlocks', { minBlocks: 0.5 }],
  ['writeMs', { writeMs: Number.NaN }],
  ['executionMs', { executionMs: -5 }],
  ['maxMs', { maxMs: Number.NaN }],
  ['latency', { latency: 'nowhere' as 'lan' }],
  ['everyBlocks', { rotation: { everyBlocks: 0, members: 4 } }],
  ['members', { rotation: { everyBlocks: 3, members: 2.5 } }],
]

const wrongFaults: readonly (readonly [string, Fault])[] = [
  ['no node 6', { type: 'crash', node: 6, at: 10, downMs: 5, silently: false }],
  ['no node 99', { type: 'crashAtWrite', node: 99, write: 1, point: 'torn', downMs: 5 }],
  ['write', { type: 'crashAtWrite', node: 1, write: 0, point: 'torn', downMs: 5 }],
  ['no node 77', { type: 'skew', node: 77, speed: 1.1, utcOffsetMs: 0 }],
  ['no clock', { type: 'skew', node: 1, speed: 0, utcOffsetMs: 0 }],
  ['no node 8', { type: 'mute', ...window, node: 8 }],
  ['no node 0.5', { type: 'slowDisk', ...window, node: 0.5, writeMs: 1 }],
  ['writeMs', { type: 'slowDisk', ...window, node: 0, writeMs: Infinity }],
  ['no node -1', { type: 'partition', ...window, groups: [[0, -1]], how: 'cut' }],
  ['no node 7', { ...trouble, node: 7 }],
  ['share', { ...trouble, loss: 2 }],
  ['share', { ...trouble, reorder: Number.NaN }],
  ['delayMs', { ...trouble, delayMs: -1 }],
  ['at of stop', { type: 'stop', node: 0, at: Number.NaN, downMs: 5 }],
  ['downMs of crash', { type: 'crash', node: 0, at: 1, downMs: Infinity, silently: true }],
]

const cases = [
  ...nonsense,
  ...wrongFaults.map(([text, fault]) => [text, { faults: [fault] }] as const),
].map(([text, options]) => ({ text, options, shown: JSON.stringify(options) }))

it.each(cases)(
  'a simulation that cannot be, $shown › is a RangeError that says $text',
  async ({ text, options }) => {
    const given = { seed: 1, blocks: 1, latency: 'lan', executionMs: 1, ...options } as const
    await expect(simulate(given)).rejects.toThrow(RangeError)
    await expect(simulate(given)).rejects.toThrow(text)
  },
)

it.each([0, -1, Number.NaN, 0.5])(
  'a sample of %d crash points › is a RangeError, not a report without failures',
  async (sample) => {
    await expect(crashPoints({ seed: 1, views: 1, sample })).rejects.toThrow('sample')
  },
)
