import {
  applyCertificate,
  networkStateOf,
  type Address,
  type LocalNetworkState,
  type MultiBatchHeader,
  type NetworkState,
  type TokenInfo,
} from '../../src/index.js'
import {
  fakeWallet,
  committeeWallet,
  TestBridge,
  testExit,
  USDC,
  type Authentication,
  type Submission,
} from '../../testing/index.js'
import { addressOf, filled } from './hex.js'
import { valueOf } from './value-of.js'

/** A token of network 2. */
export const tokenOf2: TokenInfo = {
  originNetwork: 2,
  originTokenAddress: addressOf('22'.repeat(20)),
}

/** A token of network 1. */
export const tokenOf1: TokenInfo = {
  originNetwork: 1,
  originTokenAddress: addressOf('11'.repeat(20)),
}

const somebody: Address = addressOf('ab'.repeat(20))

/** Ways to vouch for a certificate. */
export const authentications = {
  v2: { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V2' },
  v3: { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V3' },
  v5: { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V5' },
  committee: { type: 'multisig', wallets: [0, 1, 2].map(committeeWallet), threshold: 2 },
  aggchain: {
    type: 'multisig',
    wallets: [0, 1, 2].map(committeeWallet),
    threshold: 2,
    aggchain: { vkey: filled(0x66), params: filled(0x77) },
  },
} as const satisfies Record<string, Authentication>

/** A certificate with its witness. */
export interface RichCertificate extends Submission {
  readonly header: MultiBatchHeader
  readonly start: NetworkState
  readonly next: LocalNetworkState
}

/**
 * The second certificate of network 1, with every kind of exit and claim: USDC from L1, a token of network 2, ether by message from
 * L1, network 1's own token from network 2; out go USDC, ether, the token of network 2, its own token and a message.
 */
export function richCertificate(authentication: Authentication): RichCertificate {
  const bridge = new TestBridge()
  bridge.addNetwork(1, authentication)
  bridge.addNetwork(2, authentications.v3)
  const arrive = { destNetwork: 1, destAddress: somebody }
  bridge.claim(1, bridge.exit(0, testExit({ ...arrive, amount: 200n })))
  const sent = testExit({ tokenInfo: tokenOf1, amount: 2n ** 255n, destNetwork: 2 })
  bridge.claim(2, bridge.exit(1, sent))
  bridge.settle(1)
  bridge.exit(0, testExit({ destNetwork: 7, amount: 5n }))
  const usdc = bridge.exit(0, testExit({ ...arrive, tokenInfo: USDC, amount: 50n }))
  const message = bridge.exit(0, testExit({ ...arrive, leafType: 'message', amount: 100n }))
  const foreign = bridge.exit(2, testExit({ ...arrive, tokenInfo: tokenOf2, amount: 30n }))
  const own = bridge.exit(2, testExit({ ...arrive, tokenInfo: tokenOf1, amount: 2n ** 255n }))
  bridge.settle(2)
  for (const index of [usdc, foreign, message, own]) bridge.claim(1, index)
  bridge.exit(1, testExit({ tokenInfo: USDC, amount: 20n, metadata: filled(9) }))
  bridge.exit(1, testExit({ amount: 250n }))
  bridge.exit(1, testExit({ tokenInfo: tokenOf2, amount: 30n, destNetwork: 2 }))
  bridge.exit(1, testExit({ tokenInfo: tokenOf1, amount: 2n ** 256n - 1n, destNetwork: 3 }))
  bridge.exit(1, testExit({ leafType: 'message', tokenInfo: tokenOf1, destNetwork: 2 }))
  const submission = bridge.certify(1)
  const { state, certificate, l1 } = submission
  const { header, next } = valueOf(applyCertificate(state, certificate, l1))
  return { ...submission, header, start: networkStateOf(state), next }
}
