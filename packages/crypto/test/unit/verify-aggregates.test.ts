import { describe, expect, test } from 'vitest'
import {
  availableSchemes,
  blsMinSig,
  fromHex,
  loadCryptoBackends,
  type AggregateCheck,
  type SignatureScheme,
} from '../../src/index.js'
import { BlsScheme } from '../../src/bls/bls-scheme.js'
import { blstMinPk, possessionBy, type Blst } from '../../src/bls/blst.js'
import { nobleMinPk } from '../../src/bls/noble.js'
import { minPkVariant } from '../../src/bls/variants.js'
import { loadBlst } from '../../src/platform.js'
import { minPkVectors } from '../../testing/vectors/min-pk-vectors.js'
import { minSigVectors } from '../../testing/vectors/min-sig-vectors.js'

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n))
const message = (i: number): Uint8Array => new Uint8Array(32).fill(i + 1)

await loadCryptoBackends()
const gaining = availableSchemes().filter((scheme) => scheme.gainsFromBatches === true)
const signerSets = [[0, 1, 2], [1, 2], [4]]

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

/** Min-pk by blst with some of its functions replaced. */
async function blstWith(replace: (blst: Blst) => Partial<Blst>): Promise<SignatureScheme> {
  const blst = await loadBlst()
  const backend = blstMinPk({ ...blst, ...replace(blst) }, possessionBy(nobleMinPk))
  return new BlsScheme(minPkVariant, backend)
}

/** The verdicts when they are reached together and when they are reached alone. */
function verdicts(scheme: SignatureScheme, checks: readonly AggregateCheck[]): boolean[][] {
  const together = scheme.verifyAggregates?.(checks, random) ?? []
  return [
    together,
    checks.map(({ claims, aggregate }) => scheme.verifyAggregate(claims, aggregate)),
  ]
}

