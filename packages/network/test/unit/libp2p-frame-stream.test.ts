import type { Stream } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { frameHeader } from '../../src/transport/frame-decoder.js'
import { Libp2pFrameStream } from '../../src/transport/libp2p-frame-stream.js'
import { TestLine } from './test-line.js'

const WINDOW = 256 * 1024

/** A stream of a multiplexer that answers all it receives with an update of its window. */
class TestStream extends TestLine {
  readonly readableEnded = false
  readonly recvWindow = WINDOW
  recvWindowCapacity = WINDOW
  readonly updates: number[] = []
  sendWindowUpdate = (): void => {
    this.updates.push(this.recvWindow - this.recvWindowCapacity)
    this.recvWindowCapacity = this.recvWindow
  }

  /** Receives a data frame. */
  receive(data: Uint8Array): void {
    this.recvWindowCapacity -= data.length
    this.onData(data)
    this.sendWindowUpdate()
  }

  /** The remote side sends no more. */
  finish(): void {
    this.dispatchEvent(new Event('end'))
  }
}

function start(maxFrameBytes = 1_000) {
  const raw = new TestStream()
  const stream = new Libp2pFrameStream(raw as unknown as Stream, maxFrameBytes)
  return { raw, stream }
}

function encode(frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [...frameHeader(frame.length), ...frame]))
}

const empty = new Uint8Array(0)

test('frame stream › many empty frames in one piece › its reading is paused, and all of them can be received', async () => {
  const { raw, stream } = start()
  raw.receive(encode(Array.from({ length: 10_000 }, () => empty)))
  expect(raw.readStatus).toBe('paused')
  for (let i = 0; i < 10_000; i++) expect(await stream.receive()).toEqual(empty)
  expect(raw.readStatus).toBe('readable')
  raw.receive(encode([Uint8Array.of(7)]))
  raw.finish()
  expect([await stream.receive(), await stream.receive()]).toEqual([Uint8Array.of(7), undefined])
})

test('frame stream › more in one piece than is read ahead › no more is decoded than that, until somebody takes it', async () => {
  const { raw, stream } = start(1_000)
  const good = Array.from({ length: 300 }, () => Uint8Array.of(1))
  raw.receive(encode(good))
  raw.receive(frameHeader(1_001))
  expect(raw.aborted).toBeUndefined()
  for (let i = 0; i < 300; i++) expect(await stream.receive()).toEqual(Uint8Array.of(1))
  await expect(stream.receive()).rejects.toMatchObject({ code: 'NETWORK_FRAME_TOO_LARGE' })
  expect(raw.aborted).toMatchObject({ code: 'NETWORK_FRAME_TOO_LARGE' })
})

test.each([
  ['ends', (raw: TestStream) => raw.finish()],
  ['is closed', (raw: TestStream) => raw.end()],
])(
  'frame stream › it %s while pieces wait to be decoded › they are received before the end',
  async (_, end) => {
    const { raw, stream } = start()
    const frames = Array.from({ length: 600 }, (_, i) => Uint8Array.of(i % 256))
    raw.receive(encode(frames))
    end(raw)
    const received: Uint8Array[] = []
    await stream.consume((frame) => void received.push(frame))
    expect(received).toEqual(frames)
  },
)

test('frame stream › it ends within a frame while pieces wait › they are received before the error', async () => {
  const { raw, stream } = start()
  raw.receive(Uint8Array.of(...encode(Array.from({ length: 600 }, () => empty)), 0, 0))
  raw.finish()
  for (let i = 0; i < 600; i++) expect(await stream.receive()).toEqual(empty)
  await expect(stream.receive()).rejects.toMatchObject({ code: 'NETWORK_STREAM_RESET' })
})

test('frame stream › small frames › the window is opened again for many of them, not for each', () => {
  const { raw } = start()
  const frame = encode([new Uint8Array(252)])
  for (let i = 0; i < 128; i++) raw.receive(frame)
  expect(raw.updates).toEqual([16 * 1024, 16 * 1024])
})

test('frame stream › it is paused while small pieces come › they take little memory, and all are received', async () => {
  const { raw, stream } = start(10_000)
  raw.receive(encode(Array.from({ length: 256 }, () => empty)))
  expect(raw.readStatus).toBe('paused')
  const frame = Uint8Array.from({ length: 2_000 }, (_, i) => i)
  const bytes = encode([frame])
  for (let i = 0; i < bytes.length; i++) raw.receive(bytes.subarray(i, i + 1))
  const kept = [...raw.readBuffer]
  expect(kept.length).toBeLessThan(300)
  const memory = kept.reduce((sum, piece) => sum + piece.buffer.byteLength, 0)
  expect(memory).toBeLessThan(10 * 1024)
  for (let i = 0; i < 256; i++) await stream.receive()
  expect(await stream.receive()).toEqual(frame)
})
