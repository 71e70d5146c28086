import type { Hash32 } from '@zkstack/crypto'

/** Which check of the proof itself failed. */
export type Sp1ProofFault =
  /** Not exactly as long as a proof of the circuit. */
  | 'LENGTH'
  /** A point with a coordinate not below the field's characteristic, off the curve, outside the subgroup, or at infinity. */
  | 'POINT'
  /** A scalar not below the order of the field. */
  | 'SCALAR'
  /** A challenge met one of the roots of unity, and an equation has no value. */
  | 'DENOMINATOR'
  /** Well formed, and proves nothing about this statement. */
  | 'EQUATION'

/** Why a verifying key is not usable. */
export type Sp1KeyFault =
  /** Its SHA-256 is not the circuit's `verifierHash`. */
  | 'HASH'
  /** Not in gnark's form, or with a point or constant that no key has. */
  | 'FORM'
  /** γ = δ: the setup's second phase was never run, and proofs can be forged. */
  | 'GAMMA_EQUALS_DELTA'

/**
 * Why an SP1 proof is refused, under the names of the errors of the contracts on L1, in the order of their checks.
 * `InvalidProofBytesLength` and `InvalidVerifyingKey` stand for what the contracts cannot say: they revert without a name, and
 * have their keys compiled in.
 * @see https://github.com/succinctlabs/sp1-contracts
 */
export type Sp1Error =
  /** Too short for the selector, or from v6 on for what follows it; an empty "mock" proof is one of these. */
  | {
      readonly code: 'InvalidProofBytesLength'
      readonly length: number
      readonly minimum: number
    }
  /** No circuit of the verifier has this selector. */
  | {
      readonly code: 'WrongVerifierSelector'
      readonly received: string
      readonly expected: readonly string[]
    }
  /** A withdrawn circuit, and `allowOldCircuits` is not set. */
  | { readonly code: 'RouteIsFrozen'; readonly selector: string; readonly version?: string }
  | {
      readonly code: 'InvalidVerifyingKey'
      readonly version: string
      readonly fault: Sp1KeyFault
    }
  | { readonly code: 'InvalidExitCode'; readonly received: bigint; readonly expected: bigint }
  | { readonly code: 'InvalidVkRoot'; readonly received: Hash32; readonly expected: Hash32 }
  /** The public input with this number, counted from 0, is not below the order of the field. */
  | { readonly code: 'PublicInputNotInField'; readonly input: number }
  /** A PLONK proof is refused. */
  | { readonly code: 'InvalidProof'; readonly fault: Sp1ProofFault }
  /** A Groth16 proof is refused. */
  | { readonly code: 'ProofInvalid'; readonly fault: Sp1ProofFault }
