import { describe, expect, test } from 'vitest'
import { CanceledError, Ctx, Watch } from '../../src/index.js'

describe('watch', () => {
  test('watch › waitFor › resolves at once, or with the first value that fulfils the predicate', async () => {
    const watch = new Watch(1)
    expect(await watch.waitFor((v) => v === 1)).toBe(1)
    const wait = watch.waitFor((v) => v >= 3)
    watch.set(2)
    watch.update((v) => v + 2)
    watch.set(5)
    expect(await wait).toBe(4)
    expect(watch.value).toBe(5)
    expect(watch.subscribers).toBe(0)
  })

  test('watch › wait canceled › CanceledError and no subscription left', async () => {
    using ctx = Ctx.root()
    const watch = new Watch(0)
    const wait = watch.waitFor(() => false, { signal: ctx.signal })
    expect(watch.subscribers).toBe(1)
    ctx.cancel()
    await expect(wait).rejects.toThrow(CanceledError)
    await expect(watch.waitFor(() => true, { signal: ctx.signal })).rejects.toThrow(CanceledError)
    expect(watch.subscribers).toBe(0)
  })

  test('watch › predicate throws › the wait fails with its error, the setter and others do not', async () => {
    const watch = new Watch(0)
    const bad = watch.waitFor((v) => {
      if (v === 1) throw new Error('bad predicate')
      return false
    })
    const good = watch.waitFor((v) => v === 1)
    watch.set(1)
    await expect(bad).rejects.toThrow('bad predicate')
    expect(await good).toBe(1)
  })

  test('watch › changes › gives the present value first, then only the newest of what was missed', async () => {
    using ctx = Ctx.root()
    const watch = new Watch('a')
    const changes = watch.changes({ signal: ctx.signal })
    expect((await changes.next()).value).toBe('a')
    watch.set('b')
    watch.set('c')
    expect((await changes.next()).value).toBe('c')
    const next = changes.next()
    watch.set('d')
    watch.set('e')
    expect((await next).value).toBe('e')
    const canceled = changes.next()
    ctx.cancel()
    await expect(canceled).rejects.toThrow(CanceledError)
    expect(watch.subscribers).toBe(0)
  })

  test('watch › equal value set › counts as a change', async () => {
    const watch = new Watch(1)
    const changes = watch.changes()
    await changes.next()
    watch.set(1)
    expect((await changes.next()).value).toBe(1)
    await changes.return?.(undefined as never)
  })

  test('watch › subscriber throws › all others are told, then set throws', () => {
    const watch = new Watch(0)
    const seen: number[] = []
    watch.subscribe(() => {
      throw new Error('bad subscriber')
    })
    const unsubscribe = watch.subscribe((v) => seen.push(v))
    expect(() => {
      watch.set(1)
    }).toThrow('bad subscriber')
    unsubscribe()
    expect(() => {
      watch.set(2)
    }).toThrow('bad subscriber')
    expect(seen).toEqual([1])
  })
})
