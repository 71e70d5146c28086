import type { Hash32 } from '@zkstack/crypto'
import { aggchainHash, multisigHash } from '../hashes/aggchain-hash.js'
import { hashL1InfoTreeLeaf } from '../hashes/claim-hash.js'
import { EMPTY_LOCAL_EXIT_ROOT, ZERO_HASH } from '../trees/empty-hashes.js'
import { bytesEqual } from '@zkstack/crypto'
import type { L1InfoTreeLeaf } from '../types/claim.js'
import type { ProofAggchainData } from '../types/multi-batch-header.js'

/** Where versions of the pessimistic proof program differ. Only the current rules are reachable from the package's entry. */
export interface ProgramRules {
  readonly hashL1InfoTreeLeaf: (leaf: L1InfoTreeLeaf) => Hash32
  readonly aggchainHash: (data: ProofAggchainData) => Hash32
  /** What the public values show for the new local exit root. */
  readonly shownNewLocalExitRoot: (root: Hash32) => Hash32
  /** Whether the witness is refused if a claim declares a global exit root that its parts do not have. */
  readonly checksGlobalExitRoots: boolean
}

/** The rules of today's program. */
export const currentProgram: ProgramRules = {
  hashL1InfoTreeLeaf,
  aggchainHash: aggchainHashOf,
  shownNewLocalExitRoot: zeroIfEmpty,
  checksGlobalExitRoots: true,
}

/** How L1 shows a local exit root: zero instead of the empty tree's. */
export function zeroIfEmpty(root: Hash32): Hash32 {
  return bytesEqual(root, EMPTY_LOCAL_EXIT_ROOT) ? ZERO_HASH : root
}

/** The hash of what authenticates a certificate; a single signer is a committee of one. */
function aggchainHashOf(data: ProofAggchainData): Hash32 {
  switch (data.type) {
    case 'legacyEcdsa':
      return aggchainHash({
        aggchainVkey: ZERO_HASH,
        aggchainParams: ZERO_HASH,
        multisigHash: multisigHash(1n, [data.signer]),
      })
    case 'multisigOnly':
      return aggchainHash({
        aggchainVkey: ZERO_HASH,
        aggchainParams: ZERO_HASH,
        multisigHash: multisigHash(data.multisig.threshold, data.multisig.expectedSigners),
      })
    case 'multisigAndAggchainProof':
      return aggchainHash({
        aggchainVkey: data.aggchainVkey,
        aggchainParams: data.aggchainParams,
        multisigHash: multisigHash(data.multisig.threshold, data.multisig.expectedSigners),
      })
  }
}
