import { describe, expect, test } from 'vitest'
import { ed25519Scheme, SignatureWorkers } from '@zkstack/crypto'
import { standInScheme } from '../../testing/index.js'
import { BatchVerifier } from '../../src/workers/batch-verifier.js'
import { unpackChecks } from '../../src/workers/aggregate-check.js'
import type { CheckBatch, WorkerEvents } from '../../src/workers/worker-port.js'

const scheme = ed25519Scheme.current
const secret = new Uint8Array(32).fill(1)
const message = new Uint8Array(32).fill(2)
const aggregate = scheme.sign(secret, message)
const key = scheme.importPublicKey(scheme.publicKey(secret))

/** Workers whose threads are played by the test. */
function played(count: number): {
  workers: SignatureWorkers
  events: WorkerEvents[]
  batches: CheckBatch[]
  failures: string[]
  /** Indices of the threads that were ended. */
  ended: number[]
  timers: Set<() => void>
} {
  const [events, batches, failures]: [WorkerEvents[], CheckBatch[], string[]] = [[], [], []]
  const ended: number[] = []
  const timers = new Set<() => void>()
  const workers = new SignatureWorkers({
    count,
    onFailure: ({ message: text }) => failures.push(text),
    start: (e) => {
      events.push(e)
      const post = (batch: CheckBatch): void => {
        batches.push(batch)
      }
      const index = events.length - 1
      const terminate = (): Promise<void> => {
        ended.push(index)
        return Promise.resolve()
      }
      return Promise.resolve({ post, terminate })
    },
    setTimer: (_ms, fire) => {
      timers.add(fire)
      return () => timers.delete(fire)
    },
  })
  return { workers, events, batches, failures, ended, timers }
}

const claims = key === undefined ? [] : [{ index: 0, key, message }]
const ask = (workers: SignatureWorkers, urgent = false): Promise<boolean | undefined> =>
  workers.verifyAggregate(scheme, { claims, aggregate }, { urgent })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Played workers that are ready. */
async function ready(count: number): Promise<ReturnType<typeof played>> {
  const all = played(count)
  await ask(all.workers)
  await turn()
  for (const { onMessage } of all.events) onMessage('ready')
  return all
}

test.each([-1, 0.5, Number.NaN, Infinity, 1e9])(
  'signature workers › %d of them › is a RangeError, before any starts',
  (count) => {
    const make = (): unknown => new SignatureWorkers({ count, onFailure: () => undefined })
    expect(make).toThrow(RangeError)
  },
)

