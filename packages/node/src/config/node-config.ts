import type { LogLevel } from '@zkstack/concurrency'
import type { Limits, Retention, StaticPeer, Timing } from '@zkstack/executor'
import type { Libp2pTransportOptions } from '@zkstack/network'

/** Where a secret is: in a file, or in an environment variable. */
export type SecretSource = { readonly file: string } | { readonly env: string }

/** A configuration file, checked; paths are absolute. */
export interface NodeConfig {
  /** The genesis file. */
  readonly genesis: string
  /** Path of a module, or `builtin:load`. */
  readonly execution: string
  /** The module's own options. */
  readonly executionOptions: Readonly<Record<string, unknown>>
  /** Folder of everything that the node writes. */
  readonly data: string
  readonly listen: string
  readonly publicAddr: string | undefined
  readonly onGenesisChange: 'refuse' | 'reset' | undefined
  readonly buildVersion: string | undefined
  readonly nodeKey: SecretSource
  /** Absent: a full node. */
  readonly validatorKey: SecretSource | undefined
  readonly peers: {
    readonly outbound: readonly StaticPeer[]
    readonly inbound: readonly Uint8Array[]
    readonly maxDynamicInbound: number | undefined
    readonly maxDynamicOutbound: number | undefined
    /** What is let in before it is known whose it is. */
    readonly transport: Libp2pTransportOptions
    /** `key@host:port` each. */
    readonly bootstrap: readonly string[]
  }
  /** Where the status page is served; absent: nowhere. */
  readonly httpListen: string | undefined
  /** Origins whose pages may read what light clients are served. */
  readonly httpAllowOrigins: readonly string[]
  readonly logLevel: LogLevel
  /** Where the inputs of the replica are kept for `zkstack replay`; absent: nowhere. */
  readonly recording: { readonly path: string; readonly maxBytes?: number } | undefined
  /** Which blocks are kept; absent: all. */
  readonly retention: Retention | undefined
  readonly limits: Partial<Limits>
  readonly timing: Timing
}
