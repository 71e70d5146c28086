import { errorOf, isCanceled, isProgrammingError } from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import {
  applyCertificate,
  encodePublicValues,
  generatePessimisticProof,
  importedBridgeExitsCommitmentV3,
  networkStateOf,
  verifySp1Proof,
  ZERO_HASH,
  type AggchainProof,
  type CallOptions,
  type Certificate,
  type L1Context,
  type LocalNetworkState,
  type MultiBatchHeader,
  type PessimisticProofOutput,
  type ProofEnvelope,
  type Prover,
  type ProverInput,
  Sp1Verifier,
} from '@zkstack/pessimistic-proof'
import type { AppliedCertificate, Certifier, CertifyRequest } from '../runner/ports.js'
import type { StoredProof } from '../storage/records.js'
import {
  certificateStatusError,
  fromCertificateError,
  fromProofError,
  type CertificateStatusError,
} from '../types/certificate-status-error.js'
import { fetchL1Context, known, refused } from './fetch-l1-context.js'
import type { L1Contracts } from './l1-contracts.js'

/** What a certifier is made of. */
export interface CertifierOptions {
  readonly contracts: L1Contracts
  readonly prover: Prover
  /**
   * Which proofs are good: SP1 proofs of the program with this verifying key, or for development those of the native prover, which
   * are none. Proofs of another kind are refused.
   */
  readonly accepts:
    | {
        readonly type: 'sp1'
        readonly vkey: Uint8Array
        /** Default: one of all circuits that L1 takes. */
        readonly verifier?: Sp1Verifier
      }
    | { readonly type: 'native' }
}

interface Executed extends AppliedCertificate {
  readonly header: MultiBatchHeader
  readonly output: PessimisticProofOutput
}

/**
 * Certifies: executes the certificate natively under what L1 says, has it proven, and believes a proof only if it is of the same
 * public values and was verified here.
 * @see agglayer crates/agglayer-aggregator-notifier/src/certifier
 */
export function createCertifier(options: CertifierOptions): Certifier {
  const o = withVerifier(options)
  return {
    async certify(request, call) {
      const executed = await executeNow(o.contracts, request, call)
      if (!executed.ok) return executed
      const proof = await prove(o, request.state, executed.value, call)
      if (!proof.ok) return proof
      const { after, newPessimisticRoot } = executed.value
      return ok({ after, newPessimisticRoot, proof: proof.value })
    },
    async apply({ beforeTx, settledRoot, ...request }, { signal }) {
      const context = await fetchL1Context(o.contracts, request.certificate, { signal, beforeTx })
      if (!context.ok) return context
      // Without a transaction to read before, L1 holds the root of after the certificate already.
      const prevPessimisticRoot =
        beforeTx === undefined ? (settledRoot ?? ZERO_HASH) : context.value.prevPessimisticRoot
      return execute(request, { ...context.value, prevPessimisticRoot })
    },
  }
}

/** One verifier for all proofs reads each circuit's key once. */
function withVerifier(o: CertifierOptions): CertifierOptions {
  const { accepts } = o
  if (accepts.type === 'native') return o
  return { ...o, accepts: { ...accepts, verifier: accepts.verifier ?? new Sp1Verifier() } }
}

async function executeNow(
  contracts: L1Contracts,
  request: CertifyRequest,
  call: CallOptions,
): Promise<Result<Executed, CertificateStatusError>> {
  const { certificate } = request
  const context = await fetchL1Context(contracts, certificate, call)
  if (!context.ok) return context
  const mismatch = aggchainProofError(certificate, context.value)
  if (mismatch !== undefined) return refused('CertificationError', mismatch)
  const executed = execute(request, context.value)
  if (!executed.ok || certificate.aggchainData.type === 'ecdsa') return executed
  const { networkId, customChainData } = certificate
  const hash = known(
    await contracts.aggchainHash(networkId, customChainData, call),
    'CertificationError',
    'NoAggchainHash',
  )
  if (!hash.ok) return hash
  return bytesEqual(hash.value, executed.value.output.aggchainHash)
    ? executed
    : refused('CertificationError', 'AggchainHashMismatch')
}

