import type { Hash32 } from '@zkstack/crypto'
import type { BridgeExit } from '@zkstack/pessimistic-proof'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { ClaimedExit } from './exit-source.js'

/** How far an exit has come on its way to L1. */
export type ExitStage =
  'collected' | 'inCertificate' | 'proven' | 'candidate' | 'settled' | 'claimable'

/** An exit has come further. */
export interface ExitEvent {
  readonly type: 'exit'
  readonly stage: ExitStage
  /** Its place in the local exit tree. */
  readonly leafIndex: number
  readonly bridgeExit: BridgeExit
  /** The block that it left in. */
  readonly block: bigint
  /** From `inCertificate` on. */
  readonly certificateId: Hash32 | undefined
  /** From `settled` on, as far as it is known. */
  readonly settlementTxHash: Hash32 | undefined
  /** When it is claimable: what its destination asks for; `undefined` after a restart, until L1 is read again. */
  readonly claim: ClaimedExit | undefined
}

/** Why a client makes no more certificates until it is told to. */
export interface ClientHalt {
  readonly code: string
  readonly message: string
}

/** What the client of a network tells. */
export type ClientEvent =
  | ExitEvent
  /** A certificate was sent, or has another status. */
  | { readonly type: 'certificate'; readonly header: CertificateHeader }
  /** Only a person can help; `resume` goes on. */
  | ({ readonly type: 'halted' } & ClientHalt)
