import type { SignatureScheme, SignedClaim } from '../../src/signature-scheme.js'
import type { BlsVectors, PointForms } from '../vectors/bls-vectors.js'
import { bytesOf, check, checkBytes, type ComplianceCase } from './case.js'
import { importValid, messageOf } from './committee.js'

/** Requirements on a BLS scheme with known answers. */
export function blsCases(scheme: SignatureScheme, vectors: BlsVectors): ComplianceCase[] {
  return [...knownAnswers(scheme, vectors), ...encodings(scheme, vectors), ...sums(scheme, vectors)]
}

function firstKey(vectors: BlsVectors): BlsVectors['keys'][number] {
  const [first] = vectors.keys
  if (first === undefined) throw new TypeError('the vectors have no keys')
  return first
}

function knownAnswers(scheme: SignatureScheme, vectors: BlsVectors): ComplianceCase[] {
  const keyOf = (index: number) => importValid(scheme, bytesOf(vectors.keys[index]?.public ?? ''))
  return [
    {
      name: 'public keys and proofs of possession equal the known ones',
      run() {
        for (const known of vectors.keys) {
          const secret = bytesOf(known.secret)
          checkBytes(scheme.publicKey(secret), known.public, 'public key')
          checkBytes(scheme.provePossession(secret), known.possession, 'proof of possession')
        }
        const first = firstKey(vectors)
        check(scheme.verifyPossession(keyOf(0), bytesOf(first.possession)), 'the proof verifies')
      },
    },
    {
      name: 'signatures equal the known ones and verify',
      run() {
        for (const { key, message, signature } of vectors.signatures) {
          const secret = bytesOf(vectors.keys[key]?.secret ?? '')
          checkBytes(scheme.sign(secret, bytesOf(message)), signature, 'signature')
          check(scheme.verify(keyOf(key), bytesOf(message), bytesOf(signature)), 'it verifies')
        }
      },
    },
    {
      name: 'aggregates equal the known ones and verify',
      run() {
        for (const { claims, aggregate } of vectors.aggregates) {
          const parts = claims.map(([key, message], index) => ({
            index,
            signature: scheme.sign(bytesOf(vectors.keys[key]?.secret ?? ''), bytesOf(message)),
          }))
          checkBytes(scheme.aggregate(parts), aggregate, 'aggregate')
          const signed: SignedClaim[] = claims.map(([key, message], index) => ({
            index,
            key: keyOf(key),
            message: bytesOf(message),
          }))
          check(scheme.verifyAggregate(signed, bytesOf(aggregate)), 'it verifies')
        }
      },
    },
    {
      name: 'a secret key of zero, the order or more is refused',
      run() {
        const order = '73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001'
        for (const hex of ['00'.repeat(32), order, 'ff'.repeat(32)]) {
          check(!scheme.isSecretKey(bytesOf(hex)), `${hex} is no secret key`)
        }
        check(scheme.isSecretKey(bytesOf(`${'00'.repeat(31)}01`)), 'one is a secret key')
      },
    },
  ]
}

function encodings(scheme: SignatureScheme, vectors: BlsVectors): ComplianceCase[] {
  const bad = (forms: PointForms): [string, string][] => [
    ...Object.entries(forms.malformed),
    ['infinity', forms.infinity],
    ['an uncompressed point', forms.uncompressed],
    ['an empty string', ''],
  ]
  return [
    {
      name: 'a public key outside the subgroup, at infinity or malformed is refused',
      run() {
        const forms: [string, string][] = [
          ...bad(vectors.keyForms),
          ['a point outside the subgroup', vectors.keyForms.offSubgroup],
        ]
        for (const [what, hex] of forms) {
          check(scheme.importPublicKey(bytesOf(hex)) === undefined, `${what} is no key`)
        }
      },
    },
    {
      name: 'a signature outside the subgroup, at infinity or malformed is refused',
      run() {
        const key = importValid(scheme, bytesOf(firstKey(vectors).public))
        const message = messageOf('m')
        const forms: [string, string][] = [
          ...bad(vectors.signatureForms),
          ['a point outside the subgroup', vectors.signatureForms.offSubgroup],
        ]
        for (const [what, hex] of forms) {
          const bytes = bytesOf(hex)
          check(!scheme.verify(key, message, bytes), `${what} is no signature`)
          check(!scheme.verifyAggregate([{ index: 0, key, message }], bytes), `${what}: aggregate`)
          check(!scheme.verifyPossession(key, bytes), `${what} is no proof`)
        }
        for (const [what, hex] of bad(vectors.signatureForms)) {
          const signature = bytesOf(hex)
          check(scheme.aggregate([{ index: 0, signature }]) === undefined, `${what} as a part`)
          if (what !== 'off the curve') {
            check(!scheme.isCanonicalSignature(signature), `${what} is not canonical`)
          }
        }
      },
    },
  ]
}

