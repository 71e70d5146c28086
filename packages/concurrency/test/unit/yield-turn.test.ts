import { afterEach, describe, expect, test, vi } from 'vitest'
import { yieldTurn } from '@zkstack/concurrency'

describe('yieldTurn', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  for (const platform of ['with setImmediate', 'without setImmediate'] as const) {
    test(`yieldTurn › ${platform} › macrotasks that are ready run before it ends`, async () => {
      if (platform === 'without setImmediate') vi.stubGlobal('setImmediate', undefined)
      const order: string[] = []
      const { port1, port2 } = new MessageChannel()
      const message = new Promise<void>((resolve) => {
        port1.onmessage = () => {
          order.push('message')
          port1.close()
          resolve()
        }
      })
      port2.postMessage(undefined)
      for (let turns = 0; turns < 3; turns += 1) await yieldTurn()
      order.push('yielded')
      await message
      expect(order).toEqual(['message', 'yielded'])
    })
  }
})
