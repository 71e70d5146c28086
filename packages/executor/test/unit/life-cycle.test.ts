import { Ctx, ManualClock, seededRandom, silentLogger } from '@zkstack/concurrency'
import { expect, it } from 'vitest'
import { LifeCycle } from '../../src/life-cycle.js'

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

it('a part that ignores its end › stop ends the others all the same, and the node is closed', async () => {
  const clock = new ManualClock()
  const life = Ctx.root({ clock, random: seededRandom('life') })
  let failService: (e: Error) => void = () => undefined
  const service = new Promise<void>((_, reject) => {
    failService = reject
  })
  const errors: string[] = []
  let commits = 'none'
  const waits = (ctx: Ctx): Promise<void> => ctx.race(new Promise<never>(() => undefined))
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
