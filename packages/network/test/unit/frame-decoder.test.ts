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

test('frame decoder › long frames among short ones, cut where a header or a frame ends › gives the frames that went in', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const lengths = fc.oneof(fc.integer({ min: 8_000, max: 9_000 }), fc.integer({ min: 0, max: 9 }))
  fc.assert(
    fc.property(
      fc.array(lengths, { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 1 }),
      (sizes, cuts) => {
        const frames = sizes.map((length, i) => new Uint8Array(length).fill(i + 1))
        const pieces = frames.flatMap((frame) => [frameHeader(frame.length), frame])
        const decoder = new FrameDecoder(9_000)
        const decoded: Uint8Array[] = []
        for (let chunk = new Uint8Array(0), i = 0; i < pieces.length; i++) {
          chunk = Uint8Array.of(...chunk, ...(pieces[i] ?? []))
          const isCut = cuts[i % cuts.length] === true || i === pieces.length - 1
          if (!isCut) continue
          decoder.push(chunk, (frame) => decoded.push(frame))
          chunk = new Uint8Array(0)
        }
        expect(decoded.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
          frames.map((frame) => Buffer.from(frame).toString('hex')),
        )
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

test('frame decoder › a long frame that is nearly all of its chunk › is not copied; others are', () => {
  const decoder = new FrameDecoder(100_000)
  const frames: Uint8Array[] = []
  const push = (chunk: Uint8Array): Uint8Array => {
    decoder.push(chunk, (frame) => frames.push(frame))
    return frames.at(-1) ?? new Uint8Array(0)
  }
  const long = new Uint8Array(60_000).fill(1)
  const chunk = Buffer.from(encode([long]))
  const view = push(chunk)
  expect(view).toEqual(long)
  expect([view.buffer, view.constructor]).toEqual([chunk.buffer, Uint8Array])
  expect(decoder.betweenFrames).toBe(true)
  const small = new Uint8Array(100).fill(2)
  const several = encode([long, small])
  expect(push(several)).toEqual(small)
  expect(frames.slice(-2).map(({ buffer }) => buffer === several.buffer)).toEqual([true, false])
  const among = new Uint8Array(70_000)
  among.set(encode([long]))
  const copy = push(among.subarray(0, 60_004))
  expect(copy).toEqual(long)
  expect(copy.buffer).not.toBe(among.buffer)
})

test('frame decoder › a header at the end of a chunk, and a long frame that is all of the next › leaves nothing to the frame after it', () => {
  const decoder = new FrameDecoder(100_000)
  const frames: Uint8Array[] = []
  const sent = [new Uint8Array(60_000).fill(1), Uint8Array.of(2, 3), new Uint8Array(9_000).fill(4)]
  for (const frame of sent) {
    decoder.push(frameHeader(frame.length), (received) => frames.push(received))
    expect(decoder.betweenFrames).toBe(false)
    decoder.push(frame, (received) => frames.push(received))
  }
  expect(frames).toEqual(sent)
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
