import { err, ok, type Result } from '@zkstack/crypto'
import { encodePublicValues } from '../codec/bincode/public-values.js'
import type { PessimisticVKeyRoute } from '../sp1/pessimistic-routes.js'
import type { Sp1Statement } from '../sp1/sp1-claim.js'
import type { Sp1Verifier } from '../sp1/sp1-verifier.js'
import { verifySp1Proof } from '../sp1/verify-sp1-proof.js'
import { verifyGatewayProof, type GatewayError } from '../sp1/verify-gateway-proof.js'
import { executeTransition } from '../transition/execute-transition.js'
import { currentProgram, type ProgramRules } from '../transition/program-rules.js'
import type { ProofError } from '../transition/proof-error.js'
import type { Certificate } from '../types/certificate.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import { applyCertificateUnder } from '../witness/apply-certificate.js'
import type { CertificateError } from '../witness/certificate-error.js'
import type { L1Context } from '../witness/l1-context.js'
import { networkStateOf, type LocalNetworkState } from '../witness/local-network-state.js'

/** A certificate that is said to be settled by a proof. */
export interface SettlementClaim {
  /** The network's state before. */
  readonly state: LocalNetworkState
  readonly certificate: Certificate
  readonly l1: L1Context
  /** As L1 takes it. */
  readonly proof: Uint8Array
  /** The program's verifying key, 32 bytes; absent: the proof has the gateway's form, whose first 4 bytes select it. */
  readonly vkey?: Uint8Array
  /** The gateway's routes, if not the known ones. */
  readonly routes?: readonly PessimisticVKeyRoute[]
  /** Accepts proofs of withdrawn circuits, v4 and older: for old records. Off by default. */
  readonly allowOldCircuits?: boolean
  /** Keeps the circuits' keys from one call to the next. */
  readonly verifier?: Sp1Verifier
}

/** A settlement that holds: what was proven, by which proof, and the state after it. */
export interface VerifiedSettlement {
  readonly output: PessimisticProofOutput
  readonly statement: Sp1Statement
  readonly next: LocalNetworkState
}

/** Why a proof does not settle a certificate. */
export type SettlementError =
  /** The certificate does not apply to the state. */
  | { readonly code: 'InvalidCertificate'; readonly source: CertificateError }
  /** There is no pessimistic proof of it. */
  | { readonly code: 'ProofGenerationError'; readonly source: ProofError }
  /** There is, and this is none, or one of something else. */
  | { readonly code: 'ProofVerificationFailed'; readonly source: GatewayError }

/**
 * Whether the proof proves exactly that the certificate leads from the state before to the one that it says. The public values
 * are computed from the certificate and not taken from anybody.
 */
export function verifySettlement(
  claim: SettlementClaim,
): Result<VerifiedSettlement, SettlementError> {
  return verifySettlementUnder(currentProgram, claim)
}

/** {@link verifySettlement} under the rules of some version of the program. */
export function verifySettlementUnder(
  rules: ProgramRules,
  claim: SettlementClaim,
): Result<VerifiedSettlement, SettlementError> {
  const { state, certificate, l1 } = claim
  const applied = applyCertificateUnder(rules, state, certificate, l1)
  if (!applied.ok) return err({ code: 'InvalidCertificate', source: applied.error })
  const { header, next } = applied.value
  const executed = executeTransition(networkStateOf(state), header, rules)
  if (!executed.ok) return err({ code: 'ProofGenerationError', source: executed.error })
  const { output } = executed.value
  const statement = verifyProof(claim, encodePublicValues(output))
  if (!statement.ok) return err({ code: 'ProofVerificationFailed', source: statement.error })
  return ok({ output, statement: statement.value, next })
}

function verifyProof(
  claim: SettlementClaim,
  publicValues: Uint8Array,
): Result<Sp1Statement, GatewayError> {
  const { vkey } = claim
  return vkey === undefined
    ? verifyGatewayProof({ ...claim, publicValues })
    : verifySp1Proof({ ...claim, publicValues, vkey })
}
