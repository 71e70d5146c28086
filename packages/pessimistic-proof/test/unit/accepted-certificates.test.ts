import { beforeAll, describe, expect, test } from 'vitest'
import { bytesEqual, loadCryptoBackends } from '@zkstack/crypto'
import {
  applyCertificate,
  BalanceTree,
  EMPTY_LOCAL_NETWORK_STATE,
  encodePublicValues,
  generatePessimisticProof,
  L1_ETH,
  networkStateOf,
  type ImportedBridgeExitWitness,
  type MultiBatchHeader,
  type TokenInfo,
} from '../../src/index.js'
import { fakeWallet, TestBridge, testExit, USDC } from '../../testing/index.js'
import { filled } from '../helpers/hex.js'
import { authentications, richCertificate, tokenOf1 } from '../helpers/rich-certificate.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

type Amounts = readonly (readonly [TokenInfo, bigint])[]

/** A certificate of network 1 from a state with these balances, with these imports from L1 and exits to it. */
function moved(o: { balances: Amounts; imports: Amounts; exits: Amounts }) {
  const balanceTree = o.balances.reduce(
    (tree, [token, amount]) => tree.update(token, amount),
    BalanceTree.empty,
  )
  const state = { ...EMPTY_LOCAL_NETWORK_STATE, balanceTree }
  const bridge = new TestBridge()
  bridge.addNetwork(1, authentications.v2, { state })
  for (const [tokenInfo, amount] of o.imports) {
    bridge.claim(1, bridge.exit(0, testExit({ tokenInfo, amount, destNetwork: 1 })))
  }
  for (const [tokenInfo, amount] of o.exits) bridge.exit(1, testExit({ tokenInfo, amount }))
  const { certificate, l1 } = bridge.certify(1)
  return applyCertificate(state, certificate, { ...l1, prevPessimisticRoot: 'V2' })
}

/** The balances after such a certificate, which must hold. */
function balancesAfter(o: Parameters<typeof moved>[0]): Amounts {
  const { header, next } = valueOf(moved(o))
  const balanceTree = o.balances.reduce(
    (tree, [token, n]) => tree.update(token, n),
    BalanceTree.empty,
  )
  const start = networkStateOf({ ...EMPTY_LOCAL_NETWORK_STATE, balanceTree })
  expect(generatePessimisticProof(start, header).ok).toBe(true)
  return next.balanceTree.balances()
}

describe('value moved', () => {
  const imports: Amounts = [
    [USDC, 50n],
    [L1_ETH, 100n],
    [USDC, 10n],
  ]

  test('in and out of balances › adds up', () => {
    const balances: Amounts = [
      [USDC, 100n],
      [L1_ETH, 200n],
    ]
    const exits: Amounts = [
      [USDC, 20n],
      [L1_ETH, 50n],
      [USDC, 130n],
    ]
    expect(balancesAfter({ balances, imports, exits })).toEqual([
      [L1_ETH, 250n],
      [USDC, 10n],
    ])
  })

  test('from nothing › is what came in less what went out', () => {
    const exits: Amounts = [
      [USDC, 20n],
      [L1_ETH, 50n],
      [USDC, 30n],
    ]
    expect(balancesAfter({ balances: [], imports, exits })).toEqual([
      [L1_ETH, 50n],
      [USDC, 10n],
    ])
  })

  test('beyond 256 bits on the way › is accepted, for only the sum must fit', () => {
    const most = 2n ** 256n - 1n
    const o = {
      balances: [],
      imports: [
        [USDC, most],
        [USDC, 3n],
        [USDC, 10n],
      ] as const,
    }
    expect(
      balancesAfter({
        ...o,
        exits: [
          [USDC, 20n],
          [USDC, 30n],
        ],
      }),
    ).toEqual([[USDC, most - 37n]])
    expect(balancesAfter({ ...o, exits: [[USDC, 13n]] })).toEqual([[USDC, most]])
    expect(errorOf(moved({ ...o, exits: [[USDC, 12n]] }))).toEqual({
      code: 'BalanceOverflow',
      tokenInfo: USDC,
    })
  })

  test('out more than came in › BalanceUnderflow', () => {
    expect(errorOf(moved({ balances: [], imports, exits: [[USDC, 61n]] }))).toEqual({
      code: 'BalanceUnderflow',
      tokenInfo: USDC,
    })
  })

  test('of the own token › needs no balance', () => {
    const exits: Amounts = [[tokenOf1, 2n ** 256n - 1n]]
    expect(balancesAfter({ balances: [], imports: [[tokenOf1, 5n]], exits })).toEqual([])
  })
})

describe('the version of the pessimistic root', () => {
  test.each([
    ['v2', 'v2'],
    ['v2', 'v3'],
    ['v2', 'v5'],
    ['v3', 'v3'],
    ['v3', 'v5'],
    ['v2', 'committee'],
    ['committee', 'aggchain'],
  ] as const)('from %s to %s › is accepted', (first, second) => {
    const bridge = new TestBridge()
    bridge.addNetwork(1, authentications[first])
    bridge.exit(1, testExit({ tokenInfo: tokenOf1, amount: 1n }))
    bridge.settle(1)
    bridge.changeAuthentication(1, authentications[second])
    expect(bridge.settle(1).header.height).toBe(1n)
  })

  test.each(['v3', 'v5', 'committee'] as const)('from %s back to v2 › is not', (first) => {
    const bridge = new TestBridge()
    bridge.addNetwork(1, authentications[first])
    bridge.settle(1)
    bridge.changeAuthentication(1, authentications.v2)
    expect(() => bridge.settle(1)).toThrow('InconsistentSignedPayload')
  })
})

describe('accepted all the same', () => {
  const { start, header } = richCertificate(authentications.v3)
  const proven = encodePublicValues(valueOf(generatePessimisticProof(start, header)))
  const accept = (changed: MultiBatchHeader) => {
    const output = encodePublicValues(valueOf(generatePessimisticProof(start, changed)))
    expect(bytesEqual(output, proven)).toBe(true)
  }

  test('a proof of a token that nothing moves', () => {
    const untouched = { originNetwork: 9, originTokenAddress: L1_ETH.originTokenAddress }
    const path = richCertificate(authentications.v3).next.balanceTree.path(untouched)
    accept({
      ...header,
      balancesProofs: [...header.balancesProofs, { tokenInfo: untouched, balance: 0n, path }],
    })
  })

  test('another declared global exit root, as the proof does not look at it', () => {
    const importedBridgeExits = header.importedBridgeExits.map(
      (witness): ImportedBridgeExitWitness => {
        const { importedBridgeExit: imported } = witness
        const { l1Leaf } = imported.claimData
        const inner = { ...l1Leaf.inner, globalExitRoot: filled(1) }
        const claimData = { ...imported.claimData, l1Leaf: { ...l1Leaf, inner } }
        return { ...witness, importedBridgeExit: { ...imported, claimData } }
      },
    )
    accept({ ...header, importedBridgeExits })
  })

  test('a signature with a high s', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const data = header.aggchainData
    if (data.type !== 'legacyEcdsa') throw new Error('not of one signer')
    const { r, s, oddYParity } = data.signature
    const signature = { r, s: order - s, oddYParity: !oddYParity }
    accept({ ...header, aggchainData: { ...data, signature } })
    expect(data.signer).toEqual(fakeWallet(1).address)
  })
})
