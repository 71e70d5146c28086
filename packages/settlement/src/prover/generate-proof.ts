import { errorOf, isCanceled, isProgrammingError } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import {
  encodeProof,
  sp1ProofFileOf,
  ZERO_HASH,
  type CallOptions,
  type EnvelopeError,
  type ProofEnvelope,
  type Prover,
  type ProverInput,
  type Sp1Circuit,
} from '@zkstack/pessimistic-proof'
import type { ProofGenerationFailure, ProofVerificationFailure } from './prover-messages.js'

/** What a proof is made by, for somebody elsewhere. */
export interface ProofGenerator {
  readonly prover: Prover
  /** Whether native envelopes are sent, as proofs of SP1's mock prover. */
  readonly development: boolean
  /** Whose proofs are sent; default: all known ones. */
  readonly circuits?: readonly Sp1Circuit[] | undefined
}

/** Proves, verifies what was proven, and encodes it. @throws CanceledError when the call was. */
export async function generateProof(
  generator: ProofGenerator,
  input: ProverInput,
  call: CallOptions,
): Promise<Result<Uint8Array, ProofGenerationFailure>> {
  const { prover } = generator
  try {
    const proven = await prover.prove(input, call)
    if (!proven.ok) return err({ type: 'ExecutorFailed', source: proven.error.source })
    const verified = prover.verify(proven.value)
    if (!verified.ok)
      return err({ type: 'ProofVerificationFailed', source: failureOf(verified.error) })
    return encoded(generator, proven.value)
  } catch (e) {
    if (isCanceled(e) || call.signal.aborted) throw e
    return isProgrammingError(e)
      ? err({ type: 'UnableToExecuteProver' })
      : failed(errorOf(e).message)
  }
}

function encoded(
  { circuits, development }: ProofGenerator,
  envelope: ProofEnvelope,
): Result<Uint8Array, ProofGenerationFailure> {
  if (envelope.type === 'native' && !development)
    return failed('a native execution is no proof; it is sent for development only')
  const { publicValues } = envelope
  const sp1 =
    envelope.type === 'sp1'
      ? envelope
      : ({ type: 'sp1', publicValues, proof: new Uint8Array(), vkey: ZERO_HASH } as const)
  const file = sp1ProofFileOf(sp1, circuits)
  return file === undefined ? failed('the proof is of no known circuit') : ok(encodeProof(file))
}

function failed(message: string): Result<never, ProofGenerationFailure> {
  return err({ type: 'ProverFailed', message })
}

/** SP1 has one name for each of its proof systems, and none for what comes before. */
function failureOf(error: EnvelopeError): ProofVerificationFailure {
  if (error.code !== 'ProofVerificationFailed')
    return error.code === 'UnsupportedEnvelope'
      ? { type: 'Core', message: error.code }
      : { type: 'InvalidPublicValues' }
  const { code } = error.source
  return { type: code === 'ProofInvalid' ? 'Groth16' : 'Plonk', message: code }
}
