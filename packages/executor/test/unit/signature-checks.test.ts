import { ManualClock, yieldTurn } from '@zkstack/concurrency'
import { blsMinSig, ed25519Scheme, loadCryptoBackends, SignatureWorkers } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { SignatureChecks } from '../../src/signature-checks.js'

const scheme = ed25519Scheme.current
const secret = new Uint8Array(32).fill(1)
const message = new Uint8Array(32).fill(2)
const key = scheme.importPublicKey(scheme.publicKey(secret))
const claims = key === undefined ? [] : [{ index: 0, key, message }]
const aggregate = scheme.sign(secret, message)
const wrong = new Uint8Array(aggregate.length)

/** Checks whose threads are ready at once, note what they get, and never answer. */
function played(workers: number | undefined): {
  checks: SignatureChecks
  posted: number[]
  started: () => number
  clock: ManualClock
  warnings: string[]
} {
  const posted: number[] = []
  const clock = new ManualClock()
  const warnings: string[] = []
  let started = 0
  const checks = new SignatureChecks({
    workers,
    clock,
    yieldTurn,
    warn: ({ code }) => warnings.push(code),
    start: ({ onMessage }) => {
      started++
      queueMicrotask(() => {
        onMessage('ready')
      })
      const post = ({ id }: { id: number }): void => {
        posted.push(id)
      }
      return Promise.resolve({ post, terminate: () => Promise.resolve() })
    },
  })
  return { checks, posted, started: () => started, clock, warnings }
}

describe('signature checks', () => {
  it.each([0, 1, 3])(
    'limits.workers is %d › so many threads start, with the first check',
    async (workers) => {
      const { checks, started } = played(workers)
      expect(started()).toBe(0)
      expect(await checks.ofBlocks(scheme, { claims, aggregate })).toBe(true)
      expect(started()).toBe(workers)
      await checks[Symbol.asyncDispose]()
    },
  )

  it('limits.workers is not given › at most four threads, and one core is left to the main one', async () => {
    const { checks, started } = played(undefined)
    expect(await checks.ofBlocks(scheme, { claims, aggregate: wrong })).toBe(false)
    await yieldTurn()
    expect(started()).toBeLessThanOrEqual(4)
    await checks[Symbol.asyncDispose]()
  })

  it('threads are shared › no others start, and they outlive those who share them', async () => {
    let [started, terminated] = [0, 0]
    const shared = new SignatureWorkers({
      count: 1,
      onFailure: () => undefined,
      start: ({ onMessage }) => {
        started++
        queueMicrotask(() => {
          onMessage('ready')
        })
        const post = ({ id }: { id: number }): void => {
          onMessage({ id, verdicts: new Uint8Array([1]) })
        }
        const terminate = (): Promise<void> => {
          terminated++
          return Promise.resolve()
        }
        return Promise.resolve({ post, terminate })
      },
    })
    const [first, second] = [1, 2].map(
      () =>
        new SignatureChecks({
          workers: undefined,
          shared,
          clock: new ManualClock(),
          yieldTurn,
          warn: () => undefined,
        }),
    )
    await first?.ofBlocks(scheme, { claims, aggregate })
    await yieldTurn()
    await first?.[Symbol.asyncDispose]()
    // only the thread says so
    expect(await second?.ofBlocks(scheme, { claims, aggregate: wrong })).toBe(true)
    await second?.[Symbol.asyncDispose]()
    expect([started, terminated, shared.size]).toEqual([1, 0, 1])
    await shared[Symbol.asyncDispose]()
    expect(terminated).toBe(1)
  })

  it('the threads are busy › this one checks what waits, one after another, until nothing does', async () => {
    const { checks, posted } = played(1)
    await checks.ofBlocks(scheme, { claims, aggregate })
    await yieldTurn()
    const all = Array.from({ length: 160 }, (_, i) =>
      checks.ofBlocks(scheme, { claims, aggregate: i % 3 === 0 ? wrong : aggregate }),
    )
    // two batches of 64 are at the thread that never answers
    const here = await Promise.all(all.slice(128))
    expect(here).toEqual(here.map((_, i) => (128 + i) % 3 !== 0))
    expect(posted.length).toBe(2)
    await checks[Symbol.asyncDispose]()
    expect(await Promise.all(all)).toEqual(all.map((_, i) => i % 3 !== 0))
  })

  it('a thread lives but never answers › it is told after a minute, and this one checks', async () => {
    const { checks, posted, clock, warnings } = played(1)
    await checks.ofBlocks(scheme, { claims, aggregate })
    await yieldTurn()
    const asked = [aggregate, wrong].map((one) =>
      checks.ofBlocks(scheme, { claims, aggregate: one }),
    )
    await yieldTurn()
    expect(posted.length).toBe(1)
    clock.advance(30_000)
    expect(warnings).toEqual([])
    clock.advance(30_000)
    expect(await Promise.all(asked)).toEqual([true, false])
    expect(warnings).toEqual(['SIGNATURE_WORKER_FAILED'])
    await checks[Symbol.asyncDispose]()
  })

  it('BLS without threads › checks of one turn are made together, and the wrong one is known', async () => {
    await loadCryptoBackends()
    const bls = blsMinSig.current
    const blsKey = bls.importPublicKey(bls.publicKey(secret))
    const all = Array.from({ length: 6 }, (_, i) => {
      const text = new Uint8Array(32).fill(i)
      const signature = bls.sign(secret, i === 4 ? message : text)
      const claim = blsKey && { index: 0, key: blsKey, message: text }
      return { claims: claim ? [claim] : [], aggregate: signature }
    })
    const { checks } = played(0)
    const verdicts = await Promise.all(all.map((check) => checks.ofBlocks(bls, check)))
    expect(verdicts).toEqual([true, true, true, true, false, true])
  })

  it('consensus asks for Ed25519 › it is checked here, whatever the threads do', async () => {
    const { checks, posted } = played(1)
    expect(await checks.ofConsensus(scheme, { claims, aggregate })).toBe(true)
    expect(await checks.ofConsensus(scheme, { claims, aggregate: wrong })).toBe(false)
    expect(posted).toEqual([])
    await checks[Symbol.asyncDispose]()
  })
})
