import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import {
  decodePublicValues,
  EMPTY_LOCAL_EXIT_ROOT,
  pessimisticVKeyRoutes,
  verifyGatewayProof,
  verifySp1Proof,
  ZERO_HASH,
  type Certificate,
  type PessimisticProofOutput,
  type Sp1Statement,
  type Sp1Verifier,
} from '@zkstack/pessimistic-proof'
import { describeError } from './describe-error.js'
import type { ProofFile } from './read-proof.js'
import { whoSigned, type Authority } from './who-signed.js'

/** A comparison between the certificate and what is proven. */
export interface Check {
  readonly what: string
  readonly holds: boolean
}

/** What is to be said of a proof. */
export type ProofReport =
  | {
      readonly verdict: 'proven'
      readonly statement: Sp1Statement
      readonly output: PessimisticProofOutput
      /** Which program ran, if it is one of Agglayer's known releases. */
      readonly program: string | undefined
      readonly authority: Authority
      /** Empty without a certificate. */
      readonly checks: readonly Check[]
    }
  | {
      readonly verdict: 'refused'
      readonly code: string
      readonly reason: string
      /** What the proof is said to prove, where that can be read: not proven. */
      readonly output: PessimisticProofOutput | undefined
    }

/** What a reader wants beside the proof itself. */
export interface ExplainOptions {
  readonly certificate?: Certificate
  readonly allowOldCircuits?: boolean
  readonly verifier?: Sp1Verifier
}

/** Verifies a proof and says what it proves, or why it proves nothing. */
export function explainProof(file: ProofFile, o: ExplainOptions = {}): ProofReport {
  const decoded = decodePublicValues(file.publicValues)
  const output = decoded.ok ? decoded.value : undefined
  const { vkey, proof, publicValues } = file
  const claim = {
    proof,
    publicValues,
    allowOldCircuits: o.allowOldCircuits ?? false,
    ...(o.verifier === undefined ? {} : { verifier: o.verifier }),
  }
  const verdict =
    vkey === undefined ? verifyGatewayProof(claim) : verifySp1Proof({ ...claim, vkey })
  if (!verdict.ok) {
    const { error } = verdict
    return { verdict: 'refused', code: error.code, reason: describeError(error), output }
  }
  if (!decoded.ok) {
    const reason = `The proof is valid, but not of a pessimistic program: ${decoded.error.message}.`
    return { verdict: 'refused', code: 'InvalidPublicValues', reason, output }
  }
  const statement = verdict.value
  return {
    verdict: 'proven',
    statement,
    output: decoded.value,
    program: programOf(statement.vkey),
    authority: whoSigned(decoded.value.aggchainHash, file.signers, o.certificate),
    checks: o.certificate === undefined ? [] : compare(o.certificate, decoded.value),
  }
}

function programOf(vkey: Hash32): string | undefined {
  const route = pessimisticVKeyRoutes.find(({ pessimisticVKey }) =>
    bytesEqual(pessimisticVKey, vkey),
  )
  return route && `Agglayer's pessimistic program ${Number(route.selector)}`
}

/** What the certificate and the proof both say; an empty exit tree's root is zero in a proof. */
function compare(certificate: Certificate, output: PessimisticProofOutput): Check[] {
  const proven = (root: Hash32): Hash32 =>
    bytesEqual(root, EMPTY_LOCAL_EXIT_ROOT) ? ZERO_HASH : root
  return [
    {
      what: 'the certificate is of the proven network',
      holds: certificate.networkId === output.originNetwork,
    },
    {
      what: 'it starts from the proven local exit root before',
      holds: bytesEqual(proven(certificate.prevLocalExitRoot), output.prevLocalExitRoot),
    },
    {
      what: 'it ends at the proven local exit root after',
      holds: bytesEqual(proven(certificate.newLocalExitRoot), output.newLocalExitRoot),
    },
  ]
}
