import type { EpochError } from '../epochs/open-epoch.js'

/** Why a change is not made, nothing having been written: the certificate is no longer what the caller took it for. */
export type StoreRefusal =
  | { readonly code: 'UnknownCertificate' }
  /** Another certificate took its place. */
  | { readonly code: 'Replaced' }
  /** Its status allows no such change. */
  | { readonly code: 'WrongStatus'; readonly status: string }
  /** No epoch takes certificates yet. */
  | { readonly code: 'NoOpenEpoch' }
  | EpochError
