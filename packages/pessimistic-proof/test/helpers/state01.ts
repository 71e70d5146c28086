import {
  applyCertificate,
  BalanceTree,
  EMPTY_LOCAL_NETWORK_STATE,
  hashBridgeExit,
  L1_ETH,
  LocalExitTree,
  parseWithdrawals,
  ZERO_HASH,
  type BridgeExit,
  type Certificate,
  type LocalNetworkState,
  type MultiBatchHeader,
} from '../../src/index.js'
import { fakeWallet, signCertificate, USDC } from '../../testing/index.js'
import { hashOf } from './hex.js'
import { loadVector } from './load-vector.js'
import { valueOf } from './value-of.js'

const half = (2n ** 256n - 1n) / 2n
const { leaf_count: leafCount, frontier } = JSON.parse(loadVector('state01-frontier.json')) as {
  readonly leaf_count: number
  readonly frontier: readonly string[]
}

/** Upstream's sample state: network 1 after 1 853 exits, rich in ether and USDC. */
export const state01: LocalNetworkState = {
  ...EMPTY_LOCAL_NETWORK_STATE,
  exitTree: LocalExitTree.from({ leafCount, frontier: frontier.map(hashOf) }),
  balanceTree: BalanceTree.empty.update(L1_ETH, half).update(USDC, half),
}

/** The first of the real deposits, sent to L1. */
export function withdrawals(count: number): readonly BridgeExit[] {
  return valueOf(parseWithdrawals(loadVector('certificates/withdrawals.json')))
    .slice(0, count)
    .map(({ bridgeExit }) => ({ ...bridgeExit, destNetwork: 0 }))
}

/** The case that takes these exits out of a state of network 1, signed by wallet 1 under commitment V2. */
export function exitCase(
  state: LocalNetworkState,
  bridgeExits: readonly BridgeExit[],
): {
  readonly certificate: Certificate
  readonly header: MultiBatchHeader
  readonly next: LocalNetworkState
} {
  const wallet = fakeWallet(1)
  const tree = bridgeExits.reduce(
    (running, exit) => valueOf(running.append(hashBridgeExit(exit))),
    state.exitTree,
  )
  const certificate = signCertificate(
    {
      networkId: 1,
      height: 0n,
      prevLocalExitRoot: state.exitTree.root,
      newLocalExitRoot: tree.root,
      bridgeExits,
      importedBridgeExits: [],
      metadata: ZERO_HASH,
      customChainData: new Uint8Array(0),
      l1InfoTreeLeafCount: undefined,
    },
    { type: 'ecdsa', wallet, commitment: 'V2' },
  )
  const applied = applyCertificate(state, certificate, {
    prevPessimisticRoot: 'V2',
    l1InfoRoot: ZERO_HASH,
    aggchain: { type: 'legacyEcdsa', signer: wallet.address },
  })
  return { certificate, ...valueOf(applied) }
}
