import { toHex } from '@zkstack/crypto'
import { keySigner, type L1Signer } from '@zkstack/l1'
import { anvilKey, startAnvil, type Anvil } from '@zkstack/l1/testing'
import { l1InfoTreeLeafCount, type NetworkId } from '@zkstack/pessimistic-proof'
import {
  fakeWallet,
  testExit,
  TestBridge,
  type Submission,
} from '@zkstack/pessimistic-proof/testing'
import { Devnet } from '@zkstack/settlement/testing'
import type { SettlementCase } from './settlement-case.js'

/** The chain that anvil makes. */
export const chainId = 1337

/** Who vouches for every chain. */
const wallet = fakeWallet(1)

/** An L1 with contracts and chains on it, and what those submit. */
export interface SettlementL1 extends AsyncDisposable {
  readonly anvil: Anvil
  readonly devnet: Devnet
  /** Who settles. */
  readonly signer: L1Signer
  /** By network, in the order of their heights. */
  readonly submissions: ReadonlyMap<NetworkId, readonly Submission[]>
  /** Brings L1 back to where nothing was settled. */
  reset(): Promise<void>
}

/** Starts it. A block is made for each transaction, at once. */
export async function startSettlementL1(c: SettlementCase): Promise<SettlementL1> {
  const signer = keySigner(anvilKey(1))
  const anvil = await startAnvil({ chainId })
  const devnet = await Devnet.deploy({
    url: anvil.url,
    chainId,
    deployerKey: anvilKey(0),
    trustedAggregators: [signer.address],
    settableRoots: true,
  })
  const submissions = submissionsOf(c)
  for (const networkId of submissions.keys())
    await devnet.addChain({ networkId, trustedSequencer: wallet.address })
  for (const [leafCount, root] of infoRootsOf(submissions))
    await devnet.setL1InfoRoot(leafCount, root)
  let snapshot = await anvil.request('evm_snapshot')
  return {
    anvil,
    devnet,
    signer,
    submissions,
    async reset() {
      await anvil.request('evm_revert', [snapshot])
      snapshot = await anvil.request('evm_snapshot')
    },
    [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose](),
  }
}

/** Each certificate claims a deposit, and sends ether out in its exits. */
function submissionsOf({
  networks,
  certificates,
  exits,
}: SettlementCase): Map<NetworkId, Submission[]> {
  const bridge = new TestBridge()
  const submissions = new Map<NetworkId, Submission[]>()
  for (let networkId = 1; networkId <= networks; networkId++) {
    bridge.addNetwork(networkId, { type: 'ecdsa', wallet, commitment: 'V5' })
    submissions.set(networkId, [])
  }
  for (let height = 0; height < certificates; height++) {
    for (const [networkId, own] of submissions) {
      const deposit = bridge.exit(0, testExit({ destNetwork: networkId, amount: 1_000_000n }))
      bridge.claim(networkId, deposit)
      for (let i = 0; i < exits; i++) bridge.exit(networkId, testExit({ amount: BigInt(i + 1) }))
      own.push(bridge.settle(networkId))
    }
  }
  return submissions
}

function infoRootsOf(submissions: SettlementL1['submissions']) {
  const roots = new Map<number, Submission['l1']['l1InfoRoot']>()
  for (const { certificate, l1 } of [...submissions.values()].flat()) {
    const leafCount = l1InfoTreeLeafCount(certificate)
    if (leafCount === undefined) continue
    const known = roots.get(leafCount)
    if (known !== undefined && toHex(known) !== toHex(l1.l1InfoRoot))
      throw new Error(`two roots of the L1 info tree with ${leafCount} leaves`)
    roots.set(leafCount, l1.l1InfoRoot)
  }
  return roots
}
