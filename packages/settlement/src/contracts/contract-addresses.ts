import type { Address } from '@zkstack/pessimistic-proof'

/** Where the contracts of a settlement layer are on L1. */
export interface ContractAddresses {
  /** `PolygonRollupManager` */
  readonly rollupManager: Address
  /** `PolygonZkEVMGlobalExitRootV2` */
  readonly globalExitRootManager: Address
  /** The block from which on events are looked for: that of the deployment, or one before. Default 0. */
  readonly deploymentBlock?: bigint | undefined
}
