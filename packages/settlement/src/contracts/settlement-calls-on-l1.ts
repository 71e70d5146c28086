import { concatBytes, err, keccak256, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { JobRequest, L1Client } from '@zkstack/l1'
import {
  l1InfoTreeLeafCount,
  type Address,
  type CallOptions,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { encodeFunctionData } from 'viem'
import { known, refused } from '../certifier/fetch-l1-context.js'
import type { L1Contracts } from '../certifier/l1-contracts.js'
import type { SettlementCalls } from '../runner/ports.js'
import type { StoredProof } from '../storage/records.js'
import {
  certificateStatusError,
  type CertificateStatusError,
} from '../types/certificate-status-error.js'
import { rollupManagerAbi } from './abis.js'
import { bytesOf, hexOf } from './bytes-of.js'
import { readRollup, type RollupData } from './rollup-reader.js'

/** What {@link SettlementCallsOnL1} needs. */
export interface SettlementCallsOptions {
  readonly client: L1Client
  readonly rollupManager: Address
  readonly contracts: Pick<L1Contracts, 'initialL1InfoRoot'>
  /** 4 bytes that select the pessimistic program on the gateway: its major version, big-endian. Default: 14. */
  readonly gatewaySelector?: Uint8Array | undefined
  /**
   * FOR DEVELOPMENT: the verifying key under which the gateway's route, or the chain, has a `DevelopmentVerifier`; then a native
   * "proof" is sent as the hash that it takes. Without it native proofs are refused, as real verifiers would refuse them.
   */
  readonly developmentVKey?: Hash32 | undefined
}

/** The program of Agglayer v0.6. */
const newestSelector = Uint8Array.of(0, 0, 0, 14)

/** Places in the public values. */
const newLocalExitRootAt = 132
const newPessimisticRootAt = 164

/**
 * Makes the call `verifyPessimisticTrustedAggregator`. The roots are those of the proof's public values, where an empty local exit
 * tree has the root zero.
 * @see docs/settlement.md
 */
export class SettlementCallsOnL1 implements SettlementCalls {
  readonly #o: SettlementCallsOptions

  constructor(o: SettlementCallsOptions) {
    this.#o = o
  }

  async build(
    { certificate, proof }: { readonly certificate: Certificate; readonly proof: StoredProof },
    o: CallOptions,
  ): Promise<Result<Omit<JobRequest, 'id'>, CertificateStatusError>> {
    const { networkId, customChainData } = certificate
    const rollup = known(
      await readRollup(this.#o, networkId, 'latest', o),
      'SettlementError',
      'RollupNotRegistered',
    )
    if (!rollup.ok) return rollup
    const bytes = this.#proofBytes(proof, rollup.value)
    if (!bytes.ok) return bytes
    const leafCount = await this.#leafCount(certificate, o)
    if (!leafCount.ok) return leafCount
    const { publicValues } = proof
    const calldata = encodeFunctionData({
      abi: rollupManagerAbi,
      functionName: 'verifyPessimisticTrustedAggregator',
      args: [
        networkId,
        leafCount.value,
        hexOf(publicValues.subarray(newLocalExitRootAt, newPessimisticRootAt)),
        hexOf(publicValues.subarray(newPessimisticRootAt)),
        hexOf(bytes.value),
        hexOf(rollup.value.verifierType === 'gateway' ? customChainData : new Uint8Array(0)),
      ],
    })
    return ok({ to: this.#o.rollupManager, calldata: bytesOf(calldata) })
  }

  /** The proof as the verifier of the chain takes it. */
  #proofBytes(
    { type, proof, publicValues }: StoredProof,
    { verifierType, programVKey }: RollupData,
  ): Result<Uint8Array, CertificateStatusError> {
    const { gatewaySelector = newestSelector, developmentVKey } = this.#o
    if (verifierType === 'stateTransition') {
      return refused('SettlementError', 'StateTransitionChainsNotAllowed')
    }
    if (type === 'native' && developmentVKey === undefined) {
      const message = 'a native proof is none for L1; it can be settled in development only'
      return err(certificateStatusError('SettlementError', message, { reason: 'NativeProof' }))
    }
    const isGateway = verifierType === 'gateway'
    const vkey = isGateway ? developmentVKey : programVKey
    const bytes = type === 'native' && vkey !== undefined ? keccak256(vkey, publicValues) : proof
    return ok(isGateway ? concatBytes(gatewaySelector, bytes) : bytes)
  }

  /** For certificates without claims, the leaf count that L1 began with. */
  async #leafCount(
    certificate: Certificate,
    o: CallOptions,
  ): Promise<Result<number, CertificateStatusError>> {
    const leafCount = l1InfoTreeLeafCount(certificate)
    if (leafCount !== undefined) return ok(leafCount)
    const initial = known(
      await this.#o.contracts.initialL1InfoRoot(o),
      'L1InfoRootNotFound',
      'NotInitialised',
    )
    return initial.ok ? ok(initial.value.leafCount) : initial
  }
}