function execute(
  { state, certificate }: CertifyRequest,
  context: L1Context,
): Result<Executed, CertificateStatusError> {
  const applied = applyCertificate(state, certificate, context)
  if (!applied.ok) return err(fromCertificateError(applied.error))
  const { header, next: after } = applied.value
  const output = generatePessimisticProof(networkStateOf(state), header)
  if (!output.ok) return err(fromProofError(output.error, 'native'))
  const { newPessimisticRoot } = output.value
  return ok({ header, after, output: output.value, newPessimisticRoot })
}

/** What a chain's own proof says must be what its certificate says. */
function aggchainProofError(certificate: Certificate, context: L1Context): string | undefined {
  const declared = aggchainProofOf(certificate)
  const values = declared?.publicValues
  if (declared === undefined || values === undefined) return undefined
  const commitment = importedBridgeExitsCommitmentV3(certificate.importedBridgeExits)
  const isSame =
    bytesEqual(values.prevLocalExitRoot, certificate.prevLocalExitRoot) &&
    bytesEqual(values.newLocalExitRoot, certificate.newLocalExitRoot) &&
    bytesEqual(values.l1InfoRoot, context.l1InfoRoot) &&
    values.originNetwork === certificate.networkId &&
    bytesEqual(values.commitImportedBridgeExits, commitment) &&
    bytesEqual(values.aggchainParams, declared.aggchainParams)
  return isSame ? undefined : 'AggchainProofPublicValuesMismatch'
}

function aggchainProofOf({ aggchainData }: Certificate): AggchainProof | undefined {
  return 'aggchainProof' in aggchainData ? aggchainData.aggchainProof : undefined
}

async function prove(
  { prover, accepts }: CertifierOptions,
  state: LocalNetworkState,
  { header, output }: Executed,
  call: CallOptions,
): Promise<Result<StoredProof, CertificateStatusError>> {
  const proven = await askProver(prover, { state: networkStateOf(state), header }, call)
  if (!proven.ok) return proven
  const envelope = proven.value
  if (!bytesEqual(envelope.publicValues, encodePublicValues(output)))
    return refused('ProofVerificationFailed', 'PublicValuesMismatch')
  if (envelope.type !== accepts.type)
    return refused('ProofVerificationFailed', 'UnsupportedEnvelope')
  if (envelope.type === 'native' || accepts.type === 'native')
    return verdict(prover.verify(envelope), envelope)
  return verdict(verifySp1Proof({ ...envelope, ...accepts }), envelope)
}

function verdict(
  verified: Result<unknown, { readonly code: string }>,
  envelope: ProofEnvelope,
): Result<StoredProof, CertificateStatusError> {
  return verified.ok
    ? ok(storedProof(envelope))
    : refused('ProofVerificationFailed', verified.error.code)
}

/** Whatever keeps a prover from answering may pass. */
async function askProver(
  prover: Prover,
  input: ProverInput,
  call: CallOptions,
): Promise<Result<ProofEnvelope, CertificateStatusError>> {
  try {
    const proven = await prover.prove(input, call)
    return proven.ok ? proven : err(fromProofError(proven.error.source, 'prover'))
  } catch (e) {
    if (isCanceled(e) || isProgrammingError(e)) throw e
    const message = `the prover failed: ${errorOf(e).message}`
    return err(certificateStatusError('InternalError', message, { reason: 'ProverFailed' }))
  }
}

function storedProof(envelope: ProofEnvelope): StoredProof {
  const { type, publicValues } = envelope
  const none = new Uint8Array()
  return type === 'sp1'
    ? { type, publicValues, proof: envelope.proof, vkey: envelope.vkey }
    : { type, publicValues, proof: none, vkey: none }
}
