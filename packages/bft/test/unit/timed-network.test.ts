import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import {
  createCommittee,
  createTimedNetwork,
  livenessBound,
  stabilizingLinks,
  trialPayloads,
} from '@zkstack/bft/testing'
import type { LinkModel } from '@zkstack/bft/testing'
import { EventQueue } from '../../testing/byzantine/event-queue.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

test('event queue › events at any times, some taken in between › come by time, then in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20))), (actions) => {
      const queue = new EventQueue<number>()
      let waiting: { readonly at: number; readonly id: number }[] = []
      for (const [id, at] of actions.entries()) {
        if (at !== null) {
          queue.add(at, id)
          waiting.push({ at, id })
          continue
        }
        const [first, ...rest] = waiting.toSorted((a, b) => a.at - b.at || a.id - b.id)
        expect(queue.nextAt).toBe(first?.at)
        expect(queue.shift()).toBe(first?.id)
        waiting = rest
      }
    }),
    { seed },
  )
})

describe('links that stabilize', () => {
  const o = { from: 1000, delayMs: 50, stormDelayMs: 800, lossRate: 0.2, partitionMs: 100 }

  function delays(times: readonly number[]): readonly { at: number; delay: number | undefined }[] {
    const links = stabilizingLinks({ random: seededRandom(seed), ...o })
    return times.map((at) => ({ at, delay: links(at % 5, 5, at) }))
  }

  test('before › some messages are lost, and none arrives later than a delay after the network is stable', () => {
    const before = delays(Array.from({ length: 1000 }, (_, at) => at))
    expect(before.some(({ delay }) => delay === undefined)).toBe(true)
    expect(before.some(({ delay }) => (delay ?? 0) > o.delayMs)).toBe(true)
    for (const { at, delay } of before) expect(at + (delay ?? 0)).toBeLessThanOrEqual(1050)
  })

  test('after › all arrive within the delay', () => {
    for (const { delay } of delays(Array.from({ length: 1000 }, (_, i) => 1000 + i))) {
      expect(delay).toBeGreaterThan(0)
      expect(delay).toBeLessThanOrEqual(o.delayMs)
    }
  })
})

describe('a network without faults', () => {
  const committee = createCommittee({ validators: 6 })

  function network(links: LinkModel): ReturnType<typeof createTimedNetwork> {
    return createTimedNetwork({
      ...{ committee, seed, links, viewTimeoutMs: 500, syncMs: 50, payloads: trialPayloads },
    })
  }

  test('every message takes δ › a block every 2δ from the third on', () => {
    const net = network(() => 10)
    net.run(1000)
    const times = net.finalized.filter(({ node }) => node === 0).map(({ at }) => at)
    // View 0 ends when timeouts arrive after δ; the leader of each view proposes at once.
    expect(times).toEqual(Array.from({ length: times.length }, (_, i) => 30 + 20 * i))
    expect(times.length).toBe(49)
  })

  test('one leader in six is cut off › its view costs no more than the bound', () => {
    const net = network((from, to) => (from === 2 || to === 2 ? undefined : 10))
    net.run(5000)
    const times = net.finalized.filter(({ node }) => node === 0).map(({ at }) => at)
    const bound = livenessBound({ viewTimeoutMs: 500, delayMs: 10, faultyLeaders: 1 })
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(bound)
    expect(Math.max(...gaps)).toBeGreaterThan(500)
  })
})
