import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { Notifier } from '../../src/notifier.js'
import { BanLedger } from '../../src/peers/ban-ledger.js'
import { BAN_SCORE } from '../../src/peers/fault.js'
import { keepConnected } from '../../src/peers/dialer.js'
import type { PeerRegistry } from '../../src/peers/peer-registry.js'

const limits = networkLimits({ genesis: testCommittee(6).genesis, redialJitter: 0 })

/** Runs a dialer for a while and tells when it tried. */
async function attempts(o: {
  readonly forMs: number
  readonly livesMs?: (attempt: number) => number
  readonly prepare?: (bans: BanLedger) => void
}): Promise<number[]> {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom(1) })
  const peers = new Map<string, never>()
  const registry = { peers, changed: new Notifier() } as unknown as PeerRegistry
  const bans = new BanLedger({ decayMs: 6_000 })
  o.prepare?.(bans)
  const times: number[] = []
  const attempt = async (attemptCtx: Ctx): Promise<void> => {
    times.push(clock.now())
    await attemptCtx.sleep(o.livesMs?.(times.length) ?? 0)
  }
  const done = keepConnected(ctx, { id: 'a', registry, bans, limits, attempt }).catch(
    () => undefined,
  )
  await clock.run(o.forMs)
  ctx.cancel()
  await done
  return times
}

test('dialer › nobody answers › tries after 0.5, 1, 2, … 20 s', async () => {
  expect(await attempts({ forMs: 60_000 })).toEqual([
    0, 500, 1500, 3500, 7500, 15_500, 31_500, 51_500,
  ])
})

test('dialer › the connection lasted 60 s › starts over', async () => {
  const livesMs = (attempt: number): number => (attempt === 4 ? 60_000 : 0)
  expect(await attempts({ forMs: 66_000, livesMs })).toEqual([0, 500, 1500, 3500, 64_000, 65_000])
})

test('dialer › the connection lasted less › goes on', async () => {
  const livesMs = (attempt: number): number => (attempt === 2 ? 59_999 : 0)
  expect(await attempts({ forMs: 63_600, livesMs })).toEqual([0, 500, 61_499, 63_499])
})

test('dialer › the peer is banned › waits for the end of the ban', async () => {
  const prepare = (bans: BanLedger): void => {
    bans.charge('a', { points: BAN_SCORE, now: 0, banMs: 20_000 })
  }
  expect(await attempts({ forMs: 21_000, prepare })).toEqual([0, 20_000, 21_000])
})
