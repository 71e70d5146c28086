import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnreadBytes } from '../../src/transport/unread-bytes.js'

test('unread bytes › pieces come and are taken in any order and size › none is lost or overtaken', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const step = fc.oneof(
    fc.record({ push: fc.uint8Array({ maxLength: 5 }) }),
    fc.record({ skip: fc.integer({ min: 1, max: 5 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const unread = new UnreadBytes()
      const [pushed, taken]: [number[], number[]] = [[], []]
      for (const step of steps) {
        if ('push' in step) {
          pushed.push(...step.push)
          unread.push(step.push)
          continue
        }
        const some = unread.first?.subarray(0, step.skip)
        taken.push(...(some ?? []))
        unread.skip(some?.length ?? 0)
      }
      for (let chunk = unread.first; chunk; chunk = unread.first) {
        taken.push(...chunk)
        unread.skip(chunk.length)
      }
      expect(taken).toEqual(pushed)
    }),
    { seed, numRuns: 300 },
  )
})
