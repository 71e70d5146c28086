import { memoryStore, type NodeStore } from '../../src/index.js'

/** A memory store whose appends wait until the test lets them go. */
export interface GatedStore extends NodeStore {
  readonly appended: bigint[]
  /** Lets that many appends go, now or when they come. */
  release(count?: number): void
  /** Lets the appends that wait, and the next ones, fail. */
  fail(error: Error): void
}

/** Makes a {@link GatedStore}. */
export function gatedStore(): GatedStore {
  const store = memoryStore()
  const appended: bigint[] = []
  const waiting: ((error?: Error) => void)[] = []
  let permits = 0
  let failure: Error | undefined
  const pass = () =>
    new Promise<void>((resolve, reject) => {
      if (failure !== undefined) reject(failure)
      else if (permits > 0) resolve(void permits--)
      else waiting.push((error) => (error === undefined ? resolve() : reject(error)))
    })
  return Object.assign(Object.create(store) as NodeStore, {
    appended,
    range: () => store.range(),
    get: (n: bigint) => store.get(n),
    append: async (block: Parameters<NodeStore['append']>[0]) => {
      await pass()
      await store.append(block)
      appended.push(block.number)
    },
    release: (count = 1) => {
      for (let i = 0; i < count; i++) {
        const next = waiting.shift()
        if (next === undefined) permits += 1
        else next()
      }
    },
    fail: (error: Error) => {
      failure = error
      for (const next of waiting.splice(0)) next(error)
    },
  })
}
