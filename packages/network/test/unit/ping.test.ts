import { Ctx, ManualClock, seededRandom, type Clock } from '@zkstack/concurrency'
import { generateNodeKey } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { Notifier } from '../../src/notifier.js'
import type { Peer } from '../../src/peers/peer.js'
import { Throttle } from '../../src/throttle.js'
import { runPing, servePing } from '../../src/ping/ping.js'
import { MemoryFrameStream } from '../../src/transport/memory-frame-stream.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'

const limits = networkLimits({ genesis: testCommittee(6).genesis })
const peer = { doubted: new Notifier() } as unknown as Peer

function streams(clock: Clock, latencyMs: number): [MemoryFrameStream, MemoryFrameStream] {
  const random = seededRandom(1)
  const [from, to] = [generateNodeKey(random).publicKey, generateNodeKey(random).publicKey]
  return MemoryFrameStream.pair({
    hub: new MemoryHub({ clock, latencyMs }),
    from,
    to,
    protocol: 'ping',
  })
}

test('ping › it is answered › goes out every interval and measures the round trip', async () => {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const [ours, theirs] = streams(clock, 15)
  const rtts: number[] = []
  const ends = [
    runPing(ctx, peer, ours, { limits, onRtt: (ms) => rtts.push(ms) }),
    servePing(ctx, theirs, new Throttle(limits.pingRate, clock)),
  ].map((end) => end.catch(() => undefined))
  await clock.run(3 * limits.pingIntervalMs + 200)
  expect(rtts).toEqual([30, 30, 30, 30])
  ctx.cancel()
  await Promise.all(ends)
})

test('ping › it is not answered › is NETWORK_TIMEOUT after the timeout', async () => {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const [ours] = streams(clock, 0)
  let failure: unknown
  const end = runPing(ctx, peer, ours, { limits, onRtt: () => undefined }).catch(
    (e: unknown) => (failure = e),
  )
  await clock.run(limits.pingTimeoutMs - 1)
  expect(failure).toBeUndefined()
  await clock.run(2)
  expect(failure).toMatchObject({ code: 'NETWORK_TIMEOUT' })
  await end
})

test('ping › the peer is doubted › goes out at once, with less patience', async () => {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const [ours, theirs] = streams(clock, 0)
  let failure: unknown
  const end = runPing(ctx, peer, ours, { limits, onRtt: () => undefined }).catch(
    (e: unknown) => (failure = e),
  )
  const first = await theirs.receive()
  await theirs.send(first ?? new Uint8Array())
  await clock.run(100)
  peer.doubted.notify()
  expect((await theirs.receive())?.length).toBe(32)
  await clock.run(2_001)
  expect(failure).toMatchObject({ code: 'NETWORK_TIMEOUT' })
  await end
})

test('ping › our own process stalls beyond the timeout › the answer is still awaited', async () => {
  const manual = new ManualClock()
  let stalledMs = 0
  const clock: Clock = {
    now: () => manual.now() + stalledMs,
    nowUtc: () => manual.nowUtc(),
    setTimer: (at, fire, o) => manual.setTimer(at - stalledMs, fire, o),
  }
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const [ours, theirs] = streams(manual, 0)
  let failure: unknown
  const rtts: number[] = []
  const end = runPing(ctx, peer, ours, { limits, onRtt: (ms) => rtts.push(ms) }).catch(
    (e: unknown) => (failure = e),
  )
  const ping = await theirs.receive()
  await manual.run(limits.pingTimeoutMs - 1)
  stalledMs = 3_000
  await manual.run(10)
  expect(failure).toBeUndefined()
  await theirs.send(ping ?? new Uint8Array())
  await manual.run(10)
  expect(rtts.length).toBe(1)
  ctx.cancel()
  await end
})
