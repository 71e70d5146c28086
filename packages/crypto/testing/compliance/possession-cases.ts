import type { SignatureScheme } from '../../src/signature-scheme.js'
import { check, type ComplianceCase } from './case.js'
import { committeeOf, flipBit } from './committee.js'

/** Requirements on proofs of possession: of all schemes that sum keys, or of all that do not. */
export function possessionCases(scheme: SignatureScheme): ComplianceCase[] {
  if (!scheme.needsProofOfPossession) {
    return [
      {
        name: 'a scheme that needs no proof of possession accepts only the empty one',
        run() {
          const [member] = committeeOf(scheme, 1)
          check(member !== undefined, 'there is a member')
          const proof = scheme.provePossession(member.secret)
          check(proof.length === 0, 'the proof is empty')
          check(scheme.verifyPossession(member.key, proof), 'it is accepted')
          check(!scheme.verifyPossession(member.key, new Uint8Array(1)), 'no other is')
        },
      },
    ]
  }
  return [
    {
      name: 'a proof of possession verifies for its key alone',
      run() {
        const [member, other] = committeeOf(scheme, 2)
        check(member !== undefined && other !== undefined, 'there are two members')
        const proof = scheme.provePossession(member.secret)
        check(scheme.verifyPossession(member.key, proof), 'it verifies')
        check(!scheme.verifyPossession(other.key, proof), 'not for another key')
        check(!scheme.verifyPossession(member.key, flipBit(proof, 2)), 'not with a flipped bit')
        check(!scheme.verifyPossession(member.key, proof.subarray(1)), 'not cut')
        check(!scheme.verifyPossession(member.key, scheme.emptyAggregate), 'not infinity')
        check(!scheme.verifyPossession(member.key, new Uint8Array(0)), 'not nothing')
      },
    },
    {
      name: 'a signature over the public key is no proof of possession, nor the reverse',
      run() {
        const [member] = committeeOf(scheme, 1)
        check(member !== undefined, 'there is a member')
        const signature = scheme.sign(member.secret, member.publicKey)
        check(scheme.verify(member.key, member.publicKey, signature), 'the signature verifies')
        check(!scheme.verifyPossession(member.key, signature), 'it is no proof')
        const proof = scheme.provePossession(member.secret)
        check(!scheme.verify(member.key, member.publicKey, proof), 'the proof is no signature')
      },
    },
  ]
}
