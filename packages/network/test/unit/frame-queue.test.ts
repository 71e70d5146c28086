import { expect, test } from 'vitest'
import { NetworkError } from '../../src/errors.js'
import { FrameQueue } from '../../src/transport/frame-queue.js'

const frame = (n: number): Uint8Array => Uint8Array.of(n)

test('frame queue › it is consumed › those that waited and those that come are handed over at once, in order', async () => {
  const queue = new FrameQueue()
  const [taken, sizes]: [number[], number[]] = [[], []]
  queue.onTaken = (bytes) => sizes.push(bytes)
  queue.put(frame(1))
  queue.put(frame(2))
  const consumed = queue.consume(([n]) => {
    taken.push(n ?? 0)
    return undefined
  })
  queue.put(frame(3))
  expect(taken).toEqual([1, 2, 3])
  expect([sizes, queue.bytes]).toEqual([[1, 1, 1], 0])
  queue.end()
  await consumed
})

test('frame queue › the consumer waits › nothing more is handed over, and the bytes that wait are counted', async () => {
  const queue = new FrameQueue()
  const taken: number[] = []
  let goOn: () => void = () => undefined
  const consumed = queue.consume(([n]) => {
    taken.push(n ?? 0)
    return new Promise((resolve) => (goOn = resolve))
  })
  queue.put(frame(1))
  queue.put(frame(2))
  queue.end()
  await Promise.resolve()
  expect([taken, queue.bytes]).toEqual([[1], 1])
  goOn()
  await Promise.resolve()
  expect([taken, queue.bytes]).toEqual([[1, 2], 0])
  goOn()
  await consumed
})

test('frame queue › it breaks while it is consumed › what came before is handed over, then the error is thrown', async () => {
  const queue = new FrameQueue()
  const taken: number[] = []
  queue.put(frame(1))
  const error = new NetworkError('NETWORK_STREAM_RESET', 'the peer reset the stream')
  queue.fail(error)
  const consumed = queue.consume(([n]) => {
    taken.push(n ?? 0)
    return undefined
  })
  await expect(consumed).rejects.toBe(error)
  expect(taken).toEqual([1])
})

test.each([
  [
    'throws',
    () => {
      throw new TypeError('no')
    },
  ],
  ['rejects', () => Promise.reject(new TypeError('no'))],
])(
  'frame queue › the consumer %s › so does `consume`, and nothing more is handed over',
  async (_, take) => {
    const queue = new FrameQueue()
    let calls = 0
    const consumed = queue.consume(() => {
      calls += 1
      return take()
    })
    queue.put(frame(1))
    queue.put(frame(2))
    await expect(consumed).rejects.toThrow(TypeError)
    expect(calls).toBe(1)
  },
)
