import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { ManualClock } from '@zkstack/concurrency'
import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import { guardedMuxer } from '../../src/transport/guarded-muxer.js'
import type { MuxerLimits } from '../../src/transport/muxer-guard.js'
import { TestLine } from './test-line.js'

const limits: MuxerLimits = {
  maxDataBytes: 1_000,
  maxStreams: 3,
  framesPerTurn: 4,
  frameBurst: 1_000,
  framesPerSecond: 10,
  pingBurst: 2,
  pingsPerSecond: 1,
}

/** A clock whose turns are given by hand. */
class TurnClock extends ManualClock {
  #waiting: (() => void)[] = []

  yieldTurn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Whether there was somebody who waited for a turn. */
  async turn(): Promise<boolean> {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
    await Promise.resolve()
    await Promise.resolve()
    return waiting.length > 0
  }
}

/** A multiplexer that keeps what it takes, as if it were the beginning of a frame. */
function start(o: Partial<MuxerLimits> = {}) {
  const line = new TestLine()
  const clock = new TurnClock()
  const taken: number[] = []
  const begun = new Uint8ArrayList()
  const recorder: StreamMuxerFactory = {
    protocol: '/test/1',
    createStreamMuxer: (stream) => {
      const muxer = {
        decoder: { buffer: begun },
        onData: (data: Iterable<Uint8Array>) => {
          const bytes = Uint8Array.from([...data].flatMap((chunk) => [...chunk]))
          taken.push(...bytes)
          begun.append(bytes)
        },
      }
      stream.addEventListener('message', ({ data }) => muxer.onData(data as Iterable<Uint8Array>))
      return muxer as unknown as StreamMuxer
    },
  }
  guardedMuxer(recorder, { ...limits, ...o }, clock).createStreamMuxer(line.stream)
  return { line, clock, taken, begun }
}

/** Data frames of three bytes each, the last byte is the number of the frame. */
function frames(count: number): Uint8Array {
  const header = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3]
  return Uint8Array.from(Array.from({ length: count }, (_, i) => [...header, 9, 9, i]).flat())
}

const FRAME_BYTES = 15

test('guarded muxer › many small frames come at once › it takes so many in a turn, and all of them in order', async () => {
  const { line, clock, taken } = start()
  const all = frames(10)
  line.onData(all)
  expect(taken).toEqual([...all.subarray(0, 4 * FRAME_BYTES)])
  expect(line.readStatus).toBe('paused')
  expect(await clock.turn()).toBe(true)
  expect(taken.length).toBe(8 * FRAME_BYTES)
  expect(await clock.turn()).toBe(true)
  expect(taken).toEqual([...all])
  expect(line.readStatus).toBe('readable')
  expect(await clock.turn()).toBe(false)
})

test('guarded muxer › frames come one by one › they count for the same turn', async () => {
  const { line, clock, taken } = start()
  for (let i = 0; i < 6; i++) line.onData(frames(1))
  expect(taken.length).toBe(4 * FRAME_BYTES)
  await clock.turn()
  expect(taken.length).toBe(6 * FRAME_BYTES)
})

test('guarded muxer › a frame is cut by the end of a turn › what belongs to it is no header', async () => {
  const { line, clock, taken } = start({ framesPerTurn: 1 })
  const all = frames(3)
  line.onData(all.subarray(0, 20))
  line.onData(all.subarray(20, 33))
  line.onData(all.subarray(33))
  while (await clock.turn());
  expect(line.aborted).toBeUndefined()
  expect(taken).toEqual([...all])
})

test('guarded muxer › more frames than their rate › wait until the time has come, turns do not help', async () => {
  const { line, clock, taken } = start({ frameBurst: 4, framesPerTurn: 5 })
  line.onData(frames(8))
  expect(taken.length).toBe(5 * FRAME_BYTES)
  await clock.turn()
  clock.advance(99)
  expect(taken.length).toBe(5 * FRAME_BYTES)
  clock.advance(1)
  expect(taken.length).toBe(8 * FRAME_BYTES)
})

test('guarded muxer › a long frame comes byte by byte › what the multiplexer keeps of it is joined', () => {
  const { line, begun } = start()
  const frame = new Uint8Array(12 + 0x300)
  frame[10] = 3
  for (const byte of frame) line.onData(Uint8Array.of(byte))
  expect(begun.subarray()).toEqual(frame)
  expect([...begun].length).toBeLessThan(300)
})

test('guarded muxer › a limit is exceeded › the line is cut, and nothing of that is taken', () => {
  const { line, taken } = start({ maxStreams: 0 })
  const opening = frames(1)
  opening[3] = 1
  line.onData(opening)
  expect(line.aborted).toMatchObject({ code: 'NETWORK_FLOOD' })
  expect(taken).toEqual([])
})

test.each(['turn', 'timer'])(
  'guarded muxer › the line ends during a rest by a %s › it stays ended',
  async (by) => {
    const { line, clock, taken } = start(by === 'turn' ? {} : { frameBurst: 1 })
    line.onData(frames(5))
    line.end()
    await clock.turn()
    clock.advance(1_000_000)
    expect([line.aborted, line.readStatus, clock.pendingTimers]).toEqual([undefined, 'closed', 0])
    expect(taken.length).toBe(4 * FRAME_BYTES)
  },
)