describe('signature workers', () => {
  test('nobody is asked › no thread starts', () => {
    expect(played(2).events).toEqual([])
  })

  test('no worker is ready, or none are wanted › the caller checks', async () => {
    expect(await ask(played(2).workers)).toBeUndefined()
    expect(await ask(played(0).workers)).toBeUndefined()
  })

  test('checks of one turn › travel together, urgent ones first, and at most two batches of others are at a worker', async () => {
    const { workers, events, batches } = await ready(1)
    const all = Array.from({ length: 150 }, () => ask(workers))
    const urgent = ask(workers, true)
    await turn()
    const sizes = (): number[] => batches.map(({ checks }) => [...unpackChecks(checks)].length)
    expect(sizes()).toEqual([1, 64, 64])
    const verifier = new BatchVerifier((n) => crypto.getRandomValues(new Uint8Array(n)))
    for (let i = 0; i < batches.length; i++) {
      const batch = batches[i]
      if (batch) events[0]?.onMessage(verifier.verdictsOf(batch))
      await turn()
    }
    expect(sizes()).toEqual([1, 64, 64, 22])
    expect(await urgent).toBe(true)
    expect(new Set(await Promise.all(all))).toEqual(new Set([true]))
  })

  test('checks wait for busy workers › those that came first can be given back to their callers', async () => {
    const { workers, batches } = await ready(1)
    expect(workers.giveBack()).toBe(false)
    const all = Array.from({ length: 195 }, () => ask(workers))
    const urgent = ask(workers, true)
    await turn()
    // beside the urgent one and two batches of 64, there are 67
    expect(batches.length).toBe(3)
    for (let left = 67; left > 0; left -= 4) expect(workers.giveBack()).toBe(true)
    expect(workers.giveBack()).toBe(false)
    expect(await Promise.all(all.slice(128))).toEqual(Array(67).fill(undefined))
    await workers[Symbol.asyncDispose]()
    expect(await urgent).toBeUndefined()
  })

  test('a worker crashes › its checks come back without a verdict, the others go on, and it is told', async () => {
    const { workers, events, batches, failures } = await ready(2)
    const first = ask(workers)
    await turn()
    events[0]?.onEnd(new Error('crashed'))
    expect(await first).toBeUndefined()
    expect(failures).toEqual(['crashed'])
    const second = ask(workers)
    await turn()
    events[1]?.onMessage({ id: batches[1]?.id ?? 0, verdicts: Uint8Array.of(0) })
    expect(await second).toBe(false)
    const third = ask(workers)
    events[1]?.onEnd(new Error('crashed too'))
    expect(await third).toBeUndefined()
    expect(workers.size).toBe(0)
    expect(await ask(workers)).toBeUndefined()
  })

  test('a worker lives but never answers › it is ended when it was looked at twice, and its checks come back without a verdict', async () => {
    const { workers, batches, failures, ended, timers } = await ready(1)
    const look = (): void => {
      for (const fire of [...timers]) if (timers.delete(fire)) fire()
    }
    const all = Array.from({ length: 20 }, () => ask(workers, true))
    await turn()
    expect(batches).toHaveLength(2)
    look()
    expect(workers.size).toBe(1)
    look()
    expect(await Promise.all(all)).toEqual(Array(20).fill(undefined))
    expect(ended).toEqual([0])
    expect(failures).toEqual(['a worker answered nothing for 60 s'])
    expect(await ask(workers, true)).toBeUndefined()
    expect(timers.size).toBe(0)
  })

  test('a worker is slow, or has nothing to do › it is not ended, and no timer goes on for it', async () => {
    const { workers, events, batches, failures, timers } = await ready(1)
    const look = (): void => {
      for (const fire of [...timers]) if (timers.delete(fire)) fire()
    }
    const answer = (at: number): void => {
      events[0]?.onMessage({ id: batches[at]?.id ?? 0, verdicts: Uint8Array.of(1) })
    }
    for (let at = 0; at < 4; at += 1) {
      const asked = ask(workers, true)
      await turn()
      look()
      answer(at)
      expect(await asked).toBe(true)
      const next = ask(workers, true)
      await turn()
      look()
      answer(++at)
      expect(await next).toBe(true)
    }
    expect(failures).toEqual([])
    look()
    expect(timers.size).toBe(0)
    await workers[Symbol.asyncDispose]()
  })

  test('a worker does not start › that is told, and nothing is claimed', async () => {
    const failures: Error[] = []
    const workers = new SignatureWorkers({
      count: 1,
      onFailure: (e) => failures.push(e),
      start: () => Promise.reject(new Error('no threads here')),
    })
    expect(await ask(workers)).toBeUndefined()
    await turn()
    expect(failures.map((e) => e.message)).toEqual(['no threads here'])
  })

  test('an answer that is too short, or says that the worker cannot tell › no verdict', async () => {
    const { workers, events, batches } = await ready(1)
    const pair = [ask(workers), ask(workers)]
    await turn()
    events[0]?.onMessage({ id: batches[0]?.id ?? 0, verdicts: Uint8Array.of(2) })
    expect(await Promise.all(pair)).toEqual([undefined, undefined])
  })

  test('many bytes are to be hashed › batches are small, two at a worker, and the rest can be taken back', async () => {
    const { workers, batches } = await ready(1)
    const hashed = { bytes: new Uint8Array(100_000).fill(5), hash: new Uint8Array(32).fill(6) }
    const all = Array.from({ length: 7 }, () =>
      workers.verifyAggregate(scheme, { claims, aggregate, hashed }),
    )
    await turn()
    const sent = batches.map(({ checks }) => [...unpackChecks(checks)].map((check) => check.hashed))
    expect(sent).toEqual([
      [hashed, hashed],
      [hashed, hashed],
    ])
    expect(workers.giveBack()).toBe(true)
    expect(await Promise.all(all.slice(4, 6))).toEqual([undefined, undefined])
  })

  test('an answer gives the memory of its batch back › the next batch is written into it, and read to its own end', async () => {
    const { workers, events, batches } = await ready(1)
    const verifier = new BatchVerifier((n) => crypto.getRandomValues(new Uint8Array(n)))
    const answer = (batch: CheckBatch | undefined): void => {
      if (batch === undefined) throw new TypeError('there is no batch')
      events[0]?.onMessage({ ...verifier.verdictsOf(batch), memory: batch.checks.buffer })
    }
    const many = [ask(workers), ask(workers), ask(workers)]
    await turn()
    answer(batches[0])
    expect(await Promise.all(many)).toEqual([true, true, true])
    const [one, another] = [ask(workers), ask(workers, true)]
    await turn()
    expect(batches.map(({ checks }) => checks.buffer === batches[0]?.checks.buffer)).toEqual([
      true,
      true,
      false,
    ])
    answer(batches[1])
    answer(batches[2])
    expect(await Promise.all([one, another])).toEqual([true, true])
  })

  test('a scheme that is not of this package › the caller checks, workers do not know it', async () => {
    const { workers, batches } = await ready(1)
    expect(await workers.verifyAggregate(standInScheme, { claims: [], aggregate })).toBeUndefined()
    const batch = {
      id: 1,
      urgent: false,
      scheme: 77,
      backend: 'none',
      hash: 'noble',
      checks: new Uint8Array(12),
    }
    expect(
      new BatchVerifier((n) => crypto.getRandomValues(new Uint8Array(n))).verdictsOf(batch)
        .verdicts,
    ).toEqual(Uint8Array.of(2))
    expect(batches).toEqual([])
  })
})
