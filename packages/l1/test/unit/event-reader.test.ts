import { Ctx, ManualClock, yieldTurn } from '@zkstack/concurrency'
import { err } from '@zkstack/crypto'
import { address } from '@zkstack/pessimistic-proof'
import { MemoryEventSink, SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { describe, expect, it } from 'vitest'
import { runEventReader, type L1Client } from '../../src/index.js'

const filter = { addresses: [address(new Uint8Array(20).fill(7))] }

describe('an event reader', () => {
  it('whom L1 tells its head and nothing else › asks less and less often', async () => {
    const clock = new ManualClock()
    let heads = 0
    const honest = simulatedClient(new SimulatedChain())
    const client: L1Client = {
      ...honest,
      block(at, o) {
        if (at === 'latest') heads += 1
        return honest.block(at, o)
      },
      logs: async () => err({ code: 'UNAVAILABLE', message: 'no logs now', retry: true }),
    }
    using ctx = Ctx.root({ clock })
    const o = { client, filter, startBlock: 0n, sink: new MemoryEventSink() }
    const ended = runEventReader(ctx, o).catch(() => undefined)
    for (let seconds = 0; seconds < 600; seconds++) {
      clock.advance(1_000)
      for (let turns = 0; turns < 20; turns++) await yieldTurn()
    }
    ctx.cancel()
    await ended
    expect(heads).toBeGreaterThan(5)
    expect(heads).toBeLessThan(50)
  })

  it.each([0, -1, NaN])('with a pause of %s ms between looks › does not begin', async (pollMs) => {
    const o = { client: simulatedClient(new SimulatedChain()), filter, startBlock: 0n, pollMs }
    using ctx = Ctx.root()
    const reading = runEventReader(ctx, { ...o, sink: new MemoryEventSink() })
    await expect(reading).rejects.toThrow(RangeError)
  })
})
