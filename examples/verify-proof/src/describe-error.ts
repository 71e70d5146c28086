import type { GatewayError, Sp1KeyFault, Sp1ProofFault } from '@zkstack/pessimistic-proof'

const proofFaults: Record<Sp1ProofFault, string> = {
  LENGTH: 'it does not have the length of such a proof',
  POINT: 'one of its points is not on the curve',
  SCALAR: 'one of its numbers is out of range',
  DENOMINATOR: 'its equations have no value',
  EQUATION: 'it is well formed, but does not prove this statement',
}

const keyFaults: Record<Sp1KeyFault, string> = {
  HASH: 'its hash is not the one that the circuit is known by',
  FORM: 'it is malformed',
  GAMMA_EQUALS_DELTA: 'its setup was never finished, so that proofs can be forged',
}

/** Why a proof was refused, as a sentence. */
export function describeError(error: GatewayError): string {
  switch (error.code) {
    case 'InvalidProofBytesLength':
      return `The proof has ${error.length} bytes, too few to be one.`
    case 'RouteNotFound':
      return `No pessimistic program has the selector ${error.selector}.`
    case 'WrongVerifierSelector':
      return `No SP1 circuit has the selector ${error.received}.`
    case 'RouteIsFrozen':
      return `Circuits ${error.version ?? error.selector} are withdrawn, and proofs of them count no more.`
    case 'InvalidVerifyingKey':
      return `The verifying key of circuits ${error.version} is not usable: ${keyFaults[error.fault]}.`
    case 'InvalidExitCode':
      return `The program ended with exit code ${error.received}, not ${error.expected}.`
    case 'InvalidVkRoot':
      return 'The proof was made with verifying keys that the circuit does not know.'
    case 'PublicInputNotInField':
      return `Public input ${error.input} is out of range.`
    case 'InvalidProof':
      return `The PLONK proof is refused: ${proofFaults[error.fault]}.`
    case 'ProofInvalid':
      return `The Groth16 proof is refused: ${proofFaults[error.fault]}.`
  }
}
