import { beforeAll, describe, expect, test } from 'vitest'
import {
  availableSchemes,
  blsMinSig,
  loadCryptoBackends,
  type AggregateCheck,
  type SignatureScheme,
} from '../../src/index.js'

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n))
const message = (i: number): Uint8Array => new Uint8Array(32).fill(i + 1)

beforeAll(() => loadCryptoBackends())

/** Signed by the validators at `indices`, one message for all. */
function signed(scheme: SignatureScheme, indices: readonly number[], i: number): AggregateCheck {
  const parts = indices.map((index) => {
    const secret = new Uint8Array(32).fill(index + 1)
    const key = scheme.importPublicKey(scheme.publicKey(secret))
    if (key === undefined) throw new TypeError('not a key')
    const signature = scheme.sign(secret, message(i))
    return { index, key, message: message(i), signature }
  })
  return { claims: parts, aggregate: scheme.aggregate(parts) ?? new Uint8Array() }
}

function joined(scheme: SignatureScheme, a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = [a, b].map((signature, index) => ({ index, signature }))
  return scheme.aggregate(both) ?? new Uint8Array()
}

/** Two aggregates that are wrong by the same amount, once more and once less: their sum is right. */
function canceling(scheme: SignatureScheme, signers = [0, 1, 2]): AggregateCheck[] {
  const other = signed(scheme, [0, 1, 2], 2)
  const [first, second] = [signed(scheme, [0, 1, 2], 0), signed(scheme, signers, 1)]
  const minus = other.aggregate.slice()
  minus[0] = (minus[0] ?? 0) ^ 0x20
  return [
    { ...first, aggregate: joined(scheme, first.aggregate, other.aggregate) },
    { ...second, aggregate: joined(scheme, second.aggregate, minus) },
  ]
}

function mclMinSig(): SignatureScheme {
  const scheme = blsMinSig.withBackend('mcl')
  if (scheme?.verifyAggregates === undefined) throw new TypeError('mcl is not there')
  return scheme
}

describe('aggregates checked together', () => {
  test('good, wrong, of other signers, of several messages, of none, and nonsense › each gets the verdict that it gets alone', () => {
    for (const scheme of availableSchemes()) {
      // noble is slow, and checks one after another as those of min-pk do
      if (!scheme.verifyAggregates || scheme.backend === 'noble') continue
      const good = Array.from({ length: 4 }, (_, i) => signed(scheme, [0, 1, 2], i))
      const others = [3, 4].map((i) => signed(scheme, [1, 3], i))
      const [first, second] = good
      if (!first || !second) throw new TypeError('there are four')
      const [claim, ...rest] = first.claims
      const checks = [
        ...good,
        { ...first, aggregate: second.aggregate },
        ...others,
        {
          ...first,
          claims: claim ? [claim, ...rest.map((c) => ({ ...c, message: message(9) }))] : [],
        },
        { claims: [], aggregate: scheme.emptyAggregate },
        { ...second, aggregate: new Uint8Array(3) },
        { ...second, aggregate: scheme.emptyAggregate },
      ]
      const alone = checks.map(({ claims, aggregate }) => scheme.verifyAggregate(claims, aggregate))
      expect(alone.filter(Boolean).length, scheme.name).toBe(6)
      expect(scheme.verifyAggregates(checks, random), scheme.backend).toEqual(alone)
      expect(scheme.verifyAggregates(good, random)).toEqual([true, true, true, true])
      expect(scheme.verifyAggregates([], random)).toEqual([])
    }
  })

  test('more than the library sums at once › all are judged', () => {
    const scheme = mclMinSig()
    const checks = Array.from({ length: 66 }, (_, i) => signed(scheme, [0], i))
    expect(scheme.verifyAggregates?.(checks, random)).toEqual(checks.map(() => true))
    const wrong = checks.map((check, i) =>
      i === 65 ? { ...check, aggregate: checks[0]?.aggregate ?? check.aggregate } : check,
    )
    expect(scheme.verifyAggregates?.(wrong, random)).toEqual(checks.map((_, i) => i !== 65))
  })

  test('signers differ from one to the next › all are judged', () => {
    const scheme = mclMinSig()
    const sets = [[0, 1], [0, 2], [1, 2], [0], [0, 1, 2]]
    const checks = Array.from({ length: 12 }, (_, i) => signed(scheme, sets[i % 5] ?? [], i))
    expect(scheme.verifyAggregates?.(checks, random)).toEqual(checks.map(() => true))
    // right, but of other signers
    const wrong = checks.map((check, i) =>
      i === 5 ? { ...check, claims: signed(scheme, [1, 2], 5).claims } : check,
    )
    expect(scheme.verifyAggregates?.(wrong, random)).toEqual(checks.map((_, i) => i !== 5))
  })

  test('two by steps, in turn, and a third amid them › none disturbs another', () => {
    const scheme = mclMinSig()
    const good = Array.from({ length: 20 }, (_, i) => signed(scheme, i % 2 ? [0, 1] : [1], i))
    const other = good[8]?.aggregate ?? new Uint8Array()
    const wrong = good.map((check, i) => (i === 7 ? { ...check, aggregate: other } : check))
    const runs = [good, wrong].map((checks) => scheme.verifyAggregatesBySteps?.(checks, random))
    const results: (boolean[] | undefined)[] = [undefined, undefined]
    let steps = 0
    while (results.includes(undefined)) {
      steps++
      runs.forEach((run, i) => {
        const step = results[i] ? undefined : run?.next()
        if (step?.done === true) results[i] = step.value
      })
      const [first] = good
      if (steps % 9 === 0 && first)
        expect(scheme.verifyAggregate(first.claims, first.aggregate)).toBe(true)
    }
    expect(steps).toBeGreaterThan(40)
    expect(results).toEqual([good.map(() => true), good.map((_, i) => i !== 7)])
  })

  test('two wrong ones make up for each other › both are refused', () => {
    const scheme = mclMinSig()
    for (const signers of [[0, 1, 2], [1, 2], [4]]) {
      const checks = canceling(scheme, signers)
      expect(scheme.verifyAggregates?.(checks, random)).toEqual([false, false])
    }
  })

  test('negative control: coefficients that can be foreseen › the two pass', () => {
    const scheme = mclMinSig()
    const ones = (n: number): Uint8Array => new Uint8Array(n).fill(1)
    for (const signers of [[0, 1, 2], [1, 2], [4]]) {
      const checks = canceling(scheme, signers)
      expect(scheme.verifyAggregates?.(checks, ones)).toEqual([true, true])
    }
  })
})
