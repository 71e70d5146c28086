import { amountTokenInfo, L1_ETH } from '../src/transition/amount-token-info.js'
import { compareTokens } from '../src/trees/balance-tree.js'
import { address } from '../src/types/address.js'
import type { BridgeExit, TokenInfo } from '../src/types/bridge-exit.js'
import { MAINNET, type NetworkId } from '../src/types/network-id.js'
import type { SeededBytes } from './seeded-bytes.js'
import type { TestBridge } from './test-bridge.js'

/** USDC of L1. */
export const USDC: TokenInfo = {
  originNetwork: MAINNET,
  originTokenAddress: address(
    Uint8Array.from([
      0xa0, 0xb8, 0x69, 0x91, 0xc6, 0x21, 0x8b, 0x36, 0xc1, 0xd1, 0x9d, 0x4a, 0x2e, 0x9e, 0xb0,
      0xce, 0x36, 0x06, 0xeb, 0x48,
    ]),
  ),
}

/** A transfer of ether to network 0 and the zero address, except for what is given. */
export function testExit(o: Partial<BridgeExit> = {}): BridgeExit {
  return {
    leafType: 'transfer',
    tokenInfo: L1_ETH,
    destNetwork: MAINNET,
    destAddress: address(new Uint8Array(20)),
    amount: 0n,
    metadata: undefined,
    ...o,
  }
}

/**
 * Makes exits to a rollup from L1 and from another rollup, which settles them, claims all on the first rollup, and queues exits
 * that its balances allow: a random certificate that holds, with every kind of exit and claim.
 */
export function queueRandomTraffic(
  bridge: TestBridge,
  networks: { readonly on: NetworkId; readonly from: NetworkId },
  random: SeededBytes,
): void {
  const { on, from } = networks
  const native = (network: NetworkId): TokenInfo => ({
    originNetwork: network,
    originTokenAddress: address(random.split(`token of ${network}`).hash().slice(12)),
  })
  const arrivals = Array.from({ length: 1 + random.below(3) }, () => {
    const source = random.below(2) === 0 ? MAINNET : from
    const isMessage = random.below(3) === 0
    const tokens = source === MAINNET ? [L1_ETH, USDC, native(on)] : [native(from)]
    const exit = testExit({
      leafType: isMessage ? 'message' : 'transfer',
      tokenInfo: isMessage ? native(source) : random.pick(tokens),
      destNetwork: on,
      destAddress: random.address(),
      amount: isMessage && source !== MAINNET ? 0n : random.bigint(100),
      metadata: random.below(2) === 0 ? undefined : random.hash(),
    })
    return { exit, index: bridge.exit(source, exit) }
  })
  if (bridge.network(from).pendingExits.length > 0) bridge.settle(from)
  for (const { index } of arrivals) bridge.claim(on, index)
  queueRandomExits(
    bridge,
    { on, arrivals: arrivals.map(({ exit }) => exit), native: native(on) },
    random,
  )
}

function queueRandomExits(
  bridge: TestBridge,
  o: {
    readonly on: NetworkId
    readonly arrivals: readonly BridgeExit[]
    readonly native: TokenInfo
  },
  random: SeededBytes,
): void {
  const { balanceTree } = bridge.network(o.on).state
  const available = (token: TokenInfo): bigint =>
    o.arrivals
      .filter((exit) => compareTokens(amountTokenInfo(exit), token) === 0)
      .reduce((sum, exit) => sum + exit.amount, balanceTree.get(token))
  const destNetwork = random.pick([MAINNET, o.on + 1])
  for (const tokenInfo of [L1_ETH, USDC]) {
    if (random.below(3) === 0) continue
    const amount = random.bigint(256) % (available(tokenInfo) + 1n)
    bridge.exit(o.on, testExit({ tokenInfo, amount, destNetwork, destAddress: random.address() }))
  }
  const own = testExit({ tokenInfo: o.native, amount: random.bigint(), destNetwork })
  bridge.exit(o.on, own)
  bridge.exit(o.on, { ...own, leafType: 'message', amount: 0n, metadata: random.hash() })
}
