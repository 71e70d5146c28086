import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import { recoverSigner } from '../hashes/recover-signer.js'
import type { MultiSignature } from '../types/multi-batch-header.js'
import type { MultisigError } from './proof-error.js'

/**
 * Checks a committee's signatures of a commitment: enough of them, and every one given is its signer's. One signature that is
 * wrong is not made up for by others.
 * @see agglayer crates/pessimistic-proof-core/src/aggchain_data/multisig.rs
 */
export function multisigError(
  { signatures, expectedSigners, threshold }: MultiSignature,
  commitment: Hash32,
): MultisigError | undefined {
  if (signatures.length > expectedSigners.length) {
    return { code: 'TooManySigners', num: signatures.length, max: expectedSigners.length }
  }
  const got = signatures.filter((signature) => signature !== undefined).length
  if (BigInt(got) < threshold) return { code: 'UnderThreshold', got, expected: threshold }
  for (const [idx, expectedSigner] of expectedSigners.entries()) {
    const signature = signatures[idx]
    if (signature === undefined) continue
    const recoveredSigner = recoverSigner(signature, commitment)
    if (recoveredSigner === undefined) return { code: 'InvalidSignature', idx }
    if (!bytesEqual(recoveredSigner, expectedSigner)) {
      return { code: 'InvalidSigner', idx, expectedSigner, recoveredSigner, commitment }
    }
  }
  return undefined
}
