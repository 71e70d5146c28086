import type { SignatureScheme } from '../../src/signature-scheme.js'
import { oddEncodings, specCheckVectors, type Ed25519Vector } from '../vectors/ed25519-vectors.js'
import { rfc8032Vectors } from '../vectors/rfc8032-vectors.js'
import { bytesOf, check, checkBytes, type ComplianceCase } from './case.js'
import { importValid } from './committee.js'

/** Requirements on Ed25519 as a consensus scheme. */
export function ed25519Cases(scheme: SignatureScheme): ComplianceCase[] {
  return [
    {
      name: 'keys and signatures equal those of RFC 8032',
      run() {
        for (const known of rfc8032Vectors) {
          const seed = bytesOf(known.seed)
          const message = bytesOf(known.message)
          checkBytes(scheme.publicKey(seed), known.publicKey, 'public key')
          checkBytes(scheme.sign(seed, message), known.signature, 'signature')
          const key = importValid(scheme, bytesOf(known.publicKey))
          check(scheme.verify(key, message, bytesOf(known.signature)), 'it verifies')
        }
      },
    },
    ...[...specCheckVectors, ...oddEncodings].map((vector) => vectorCase(scheme, vector)),
  ]
}

function vectorCase(scheme: SignatureScheme, vector: Ed25519Vector): ComplianceCase {
  const { name, publicKey, message, signature, valid, scheduleKey } = vector
  return {
    name: `${name} › ${scheduleKey && valid ? 'accepted' : 'refused'}`,
    run() {
      const key = scheme.importPublicKey(bytesOf(publicKey))
      check((key !== undefined) === scheduleKey, 'the verdict on the key')
      if (key === undefined) return
      const claims = [{ index: 0, key, message: bytesOf(message) }]
      const bytes = bytesOf(signature)
      check(scheme.verify(key, bytesOf(message), bytes) === valid, 'the verdict on the signature')
      check(scheme.verifyAggregate(claims, bytes) === valid, 'the verdict on it as an aggregate')
    },
  }
}
