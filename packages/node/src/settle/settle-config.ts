import type { LogLevel } from '@zkstack/concurrency'
import type { Hash32 } from '@zkstack/crypto'
import type { FinalityPolicy, GoogleKmsKey, TransactionPolicy } from '@zkstack/l1'
import type { Address, NetworkId } from '@zkstack/pessimistic-proof'
import type { BatchLimit } from '@zkstack/rpc'
import type { ContractAddresses, EpochSchedule, RateLimit } from '@zkstack/settlement'
import type { SecretSource } from '../config/node-config.js'

/** A file with an encrypted key, and where its password is. */
export interface KeystoreSource {
  readonly path: string
  readonly password: SecretSource | { readonly text: string }
}

/** Who signs settlement transactions: the first settles, the others replace what their wallets sent before. */
export type SignerConfig =
  | { readonly type: 'keystores'; readonly keystores: readonly KeystoreSource[] }
  | {
      readonly type: 'googleKms'
      readonly keys: readonly GoogleKmsKey[]
      /** File with the key of a service account; absent: the machine's own. */
      readonly credentials: string | undefined
      /** Absent: Google's. */
      readonly endpoint: string | undefined
    }

/** Files in PEM: a certificate chain and its key. */
export interface TlsIdentityFiles {
  readonly certificate: string
  readonly key: string
}

/** How provers are known, and this node to them. */
export interface ClientTlsFiles {
  /** Absent: whom the platform trusts. */
  readonly ca: string | undefined
  readonly identity: TlsIdentityFiles | undefined
  readonly serverName: string | undefined
}

/** How the node is known to its clients, and they to it. */
export interface ServerTlsFiles {
  readonly identity: TlsIdentityFiles
  /** Absent: anybody may ask. */
  readonly clientCa: string | undefined
}

/** Who proves. */
export type ProverConfig =
  /** FOR DEVELOPMENT: no proofs; L1 must have a verifier that takes none, under this key. */
  | { readonly type: 'native'; readonly developmentVKey: Hash32 }
  /** Provers over gRPC. */
  | {
      readonly type: 'remote'
      readonly endpoints: readonly string[]
      readonly tls: ClientTlsFiles | undefined
      readonly timeoutMs: number
      /** The verifying key of the program that L1 takes, or as above. */
      readonly accepts:
        | { readonly type: 'sp1'; readonly vkey: Hash32 }
        | { readonly type: 'native'; readonly developmentVKey: Hash32 }
    }

/** The configuration of a settlement node, checked; paths are absolute. */
export interface SettleConfig {
  readonly logLevel: LogLevel
  readonly l1: {
    readonly chainId: bigint
    readonly nodeUrls: readonly string[]
    /** Says when there are new blocks; absent: L1 is only polled. */
    readonly wsNodeUrl: string | undefined
    readonly addresses: ContractAddresses
    readonly timeoutMs: number
    readonly pollIntervalMs: number
  }
  readonly rpc: {
    readonly host: string
    readonly readPort: number
    readonly adminPort: number
    /** Absent: the admin methods are not served. */
    readonly adminToken: SecretSource | undefined
    readonly maxRequestBytes: number
    readonly maxResponseBytes: number
    readonly maxConnections: number
    readonly batchLimit: BatchLimit
    readonly timeoutMs: number
    /** Of one WebSocket. */
    readonly maxSubscriptions: number
    readonly pingIntervalMs: number
  }
  readonly grpc: {
    readonly port: number
    readonly tls: ServerTlsFiles | undefined
    readonly maxRequestBytes: number
    readonly maxResponseBytes: number
    readonly maxConcurrentCalls: number
  }
  /** `host:port` of `/metrics`. */
  readonly metricsListen: string
  readonly signers: SignerConfig
  readonly epochs: EpochSchedule
  readonly storage: {
    readonly path: string
    readonly backup: { readonly path: string; readonly keep: number } | undefined
  }
  readonly prover: ProverConfig
  readonly transactions: TransactionPolicy
  readonly l1InfoRootFinality: FinalityPolicy | undefined
  readonly proofSigners: ReadonlyMap<NetworkId, Address>
  readonly rateLimits: {
    readonly default: RateLimit
    readonly networks: ReadonlyMap<NetworkId, RateLimit>
  }
  readonly debug: boolean
  /** Keys of upstream's node that mean nothing to this one. */
  readonly ignored: readonly string[]
}
