import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { MuxerGuard, type MuxerViolation } from '../../src/transport/muxer-guard.js'

const seed = process.env['SEED'] ?? String(Date.now())
const limits = {
  maxDataBytes: 1_000,
  maxStreams: 3,
  framesPerTurn: 5,
  frameBurst: 100,
  framesPerSecond: 10,
  pingBurst: 2,
  pingsPerSecond: 1,
}
const [DATA, WINDOW, PING] = [0, 1, 2]
const [NONE, SYN] = [0, 1]

/** A frame of yamux. */
function frame(type: number, flags: number, length: number, body = 0): Uint8Array {
  const bytes = new Uint8Array(12 + body).fill(0xff, 12)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, type)
  view.setUint16(2, flags)
  view.setUint32(4, type === PING ? 0 : 1)
  view.setUint32(8, length)
  return bytes
}

function concat(...frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((bytes) => [...bytes]))
}

/** Reads bytes in as many turns as it takes. */
function push(guard: MuxerGuard, bytes: Uint8Array, now: number): MuxerViolation | undefined {
  for (let at = 0; at < bytes.length && !guard.violation;) {
    at += guard.push(bytes.subarray(at), now)
    if (guard.isTurnOver) guard.beginTurn()
  }
  return guard.violation
}

function verdict(bytes: Uint8Array, now = 0): MuxerViolation | undefined {
  return push(new MuxerGuard(limits, 0), bytes, now)
}

test('muxer guard › frames within the limits › pass, and their data is no header', () => {
  const session = concat(
    frame(WINDOW, SYN, 0),
    frame(DATA, SYN, 1_000, 1_000),
    frame(PING, SYN, 7),
    frame(DATA, NONE, 0),
    frame(WINDOW, NONE, 256_000),
  )
  expect(verdict(session)).toBeUndefined()
})

test('muxer guard › a data frame that announces more than a window › is refused before it comes', () => {
  expect(verdict(frame(DATA, NONE, 1_001))).toBe('dataBytes')
  expect(verdict(frame(DATA, NONE, 2 ** 32 - 1))).toBe('dataBytes')
})

test('muxer guard › more streams than a session has › are refused, however they are opened', () => {
  const open = [frame(DATA, SYN, 0), frame(WINDOW, SYN, 0), frame(DATA, SYN, 0)]
  expect(verdict(concat(...open))).toBeUndefined()
  expect(verdict(concat(...open, frame(WINDOW, SYN, 0)))).toBe('streams')
})

test('muxer guard › pings that want an answer › are limited, and come back with time', () => {
  const guard = new MuxerGuard(limits, 0)
  const ping = frame(PING, SYN, 1)
  expect([0, 0, 1_000].map((now) => push(guard, ping, now))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(push(guard, ping, 1_000)).toBe('pings')
})

test('muxer guard › many small frames › have to wait for their rate', () => {
  const guard = new MuxerGuard(limits, 0)
  const many = Array.from({ length: 100 }, () => frame(DATA, NONE, 1, 1))
  expect(push(guard, concat(...many), 0)).toBeUndefined()
  expect(guard.pauseMs(0)).toBe(0)
  expect(push(guard, concat(...many.slice(0, 10), frame(WINDOW, NONE, 1)), 0)).toBeUndefined()
  expect(guard.pauseMs(0)).toBe(1_100)
  expect(guard.pauseMs(1_100)).toBe(0)
})

test('muxer guard › more frames than a turn has › are left unread until the next one', () => {
  const guard = new MuxerGuard(limits, 0)
  const seven = concat(...Array.from({ length: 7 }, () => frame(DATA, NONE, 10, 10)))
  expect(guard.push(seven, 0)).toBe(5 * 22)
  expect(guard.isTurnOver).toBe(true)
  expect(guard.push(seven.subarray(5 * 22), 0)).toBe(0)
  guard.beginTurn()
  expect(guard.push(seven.subarray(5 * 22), 0)).toBe(2 * 22)
  expect(guard.isTurnOver).toBe(false)
})

test(`muxer guard › the same bytes cut anywhere › give the same verdict (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  for (let run = 0; run < 300; run++) {
    const frames = Array.from({ length: 1 + (random.uint32() % 12) }, () => {
      const length = random.uint32() % 1_020
      return frame(random.uint32() % 2, random.uint32() % 2, length, 0)
    }).map((header) => {
      const isData = header[1] === DATA
      const length = new DataView(header.buffer).getUint32(8)
      return isData && length <= 1_000 ? concat(header, new Uint8Array(length)) : header
    })
    const whole = concat(...frames)
    const guard = new MuxerGuard(limits, 0)
    let cut: MuxerViolation | undefined
    for (let at = 0; at < whole.length && !cut;) {
      const size = 1 + (random.uint32() % 40)
      cut = push(guard, whole.subarray(at, at + size), 0)
      at += size
    }
    expect(cut).toBe(verdict(whole))
  }
})
