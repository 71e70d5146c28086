import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  availableSchemes,
  blsMinSig,
  keccak256,
  loadCryptoBackends,
  SignatureWorkers,
  verifyBySteps,
} from '@zkstack/crypto'
import type { SignatureScheme, SignedClaim } from '@zkstack/crypto'
import { inOneGo } from '../../src/in-one-go.js'

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n))
const failures: Error[] = []
const open: SignatureWorkers[] = []

beforeAll(async () => {
  await loadCryptoBackends()
})

afterEach(async () => {
  for (const workers of open.splice(0)) await workers[Symbol.asyncDispose]()
  failures.length = 0
})

/** Threads that are ready. */
async function startWorkers(count: number): Promise<SignatureWorkers> {
  const workers = new SignatureWorkers({ count, onFailure: (e) => failures.push(e) })
  open.push(workers)
  const [scheme] = availableSchemes()
  if (scheme === undefined) throw new TypeError('there is no scheme')
  expect(
    await workers.verifyAggregate(scheme, { claims: [], aggregate: scheme.emptyAggregate }),
  ).toBeUndefined()
  await expect.poll(() => workers.size + failures.length).toBe(count)
  expect(failures).toEqual([])
  return workers
}

function signed(
  scheme: SignatureScheme,
  seed: number,
): { claims: SignedClaim[]; aggregate: Uint8Array } {
  const message = new Uint8Array(32).fill(seed)
  const members = [1, 2, 3].map((i) => {
    const secret = new Uint8Array(scheme.secretKeyBytes).fill(i)
    const key = scheme.importPublicKey(scheme.publicKey(secret))
    if (key === undefined) throw new TypeError('not a key')
    return { index: i, key, message, signature: scheme.sign(secret, message) }
  })
  return { claims: members, aggregate: scheme.aggregate(members) ?? new Uint8Array(0) }
}

describe('signature workers', () => {
  test('every scheme and backend › verdicts are those of this thread', async () => {
    const workers = await startWorkers(2)
    for (const scheme of availableSchemes()) {
      const [good, other] = [signed(scheme, 7), signed(scheme, 8)]
      const verdicts = await Promise.all([
        workers.verifyAggregate(scheme, good),
        workers.verifyAggregate(scheme, { ...good, aggregate: other.aggregate }),
        workers.verifyAggregate(
          scheme,
          { ...good, claims: good.claims.slice(1) },
          { urgent: true },
        ),
        workers.verifyAggregate(scheme, { claims: [], aggregate: scheme.emptyAggregate }),
        workers.verifyAggregate(scheme, other, { urgent: true }),
        workers.verifyAggregate(scheme, { ...good, aggregate: new Uint8Array(3) }),
      ])
      const expected = [true, false, false, false, true, false]
      expect(verdicts, `${scheme.name} ${scheme.backend}`).toEqual(expected)
    }
  })

  test('with bytes to be hashed, right and wrong › a verdict is true only if both are', async () => {
    const workers = await startWorkers(1)
    const scheme = availableSchemes().find(({ backend }) => backend === 'node')
    if (scheme === undefined) throw new TypeError('there is no Ed25519 of Node')
    const [good, other] = [signed(scheme, 7), signed(scheme, 8)]
    for (const length of [0, 100, 64 * 1024, 200_000]) {
      const bytes = new Uint8Array(length).fill(3)
      const hash = keccak256(bytes)
      const changed = Uint8Array.from([...bytes.subarray(1), 4])
      const checks = [
        { ...good, hashed: { bytes, hash } },
        { ...good, hashed: { bytes: changed, hash } },
        { ...good, aggregate: other.aggregate, hashed: { bytes, hash } },
        good,
      ]
      const verdicts = await Promise.all(
        checks.map((check) => workers.verifyAggregate(scheme, check)),
      )
      expect(verdicts).toEqual([true, false, false, true])
      expect(inOneGo(verifyBySteps(scheme, checks, random))).toEqual(verdicts)
    }
  })

  test('hundreds of long batches, one after the other › leave nothing at the worker', async () => {
    const workers = await startWorkers(1)
    const scheme = availableSchemes().find(({ backend }) => backend === 'node')
    if (scheme === undefined) throw new TypeError('there is no Ed25519 of Node')
    const bytes = new Uint8Array(100_000).fill(3)
    const check = { ...signed(scheme, 7), hashed: { bytes, hash: keccak256(bytes) } }
    const verify = (): Promise<boolean | undefined> => workers.verifyAggregate(scheme, check)
    expect(await verify()).toBe(true)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 300; i++) expect(await verify()).toBe(true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * bytes.length)
  })

  test('more checks than fit a batch, good and bad › each gets its own verdict', async () => {
    const workers = await startWorkers(2)
    const scheme = availableSchemes().find(({ backend }) => backend === 'node')
    if (scheme === undefined) throw new TypeError('there is no Ed25519 of Node')
    const all = Array.from({ length: 300 }, (_, i) => {
      const { claims, aggregate } = signed(scheme, i % 10)
      if (i % 7 === 3) aggregate[5] = (aggregate[5] ?? 0) ^ 1
      return workers.verifyAggregate(scheme, { claims, aggregate })
    })
    expect(await Promise.all(all)).toEqual(all.map((_, i) => i % 7 !== 3))
  })

  test('an urgent check comes while a worker is at others › it is answered first', async () => {
    const workers = await startWorkers(1)
    const scheme = blsMinSig.withBackend('mcl')
    if (scheme === undefined) throw new TypeError('mcl is not there')
    const good = signed(scheme, 7)
    // from then on it has loaded the backend
    expect(await workers.verifyAggregate(scheme, good)).toBe(true)
    const order: string[] = []
    const others = Array.from({ length: 32 }, () =>
      workers.verifyAggregate(scheme, good).then(() => order.push('other')),
    )
    await Promise.resolve()
    const urgent = workers
      .verifyAggregate(scheme, good, { urgent: true })
      .then((verdict) => order.push(`urgent ${String(verdict)}`))
    await Promise.all([urgent, ...others])
    expect(order[0]).toBe('urgent true')
    expect(order.length).toBe(33)
  })

  test('workers are closed amid checks › all come back, nothing is claimed to be valid', async () => {
    const workers = await startWorkers(1)
    const scheme = availableSchemes().find(({ backend }) => backend === 'noble')
    if (scheme === undefined) throw new TypeError('there is no scheme')
    const { claims, aggregate } = signed(scheme, 9)
    const all = Array.from({ length: 50 }, () =>
      workers.verifyAggregate(scheme, { claims, aggregate: new Uint8Array(aggregate.length) }),
    )
    await workers[Symbol.asyncDispose]()
    expect(await Promise.all(all)).not.toContain(true)
    expect(await workers.verifyAggregate(scheme, { claims, aggregate })).toBeUndefined()
    expect(failures).toEqual([])
  })
})
