import { describe, expect, it } from 'vitest'
import { EventHub } from '../../src/event-hub.js'

interface Events {
  tick: number
  tock: string
}

function hub(): { events: EventHub<Events>; errors: string[] } {
  const errors: string[] = []
  return { events: new EventHub((event, e) => errors.push(`${event}: ${e.message}`)), errors }
}

const rejecting: () => unknown = () => Promise.reject(new Error('late'))

describe('event hub', () => {
  it('calls listeners of the event in the order of registration, and no others', () => {
    const { events } = hub()
    const seen: string[] = []
    events.on('tick', (n) => seen.push(`a${n}`))
    events.on('tick', (n) => seen.push(`b${n}`))
    events.on('tock', (s) => seen.push(s))
    events.emit('tick', 1)
    expect(seen).toEqual(['a1', 'b1'])
  })

  it('a listener that throws › the others are still called, and the error is reported with the event', () => {
    const { events, errors } = hub()
    const seen: number[] = []
    events.on('tick', () => {
      throw new Error('bad listener')
    })
    events.on('tick', (n) => seen.push(n))
    events.emit('tick', 7)
    expect(seen).toEqual([7])
    expect(errors).toEqual(['tick: bad listener'])
  })

  it('a listener that rejects › the rejection is reported, not left unhandled', async () => {
    const { events, errors } = hub()
    // An async function passes where a function without a result is expected.
    events.on('tick', rejecting)
    events.emit('tick', 1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(errors).toEqual(['tick: late'])
  })

  it('ends by the returned function and by the signal, and leaves no listener on the signal', () => {
    const { events } = hub()
    const controller = new AbortController()
    const off = events.on('tick', () => undefined)
    events.on('tick', () => undefined, { signal: controller.signal })
    expect(events.count('tick')).toBe(2)
    off()
    controller.abort()
    expect(events.count('tick')).toBe(0)
    events.on('tick', () => undefined, { signal: controller.signal })
    expect(events.count('tick')).toBe(0)
  })

  it('a listener that ends another, or aborts its signal › that one hears no more, not of this event either', () => {
    const { events } = hub()
    const controller = new AbortController()
    const seen: string[] = []
    events.on('tick', () => {
      off()
      controller.abort()
    })
    const off = events.on('tick', () => seen.push('ended'))
    events.on('tick', () => seen.push('aborted'), { signal: controller.signal })
    events.on('tick', () => seen.push('others'))
    events.emit('tick', 1)
    expect(seen).toEqual(['others'])
  })

  it('the same function registered twice › is called twice, and ends one by one', () => {
    const { events } = hub()
    let calls = 0
    const listener = (): void => {
      calls += 1
    }
    const off = events.on('tick', listener)
    events.on('tick', listener)
    events.emit('tick', 0)
    off()
    events.emit('tick', 0)
    expect(calls).toBe(3)
  })
})
