import { toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import type { EventMachineOptions } from '../../src/events/event-machine.js'
import type { EventSink } from '../../src/index.js'
import { EventWorld, type WorldOptions } from '../helpers/event-world.js'
import { printSeedOnFailure, seed, testRandom } from '../helpers/seed.js'

const rounds = 30
const effects = 250
const machine: EventMachineOptions = {
  policy: { tag: 'latest', confirmations: 1 },
  maxRangeBlocks: 16,
  maxHeaderBlocks: 8,
  window: 10_000,
  maxDoubts: 3,
}

printSeedOnFailure()

/** Runs one world to its end, and says what is wrong then; `undefined`: nothing. */
async function play(label: string, o: Partial<WorldOptions>): Promise<string | undefined> {
  const random = testRandom(label)
  const world = new EventWorld({
    random,
    machine,
    start: BigInt(Math.floor(random.float() * 5)),
    ...o,
  })
  try {
    const error = await world.run(effects)
    if (error !== undefined) return error.code
  } catch (e) {
    return String(e)
  }
  const got = world.sink.events.map(({ data }) => toHex(data))
  return got.join() === world.expected().join() ? undefined : 'other events'
}

async function outcomes(label: string, o: Partial<WorldOptions>): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = []
  for (let round = 0; round < rounds; round++) found.push(await play(`${label} ${round}`, o))
  return found
}

describe(`an event reader on a chain that changes between any two questions (SEED=${seed})`, () => {
  const variants: readonly [string, Partial<WorldOptions>][] = [
    ['reads the latest blocks', {}],
    ['reads the latest blocks, and dies at times', { crashes: true }],
    ['asks endpoints that lag, and dies at times', { crashes: true, lags: true }],
    [
      'reads safe blocks under three confirmations',
      {
        crashes: true,
        lags: true,
        machine: { ...machine, policy: { tag: 'safe', confirmations: 3 } },
      },
    ],
    [
      'reads finalized blocks',
      {
        crashes: true,
        lags: true,
        machine: { ...machine, policy: { tag: 'finalized', confirmations: 1 } },
      },
    ],
    ['keeps few checkpoints', { crashes: true, machine: { ...machine, window: 4 } }],
  ]
  it.each(variants)('%s › every event once, in order, and none that is gone', async (label, o) => {
    const failed = (await outcomes(label, o)).filter((outcome) => outcome !== undefined)
    const allowed = label.includes('few') ? ['REORG_TOO_DEEP'] : []
    expect(failed.filter((outcome) => !allowed.includes(outcome))).toEqual([])
  })

  it('finality breaks › it ends by saying so, and never with other events', async () => {
    const found = await outcomes('broken', { breaksFinality: true })
    expect(found).toContain('FINALIZED_REORG')
    expect(found.filter((of) => of !== undefined && of !== 'FINALIZED_REORG')).toEqual([])
  })

  it('negative control › a sink that does not roll back ends up with other events', async () => {
    const between: WorldOptions['between'] = (sink): EventSink => ({
      cursor: () => sink.cursor(),
      async apply(change, cursor) {
        const { events } = sink
        await sink.apply(change, cursor)
        if (change.type === 'rollback') sink.events = events
      },
    })
    expect(await outcomes('forgetful', { between })).toContain('other events')
  })

  it('negative control › a cursor that is stored before its change loses events at a crash', async () => {
    const random = testRandom('torn')
    const between: WorldOptions['between'] = (sink): EventSink => ({
      cursor: () => sink.cursor(),
      async apply(change, cursor) {
        const { events } = sink
        await sink.apply(change, cursor)
        if (change.type === 'events' && random.float() < 0.02) sink.events = events
      },
    })
    expect(await outcomes('torn', { between, crashes: true })).toContain('other events')
  })
})
