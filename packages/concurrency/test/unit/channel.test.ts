import { describe, expect, test } from 'vitest'
import { Channel, Ctx } from '../../src/index.js'

describe('channel', () => {
  test('channel › full › send waits its turn, and the order of sending is kept', async () => {
    const channel = new Channel<number>(2)
    const sent: number[] = []
    const sends = [1, 2, 3, 4].map((n) => channel.send(n).then(() => sent.push(n)))
    await Promise.all(sends.slice(0, 2))
    expect(sent).toEqual([1, 2])
    expect(channel.size).toBe(2)
    expect(channel.trySend(9)).toBe(false)
    const received = [
      await channel.receive(),
      await channel.receive(),
      await channel.receive(),
      await channel.receive(),
    ]
    await Promise.all(sends)
    expect(received).toEqual([1, 2, 3, 4])
    expect(channel.tryReceive()).toBeUndefined()
  })

  test('channel › several receivers wait › each value goes to the one who waits longest', async () => {
    const channel = new Channel<string>(1)
    const receives = [channel.receive(), channel.receive()]
    await channel.send('a')
    await channel.send('b')
    expect(await Promise.all(receives)).toEqual(['a', 'b'])
    expect(channel.size).toBe(0)
  })

  test('channel › closed › what was sent is received, then receive and send fail and iteration ends', async () => {
    const channel = new Channel<number>(1)
    await channel.send(1)
    const waiting = channel.send(2)
    channel.close()
    channel.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
    await expect(channel.send(3)).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
    expect(channel.trySend(3)).toBe(false)
    const seen: number[] = []
    for await (const n of channel) seen.push(n)
    expect(seen).toEqual([1])
    await expect(channel.receive()).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
  })

  test('channel › closed while a loop waits › the loop ends', async () => {
    const channel = new Channel<number>(1)
    const loop = (async () => {
      const seen: number[] = []
      for await (const n of channel) seen.push(n)
      return seen
    })()
    await channel.send(5)
    await new Promise((resolve) => setTimeout(resolve, 0))
    channel.close()
    expect(await loop).toEqual([5])
  })

  test('channel › a sent undefined › can be told from nothing', async () => {
    const channel = new Channel<undefined>(1)
    await channel.send(undefined)
    expect(channel.tryReceive()).toEqual({ value: undefined })
    expect(channel.tryReceive()).toBeUndefined()
  })

  test('channel › capacity › only a positive integer, or Infinity spelled out', async () => {
    for (const capacity of [0, -1, 1.5, NaN])
      expect(() => new Channel(capacity)).toThrow(RangeError)
    const unbounded = new Channel<number>(Infinity)
    for (let i = 0; i < 10_000; i++) expect(unbounded.trySend(i)).toBe(true)
    expect(await unbounded.receive()).toBe(0)
  })

  test('channel › thousands of waits under one signal › leave no listener and draw no warning', async () => {
    const warnings: Error[] = []
    const onWarning = (w: Error): void => {
      warnings.push(w)
    }
    process.on('warning', onWarning)
    using ctx = Ctx.root()
    const channel = new Channel<number>(1)
    const waits = Array.from({ length: 2000 }, () => channel.receive({ signal: ctx.signal }))
    for (let i = 0; i < 1999; i++) await channel.send(i)
    expect(await Promise.all(waits.slice(0, -1))).toHaveLength(1999)
    ctx.cancel()
    await expect(waits.at(-1)).rejects.toMatchObject({ code: 'CANCELED' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})
