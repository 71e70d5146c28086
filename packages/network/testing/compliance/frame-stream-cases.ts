import { bytesEqual } from '@zkstack/crypto'
import type { FrameStream } from '../../src/transport/network-transport.js'
import type { FrameTaker } from '../../src/transport/frame-queue.js'
import { check, checkRejects, checkSame, eventually, pause } from './case.js'
import { bytes, MiB, type Link } from './link.js'

/** A requirement on an optional method of streams: a stream without the method meets it. */
type StreamCase = readonly [name: string, run: (link: Link) => Promise<void>]

const SMALL = 16 * 1024

/** More than any stream may take ahead of its receiver. */
const MOST_AHEAD = 32 * MiB

/** What `FrameStream.trySend` must do where there is one. */
export const trySendCases: readonly StreamCase[] = [
  ['trySend › there is room › its frame has its place among those of send', keepsOrder],
  ['trySend › its receiver does not read › says no, and sends only what it took', saysNo],
  ['trySend › a send waits for room › says no: nothing overtakes', overtakesNothing],
  ['trySend › our side has ended › says no', refusesAfterEnd],
]

/** What `FrameStream.consume` must do where there is one. */
export const consumeCases: readonly StreamCase[] = [
  ['consume › frames came before it and come after it › takes all, in order, to the end', takesAll],
  ['consume › a frame is being handled › the next one waits, and the sender too', handlesOneByOne],
  ['consume › what handles frames throws › rejects with that, and takes no more', toldOfThrow],
  ['consume › what handles frames rejects › rejects with that, and takes no more', toldOfRejection],
  ['consume › a frame is above the limit › rejects after those before it', refusesLarge],
  ['consume › the sender aborts › rejects', toldOfReset],
]

async function keepsOrder(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (ours.trySend === undefined) return
  const sent: Uint8Array[] = []
  for (let i = 0; i < 20; i++) {
    const frame = bytes(100 + i, i)
    // whoever is told no sends in the other way
    if (i % 3 === 0 || !ours.trySend(frame)) await ours.send(frame)
    sent.push(frame)
  }
  await checkReceived(theirs, sent)
}

async function saysNo(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (ours.trySend === undefined) return
  const sent: Uint8Array[] = []
  for (let refusals = 0; refusals < 20;) {
    const frame = bytes(SMALL, sent.length)
    if (ours.trySend(frame)) sent.push(frame)
    else {
      refusals += 1
      await pause(10)
    }
    check(sent.length * SMALL < MOST_AHEAD, 'takes whatever comes though nobody reads')
  }
  const last = bytes(7)
  const sending = held(ours.send(last))
  await checkReceived(theirs, [...sent, last])
  await sending
}

async function overtakesNothing(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (ours.trySend === undefined) return
  const [large, small] = [bytes(8 * MiB), bytes(9)]
  const sending = [held(ours.send(large)), held(ours.send(large))]
  await pause(20)
  const isTaken = ours.trySend(small)
  await checkReceived(theirs, isTaken ? [large, large, small] : [large, large])
  await Promise.all(sending)
}

async function refusesAfterEnd(link: Link): Promise<void> {
  const [closed] = await link.stream()
  await closed.close()
  check(closed.trySend?.(bytes(1)) !== true, 'a closed stream takes a frame')
  const [aborted] = await link.stream()
  aborted.abort(new Error('over'))
  await eventually('no frame after an abort', () => aborted.trySend?.(bytes(1)) !== true)
}

async function takesAll(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (theirs.consume === undefined) return
  const sizes = [0, 1, 1_000, SMALL, 2, 300_000, 0, 5]
  const send = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await ours.send(bytes(sizes[i] ?? 0, i))
  }
  await send(0, 4)
  await pause(20)
  const got: Uint8Array[] = []
  const consumed = consuming(theirs, (frame) => {
    got.push(frame)
    return undefined
  })
  await send(4, sizes.length)
  await ours.close()
  await consumed
  checkSame(
    got.map(({ length }) => length),
    sizes,
    'frames',
  )
  for (const [i, frame] of got.entries())
    check(bytesEqual(frame, bytes(frame.length, i)), `frame ${i}`)
}

async function handlesOneByOne(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (theirs.consume === undefined) return
  const waiting: (() => void)[] = []
  let taken = 0
  const consumed = consuming(theirs, () => {
    taken += 1
    return new Promise((resolve) => waiting.push(resolve))
  })
  const frames = MOST_AHEAD / MiB
  let sent = 0
  const sending = held(
    (async () => {
      for (; sent < frames; sent++) await ours.send(bytes(sent < 4 ? SMALL : MiB, sent))
      await ours.close()
    })(),
  )
  await eventually('first frame', () => taken > 0)
  await pause(100)
  check(taken === 1, `${taken} frames are handled at once`)
  check(sent < frames, `${sent} MiB were taken though one frame is still handled`)
  for (let next = 1; next <= frames; next++) {
    await eventually(`frame ${next}`, () => taken >= next && waiting.length > 0)
    check(taken === next, `frame ${taken} is handled before frame ${next} is done`)
    waiting.pop()?.()
  }
  await sending
  await consumed
}

async function toldOfThrow(link: Link): Promise<void> {
  await checkFailure(link, (error) => {
    throw error
  })
}

async function toldOfRejection(link: Link): Promise<void> {
  await checkFailure(link, (error) => Promise.reject(error))
}

async function checkFailure(link: Link, fail: (error: Error) => Promise<void>): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (theirs.consume === undefined) return
  for (let i = 0; i < 5; i++) await ours.send(bytes(10 + i))
  await ours.close()
  let taken = 0
  const consumed = consuming(theirs, () => {
    taken += 1
    return taken < 3 ? undefined : fail(Object.assign(new Error('no more'), { code: 'NO_MORE' }))
  })
  await checkRejects(consumed, 'NO_MORE', 'consume')
  await pause(20)
  check(taken === 3, `${taken} frames were handled`)
}

async function refusesLarge(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream({ maxFrameBytes: 100 })
  if (theirs.consume === undefined) return
  let taken = 0
  const consumed = consuming(theirs, () => {
    taken += 1
    return undefined
  })
  await ours.send(bytes(100))
  await ours.send(bytes(101)).catch(() => undefined)
  await checkRejects(consumed, 'NETWORK_FRAME_TOO_LARGE', 'consume')
  check(taken === 1, `${taken} frames were handled`)
}

async function toldOfReset(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  if (theirs.consume === undefined) return
  const consumed = consuming(theirs, () => undefined)
  ours.abort(new Error('over'))
  await checkRejects(consumed, 'NETWORK_STREAM_RESET', 'consume')
}

async function checkReceived(stream: FrameStream, sent: readonly Uint8Array[]): Promise<void> {
  for (const [i, wanted] of sent.entries()) {
    const frame = await stream.receive()
    check(frame !== undefined && bytesEqual(frame, wanted), `frame ${i} differs`)
  }
}

function consuming(stream: FrameStream, take: FrameTaker): Promise<void> {
  return held(stream.consume?.(take) ?? Promise.resolve())
}

/** A promise that nobody may come to wait for, because the requirement is not met before. */
function held(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined)
  return promise
}
