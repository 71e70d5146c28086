import { toHex } from '../../src/bytes.js'
import type { SignatureScheme } from '../../src/signature-scheme.js'
import { check, checkBytes, type ComplianceCase } from './case.js'
import { bytesFrom, committeeOf, flipBit, messageOf, type Member } from './committee.js'

/** Requirements on single signatures. */
export function signatureCases(scheme: SignatureScheme): ComplianceCase[] {
  const pair = (): [Member, Member] => {
    const [first, second] = committeeOf(scheme, 2)
    check(first !== undefined && second !== undefined, 'there are two members')
    return [first, second]
  }
  return [
    {
      name: 'a signature is deterministic, canonical and verifies',
      run() {
        const [{ secret, key }] = pair()
        const signature = scheme.sign(secret, messageOf('m'))
        checkBytes(scheme.sign(secret, messageOf('m')), toHex(signature), 'signed again')
        check(signature.length === scheme.signatureBytes, 'the signature has the stated length')
        check(scheme.isCanonicalSignature(signature), 'the signature is canonical')
        check(scheme.verify(key, messageOf('m'), signature), 'the signature verifies')
      },
    },
    {
      name: 'a signature does not verify for another message or another key',
      run() {
        const [{ secret, key }, other] = pair()
        const signature = scheme.sign(secret, messageOf('m'))
        check(!scheme.verify(key, messageOf('n'), signature), 'another message is refused')
        check(!scheme.verify(other.key, messageOf('m'), signature), 'another key is refused')
      },
    },
    {
      name: 'a signature with a flipped bit does not verify',
      run() {
        const [{ secret, key }] = pair()
        const signature = scheme.sign(secret, messageOf('m'))
        const bits = 8 * signature.length
        for (const bit of [0, 1, 2, 3, bits >> 1, bits - 8, bits - 1]) {
          const tampered = flipBit(signature, bit)
          check(!scheme.verify(key, messageOf('m'), tampered), `bit ${bit} flipped is refused`)
        }
      },
    },
    {
      name: 'a signature of the wrong length is refused',
      run() {
        const [{ secret, key }] = pair()
        const signature = scheme.sign(secret, messageOf('m'))
        for (const wrong of [
          new Uint8Array(0),
          signature.subarray(1),
          signature.subarray(0, -1),
          new Uint8Array([...signature, 0]),
          new Uint8Array([...signature, ...signature]),
        ]) {
          check(!scheme.isCanonicalSignature(wrong), `${wrong.length} bytes are not canonical`)
          check(!scheme.verify(key, messageOf('m'), wrong), `${wrong.length} bytes are refused`)
        }
      },
    },
    {
      name: 'random bytes are refused everywhere without an exception',
      run() {
        const [{ key }] = pair()
        const random = bytesFrom('garbage')
        for (let i = 0; i < 24; i++) {
          const signature = random(scheme.signatureBytes)
          check(!scheme.verify(key, random(i), signature), 'a random signature is refused')
          const claims = [{ index: i, key, message: random(32) }]
          check(!scheme.verifyAggregate(claims, signature), 'a random aggregate is refused')
          check(!scheme.verifyPossession(key, signature), 'a random proof is refused')
          scheme.aggregate([{ index: i, signature }])
          scheme.extendAggregate(signature, 0, random(scheme.signatureBytes))
          scheme.importPublicKey(random(scheme.publicKeyBytes))
        }
      },
    },
  ]
}
