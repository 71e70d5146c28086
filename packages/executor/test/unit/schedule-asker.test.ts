import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import { StorageError } from '@zkstack/storage'
import { expect, it } from 'vitest'
import { ScheduleAsker } from '../../src/epochs/schedule-asker.js'
import { RunningCalls } from '../../src/running-calls.js'

const clock = new ManualClock()

/** An asker whose execution layer pushes as `changes` does, and the warnings it gave. */
function setup(changes: () => AsyncIterable<void>) {
  const warnings: string[] = []
  const asker = new ScheduleAsker({
    source: { scheduleAt: () => Promise.reject(new Error('not asked')), changes },
    calls: new RunningCalls(clock),
    warn: ({ code }) => warnings.push(code),
  })
  const ctx = Ctx.root({ clock, random: seededRandom('asker') })
  return { asker, warnings, ctx }
}

it.each([
  ['the store', new StorageError('STORE_IO', 'the disk failed')],
  ['a bug', new RangeError('epoch 7 does not follow')],
])(
  'what %s throws when a push is handled › is not taken for an end of the pushes',
  async (_, e) => {
    const { asker, warnings, ctx } = setup(async function* () {
      await Promise.resolve()
      yield
    })
    await expect(asker.listen(ctx, () => Promise.reject(e))).rejects.toBe(e)
    expect(warnings).toEqual([])
  },
)

it.each([
  ['throw', () => Promise.reject(new Error('the line broke'))],
  ['end', () => Promise.resolve()],
])('pushes that %s › are a warning', async (_, end) => {
  const { asker, warnings, ctx } = setup(async function* () {
    await end()
    yield* []
  })
  await asker.listen(ctx, () => Promise.resolve())
  expect(warnings).toEqual(['VALIDATORS_SILENT'])
})
