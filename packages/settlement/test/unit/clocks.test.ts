import { describe, expect, test } from 'vitest'
import {
  advanceClock,
  assignCertificate,
  blockClock,
  certificatesInEpoch,
  currentEpoch,
  emptyEpoch,
  epochProgress,
  onBlock,
  onTime,
  planEpochs,
  resumeClock,
  timeClock,
} from '../../src/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const configuration = { genesisBlock: 100n, epochDuration: 6n }

describe('a block clock', () => {
  test('below its genesis block › stands at the beginning', () => {
    const { clock, ended } = valueOf(onBlock(blockClock(configuration), configuration, 40n))
    expect([clock.height, currentEpoch(clock), ended]).toEqual([0n, 0n, undefined])
  })

  test('at the last block of an epoch › has not ended it, at the next one it has', () => {
    let clock = blockClock(configuration)
    const at = (head: bigint) => {
      const advanced = valueOf(onBlock(clock, configuration, head))
      clock = advanced.clock
      return advanced.ended
    }
    expect(at(105n)).toBeUndefined()
    expect(epochProgress(clock)).toBeCloseTo(5 / 6)
    expect(at(106n)).toEqual({ first: 0n, last: 0n })
    expect(at(106n)).toBeUndefined()
  })

  test('that missed many blocks › ends every epoch in between', () => {
    const advanced = valueOf(onBlock(blockClock(configuration), configuration, 100n + 6_000_001n))
    expect(advanced.ended).toEqual({ first: 0n, last: 999_999n })
  })

  test('told of a lower head, by a reorg or a node that lags › does not go back', () => {
    const { clock } = valueOf(onBlock(blockClock(configuration), configuration, 130n))
    for (const head of [129n, 101n, 0n])
      expect(valueOf(onBlock(clock, configuration, head))).toEqual({ clock, ended: undefined })
    expect(valueOf(onBlock(clock, configuration, 136n)).ended).toEqual({ first: 5n, last: 5n })
  })

  test('after a restart › goes on from the height that was stored', () => {
    const clock = blockClock(configuration, 30n)
    expect(currentEpoch(clock)).toBe(5n)
    expect(valueOf(onBlock(clock, configuration, 110n)).clock.height).toBe(30n)
  })

  test('beyond 64 bits › is an error', () => {
    expect(errorOf(advanceClock(blockClock(configuration), 1n << 64n))).toEqual({
      code: 'ClockOverflow',
      height: 1n << 64n,
    })
  })

  test('whose epochs have no block › is refused', () => {
    expect(() => blockClock({ genesisBlock: 0n, epochDuration: 0n })).toThrow(RangeError)
  })
})

describe('a time clock', () => {
  const time = { genesisMs: 1_700_000_000_000, epochDuration: 60n }

  test('counts seconds since its genesis, which a restart keeps › and its epochs go on', () => {
    const { clock, ended } = valueOf(onTime(timeClock(time), time, time.genesisMs + 125_999))
    expect([clock.height, ended]).toEqual([125n, { first: 0n, last: 1n }])
    const restarted = timeClock(time, clock.height)
    expect(valueOf(onTime(restarted, time, time.genesisMs + 180_000)).ended).toEqual({
      first: 2n,
      last: 2n,
    })
  })

  test('whose wall clock jumps back, even before the genesis › stands still', () => {
    const { clock } = valueOf(onTime(timeClock(time), time, time.genesisMs + 90_000))
    for (const now of [time.genesisMs + 89_000, time.genesisMs - 1])
      expect(valueOf(onTime(clock, time, now))).toEqual({ clock, ended: undefined })
  })
})

describe('a clock that was stored', () => {
  const block = { type: 'block', genesis: 100n, epochDuration: 6n } as const
  const time = { type: 'time', genesis: 1_700_000_000_000n, epochDuration: 60n } as const

  test('goes on at its height', () => {
    expect(valueOf(resumeClock({ ...block, height: 42n }, block)).clock.height).toBe(42n)
    expect(valueOf(resumeClock(undefined, block)).record).toEqual({ ...block, height: 0n })
  })

  test('by time › keeps the genesis of its first start', () => {
    const later = { ...time, genesis: time.genesis + 1n }
    expect(valueOf(resumeClock({ ...time, height: 7n }, later)).record.genesis).toBe(time.genesis)
  })

  test('of another kind, genesis block or duration › is refused', () => {
    const stored = { ...block, height: 42n }
    for (const other of [time, { ...block, genesis: 0n }, { ...block, epochDuration: 7n }])
      expect(errorOf(resumeClock(stored, other)).code).toBe('ClockMismatch')
  })
})

describe('epochs', () => {
  test('at the first boot › those before the clock are packed at once', () => {
    expect(valueOf(planEpochs(undefined, 0n))).toEqual({ pack: undefined, open: 0n })
    expect(valueOf(planEpochs(undefined, 3_000_000n))).toEqual({
      pack: { first: 0n, last: 2_999_999n },
      open: 3_000_000n,
    })
  })

  test('after a long stop › those that were missed are packed', () => {
    expect(valueOf(planEpochs(4n, 9n))).toEqual({ pack: { first: 5n, last: 8n }, open: 9n })
    expect(valueOf(planEpochs(4n, 5n))).toEqual({ pack: undefined, open: 5n })
  })

  test('ahead of the clock › are an error', () => {
    for (const current of [0n, 4n])
      expect(errorOf(planEpochs(4n, current))).toEqual({
        code: 'EpochWentBack',
        current,
        latestPacked: 4n,
      })
  })

  test('take each network’s heights one after another, from 0', () => {
    const at = (networkId: number, height: bigint, latestSettled: bigint | undefined) => ({
      networkId,
      height,
      latestSettled,
    })
    const first = valueOf(assignCertificate(emptyEpoch(7n), at(1, 0n, undefined)))
    expect(first.index).toBe(0n)
    const second = valueOf(assignCertificate(first.epoch, at(2, 5n, 4n)))
    expect(second.index).toBe(1n)
    const third = valueOf(assignCertificate(second.epoch, at(1, 1n, 0n)))
    expect(third.index).toBe(2n)
    expect(certificatesInEpoch(third.epoch, 1)).toBe(2n)
    for (const wrong of [at(1, 0n, 1n), at(1, 3n, 1n), at(3, 1n, undefined)])
      expect(errorOf(assignCertificate(third.epoch, wrong)).code).toBe('UnexpectedHeight')
  })

  test('with room for one certificate of a network › take no second one', () => {
    const { epoch } = valueOf(
      assignCertificate(emptyEpoch(7n), { networkId: 1, height: 0n, latestSettled: undefined }, 1),
    )
    expect(
      errorOf(assignCertificate(epoch, { networkId: 1, height: 1n, latestSettled: 0n }, 1)),
    ).toEqual({ code: 'AtCapacity', epoch: 7n })
    expect(assignCertificate(epoch, { networkId: 2, height: 1n, latestSettled: 0n }, 1).ok).toBe(
      true,
    )
  })
})
