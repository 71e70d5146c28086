import { bytesEqual, err, ok, toHex, type Result } from '@zkstack/crypto'
import {
  encodePublicValues,
  generatePessimisticProof,
  verifySp1Envelope,
  type PessimisticProofOutput,
  type ProofEnvelope,
  type ProofError,
  type Prover,
  type ProverInput,
} from '@zkstack/pessimistic-proof'

/** A proof that somebody made once. */
export interface ProofFixture {
  readonly publicValues: Uint8Array
  readonly proof: Uint8Array
  readonly vkey: Uint8Array
}

/** What a {@link fixtureProver} is made of. */
export interface FixtureProverOptions {
  readonly fixtures: readonly ProofFixture[]
  /** The verifying key of the program that was proven, 32 bytes. */
  readonly vkey: Uint8Array
  /** How that program executes; default: as today's. */
  readonly execute?: (input: ProverInput) => Result<PessimisticProofOutput, ProofError>
  /** Accepts proofs of withdrawn circuits. */
  readonly allowOldCircuits?: boolean
}

/** Replays real SP1 proofs: it executes the witness, and gives the stored proof of the public values that come out. */
export function fixtureProver(o: FixtureProverOptions): Prover {
  const execute = o.execute ?? (({ state, header }) => generatePessimisticProof(state, header))
  return {
    async prove(input, { signal }) {
      signal.throwIfAborted()
      const output = execute(input)
      if (!output.ok) return err({ code: 'ProofGenerationError', source: output.error })
      const publicValues = encodePublicValues(output.value)
      const fixture = o.fixtures.find((stored) => bytesEqual(stored.publicValues, publicValues))
      if (fixture === undefined) throw new Error(`no proof is stored of ${toHex(publicValues)}`)
      const { proof, vkey } = fixture
      return ok({ type: 'sp1', publicValues, proof, vkey } satisfies ProofEnvelope)
    },
    verify: (envelope) => verifySp1Envelope(envelope, o),
  }
}
