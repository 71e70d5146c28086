import { Ctx, ManualClock, seededRandom, silentLogger } from '@zkstack/concurrency'
import { expect, it } from 'vitest'
import { LifeCycle } from '../../src/life-cycle.js'

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

const waits = (ctx: Ctx): Promise<void> => ctx.race(new Promise<never>(() => undefined))

it.each([
  ['none', undefined, 5_000],
  ['that is no number', Number.NaN, 5_000],
  ['below zero', -6_000, 0],
  ['without end', Infinity, undefined],
])(
  'a time to drain %s › the commits get the default, nothing, or for ever',
  async (_, drainMs, want) => {
    const clock = new ManualClock()
    const errors: string[] = []
    const node = new LifeCycle({
      life: Ctx.root({ clock, random: seededRandom('life') }),
      logger: { ...silentLogger, error: (message) => errors.push(message) },
      serve: waits,
      commit: waits,
      recovered: waits,
      drained: waits,
      onFailure: () => undefined,
    })
    clock.advance(1)
    await settle()
    node.stop(drainMs).catch((e: unknown) => errors.push(String(e)))
    await settle()
    if (want === undefined) {
      clock.advance(1e9)
      await settle()
      expect(node.phase).toBe('stopping')
      return
    }
    if (want > 0) {
      clock.advance(want - 1)
      await settle()
      expect(node.phase).toBe('stopping')
      clock.advance(1)
      await settle()
    }
    expect(node.phase).toBe('stopped')
    expect(errors).toEqual([])
  },
)

it('a part that ignores its end › stop ends the others all the same, and the node is closed', async () => {
  const clock = new ManualClock()
  const life = Ctx.root({ clock, random: seededRandom('life') })
  let failService: (e: Error) => void = () => undefined
  const service = new Promise<void>((_, reject) => {
    failService = reject
  })
  const errors: string[] = []
  let commits = 'none'
  const node = new LifeCycle({
    life,
    logger: { ...silentLogger, error: (message) => errors.push(message) },
    serve: () => service,
    commit: async (ctx) => {
      commits = 'running'
      try {
        await waits(ctx)
      } finally {
        commits = 'ended'
      }
    },
    recovered: waits,
    drained: waits,
    onFailure: () => undefined,
  })
  let isClosed = false
  node.closed.then(
    () => {
      isClosed = true
    },
    () => undefined,
  )
  clock.advance(1)
  await settle()
  expect(commits).toBe('running')

  const stopped = node.stop(1_000)
  clock.advance(10_000)
  await stopped
  await settle()
  expect(commits).toBe('ended')
  expect(isClosed).toBe(true)
  expect(node.phase).toBe('stopped')

  failService(new Error('the disk failed'))
  await settle()
  expect(node.phase).toBe('stopped')
  expect(errors).toEqual([
    'the node stopped before all of its parts did',
    'the node had failed: the disk failed',
  ])
})
