import { expect, test } from 'vitest'
import { onAbort } from '../../src/index.js'

test('onAbort › many listeners on one signal › each is called once, in order, but those taken back', () => {
  const controller = new AbortController()
  const calls: number[] = []
  const unlinks = [0, 1, 2, 3].map((n) => onAbort(controller.signal, () => calls.push(n)))
  unlinks[1]?.()
  unlinks[1]?.()
  controller.abort()
  onAbort(controller.signal, () => calls.push(9))
  expect(calls).toEqual([0, 2, 3, 9])
})

test('onAbort › the last listener is taken back and one comes again › it is called', () => {
  const controller = new AbortController()
  let calls = 0
  onAbort(controller.signal, () => (calls += 1))()
  onAbort(controller.signal, () => (calls += 1))
  controller.abort()
  expect(calls).toBe(1)
})
