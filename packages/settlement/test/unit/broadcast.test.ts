import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Broadcast } from '../../src/node/broadcast.js'

describe('the events of a node', () => {
  it('reach everybody who listens, in order, from then on', async () => {
    const events = new Broadcast<number>()
    events.send(0)
    const controller = new AbortController()
    const first = events.subscribe(controller.signal)
    events.send(1)
    const second = events.subscribe(controller.signal)
    events.send(2)
    controller.abort()
    expect(await all(first)).toEqual([1, 2])
    expect(await all(second)).toEqual([2])
  })

  it('end for whoever leaves, and for nobody else', async () => {
    const events = new Broadcast<number>()
    const controller = new AbortController()
    const stays = events.subscribe(controller.signal)
    const leaves = events.subscribe()
    events.send(1)
    for await (const event of leaves) {
      expect(event).toBe(1)
      break
    }
    events.send(2)
    controller.abort()
    expect(await all(stays)).toEqual([1, 2])
  })

  it('are not lost in silence when they are not read in time', async () => {
    const events = new Broadcast<number>()
    const controller = new AbortController()
    const late = events.subscribe(controller.signal)
    for (let i = 0; i < 5000; i++) events.send(i)
    const read: number[] = []
    const reading = (async () => {
      for await (const event of late) read.push(event)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'EVENTS_LOST' })
    expect(read).toHaveLength(4096)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const event of events) read.push(event)
  return read
}
