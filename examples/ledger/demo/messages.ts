import type { NodePhase } from '@zkstack/executor'
import type { LedgerGenesis } from '../src/index.js'

/** Everything that a validator's process needs; sent over its private channel, since arguments are visible to everybody. */
export interface ValidatorConfig {
  /** Folder of this validator's two databases. */
  readonly folder: string
  /** The chain's genesis, as JSON text. */
  readonly genesis: string
  readonly ledgerGenesis: LedgerGenesis
  readonly validatorKey: string
  readonly nodeKey: string
  /** `host:port`. */
  readonly listen: string
  /** Peers to dial. */
  readonly outbound: readonly { readonly key: Uint8Array; readonly addr: string }[]
  /** Peers that will dial. */
  readonly inbound: readonly Uint8Array[]
  readonly fillerBytes: number
  readonly maxPayloadBytes: number
  readonly viewTimeoutMs: number
}

/** What the coordinator asks of a validator's process. */
export type Request =
  | { readonly type: 'start'; readonly config: ValidatorConfig }
  | { readonly type: 'submit'; readonly transaction: Uint8Array }
  | { readonly type: 'root'; readonly number: bigint }
  | { readonly type: 'stop' }

/** How a validator is doing. */
export interface ValidatorStatus {
  readonly phase: NodePhase
  readonly view: bigint | undefined
  /** The last block that the ledger committed. */
  readonly committed: bigint | undefined
  readonly peers: number
  /** Transactions that wait for a block. */
  readonly pool: number
}

/** What a validator's process tells the coordinator. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'status'; readonly status: ValidatorStatus }
  | {
      readonly type: 'block'
      readonly number: bigint
      readonly view: bigint
      readonly bytes: number
      /** Identifiers, in order. */
      readonly transactions: readonly string[]
      /** Milliseconds from submission to commit, of those transactions that were submitted to this validator. */
      readonly latenciesMs: readonly number[]
    }
  | { readonly type: 'root'; readonly number: bigint; readonly root: string | undefined }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'stopped' }
