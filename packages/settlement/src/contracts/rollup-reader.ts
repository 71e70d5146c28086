import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { L1Client, L1Error } from '@zkstack/l1'
import type { Address, CallOptions, NetworkId } from '@zkstack/pessimistic-proof'
import { decodeFunctionResult, encodeFunctionData } from 'viem'
import type { ReadOptions } from '../certifier/l1-contracts.js'
import { rollupManagerAbi } from './abis.js'
import { addressOf, hashOf } from './bytes-of.js'
import { readContract, type ReadAt } from './read-contract.js'

/** How a chain's settlements are verified: the numbers are the contract's. */
export const verifierTypes = ['stateTransition', 'pessimistic', 'gateway'] as const

/** What the rollup manager knows of a chain. */
export interface RollupData {
  readonly rollupContract: Address
  readonly verifierType: (typeof verifierTypes)[number]
  readonly lastLocalExitRoot: Hash32
  readonly lastPessimisticRoot: Hash32
  /** The verifying key of the program; zero for chains that settle by the gateway. */
  readonly programVKey: Hash32
}

/** Reads `rollupIDToRollupDataV2`: the number of a rollup is the network's id. `undefined`: there is no such rollup. */
export async function readRollup(
  { client, rollupManager }: { readonly client: L1Client; readonly rollupManager: Address },
  networkId: NetworkId,
  at: ReadAt,
  o: CallOptions,
): Promise<Result<RollupData | undefined, L1Error>> {
  const functionName = 'rollupIDToRollupDataV2'
  const abi = rollupManagerAbi
  const data = await readContract(
    client,
    {
      to: rollupManager,
      calldata: encodeFunctionData({ abi, functionName, args: [networkId] }),
      decode(answer) {
        const found = decodeFunctionResult({ abi, functionName, data: answer })
        return BigInt(found.rollupContract) === 0n ? undefined : found
      },
    },
    at,
    o,
  )
  if (!data.ok || data.value === undefined) return data.ok ? ok(undefined) : data
  const { rollupContract, rollupVerifierType, lastLocalExitRoot, lastPessimisticRoot } = data.value
  const verifierType = verifierTypes[rollupVerifierType]
  if (verifierType === undefined) {
    const message = `rollup ${networkId} has the unknown verifier type ${rollupVerifierType}`
    return err({ code: 'INCONSISTENT', message, retry: true })
  }
  return ok({
    rollupContract: addressOf(rollupContract),
    verifierType,
    lastLocalExitRoot: hashOf(lastLocalExitRoot),
    lastPessimisticRoot: hashOf(lastPessimisticRoot),
    programVKey: hashOf(data.value.programVKey),
  })
}

/** The block after which something is read: the newest, or the one before that of a transaction, which must have succeeded. */
export async function blockOf(
  client: L1Client,
  { beforeTx, signal }: ReadOptions,
): Promise<Result<ReadAt, L1Error>> {
  if (beforeTx === undefined) return ok('latest')
  const receipt = await client.receipt(beforeTx, { signal })
  if (!receipt.ok) return receipt
  if (receipt.value?.status !== 'success') {
    const message = 'the transaction that settled is not on L1, or reverted'
    return err({ code: 'INCONSISTENT', message, retry: true })
  }
  return ok(receipt.value.blockNumber - 1n)
}
