import type { SignatureScheme } from '../src/signature-scheme.js'
import { aggregateCases } from './compliance/aggregate-cases.js'
import { blsCases } from './compliance/bls-cases.js'
import type { ComplianceCase } from './compliance/case.js'
import { ed25519Cases } from './compliance/ed25519-cases.js'
import { keyCases } from './compliance/key-cases.js'
import { possessionCases } from './compliance/possession-cases.js'
import { signatureCases } from './compliance/signature-cases.js'
import { minPkVectors } from './vectors/min-pk-vectors.js'
import { minSigVectors } from './vectors/min-sig-vectors.js'

/**
 * Everything that a signature scheme must do, as a list that any test framework can run: requirements on every scheme, and
 * known answers for the schemes that this package knows by name.
 */
export function schemeCompliance(scheme: SignatureScheme): ComplianceCase[] {
  return [
    ...keyCases(scheme),
    ...signatureCases(scheme),
    ...aggregateCases(scheme),
    ...possessionCases(scheme),
    ...knownAnswerCases(scheme),
  ]
}

function knownAnswerCases(scheme: SignatureScheme): ComplianceCase[] {
  switch (scheme.name) {
    case 'bls12_381':
      return blsCases(scheme, minSigVectors)
    case 'bls12_381_min_pk':
      return blsCases(scheme, minPkVectors)
    case 'ed25519':
      return ed25519Cases(scheme)
    default:
      return []
  }
}
