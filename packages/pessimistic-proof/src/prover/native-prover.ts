import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import { encodePublicValues } from '../codec/bincode/public-values.js'
import { generatePessimisticProof } from '../transition/generate-pessimistic-proof.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import type { EnvelopeError, ProofEnvelope, Prover } from './prover.js'

/**
 * Executes the program natively, in a moment and without any proof: its envelopes carry the witness, and verifying one means
 * executing it again. That is worth as much as a proof to whoever executes it, and nothing to L1. An aggchain proof, which the
 * zkVM verifies, is not verified.
 */
export function nativeProver(): Prover {
  return {
    async prove(witness, { signal }) {
      signal.throwIfAborted()
      const output = generatePessimisticProof(witness.state, witness.header)
      if (!output.ok) return err({ code: 'ProofGenerationError', source: output.error })
      return ok({ type: 'native', publicValues: encodePublicValues(output.value), witness })
    },
    verify,
  }
}

function verify(envelope: ProofEnvelope): Result<PessimisticProofOutput, EnvelopeError> {
  if (envelope.type !== 'native') {
    return err({ code: 'UnsupportedEnvelope', type: envelope.type })
  }
  const { state, header } = envelope.witness
  const output = generatePessimisticProof(state, header)
  if (!output.ok) return err({ code: 'ProofGenerationError', source: output.error })
  const computed = encodePublicValues(output.value)
  return bytesEqual(computed, envelope.publicValues)
    ? output
    : err({ code: 'PublicValuesMismatch', computed })
}
