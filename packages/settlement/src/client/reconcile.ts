import { bytesEqual } from '@zkstack/crypto'
import type { LatestHeaders } from '../storage/network-info.js'
import type { CertificateHeader } from '../types/certificate-header.js'

/** The newest certificate that a client has stored, and whether the settlement node is known to have it. */
export interface LocalCertificate {
  readonly header: CertificateHeader
  readonly isSent: boolean
}

/** Why a client and its settlement node cannot both be right. */
export type ReconciliationCode =
  /** The settlement node knows nothing of a certificate that it took. */
  | 'RemoteForgot'
  /** It is behind: restored from a backup, or another node. */
  | 'RemoteBehind'
  /** It is ahead by more than the certificate whose answer could have been lost. */
  | 'RemoteAhead'
  /** Another certificate has the height. */
  | 'RemoteDiffers'

/** What a client does at its start. */
export type Reconciliation =
  /** Nothing is known on either side, or nothing that matters. */
  | { readonly type: 'start' }
  /** The settlement node has a certificate that is not stored here. */
  | { readonly type: 'adopt'; readonly header: CertificateHeader }
  /** Both have the same; the settlement node knows better how it fares. */
  | { readonly type: 'update'; readonly header: CertificateHeader }
  /** The certificate was stored and not sent, or its answer was lost: sending is harmless. */
  | { readonly type: 'send' }
  | { readonly type: 'error'; readonly code: ReconciliationCode; readonly message: string }

/**
 * Compares what a client stored with what its settlement node knows, newest certificate against newest.
 *
 * A certificate is stored before it is sent, so one that was not sent may be missing there without harm.
 * @see aggkit aggsender/statuschecker/initial_state.go (the six cases)
 */
export function reconcile(
  local: LocalCertificate | undefined,
  remote: LatestHeaders,
): Reconciliation {
  const known = isLeftOver(remote) ? undefined : remote.known
  if (local === undefined) return known === undefined ? { type: 'start' } : adopt(known)
  const { header, isSent } = local
  if (known === undefined) return isSent ? error('RemoteForgot', header, known) : { type: 'send' }
  if (known.height === header.height) return sameHeight(local, known)
  if (known.height === header.height + 1n) return adopt(known)
  if (known.height > header.height) return error('RemoteAhead', header, known)
  const isNext = known.height + 1n === header.height
  return !isSent && isNext ? { type: 'send' } : error('RemoteBehind', header, known)
}

function sameHeight(
  { header, isSent }: LocalCertificate,
  known: CertificateHeader,
): Reconciliation {
  if (bytesEqual(known.certificateId, header.certificateId))
    return { type: 'update', header: known }
  const isReplaced = !isSent && known.status.type === 'inError'
  return isReplaced ? { type: 'send' } : error('RemoteDiffers', header, known)
}

/** A failed certificate of a height that cannot be the next: the network has settled nothing. */
function isLeftOver({ pending, settled }: LatestHeaders): boolean {
  return settled === undefined && pending?.status.type === 'inError' && pending.height !== 0n
}

function adopt(header: CertificateHeader): Reconciliation {
  return { type: 'adopt', header }
}

function error(
  code: ReconciliationCode,
  local: CertificateHeader,
  remote: CertificateHeader | undefined,
): Reconciliation {
  const there = remote === undefined ? 'nothing' : `height ${remote.height}`
  const message = `${code}: height ${local.height} is stored here, and ${there} at the settlement node`
  return { type: 'error', code, message }
}
