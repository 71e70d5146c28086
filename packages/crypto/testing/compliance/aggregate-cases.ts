import { toHex } from '../../src/bytes.js'
import type { SignatureScheme, SignedClaim } from '../../src/signature-scheme.js'
import { check, checkBytes, checkThrows, type ComplianceCase } from './case.js'
import { committeeOf, flipBit, messageOf, partsOf, signAll, type Member } from './committee.js'

const sizes = 4

/** Requirements on aggregates. */
export function aggregateCases(scheme: SignatureScheme): ComplianceCase[] {
  const members = () => committeeOf(scheme, sizes)
  const same = Array.from({ length: sizes }, () => messageOf('m'))
  const mixed = ['m', 'n', 'm', 'o'].map(messageOf)
  const claimsOf = (of: readonly Member[], messages: readonly Uint8Array[]): SignedClaim[] =>
    of.map(({ key }, index) => ({ index, key, message: messages[index] ?? new Uint8Array(0) }))

  return [
    {
      name: 'an aggregate over one message verifies',
      run() {
        const aggregate = signAll(scheme, members(), same)
        check(aggregate.length === scheme.aggregateBytes(sizes), 'it has the stated length')
        check(scheme.isCanonicalAggregate(aggregate, sizes), 'it is canonical')
        check(scheme.verifyAggregate(claimsOf(members(), same), aggregate), 'it verifies')
      },
    },
    {
      name: 'an aggregate over equal and distinct messages verifies',
      run() {
        const aggregate = signAll(scheme, members(), mixed)
        check(scheme.verifyAggregate(claimsOf(members(), mixed), aggregate), 'it verifies')
      },
    },
    {
      name: 'an aggregate of one signature verifies as that signature does',
      run() {
        const [first] = members()
        check(first !== undefined, 'there is a member')
        const aggregate = signAll(scheme, [first], same)
        checkBytes(aggregate, toHex(scheme.sign(first.secret, same[0] ?? aggregate)), 'it')
        check(scheme.verifyAggregate(claimsOf([first], same), aggregate), 'it verifies')
      },
    },
    {
      name: 'an aggregate does not verify with swapped messages, a signer less, or a signer more',
      run() {
        const all = members()
        const aggregate = signAll(scheme, all, mixed)
        const swapped = ['n', 'm', 'm', 'o'].map(messageOf)
        check(!scheme.verifyAggregate(claimsOf(all, swapped), aggregate), 'swapped messages')
        const fewer = claimsOf(all, mixed).slice(0, -1)
        check(!scheme.verifyAggregate(fewer, aggregate), 'a signer less')
        const part = signAll(scheme, all.slice(0, -1), mixed)
        check(!scheme.verifyAggregate(claimsOf(all, mixed), part), 'a signer more')
      },
    },
    {
      name: 'an aggregate does not verify for the claims of another one',
      run() {
        const [a, b] = [members().slice(0, 2), members().slice(2)]
        const [forA, forB] = [signAll(scheme, a, same), signAll(scheme, b, same)]
        check(scheme.verifyAggregate(claimsOf(a, same), forA), 'its own claims')
        check(!scheme.verifyAggregate(claimsOf(a, same), forB), 'swapped aggregates, first')
        check(!scheme.verifyAggregate(claimsOf(b, same), forA), 'swapped aggregates, second')
      },
    },
    {
      name: 'an aggregate with a flipped bit or of the wrong length does not verify',
      run() {
        const aggregate = signAll(scheme, members(), same)
        const claims = claimsOf(members(), same)
        const bits = 8 * aggregate.length
        for (const wrong of [
          flipBit(aggregate, 2),
          flipBit(aggregate, bits >> 1),
          flipBit(aggregate, bits - 1),
          aggregate.subarray(1),
          new Uint8Array([...aggregate, 0]),
          new Uint8Array(0),
        ]) {
          check(!scheme.verifyAggregate(claims, wrong), 'a tampered aggregate is refused')
        }
        check(!scheme.isCanonicalAggregate(aggregate.subarray(1), sizes), 'too short')
        check(!scheme.isCanonicalAggregate(new Uint8Array([...aggregate, 0]), sizes), 'too long')
      },
    },
    {
      name: 'nothing verifies without claims, and the empty aggregate verifies no claim',
      run() {
        const claims = claimsOf(members(), same)
        checkBytes(scheme.aggregate([]), toHex(scheme.emptyAggregate), 'the aggregate of nothing')
        check(scheme.emptyAggregate.length === scheme.aggregateBytes(0), 'stated length')
        check(scheme.isCanonicalAggregate(scheme.emptyAggregate, 0), 'it is canonical for none')
        check(!scheme.isCanonicalAggregate(scheme.emptyAggregate, 1), 'it is not for one')
        check(!scheme.isCanonicalSignature(scheme.emptyAggregate), 'it is no signature')
        check(!scheme.verifyAggregate([], scheme.emptyAggregate), 'no claims, empty aggregate')
        check(!scheme.verifyAggregate([], signAll(scheme, members(), same)), 'no claims')
        check(!scheme.verifyAggregate(claims, scheme.emptyAggregate), 'claims, empty aggregate')
      },
    },
    {
      name: 'signatures added one by one in any order make the same aggregate',
      run() {
        const parts = partsOf(scheme, members(), mixed)
        const whole = signAll(scheme, members(), mixed)
        for (const order of [
          [0, 1, 2, 3],
          [3, 2, 1, 0],
          [2, 0, 3, 1],
        ]) {
          let aggregate = scheme.emptyAggregate
          order.forEach((index, step) => {
            const rank = order.slice(0, step).filter((earlier) => earlier < index).length
            const signature = parts[index]?.signature ?? new Uint8Array(0)
            const extended = scheme.extendAggregate(aggregate, rank, signature)
            check(extended !== undefined, 'a valid signature is added')
            aggregate = extended
          })
          checkBytes(aggregate, toHex(whole), `in the order ${order.join(', ')}`)
        }
      },
    },
    {
      name: 'a part that does not decode makes no aggregate',
      run() {
        const parts = partsOf(scheme, members(), same)
        const bad = new Uint8Array(scheme.signatureBytes).fill(0xff)
        const whole = signAll(scheme, members(), same)
        for (const signature of [bad, new Uint8Array(0), bad.subarray(1)]) {
          check(scheme.aggregate([...parts, { index: 9, signature }]) === undefined, 'aggregate')
          check(scheme.extendAggregate(whole, 0, signature) === undefined, 'extendAggregate')
        }
        const one = parts[0]?.signature ?? bad
        check(scheme.extendAggregate(whole.subarray(1), 0, one) === undefined, 'a broken aggregate')
      },
    },
    {
      name: 'indices that do not ascend are a programming error',
      run() {
        const [a, b] = partsOf(scheme, members(), same)
        const [c, d] = claimsOf(members(), same)
        check(a !== undefined && b !== undefined && c !== undefined && d !== undefined, 'two')
        checkThrows(() => scheme.aggregate([b, a]), RangeError, 'aggregate')
        checkThrows(() => scheme.aggregate([a, a]), RangeError, 'aggregate of duplicates')
        const whole = signAll(scheme, members(), same)
        checkThrows(() => scheme.verifyAggregate([d, c], whole), RangeError, 'verifyAggregate')
      },
    },
    {
      name: 'keys of honest members do not sum to infinity',
      run() {
        check(!scheme.keysSumToInfinity(members().map(({ key }) => key)), 'the committee')
      },
    },
  ]
}