function sums(scheme: SignatureScheme, vectors: BlsVectors): ComplianceCase[] {
  const first = firstKey(vectors)
  const message = messageOf('m')
  const secrets = [first.secret, vectors.negated.secret].map(bytesOf)
  const claimsOf = (keys: readonly string[]): SignedClaim[] =>
    keys.map((hex, index) => ({ index, key: importValid(scheme, bytesOf(hex)), message }))
  const signed = (secret: Uint8Array | undefined) =>
    scheme.sign(secret ?? new Uint8Array(0), message)
  const sumOf = (...signatures: Uint8Array[]): Uint8Array => {
    const sum = scheme.aggregate(signatures.map((signature, index) => ({ index, signature })))
    check(sum !== undefined, 'the parts decode')
    return sum
  }

  return [
    {
      name: 'keys that sum to infinity verify singly and never together',
      run() {
        const claims = claimsOf([first.public, vectors.negated.public])
        const keys = claims.map(({ key }) => key)
        check(scheme.keysSumToInfinity(keys), 'the sum is infinity')
        check(!scheme.keysSumToInfinity(keys.slice(1)), 'one of them is not')
        checkBytes(scheme.publicKey(secrets[1] ?? message), vectors.negated.public, 'the key')
        const zero = sumOf(signed(secrets[0]), signed(secrets[1]))
        checkBytes(zero, vectors.signatureForms.infinity, 'the sum of the signatures')
        check(!scheme.verifyAggregate(claims, zero), 'infinity is refused')
        check(!scheme.verifyAggregate(claims, signed(secrets[0])), 'so is anything else')
        check(scheme.verifyAggregate(claims.slice(1), signed(secrets[1])), 'alone it verifies')
      },
    },
    {
      name: 'keys that sum to infinity on one message spoil an aggregate with others',
      run() {
        const third = vectors.keys[1]
        check(third !== undefined, 'there is a second key')
        const claims = claimsOf([first.public, vectors.negated.public])
        const other = messageOf('n')
        const key = importValid(scheme, bytesOf(third.public))
        const aggregate = scheme.sign(bytesOf(third.secret), other)
        const all = [...claims, { index: 2, key, message: other }]
        check(scheme.verifyAggregate(all.slice(2), aggregate), 'it verifies for the third alone')
        check(!scheme.verifyAggregate(all, aggregate), 'it does not for all three')
      },
    },
    {
      name: 'a rogue key forges an aggregate but has no proof of possession',
      run() {
        const secret = bytesOf(vectors.rogue.secret)
        const claims = claimsOf([first.public, vectors.rogue.public])
        check(scheme.verifyAggregate(claims, signed(secret)), 'the sum of the keys is known')
        const rogue = importValid(scheme, bytesOf(vectors.rogue.public))
        for (const proof of [scheme.provePossession(secret), bytesOf(first.possession)]) {
          check(!scheme.verifyPossession(rogue, proof), 'no proof fits the rogue key')
        }
      },
    },
    {
      name: 'signatures shifted against each other verify together and not alone',
      run() {
        const second = vectors.keys[1]
        check(second !== undefined, 'there is a second key')
        const shift = scheme.sign(bytesOf(vectors.rogue.secret), messageOf('shift'))
        const back = flipSign(shift)
        const a = sumOf(signed(secrets[0]), shift)
        const b = sumOf(signed(bytesOf(second.secret)), back)
        const claims = claimsOf([first.public, second.public])
        const [one, two] = claims
        check(one !== undefined && two !== undefined, 'there are two claims')
        check(!scheme.verify(one.key, message, a), 'the first is no signature')
        check(!scheme.verify(two.key, message, b), 'the second is no signature')
        check(scheme.verifyAggregate(claims, sumOf(a, b)), 'their sum verifies')
      },
    },
    {
      name: 'a part that no pairing shows is found in the sum',
      run() {
        const shifted = sumOf(signed(secrets[0]), bytesOf(vectors.torsion))
        const claims = claimsOf([first.public])
        const [claim] = claims
        check(claim !== undefined, 'there is a claim')
        check(!scheme.verifyAggregate(claims, shifted), 'as an aggregate')
        check(!scheme.verify(claim.key, message, shifted), 'as a signature')
        const many = Array.from({ length: 4 }, () => ({ claims, aggregate: shifted }))
        const verdicts = scheme.verifyAggregates?.(many, (n) => new Uint8Array(n).fill(3)) ?? []
        check(!verdicts.includes(true), 'as one of many')
      },
    },
    {
      name: 'a part outside the subgroup is found in the sum',
      run() {
        const { offSubgroup, offSubgroupNegated } = vectors.signatureForms
        const shifted = sumOf(signed(secrets[0]), bytesOf(offSubgroup))
        const claims = claimsOf([first.public])
        check(!scheme.verifyAggregate(claims, shifted), 'the sum is outside the subgroup')
        const restored = sumOf(shifted, bytesOf(offSubgroupNegated))
        check(scheme.verifyAggregate(claims, restored), 'shifted back it verifies')
      },
    },
  ]
}

/** The negative of a compressed point: its sign bit flipped. */
function flipSign(point: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(point)
  copy[0] = (copy[0] ?? 0) ^ 0x20
  return copy
}
