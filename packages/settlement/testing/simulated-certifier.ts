import { err, hash32, ok, toHex, type Result } from '@zkstack/crypto'
import {
  address,
  applyCertificate,
  certificateId,
  encodePublicValues,
  generatePessimisticProof,
  networkStateOf,
  type Certificate,
  type L1Context,
  type PessimisticProofOutput,
} from '@zkstack/pessimistic-proof'
import type {
  AppliedCertificate,
  Certifier,
  CertifyRequest,
  SettlementCalls,
} from '../src/runner/ports.js'
import {
  fromCertificateError,
  fromProofError,
  type CertificateStatusError,
} from '../src/types/certificate-status-error.js'
import { encodeChange, type SimulatedL1 } from './simulated-l1.js'

/** What L1 says about certificates besides the root: info root and signers, by certificate id in hexadecimal. */
export type L1Contexts = ReadonlyMap<string, Pick<L1Context, 'l1InfoRoot' | 'aggchain'>>

/** Executes certificates natively, under what the simulated L1 holds. Errors can be put in, to be given first. */
export class SimulatedCertifier implements Certifier {
  readonly #l1: SimulatedL1
  readonly #contexts: L1Contexts
  /** Given, first to last, instead of a proof. */
  readonly failures: CertificateStatusError[] = []
  /** Certificates that were proven, by id in hexadecimal. */
  readonly certified: string[] = []
  /** Whether the root of before a transaction is asked for, as it must be. */
  pinsReads = true

  constructor(l1: SimulatedL1, contexts: L1Contexts) {
    this.#l1 = l1
    this.#contexts = contexts
  }

  certify: Certifier['certify'] = async (request, { signal }) => {
    signal.throwIfAborted()
    const failure = this.failures.shift()
    if (failure !== undefined) return err(failure)
    const prevPessimisticRoot = this.#l1.root(request.certificate.networkId)
    const executed = this.#execute(request, prevPessimisticRoot)
    if (!executed.ok) return executed
    this.certified.push(toHex(request.certificateId))
    const { output, ...applied } = executed.value
    const publicValues = encodePublicValues(output)
    const proof = { publicValues, proof: new Uint8Array(), vkey: new Uint8Array() }
    return ok({ ...applied, proof: { type: 'native', ...proof } })
  }

  apply: Certifier['apply'] = async (request, { signal }) => {
    signal.throwIfAborted()
    const { networkId } = request.certificate
    const prevPessimisticRoot = this.pinsReads
      ? this.#l1.rootBefore(networkId, request.beforeTx)
      : this.#l1.root(networkId)
    return this.#execute(request, prevPessimisticRoot)
  }

  #execute(
    { certificate, certificateId: id, state }: CertifyRequest,
    prevPessimisticRoot: L1Context['prevPessimisticRoot'],
  ): Result<
    AppliedCertificate & { readonly output: PessimisticProofOutput },
    CertificateStatusError
  > {
    const context = this.#contexts.get(toHex(id))
    if (context === undefined) throw new RangeError('certificate: unknown to the simulated L1')
    const applied = applyCertificate(state, certificate, { ...context, prevPessimisticRoot })
    if (!applied.ok) return err(fromCertificateError(applied.error))
    const { header, next: after } = applied.value
    const output = generatePessimisticProof(networkStateOf(state), header)
    if (!output.ok) return err(fromProofError(output.error, 'native'))
    const { newPessimisticRoot } = output.value
    return ok({ after, newPessimisticRoot, output: output.value })
  }
}

/** Makes calls for the simulated L1: from the root and to the root that the proof is about. */
export const simulatedCalls: SettlementCalls = {
  async build({ certificate, proof }) {
    const change = {
      networkId: certificate.networkId,
      from: hash32(proof.publicValues.slice(32, 64)),
      to: hash32(proof.publicValues.slice(164)),
    }
    return ok({ to: address(new Uint8Array(20)), calldata: encodeChange(change) })
  },
}

/** What L1 says about a submission of the test bridge. */
export function contextsOf(
  submissions: readonly { readonly certificate: Certificate; readonly l1: L1Context }[],
): L1Contexts {
  return new Map(
    submissions.map(({ certificate, l1 }) => [toHex(certificateId(certificate)), l1] as const),
  )
}
