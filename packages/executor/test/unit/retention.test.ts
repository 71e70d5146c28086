import { Ctx, ManualClock, Watch } from '@zkstack/concurrency'
import type { BlockRange, HeightMark } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { Pruner } from '../../src/retention/pruner.js'
import { keepFrom, withMark } from '../../src/retention/retention.js'

const range = { first: 10n, next: 100n }

describe('what is kept', () => {
  it('a number of blocks › the newest, and never less than what is not committed yet', () => {
    const input = { range, applied: 100n, marks: [], utcMs: 0 }
    expect(keepFrom({ blocks: 30 }, input)).toBe(70n)
    expect(keepFrom({ blocks: 1 }, input)).toBe(99n)
    expect(keepFrom({ blocks: 30 }, { ...input, applied: 50n })).toBe(50n)
    expect(keepFrom({ blocks: 1_000 }, input) < range.first).toBe(true)
  })

  it('an age › what came since then, as far as the marks tell', () => {
    const marks = [
      { next: 20n, utcMs: 1_000 },
      { next: 40n, utcMs: 2_000 },
      { next: 90n, utcMs: 3_000 },
    ]
    const keep = (utcMs: number, applied = 100n): bigint =>
      keepFrom({ ageMs: 1_000 }, { range, applied, marks, utcMs })
    expect(keep(1_999)).toBe(10n)
    expect(keep(2_000)).toBe(20n)
    expect(keep(3_999)).toBe(40n)
    expect(keep(9_999)).toBe(90n)
    expect(keep(9_999, 50n)).toBe(50n)
  })

  it('marks › those that decide nothing any more are dropped, as are those of a clock that went back', () => {
    let marks: readonly HeightMark[] = []
    for (let t = 0; t <= 10_000; t += 100)
      marks = withMark(marks, { next: BigInt(t), utcMs: t }, 1_000)
    expect(marks.map(({ utcMs }) => utcMs)).toEqual(
      Array.from({ length: 11 }, (_, i) => 9_000 + i * 100),
    )
    const back = withMark(marks, { next: 20_000n, utcMs: 9_050 }, 1_000)
    expect(back.map(({ utcMs }) => utcMs)).toEqual([9_000, 9_050])
  })
})

/** A pruner over a chain that only has a length. */
async function pruned(o: {
  readonly saved: readonly HeightMark[]
  readonly hours: number
}): Promise<{ first: bigint; saved: readonly HeightMark[] }> {
  const clock = new ManualClock()
  const start = clock.nowUtc()
  const ctx = Ctx.root({ clock })
  const blocks = new Watch<BlockRange>({ first: 0n, next: 1_000n, last: undefined })
  let saved = o.saved.map(({ next, utcMs }) => ({ next, utcMs: start + utcMs }))
  const pruner = new Pruner({
    retention: { ageMs: 3_600_000 },
    store: {
      prune: (first) => {
        blocks.update((value) => ({ ...value, first }))
        return Promise.resolve()
      },
    },
    marks: {
      load: () => Promise.resolve(saved),
      save: (marks) => {
        saved = [...marks]
        return Promise.resolve()
      },
    },
    range: blocks,
    applied: new Watch(1_000n),
  })
  const running = pruner.run(ctx).catch(() => undefined)
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  await settle()
  for (let minute = 0; minute < o.hours * 60; minute++) {
    blocks.update((value) => ({ ...value, next: value.next + 10n }))
    clock.advance(60_000)
    await settle()
  }
  ctx.cancel()
  await running
  return { first: blocks.value.first, saved }
}

describe('pruning by age', () => {
  it('keeps the blocks of the last hour, within a minute', async () => {
    const { first, saved } = await pruned({ saved: [], hours: 2 })
    expect(Number(first)).toBeGreaterThanOrEqual(980)
    expect(Number(first)).toBeLessThanOrEqual(1_000)
    expect(saved.length).toBeLessThan(70)
  })

  it('goes on after a restart with what was saved, unless that is of another fork', async () => {
    const old = -7_200_000
    expect((await pruned({ saved: [{ next: 600n, utcMs: old }], hours: 0.1 })).first).toBe(600n)
    expect((await pruned({ saved: [{ next: 9_999n, utcMs: old }], hours: 0.1 })).first).toBe(0n)
  })
})
