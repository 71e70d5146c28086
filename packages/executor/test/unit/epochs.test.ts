import { Ctx, ManualClock, seededRandom, Watch } from '@zkstack/concurrency'
import type { EpochRecord } from '@zkstack/roles'
import { testRotation } from '@zkstack/roles/testing'
import { memoryStore, type BlockRange, type ScheduleAnswer } from '@zkstack/storage'
import { expect, it } from 'vitest'
import { Epochs } from '../../src/epochs/epochs.js'
import { ScheduleAsker } from '../../src/epochs/schedule-asker.js'
import { RunningCalls } from '../../src/running-calls.js'

const { genesis, records } = testRotation()
const [current, pending] = records as readonly [EpochRecord, EpochRecord]

it('pushes that end › the committees are asked for at once: the last change may not have been told', async () => {
  const clock = new ManualClock()
  let answer: ScheduleAnswer = { current }
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const asker = new ScheduleAsker({
    source: {
      scheduleAt: () => Promise.resolve(answer),
      async *changes() {
        await ended
        yield* []
      },
    },
    calls: new RunningCalls(clock),
    warn: () => undefined,
  })
  const store = memoryStore()
  await store.open(genesis, { onGenesisChange: 'refuse' })
  const epochs = new Epochs({
    genesis,
    asker,
    store: store.epochs,
    maxValidators: 6,
    applied: new Watch(5n),
    yieldTurn: () => Promise.resolve(),
    epochOfBlock: () => Promise.resolve(0n),
  })
  const ctx = Ctx.root({ clock, random: seededRandom('epochs') })
  const range = new Watch<BlockRange>({ first: 0n, next: 5n, last: undefined })
  await epochs.begin(ctx)
  const running = epochs.run(ctx, range)
  expect(epochs.pending).toBeUndefined()

  answer = { current, pending }
  end()
  await running

  expect(epochs.pending?.scope.epoch).toBe(1n)
})
