import { toHex } from '@zkstack/crypto'
import { anvilKey, startAnvil, type Anvil, type AnvilOptions } from '@zkstack/l1/testing'
import {
  encodePublicValues,
  l1InfoTreeLeafCount,
  type PessimisticProofOutput,
} from '@zkstack/pessimistic-proof'
import type { Authentication, Submission } from '@zkstack/pessimistic-proof/testing'
import { decodeEventLog } from 'viem'
import { rollupManagerAbi } from '../../src/index.js'
import { artifacts, Devnet, testAuthentication, type DevnetChain } from '../../testing/index.js'
import { hexOf } from '../../src/contracts/bytes-of.js'
import { anvilChainId, settler } from './engine-on-l1.js'

/** A real L1 with the contracts on it. */
export interface L1World extends AsyncDisposable {
  readonly anvil: Anvil
  readonly devnet: Devnet
  /** Adds a network, and makes L1 hold what its certificates claim. */
  addNetwork(
    networkId: number,
    submissions: readonly Submission[],
    authentication?: Authentication,
  ): Promise<void>
  /** Lets the settler settle, or no longer. */
  trust(isTrusted: boolean): Promise<void>
  /** The new local exit and pessimistic roots of all settlements of a network, the oldest first, in hexadecimal. */
  settlements(networkId: number): Promise<{ readonly exit: string; readonly pessimistic: string }[]>
  /** The roots of a network now, in hexadecimal. */
  roots(networkId: number): Promise<{ readonly exit: string; readonly pessimistic: string }>
}

/** Starts an L1 and deploys the contracts. */
export async function startL1World(o: AnvilOptions = {}): Promise<L1World> {
  const anvil = await startAnvil({ chainId: anvilChainId, ...o })
  const devnet = await Devnet.deploy({
    url: anvil.url,
    chainId: anvilChainId,
    deployerKey: anvilKey(0),
    trustedAggregators: [settler],
    settableRoots: true,
  })
  const address = hexOf(devnet.addresses.rollupManager)
  return {
    anvil,
    devnet,
    async addNetwork(networkId, submissions, authentication = testAuthentication) {
      await devnet.addChain({ networkId, ...signersOf(authentication) })
      for (const { certificate, l1 } of submissions) {
        const leafCount = l1InfoTreeLeafCount(certificate)
        if (leafCount !== undefined) await devnet.setL1InfoRoot(leafCount, l1.l1InfoRoot)
      }
    },
    async trust(isTrusted) {
      const { abi } = artifacts.RollupManager
      const args = [hexOf(settler), isTrusted]
      await devnet.send(devnet.addresses.rollupManager, abi, 'setTrustedAggregator', args)
    },
    async settlements(networkId) {
      const logs = await devnet.client.getLogs({ address, fromBlock: 0n, toBlock: 'latest' })
      return logs.flatMap(({ data, topics }) => {
        const { eventName, args } = decodeEventLog({ abi: rollupManagerAbi, data, topics })
        if (eventName !== 'VerifyPessimisticStateTransition' || args.rollupID !== networkId)
          return []
        const { newLocalExitRoot, newPessimisticRoot } = args
        return [{ exit: newLocalExitRoot.slice(2), pessimistic: newPessimisticRoot.slice(2) }]
      })
    },
    async roots(networkId) {
      const rollup = await devnet.client.readContract({
        address,
        abi: rollupManagerAbi,
        functionName: 'rollupIDToRollupDataV2',
        args: [networkId],
      })
      const { lastLocalExitRoot, lastPessimisticRoot } = rollup
      return { exit: lastLocalExitRoot.slice(2), pessimistic: lastPessimisticRoot.slice(2) }
    },
    [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose](),
  }
}

/** Who vouches for a chain, as L1 is told. */
function signersOf(
  authentication: Authentication,
): Pick<DevnetChain, 'trustedSequencer' | 'signers' | 'threshold'> {
  if (authentication.type === 'ecdsa') return { trustedSequencer: authentication.wallet.address }
  const signers = authentication.wallets.map(({ address }) => address)
  return { trustedSequencer: settler, signers, threshold: BigInt(authentication.threshold) }
}

/** The roots that a settled certificate leads to, as {@link L1World.roots} gives them. */
export function rootsAfter({ output }: { readonly output: PessimisticProofOutput }): {
  readonly exit: string
  readonly pessimistic: string
} {
  const values = encodePublicValues(output)
  return { exit: toHex(values.subarray(132, 164)), pessimistic: toHex(values.subarray(164)) }
}
