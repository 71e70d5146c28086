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

it('an execution layer that does not say who may vote › the user is told, again and again, until it does', async () => {
  const own = new ManualClock()
  const ctx = Ctx.root({ clock: own, random: seededRandom('asker') })
  const warnings: string[] = []
  let answer: (schedule: unknown) => void = () => undefined
  const asker = new ScheduleAsker({
    source: {
      scheduleAt: () =>
        new Promise((resolve) => {
          answer = resolve as typeof answer
        }),
    },
    calls: new RunningCalls(own),
    warn: ({ code, message }) => warnings.push(`${code}: ${message}`),
  })
  const asked = asker.ask(ctx, 7n)
  own.advance(29_999)
  expect(warnings).toEqual([])
  own.advance(30_001)
  const text = (seconds: number): string =>
    `VALIDATORS_SLOW: validators.scheduleAt of block 7 has been running for ${seconds} s; the node goes no further before it knows who may vote`
  expect(warnings).toEqual([text(30), text(60)])
  answer('a schedule')
  expect(await asked).toBe('a schedule')
  own.advance(60_000)
  expect(warnings).toHaveLength(2)
})
