import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, err, hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'
import type { Sp1Circuit } from './circuits.js'
import type { Sp1ProofClaim } from './sp1-claim.js'
import type { Sp1Error } from './sp1-error.js'

/** Bytes of the selector that every proof begins with. */
export const selectorBytes = 4

/** Exit code, root of verifying keys and nonce, since v6. */
const statedBytes = 96

/** The inputs that a proof of some circuit is checked against, and where its own bytes begin. */
export interface StatedInputs {
  readonly inputs: readonly bigint[]
  readonly start: number
  readonly exitCode?: bigint
  readonly proofNonce?: bigint
}

/** Reads what the proof states beside its own bytes, and checks what must have one value. */
export function readStatedInputs(
  { proof, vkey, expectedExitCode = 0n }: Sp1ProofClaim,
  { vkRoot }: Sp1Circuit,
  digest: Hash32,
): Result<StatedInputs, Sp1Error> {
  const inputs = [vkey, digest].map(bigintFromBytes)
  if (vkRoot === undefined) {
    if (expectedExitCode === 0n) return ok({ inputs, start: selectorBytes })
    return err({ code: 'InvalidExitCode', received: 0n, expected: expectedExitCode })
  }
  const start = selectorBytes + statedBytes
  if (proof.length < start) return err(tooShort(proof, start))
  const root = Uint8Array.from(proof.subarray(36, 68))
  const [exitCode, proofNonce] = [proof.subarray(4, 36), proof.subarray(68, 100)].map(
    bigintFromBytes,
  ) as [bigint, bigint]
  if (exitCode !== expectedExitCode) {
    return err({ code: 'InvalidExitCode', received: exitCode, expected: expectedExitCode })
  }
  if (!bytesEqual(root, vkRoot)) {
    return err({ code: 'InvalidVkRoot', received: hash32(root), expected: vkRoot })
  }
  return ok({
    inputs: [...inputs, exitCode, bigintFromBytes(root), proofNonce],
    ...{ start, exitCode, proofNonce },
  })
}

/** The digest of the public values as the circuit sees it: 253 bits. */
export function digestOf({ publicValues, digest = 'sha256' }: Sp1ProofClaim): Hash32 {
  const bytes = digest === 'blake3' ? blake3(publicValues) : sha256(publicValues)
  bytes[0] = (bytes[0] ?? 0) & 0x1f
  return hash32(bytes)
}

/** The error of a proof that ends too early. */
export function tooShort(proof: Uint8Array, minimum: number): Sp1Error {
  return { code: 'InvalidProofBytesLength', length: proof.length, minimum }
}
