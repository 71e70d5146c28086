import { concatBytes, keccak256, toHex } from '@zkstack/crypto'
import type { CommitQC } from './commit-qc.js'
import { encodeCommitQC } from './commit-qc.js'
import type { EpochScope } from './epoch-scope.js'
import type { TimeoutQC } from './timeout-qc.js'
import { encodeTimeoutQC } from './timeout-qc.js'

/** Remembers QCs that this process verified completely. Only successes are added; the owner bounds it. */
export interface VerifiedQcs {
  has(qcKey: string): boolean
  add(qcKey: string): void
}

/** Options of the verifiers that check QCs. */
export interface VerifyOptions {
  readonly verified?: VerifiedQcs
}

/**
 * The name of a QC in a cache of verified ones: lower-case hex of the keccak256 of `u8 type (1 commit, 2 timeout) ‖ genesis (32) ‖
 * be64 epoch ‖ schedule hash (32) ‖ be32 scheme id ‖ canonical bytes of the QC`. Equal keys mean equal QCs down to bitmap and
 * signature, judged by the same keys.
 * @see docs/spec/messages.md K1
 */
export function qcKey(qc: CommitQC | TimeoutQC, scope: EpochScope): string {
  const commit = 'message' in qc
  const head = new DataView(new ArrayBuffer(13))
  head.setUint8(0, commit ? 1 : 2)
  head.setBigUint64(1, scope.epoch)
  head.setUint32(9, scope.schedule.scheme.id)
  const bytes = new Uint8Array(head.buffer)
  const prefix = concatBytes(
    bytes.subarray(0, 1),
    scope.genesis,
    bytes.subarray(1, 9),
    scope.schedule.hash,
    bytes.subarray(9),
  )
  return toHex(keccak256(prefix, commit ? encodeCommitQC(qc) : encodeTimeoutQC(qc)))
}