describe('aggregates checked together', () => {
  test('good, wrong, of other signers, of several messages, of none, and nonsense › each gets the verdict that it gets alone', () => {
    for (const scheme of availableSchemes()) {
      // noble is slow, and checks one after another
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

  test('mcl with signatures in G1 and native blst › gain from it', () => {
    expect(gaining.map(({ name, backend }) => `${name} ${backend}`)).toEqual([
      'bls12_381 mcl',
      'bls12_381_min_pk blst',
    ])
  })

  test('native blst › checks eight at a time by an equation with a number of its own for each, and none alone', async () => {
    const sizes: number[] = []
    let alone = 0
    const scheme = await blstWith((blst) => ({
      verifyMultipleAggregateSignatures(sets, pksValidate, sigsGroupcheck) {
        sizes.push(sets.length)
        return blst.verifyMultipleAggregateSignatures(sets, pksValidate, sigsGroupcheck)
      },
      aggregateVerify(...args) {
        alone++
        return blst.aggregateVerify(...args)
      },
    }))
    const checks = Array.from({ length: 20 }, (_, i) => signed(scheme, signerSets[i % 3] ?? [], i))
    const none = (): never => {
      throw new Error('nobody asked for random bytes')
    }
    expect(scheme.verifyAggregates?.(checks, none)).toEqual(checks.map(() => true))
    expect([sizes, alone]).toEqual([[8, 8, 4], 0])
  })

  test('negative control: mcl and numbers that can be foreseen › two that make up for each other pass', () => {
    const scheme = mclMinSig()
    const ones = (n: number): Uint8Array => new Uint8Array(n).fill(1)
    for (const signers of signerSets) {
      const checks = canceling(scheme, signers)
      expect(scheme.verifyAggregates?.(checks, ones)).toEqual([true, true])
    }
  })

  test('negative control: blst without random numbers › two that make up for each other pass', async () => {
    const scheme = await blstWith((blst) => ({
      verifyMultipleAggregateSignatures(sets) {
        const sum = blst.aggregateSignatures(sets.map(({ sig }) => sig))
        const messages = sets.map(({ msg }) => msg)
        const keys = sets.map(({ pk }) => pk)
        return blst.aggregateVerify(messages, keys, sum, false, true)
      },
    }))
    for (const signers of signerSets) {
      const checks = canceling(scheme, signers)
      expect(scheme.verifyAggregates?.(checks, random)).toEqual([true, true])
    }
  })
})

describe.each(gaining)('aggregates checked together, $name by $backend', (scheme) => {
  const vectors = scheme.id === minPkVariant.id ? minPkVectors : minSigVectors
  const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()

  test('more than the library takes at once › all are judged', () => {
    const checks = Array.from({ length: 66 }, (_, i) => signed(scheme, [0], i))
    expect(scheme.verifyAggregates?.(checks, random)).toEqual(checks.map(() => true))
    const wrong = checks.map((check, i) =>
      i === 65 ? { ...check, aggregate: checks[0]?.aggregate ?? check.aggregate } : check,
    )
    expect(scheme.verifyAggregates?.(wrong, random)).toEqual(checks.map((_, i) => i !== 65))
  })

  test('one is wrong, in any place › it alone is refused', () => {
    const checks = Array.from({ length: 18 }, (_, i) => signed(scheme, [0, 1], i))
    for (const place of [0, 6, 7, 8, 15, 16, 17]) {
      const aggregate = checks[(place + 1) % 18]?.aggregate ?? new Uint8Array()
      const wrong = checks.map((check, i) => (i === place ? { ...check, aggregate } : check))
      expect(scheme.verifyAggregates?.(wrong, random)).toEqual(checks.map((_, i) => i !== place))
    }
  })

  test('signers differ from one to the next › all are judged', () => {
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
    for (const signers of signerSets) {
      const checks = canceling(scheme, signers)
      expect(scheme.verifyAggregates?.(checks, random)).toEqual([false, false])
      const good = signed(scheme, signers, 5)
      const amid = [good, ...checks, good]
      expect(scheme.verifyAggregates?.(amid, random)).toEqual([true, false, false, true])
    }
  })

  test('the same again and again, or one alone › has the same verdict each time', () => {
    const good = signed(scheme, [0, 1], 0)
    const wrong = { ...good, aggregate: signed(scheme, [0, 1], 1).aggregate }
    expect(verdicts(scheme, [good, good, good])[0]).toEqual([true, true, true])
    expect(verdicts(scheme, [good, wrong, good, wrong])[0]).toEqual([true, false, true, false])
    expect(verdicts(scheme, [wrong, wrong])[0]).toEqual([false, false])
    expect(verdicts(scheme, [good])[0]).toEqual([true])
    expect(verdicts(scheme, [wrong])[0]).toEqual([false])
  })

  test('one is shifted out of the subgroup › it alone is refused', () => {
    const checks = Array.from({ length: 10 }, (_, i) => signed(scheme, [0, 1], i))
    for (const by of [vectors.torsion, vectors.signatureForms.offSubgroup]) {
      const shifted = checks.map((check, i) =>
        i === 3 ? { ...check, aggregate: joined(scheme, check.aggregate, bytesOf(by)) } : check,
      )
      expect(verdicts(scheme, shifted)).toEqual(
        Array.from({ length: 2 }, () => checks.map((_, i) => i !== 3)),
      )
    }
  })

  test('one is shifted by what no pairing, or not every multiple, shows › it is refused each time', () => {
    const good = signed(scheme, [0, 1], 0)
    const shifted = { ...good, aggregate: joined(scheme, good.aggregate, bytesOf(vectors.torsion)) }
    for (let i = 0; i < 100; i++)
      expect(scheme.verifyAggregates?.([shifted, shifted], random)).toEqual([false, false])
  })

  test('an aggregate or a sum of keys at infinity is among them › it alone is refused', () => {
    const [first, second] = [signed(scheme, [0, 1], 0), signed(scheme, [0, 1], 1)]
    const keys = [vectors.keys[0]?.public ?? '', vectors.negated.public]
    const claims = keys.map((hex, index) => {
      const key = scheme.importPublicKey(bytesOf(hex))
      if (key === undefined) throw new TypeError('not a key')
      return { index, key, message: message(2) }
    })
    for (const wrong of [
      { ...first, aggregate: scheme.emptyAggregate },
      { claims, aggregate: scheme.emptyAggregate },
      { claims, aggregate: first.aggregate },
    ]) {
      const expected = [true, false, true, true]
      expect(verdicts(scheme, [first, wrong, second, first])).toEqual([expected, expected])
    }
  })
})
