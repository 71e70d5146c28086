import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'
import { expect, it } from 'vitest'
import { askLastCommitted } from '../../src/open-node-store.js'

it('an execution layer that does not say how far it is › the user is told, again and again, until it does', async () => {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom('start') })
  let answer: (height: bigint) => void = () => undefined
  const execution: Pick<ExecutionLayer, 'lastCommitted'> = {
    lastCommitted: () =>
      new Promise<bigint>((resolve) => {
        answer = resolve
      }),
  }
  const warnings: string[] = []
  const asked = askLastCommitted(ctx, execution as ExecutionLayer, ({ message }) => {
    warnings.push(message)
  })
  clock.advance(29_999)
  expect(warnings).toEqual([])
  clock.advance(30_001)
  expect(warnings).toEqual([
    'execution.lastCommitted has been running for 30 s; the node waits for it before it starts',
    'execution.lastCommitted has been running for 60 s; the node waits for it before it starts',
  ])
  answer(7n)
  expect(await asked).toBe(7n)
  clock.advance(60_000)
  expect(warnings).toHaveLength(2)
})
