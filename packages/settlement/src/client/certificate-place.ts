import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { EMPTY_LOCAL_EXIT_ROOT, ZERO_HASH } from '@zkstack/pessimistic-proof'
import type { CertificateHeader } from '../types/certificate-header.js'

/** Where the next certificate of a network goes. */
export interface CertificatePlace {
  readonly height: bigint
  readonly prevLocalExitRoot: Hash32
}

/** The last certificate is still on its way. */
export interface CertificateOpen {
  readonly code: 'CertificateOpen'
}

/**
 * Height and previous local exit root of the next certificate: after a settled one the next, after a failed one the same again,
 * and at first height 0 from the root that L1 has.
 * @param lastLocalExitRoot what L1 holds; zero for an empty tree
 */
export function nextPlace(
  last: CertificateHeader | undefined,
  lastLocalExitRoot: Hash32,
): Result<CertificatePlace, CertificateOpen> {
  if (last === undefined) {
    const isEmpty = bytesEqual(lastLocalExitRoot, ZERO_HASH)
    return ok({
      height: 0n,
      prevLocalExitRoot: isEmpty ? EMPTY_LOCAL_EXIT_ROOT : lastLocalExitRoot,
    })
  }
  const { height, status, prevLocalExitRoot, newLocalExitRoot } = last
  if (status.type === 'settled')
    return ok({ height: height + 1n, prevLocalExitRoot: newLocalExitRoot })
  if (status.type === 'inError') return ok({ height, prevLocalExitRoot })
  return err({ code: 'CertificateOpen' })
}
