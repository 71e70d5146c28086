import type { Hash32 } from '@zkstack/crypto'
import type { Certificate } from '@zkstack/pessimistic-proof'

/** What the settlement node's process is started with. */
export interface NodeConfig {
  readonly url: string
  readonly chainId: bigint
  readonly key: Uint8Array
  readonly rollupManager: Uint8Array
  readonly globalExitRootManager: Uint8Array
  readonly deploymentBlock: bigint
  readonly genesisBlock: bigint
  readonly epochDuration: bigint
  readonly folder: string
}

/** What the settlement node is asked. */
export type Question =
  | { readonly method: 'submit'; readonly certificate: Certificate }
  | { readonly method: 'header'; readonly certificateId: Hash32 }
  | { readonly method: 'latestHeaders' | 'networkInfo'; readonly networkId: number }
  | { readonly method: 'epochConfiguration' }

/** What it answers. */
export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }
