import { ok, type Hash32, type Result } from '@zkstack/crypto'
import type { L1Client, L1Error } from '@zkstack/l1'
import type { Address, CallOptions, NetworkId } from '@zkstack/pessimistic-proof'
import { decodeFunctionResult, encodeFunctionData } from 'viem'
import type { L1Contracts, L1InfoRoot, ReadOptions } from '../certifier/l1-contracts.js'
import type { SubmissionL1 } from '../runner/submissions.js'
import type { ReceiptState } from '../submission/replacement.js'
import type { SignerContext } from '../submission/verify-certificate-signature.js'
import { chainAbi as abi } from './abis.js'
import { addressOf, hashOf, hexOf } from './bytes-of.js'
import type { ContractAddresses } from './contract-addresses.js'
import { L1InfoRoots, type L1InfoRootsOptions } from './l1-info-roots.js'
import { readContract, type ContractRead } from './read-contract.js'
import { blockOf, readRollup } from './rollup-reader.js'

/** What {@link ContractsOnL1} needs. */
export interface ContractsOnL1Options
  extends ContractAddresses, Omit<L1InfoRootsOptions, 'globalExitRootManager'> {
  readonly client: L1Client
  /** Signers that the operator names instead of the trusted sequencer, by network. */
  readonly proofSigners?: ReadonlyMap<NetworkId, Address> | undefined
}

/** The contracts of a settlement layer, read over an Ethereum client. */
export class ContractsOnL1 implements L1Contracts, SubmissionL1 {
  readonly #o: ContractsOnL1Options
  readonly #roots: L1InfoRoots

  constructor(o: ContractsOnL1Options) {
    this.#o = o
    this.#roots = new L1InfoRoots(o)
  }

  async lastPessimisticRoot(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const at = await blockOf(this.#o.client, o)
    if (!at.ok) return at
    const rollup = await readRollup(this.#o, networkId, at.value, o)
    return rollup.ok ? ok(rollup.value?.lastPessimisticRoot) : rollup
  }

  async trustedSequencer(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<Result<Address | undefined, L1Error>> {
    const named = this.#o.proofSigners?.get(networkId)
    if (named !== undefined) return ok(named)
    const functionName = 'trustedSequencer'
    return this.#ask(networkId, o, {
      calldata: encodeFunctionData({ abi, functionName }),
      decode: (data) => addressOf(decodeFunctionResult({ abi, functionName, data })),
    })
  }

  async aggchainSigners(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<
    Result<
      { readonly signers: readonly Address[]; readonly threshold: bigint } | undefined,
      L1Error
    >
  > {
    const signers = await this.#ask(networkId, o, {
      calldata: encodeFunctionData({ abi, functionName: 'getAggchainSigners' }),
      decode: (data) =>
        decodeFunctionResult({ abi, functionName: 'getAggchainSigners', data }).map(addressOf),
    })
    if (!signers.ok || signers.value === undefined) return signers.ok ? ok(undefined) : signers
    const threshold = await this.#ask(networkId, o, {
      calldata: encodeFunctionData({ abi, functionName: 'getThreshold' }),
      decode: (data) => decodeFunctionResult({ abi, functionName: 'getThreshold', data }),
    })
    if (!threshold.ok || threshold.value === undefined) {
      return threshold.ok ? ok(undefined) : threshold
    }
    return ok({ signers: signers.value, threshold: threshold.value })
  }

  async aggchainVkey(
    networkId: NetworkId,
    selector: number,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const functionName = 'getAggchainVKey'
    const word = new Uint8Array(4)
    new DataView(word.buffer).setUint32(0, selector)
    return this.#ask(networkId, o, {
      calldata: encodeFunctionData({ abi, functionName, args: [hexOf(word)] }),
      decode: (data) => hashOf(decodeFunctionResult({ abi, functionName, data })),
    })
  }

  async aggchainHash(
    networkId: NetworkId,
    customChainData: Uint8Array,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const functionName = 'getAggchainHash'
    return this.#ask(networkId, o, {
      calldata: encodeFunctionData({ abi, functionName, args: [hexOf(customChainData)] }),
      decode: (data) => hashOf(decodeFunctionResult({ abi, functionName, data })),
    })
  }

  l1InfoRoot(leafCount: number, o: CallOptions): Promise<Result<Hash32 | undefined, L1Error>> {
    return this.#roots.rootOf(leafCount, o)
  }

  initialL1InfoRoot(o: CallOptions): Promise<Result<L1InfoRoot, L1Error>> {
    return this.#roots.initial(o)
  }

  async signers(
    networkId: NetworkId,
    vouching: SignerContext['type'],
    o: CallOptions,
  ): Promise<Result<SignerContext | undefined, L1Error>> {
    if (vouching === 'trustedSequencer') {
      const signer = await this.trustedSequencer(networkId, o)
      if (!signer.ok || signer.value === undefined) return signer.ok ? ok(undefined) : signer
      return ok({ type: vouching, signer: signer.value })
    }
    const committee = await this.aggchainSigners(networkId, o)
    if (!committee.ok || committee.value === undefined) {
      return committee.ok ? ok(undefined) : committee
    }
    return ok({ type: vouching, ...committee.value })
  }

  async receipt(txHash: Hash32, o: CallOptions): Promise<ReceiptState> {
    const receipt = await this.#o.client.receipt(txHash, o)
    if (!receipt.ok || receipt.value === undefined) return 'unknown'
    return receipt.value.status === 'success' ? 'succeeded' : 'reverted'
  }

  /** Asks the contract of a network's chain. */
  async #ask<T>(
    networkId: NetworkId,
    o: ReadOptions,
    question: Omit<ContractRead<T>, 'to'>,
  ): Promise<Result<T | undefined, L1Error>> {
    const { client } = this.#o
    const at = await blockOf(client, o)
    if (!at.ok) return at
    const rollup = await readRollup(this.#o, networkId, at.value, o)
    if (!rollup.ok) return rollup
    if (rollup.value === undefined) return ok(undefined)
    return readContract(client, { ...question, to: rollup.value.rollupContract }, at.value, o)
  }
}
