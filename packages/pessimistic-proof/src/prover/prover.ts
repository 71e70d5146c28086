import type { Result } from '@zkstack/crypto'
import type { GatewayError } from '../sp1/verify-gateway-proof.js'
import type { ProofError } from '../transition/proof-error.js'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import type { NetworkState } from '../types/network-state.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import type { CodecError } from '../codec/codec-error.js'

/** What a pessimistic proof is made of. */
export interface ProverInput {
  readonly state: NetworkState
  readonly header: MultiBatchHeader
}

/**
 * A proof with what it proves. The public values are those that {@link encodePublicValues} writes.
 *
 * - `sp1`: an SP1 proof as L1 takes it.
 * - `native`: no proof at all but the whole witness, to be executed again by whoever wants to know. For development and tests:
 *   L1 does not take it, it is as long as the witness, and it hides nothing.
 */
export type ProofEnvelope =
  | {
      readonly type: 'sp1'
      readonly publicValues: Uint8Array
      readonly proof: Uint8Array
      /** The program's verifying key, 32 bytes. */
      readonly vkey: Uint8Array
    }
  | { readonly type: 'native'; readonly publicValues: Uint8Array; readonly witness: ProverInput }

/** Why a witness has no proof. */
export interface ProverError {
  readonly code: 'ProofGenerationError'
  readonly source: ProofError
}

/** Why an envelope is not accepted. */
export type EnvelopeError =
  /** Of a kind that this prover does not verify. */
  | { readonly code: 'UnsupportedEnvelope'; readonly type: ProofEnvelope['type'] }
  /** The SP1 proof does not prove the public values. */
  | { readonly code: 'ProofVerificationFailed'; readonly source: GatewayError }
  /** Another program's public values. */
  | { readonly code: 'InvalidPublicValues'; readonly source: CodecError }
  /** The witness does not execute. */
  | { readonly code: 'ProofGenerationError'; readonly source: ProofError }
  /** The witness executes to other public values. */
  | { readonly code: 'PublicValuesMismatch'; readonly computed: Uint8Array }

/** What a call must be given: a signal that ends it early. */
export interface CallOptions {
  readonly signal: AbortSignal
}

/**
 * Makes and checks pessimistic proofs. Implemented here natively; a remote SP1 prover is another implementation.
 *
 * `prove` rejects with the signal's reason when aborted, and with whatever else keeps it from answering; a witness that proves
 * nothing is an answer. `verify` accepts an envelope whoever made it, for what it shows and not for where it comes from.
 */
export interface Prover {
  prove(input: ProverInput, o: CallOptions): Promise<Result<ProofEnvelope, ProverError>>
  verify(envelope: ProofEnvelope): Result<PessimisticProofOutput, EnvelopeError>
}
