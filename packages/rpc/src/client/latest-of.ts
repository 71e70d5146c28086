import type { CertificateHeader, LatestHeaders } from '@zkstack/settlement'

/** What two questions tell of a network; the pending certificate may have settled between both. */
export function latestOf(
  pending: CertificateHeader | undefined,
  settled: CertificateHeader | undefined,
): LatestHeaders {
  const isLeft = pending !== undefined && (settled === undefined || pending.height > settled.height)
  const left = isLeft ? pending : undefined
  return { pending: left, settled, known: left ?? settled }
}
