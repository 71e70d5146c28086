import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { Certificate } from '../types/certificate.js'

/** The claims of one certificate must lead to one root. */
export interface MultipleL1InfoRootError {
  readonly code: 'MultipleL1InfoRoot'
}

/** The L1 info root that a certificate's claims lead to; `undefined` if it claims nothing. */
export function declaredL1InfoRoot({
  importedBridgeExits,
}: Certificate): Result<Hash32 | undefined, MultipleL1InfoRootError> {
  const [first, ...others] = importedBridgeExits.map(
    ({ claimData }) => claimData.proofGerL1root.root,
  )
  const differs = first !== undefined && others.some((root) => !bytesEqual(root, first))
  return differs ? err({ code: 'MultipleL1InfoRoot' }) : ok(first)
}

/**
 * How many leaves the L1 info tree has that a certificate builds on: as declared, else up to the last leaf that a claim uses;
 * `undefined` if there is neither.
 */
export function l1InfoTreeLeafCount(certificate: Certificate): number | undefined {
  const { l1InfoTreeLeafCount: declared, importedBridgeExits } = certificate
  if (declared !== undefined || importedBridgeExits.length === 0) return declared
  return importedBridgeExits.reduce(
    (count, { claimData }) => Math.max(count, claimData.l1Leaf.l1InfoTreeIndex + 1),
    0,
  )
}
