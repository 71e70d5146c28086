import { afterEach, expect, test } from 'vitest'
import { installPromiseWithResolvers } from '../../src/install-promise-with-resolvers.js'

const native = Object.getOwnPropertyDescriptor(Promise, 'withResolvers')

afterEach(() => {
  if (native) Object.defineProperty(Promise, 'withResolvers', native)
  else Reflect.deleteProperty(Promise, 'withResolvers')
})

interface Resolvers {
  readonly promise: Promise<unknown>
  resolve(value: unknown): void
  reject(reason: unknown): void
}

function withResolvers(type: PromiseConstructor = Promise): Resolvers {
  return (type as unknown as { withResolvers(): Resolvers }).withResolvers()
}

test('polyfill › installed where it lacks › resolves and rejects from outside', async () => {
  Reflect.deleteProperty(Promise, 'withResolvers')
  installPromiseWithResolvers()
  const first = withResolvers()
  first.resolve(7)
  expect(await first.promise).toBe(7)
  const second = withResolvers()
  second.reject(new Error('no'))
  await expect(second.promise).rejects.toThrow('no')
})

test('polyfill › called on a subclass › makes promises of the subclass', () => {
  Reflect.deleteProperty(Promise, 'withResolvers')
  installPromiseWithResolvers()
  class Other<T> extends Promise<T> {}
  expect(withResolvers(Other as unknown as PromiseConstructor).promise).toBeInstanceOf(Other)
})

test('polyfill › the platform has it › leaves it alone', () => {
  const own = (): undefined => undefined
  Object.defineProperty(Promise, 'withResolvers', {
    value: own,
    configurable: true,
    writable: true,
  })
  installPromiseWithResolvers()
  expect(Reflect.get(Promise, 'withResolvers')).toBe(own)
})
