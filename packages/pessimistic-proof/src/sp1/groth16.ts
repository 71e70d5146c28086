import type { Bn254 } from '@zkstack/crypto'
import type { Groth16Key } from './groth16-key.js'
import type { Sp1ProofFault } from './sp1-error.js'

/** Bytes of a Groth16 proof: A (G1), B (G2), C (G1), uncompressed. */
const groth16ProofBytes = 256

/**
 * Checks e(−A, B)·e(L, γ)·e(C, δ)·e(α, β) = 1, where L is the sum of the key's points weighted with the inputs; `undefined` when
 * it holds. The inputs are canonical scalars, as many as the key has points for.
 *
 * Proofs can be altered: whoever has (A, B, C) has (−A, −B, C) too, which is as valid. Never use a proof's bytes as an identifier.
 * @see https://eprint.iacr.org/2016/260
 */
export function groth16Fault(
  bn254: Bn254,
  key: Groth16Key,
  proof: Uint8Array,
  inputs: readonly bigint[],
): Sp1ProofFault | undefined {
  if (proof.length !== groth16ProofBytes) return 'LENGTH'
  const a = bn254.decodeG1(proof.subarray(0, 64))
  const b = bn254.decodeG2(proof.subarray(64, 192))
  const c = bn254.decodeG1(proof.subarray(192))
  if (a === undefined || b === undefined || c === undefined) return 'POINT'
  const statement = bn254.multiplySum(
    key.inputs.map((point, i) => ({ point, scalar: i === 0 ? 1n : (inputs[i - 1] ?? 0n) })),
  )
  const holds = bn254.pairingProductIsOne([
    { g1: bn254.negate(a), g2: b },
    { g1: statement, g2: key.gamma },
    { g1: c, g2: key.delta },
    { g1: key.alpha, g2: key.beta },
  ])
  return holds ? undefined : 'EQUATION'
}
