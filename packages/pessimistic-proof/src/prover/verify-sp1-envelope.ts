import { err, type Result } from '@zkstack/crypto'
import { decodePublicValues } from '../codec/bincode/public-values.js'
import { verifySp1Proof } from '../sp1/verify-sp1-proof.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import type { EnvelopeError, ProofEnvelope } from './prover.js'

/**
 * What an SP1 envelope proves, for provers that make such: the proof must be one of the program with the key `vkey`, which the
 * envelope's own is not trusted to be.
 */
export function verifySp1Envelope(
  envelope: ProofEnvelope,
  o: { readonly vkey: Uint8Array; readonly allowOldCircuits?: boolean },
): Result<PessimisticProofOutput, EnvelopeError> {
  if (envelope.type !== 'sp1') return err({ code: 'UnsupportedEnvelope', type: envelope.type })
  const { proof, publicValues } = envelope
  const verified = verifySp1Proof({ ...o, proof, publicValues })
  if (!verified.ok) return err({ code: 'ProofVerificationFailed', source: verified.error })
  const output = decodePublicValues(publicValues)
  return output.ok ? output : err({ code: 'InvalidPublicValues', source: output.error })
}
