import { describe, expect, test } from 'vitest'
import { CanceledError, Ctx, scope, ZkStackError } from '../../src/index.js'
import type { Scope } from '../../src/index.js'

const untilCanceled = (ctx: Ctx): Promise<void> =>
  new Promise((resolve) => {
    ctx.onCancel(resolve)
  })
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('scope', () => {
  test('scope › tasks outlive the body › it ends only when all of them ended and returns what the body returned', async () => {
    using ctx = Ctx.root()
    const done: string[] = []
    const result = await scope(ctx, async (_, s) => {
      s.spawn(async () => {
        await turn()
        await turn()
        done.push('main')
      })
      s.spawnBackground(async (ctx) => {
        await untilCanceled(ctx)
        await turn()
        done.push('background')
      })
      return 'root'
    })
    expect(result).toBe('root')
    expect(done).toEqual(['main', 'background'])
    expect(ctx.canceled).toBe(false)
    expect(ctx.listeners).toBe(0)
  })

  test('scope › a task fails › the others are canceled and its error is the one thrown', async () => {
    using ctx = Ctx.root()
    let othersEnded = 0
    const failing = scope(ctx, async (ctx, s) => {
      for (let i = 0; i < 3; i++) {
        s.spawn(async (ctx) => {
          await untilCanceled(ctx)
          othersEnded += 1
          throw new Error('a consequence')
        })
      }
      s.spawn(async () => {
        await turn()
        throw new ZkStackError('FIRST', 'the cause')
      })
      await ctx.sleep(60_000)
    })
    await expect(failing).rejects.toMatchObject({ code: 'FIRST' })
    expect(othersEnded).toBe(3)
    expect(ctx.canceled).toBe(false)
  })

  test('scope › a task is spawned after the scope was canceled › it is started and sees the cancellation', async () => {
    using ctx = Ctx.root()
    let seen: boolean | undefined
    await scope(ctx, async (_, s) => {
      s.cancel()
      s.spawn(async (ctx) => {
        seen = ctx.canceled
      })
    })
    expect(seen).toBe(true)
  })

  test('scope › canceled from inside › it succeeds, though its tasks ended with cancellation', async () => {
    using ctx = Ctx.root()
    const result = await scope(ctx, async (_, s) => {
      s.spawn((ctx) => ctx.sleep(60_000))
      s.cancel()
      return 1
    })
    expect(result).toBe(1)
  })

  test('scope › nested scopes › an error climbs from the innermost and cancels each level', async () => {
    using ctx = Ctx.root()
    const canceled: string[] = []
    const run = scope(ctx, async (_, outer) => {
      outer.spawn(async (ctx) => {
        await untilCanceled(ctx)
        canceled.push('outer')
      })
      await scope(ctx, async (_, inner) => {
        inner.spawn(async (ctx) => {
          await untilCanceled(ctx)
          canceled.push('inner')
        })
        await turn()
        throw new Error('deep')
      })
    })
    await expect(run).rejects.toThrow('deep')
    expect(canceled).toEqual(['inner', 'outer'])
  })

  test('scope › nested and all succeed › values are visible outside', async () => {
    using ctx = Ctx.root()
    const sum = await scope(ctx, async (ctx, s) => {
      const a = s.spawn((ctx) => scope(ctx, async () => 1))
      const b = s.spawnBackground(async () => 2)
      return (await a.join()) + (await b.join()) + (await scope(ctx, async () => 4))
    })
    expect(sum).toBe(7)
  })

  test('scope › context canceled already › tasks are started, and the scope tells the interruption', async () => {
    using ctx = Ctx.root()
    ctx.cancel()
    let started = 0
    const run = scope(ctx, async (ctx, s) => {
      s.spawn(async (ctx) => {
        started += 1
        await ctx.sleep(1)
      })
      expect(ctx.canceled).toBe(true)
      return 'done'
    })
    await expect(run).rejects.toThrow(CanceledError)
    expect(started).toBe(1)
  })

  test('scope › context canceled already but no task minds › the value is returned', async () => {
    using ctx = Ctx.root()
    ctx.cancel()
    expect(await scope(ctx, async () => 5)).toBe(5)
  })

  test('scope › a background task spawns after the main ones ended › it runs as background, canceled from its start', async () => {
    using ctx = Ctx.root()
    const log: string[] = []
    await scope(ctx, async (_, s) => {
      s.spawnBackground(async (ctx) => {
        await untilCanceled(ctx)
        s.spawn(async (ctx) => {
          log.push(`late: ${ctx.canceled}`)
        })
        s.spawnBackground(async (ctx) => {
          log.push(`later: ${ctx.canceled}`)
        })
      })
    })
    expect(log).toEqual(['late: true', 'later: true'])
  })

  test('scope › a background task fails after the main ones ended › the scope fails', async () => {
    using ctx = Ctx.root()
    const run = scope(ctx, async (_, s) => {
      s.spawnBackground(async (ctx) => {
        await untilCanceled(ctx)
        throw new Error('clean-up failed')
      })
    })
    await expect(run).rejects.toThrow('clean-up failed')
  })

  test('scope › join › gives the value, or CanceledError for a task that failed, whose error the scope throws', async () => {
    using ctx = Ctx.root()
    let joined: unknown
    const run = scope(ctx, async (_, s) => {
      expect(await s.spawn(async () => 'value').join()).toBe('value')
      const failing = s.spawn(async () => {
        throw new Error('mine')
      })
      await failing.join().catch((e: unknown) => (joined = e))
    })
    await expect(run).rejects.toThrow('mine')
    expect(joined).toBeInstanceOf(CanceledError)
  })

  test('scope › tasks share variables outside of it › they see and change them', async () => {
    using ctx = Ctx.root()
    const list = [1]
    let count = 0
    await scope(ctx, async (_, s) => {
      s.spawn(async () => list.push(2))
      s.spawn(async () => (count += list.length))
    })
    expect(list).toEqual([1, 2])
    expect(count).toBe(2)
  })

  test('scope › a programming error is thrown › the scope still waits for every task', async () => {
    using ctx = Ctx.root()
    let ended = false
    const run = scope(ctx, async (_, s) => {
      s.spawn(async (ctx) => {
        await untilCanceled(ctx)
        await turn()
        ended = true
      })
      throw new TypeError('bug')
    })
    await expect(run).rejects.toThrow(TypeError)
    expect(ended).toBe(true)
  })

  test('scope › an error is followed by a programming error › the programming error overrides it', async () => {
    using ctx = Ctx.root()
    const run = scope(ctx, async (_, s) => {
      s.spawn(async (ctx) => {
        await untilCanceled(ctx)
        throw new RangeError('bug')
      })
      s.spawn(async (ctx) => {
        await untilCanceled(ctx)
        await turn()
        throw new TypeError('a later bug')
      })
      throw new Error('first')
    })
    await expect(run).rejects.toThrow(RangeError)
  })

  test('scope › a task throws before its first await › it fails like any other', async () => {
    using ctx = Ctx.root()
    const run = scope(ctx, async (_, s) => {
      s.spawn(() => {
        throw new Error('at once')
      })
    })
    await expect(run).rejects.toThrow('at once')
  })

  test('scope › something that is no Error is thrown › it is wrapped', async () => {
    using ctx = Ctx.root()
    const run = scope(ctx, async () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what foreign code may do
      throw 'text'
    })
    await expect(run).rejects.toMatchObject({ message: 'text', cause: 'text' })
  })

  test('scope › used after it ended › TypeError', async () => {
    using ctx = Ctx.root()
    let kept: Scope | undefined
    await scope(ctx, async (_, s) => {
      kept = s
    })
    expect(() => kept?.spawn(async () => undefined)).toThrow(TypeError)
  })

  test('scope › outer context canceled while the body waits › CanceledError', async () => {
    using ctx = Ctx.root()
    const run = scope(ctx, (ctx) => ctx.sleep(60_000))
    ctx.cancel('stop')
    await expect(run).rejects.toMatchObject({ code: 'CANCELED', cause: 'stop' })
  })
})
