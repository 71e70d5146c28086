import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameDecoder, frameHeader } from '../../src/transport/frame-decoder.js'

function encode(frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [...frameHeader(frame.length), ...frame]))
}

test('frame decoder › bytes cut anywhere › gives the frames that went in', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = encode(frames)
        const decoder = new FrameDecoder(50)
        const decoded: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const cut = cuts[i % cuts.length] ?? 1
          decoder.push(bytes.slice(at, at + cut), (frame) => decoded.push(frame))
          at += cut
        }
        expect(decoded).toEqual(frames)
        expect(decoder.betweenFrames).toBe(true)
      },
    ),
    { seed, numRuns: 200 },
  )
})

test('frame decoder › the receiver is full › it stops after the frame, and says how far it came', () => {
  const decoder = new FrameDecoder(50)
  const bytes = encode([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])
  const decoded: Uint8Array[] = []
  const next = (from: number): number =>
    from +
    decoder.push(
      bytes.subarray(from),
      (frame) => decoded.push(frame),
      () => true,
    )
  expect(next(0)).toBe(5)
  expect(next(5)).toBe(9)
  expect(next(9)).toBe(15)
  expect(decoded).toEqual([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])
})

test('frame decoder › a length above the limit › is refused with the header alone', () => {
  const decoder = new FrameDecoder(100)
  expect(() => decoder.push(frameHeader(101), () => undefined)).toThrow(
    expect.objectContaining({ code: 'NETWORK_FRAME_TOO_LARGE' }) as Error,
  )
})

test('frame decoder › a large length and few bytes › keeps memory for what came, not for what was announced', () => {
  const decoder = new FrameDecoder(2 ** 32)
  const before = process.memoryUsage().arrayBuffers
  decoder.push(frameHeader(2 ** 31), () => undefined)
  decoder.push(new Uint8Array(10), () => undefined)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 2 ** 20)
})

test('frame decoder › a chunk is changed after it was taken › the frame is not', () => {
  const decoder = new FrameDecoder(100)
  const chunk = encode([Uint8Array.of(1, 2, 3)]).slice(0, 6)
  const frames: Uint8Array[] = []
  decoder.push(chunk, (frame) => frames.push(frame))
  expect(decoder.betweenFrames).toBe(false)
  chunk.fill(9)
  decoder.push(Uint8Array.of(3), (frame) => frames.push(frame))
  expect(frames).toEqual([Uint8Array.of(1, 2, 3)])
})

test('frame decoder › memory is given back › the next frame of that length takes it, another one does not', () => {
  const decoder = new FrameDecoder(1_000)
  const frames: Uint8Array[] = []
  const push = (length: number, value: number): Uint8Array => {
    decoder.push(frameHeader(length), (frame) => frames.push(frame))
    decoder.push(new Uint8Array(length).fill(value), (frame) => frames.push(frame))
    return frames.at(-1) ?? new Uint8Array(0)
  }
  const first = push(100, 1)
  decoder.reuse(first)
  const second = push(100, 2)
  expect(second.buffer).toBe(first.buffer)
  expect(second).toEqual(new Uint8Array(100).fill(2))
  decoder.reuse(second)
  expect(push(101, 3)).toEqual(new Uint8Array(101).fill(3))
  const view = push(100, 4).subarray(1)
  decoder.reuse(view)
  expect(push(99, 5).buffer).not.toBe(view.buffer)
})
