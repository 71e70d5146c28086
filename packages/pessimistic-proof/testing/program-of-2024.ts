import { legacyConsensusHash } from '../src/hashes/aggchain-hash.js'
import { hashL1InfoTreeLeafAsDeclared } from '../src/hashes/claim-hash.js'
import { currentProgram, type ProgramRules } from '../src/transition/program-rules.js'

/**
 * The rules of the program that the proofs of 2024 are of, for old proofs as test vectors: it believed the declared global exit
 * root, hashed the signer alone, and showed the new local exit root of an empty tree as it is.
 */
export const programOf2024: ProgramRules = {
  ...currentProgram,
  hashL1InfoTreeLeaf: hashL1InfoTreeLeafAsDeclared,
  aggchainHash: (data) => {
    if (data.type !== 'legacyEcdsa') throw new RangeError(`aggchainData: no ${data.type} in 2024`)
    return legacyConsensusHash(data.signer)
  },
  shownNewLocalExitRoot: (root) => root,
  checksGlobalExitRoots: false,
}
